import { STATUS_CODES } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import i18next from 'i18next';
import { z } from 'zod';
import { fieldErrorsOf, problemOf } from '../../../web/api/problem.ts';
import { refusalInRussian } from '../../../web/api/refusal-words.ts';
import { problemFindings } from '../../../web/texts/ru/problem-findings.ts';
import { refusals } from '../../../web/texts/ru/refusals.ts';
import { START_REFUSALS, startRefusalSentence } from '../../../workflows/domain/start-refusals.ts';
import { PLACE, sentencesIn } from '../../support/refusal-sentences.ts';
import { listSourceFiles, type SourceFile } from '../../support/source-files.ts';

/** Where refusals are worded, beside the api. */
const WORDED =
  /^(?:api|workflows\/domain\/(?:template-|mailing-lines|start-refusals)|db\/(?:disconnect|problem-decisions)|activities\/mailing-check)/;
/** What they say is no refusal: settings of the server, its own log, documents, pages in two languages, webhooks. */
const ELSEWHERE =
  /^api\/(?:config|single-sign-on(?:-config)?|first-operator|documentation|plain-answers|(?:connection-)?problem-words|routes\/(?:status|health|planfix-send.*|planfix-webhooks|meta-webhooks|dialog360-webhooks))\.ts$/;

/** Made of parts: each whole has words, which is seen where it is made (templates: `template-refusal-words`). */
const IN_PARTS = new Set([
  `There is no such ${PLACE}`,
  `This template ${PLACE}${PLACE}`,
  `The value of {{${PLACE}}} ${PLACE}`,
  `The value of the button "${PLACE}" ${PLACE}`,
  `A problem of kind "${PLACE}" ${PLACE}`,
  `${PLACE}. ${PLACE}.`,
]);
/** Examples of documents, and what the audit log says. */
const NO_REFUSALS = new Set([
  'Your order {{1}} is ready on {{2}}.',
  'Your order A-17 is ready on Monday.',
  `${PLACE} by ${PLACE}`,
]);
/** Sentences that no single literal holds: zod's, and those of parts. */
const OF_PARTS =
  /^(?:Invalid |Too (?:small|big)|Too many calls; wait {{count}} |This template |The value of |A problem of kind )/;
/** What a value is, after "The value of …". */
const isFault = (path: string, sentence: string) => path.includes('/template-') && /^[a-z]/.test(sentence);

const worded = listSourceFiles().filter(({ path }) => WORDED.test(path) && !ELSEWHERE.test(path));
const known = new Set(Object.keys(refusals).map((english) => english.replace(/\{\{\w+\}\}/g, PLACE)));

/** Sentences of refusals that a reader of Russian would be told in English. */
const untold = (files: readonly SourceFile[]) =>
  files.flatMap((file) =>
    sentencesIn(file)
      .filter((sentence) => !known.has(sentence) && !IN_PARTS.has(sentence) && !NO_REFUSALS.has(sentence))
      .filter((sentence) => !isFault(file.path, sentence))
      .map((sentence) => `${file.path}: ${sentence}`),
  );

const isRussian = (text: string) => /[а-яё]/i.test(text);
const placesOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('what the API refuses', () => {
  it('has words in Russian for every sentence that its sources hold', () => {
    expect(untold(worded)).toEqual([]);
  });

  it('control: a sentence that has none would be missed, wherever it stands', () => {
    const text = `
      const SUMMARY = z.string().describe('Not told to anybody').regex(/x/, 'must be made up');
      export const refuse = (n: number) => invalidField('a', \`Made up \${n} times\`, n > 1 ? 'Unmake ' + 'it' : 'Try it');
      throw notFound('made-up thing');`;
    expect(untold([{ path: 'api/made-up.ts', text }])).toEqual([
      'api/made-up.ts: must be made up',
      'api/made-up.ts: Made up … times',
      'api/made-up.ts: Unmake it',
      'api/made-up.ts: Try it',
      'api/made-up.ts: There is no such made-up thing',
    ]);
  });

  it('names the same in both languages, and ends without a full stop', () => {
    const strange = Object.entries(refusals).filter(
      ([english, russian]) =>
        String(placesOf(english)) !== String(placesOf(russian)) || !isRussian(russian) || russian.endsWith('.'),
    );
    expect(strange).toEqual([]);
    // Control: without the places of the one, the other is strange.
    expect(placesOf('{{b}} and {{a}}')).not.toEqual(placesOf('{{a}}'));
  });

  it('says nothing that the API does not', () => {
    const said = new Set(worded.flatMap(sentencesIn));
    const titles = new Set(Object.values(STATUS_CODES));
    const stale = Object.keys(refusals).filter((english) => {
      const sentence = english.replace(/\{\{\w+\}\}/g, PLACE);
      return !said.has(sentence) && !titles.has(english) && !OF_PARTS.test(english);
    });
    expect(stale).toEqual([]);
  });
});

const SHAPE = z.strictObject({
  name: z.string().min(1).max(5),
  password: z.string().min(3),
  count: z.int().min(1).max(9),
  rate: z.number().min(0.01).max(10),
  list: z.array(z.string()).min(1).max(2),
  pair: z.array(z.boolean()).min(2),
  kind: z.enum(['one', 'other']),
  id: z.uuid(),
  email: z.email(),
  url: z.url(),
  at: z.iso.datetime(),
  either: z.union([z.string(), z.number()]),
  one: z.literal('one'),
  data: z.record(z.string(), z.unknown()),
  by: z.discriminatedUnion('way', [z.object({ way: z.literal('a') }), z.object({ way: z.literal('b') })]),
});
const messagesOf = (given: object) => SHAPE.safeParse(given).error?.issues.map(({ message }) => message) ?? [];

describe('what is said of the form of a request', () => {
  const small = { name: '', password: 'x', count: 0, rate: 0, list: [], pair: [], by: { way: 'c' } };
  const large = {
    name: 'longer',
    count: 10,
    rate: 11,
    list: ['a', 'b', 'c'],
    kind: 'x',
    id: 'x',
    email: 'x',
    url: 'x',
  };
  const strange = {
    name: 1,
    count: 1.5,
    rate: NaN,
    list: {},
    pair: [null, ''],
    either: [],
    one: 'two',
    data: [],
    by: 5,
  };

  it.each([
    ['nothing', {}],
    ['too little', small],
    ['too much', { ...large, at: 'today' }],
    ['something else', strange],
  ])('is said in Russian of %s', (_, given) => {
    const messages = messagesOf(given);
    expect(messages.length).toBeGreaterThan(5);
    expect(messages.filter((message) => !isRussian(refusalInRussian(message)))).toEqual([]);
  });

  it('names what is wanted', () => {
    expect(messagesOf(small).slice(0, 2).map(refusalInRussian)).toEqual([
      'Поле не заполнено',
      'Слишком коротко: нужно не меньше 3 знаков',
    ]);
    expect(refusalInRussian('Send a value of type string')).toBe('Нужно: текст');
  });
});

describe('why a conversation is not started', () => {
  it.each(START_REFUSALS)('is said as problems say it: %s', (reason) => {
    const said = startRefusalSentence(reason, 'en').map(refusalInRussian).join('. ');
    expect(said).toBe(problemFindings[`start:${reason}`]);
  });
});

describe('a sentence', () => {
  it.each([
    ['The connection is disconnected', 'Подключение отключено'],
    // The longer one, though the shorter one would do.
    ['The connection is paused: there is nothing left to check', 'Подключение приостановлено: проверять нечего'],
    ['The connection is paused: made up', 'Подключение paused: made up'],
    ['The mailing is done: it cannot be resumed', 'Рассылка отправлена: продолжить её нельзя'],
    ['A problem of kind "parked" allows only retry, discard', 'Для проблемы «parked» возможно только: retry, discard'],
    [
      'A problem of kind "overload" ends by itself when its cause is gone',
      'Проблема «overload» закроется сама, когда исчезнет её причина',
    ],
    ['Too many calls; wait 30 seconds', 'Слишком много запросов: подождите 30 с'],
    ['There is no template "$& $1 {{name}}"', 'Шаблона «$& $1 {{name}}» нет'],
    ['There is no template "a\nb"', 'Шаблона «a\nb» нет'],
    ['The value of {{2}} is missing', 'Значение {{2}} не указано'],
  ])('is filled: %s', (english, russian) => {
    expect(refusalInRussian(english)).toBe(russian);
  });

  it.each(['Made up', 'toString', '', 'Please: Leave it out'])('control: %j stays as it is', (english) => {
    expect(refusalInRussian(english)).toBe(english);
  });
});

describe('a refusal', () => {
  const refused = {
    type: 'urn:parley:problem:checks-failed',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'What was given does not work',
    errors: [
      { path: 'url', message: 'must end with /rest/', remedy: 'Correct the value; /docs describes it' },
      { path: 'primaryAdmin', code: 'employee-unknown', detail: 'user:9', message: 'Who is it', remedy: 'Find out' },
      { path: 'token', code: 'made-up', message: 'Made up', remedy: 'Correct this and send the request again' },
    ],
  };

  beforeEach(() => i18next.init({ lng: 'ru' }));
  afterEach(() => i18next.init({ lng: 'en' }));

  it('is told in Russian, by the codes of checks where it has some, and once', () => {
    const told = problemOf(refused);
    expect(told).toMatchObject({ title: 'Есть ошибки в полях', detail: 'С этими данными не получается', status: 422 });
    expect(fieldErrorsOf(refused)).toMatchObject({
      url: 'Адрес должен оканчиваться на /rest/. Исправьте значение',
      primaryAdmin: expect.stringMatching(/^Planfix не знает сотрудника user:9\. [А-Я]/),
      token: 'Made up. Исправьте это и повторите',
    });
    expect(problemOf(told)).toEqual(told);
  });

  it('control: stays in English for who reads English', async () => {
    await i18next.changeLanguage('en');
    expect(problemOf(refused)).toBe(refused);
    expect(fieldErrorsOf(refused).primaryAdmin).toBe('Who is it. Find out');
  });

  it('control: where the network failed, nothing was said', () => {
    expect(problemOf(new TypeError('Failed to fetch'))).toBeUndefined();
  });
});
