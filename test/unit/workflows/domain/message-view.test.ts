import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MESSAGE_KINDS } from '../../../../workflows/domain/message.ts';
import type { KindDetails } from '../../../../workflows/domain/message-content.ts';
import { type ViewedAttachment, type ViewedMessage, viewMessage } from '../../../../workflows/domain/message-view.ts';
import type { ViewPart } from '../../../../workflows/domain/view-parts.ts';

const WORDS: ViewPart = { kind: 'words', text: 'Hello' };
const remark = (text: string): ViewPart => ({ kind: 'remark', text });

function aMessage(more: Partial<ViewedMessage> = {}): ViewedMessage {
  return { direction: 'inbound', kind: 'text', text: 'Hello', content: {}, attachments: [], ...more };
}

const aFile = (more: Partial<ViewedAttachment>): ViewedMessage =>
  aMessage({ kind: 'document', attachments: [{ name: 'offer.pdf', state: 'failed', sizeBytes: 1_572_864, ...more }] });

describe('what a message refers to', () => {
  it('is an excerpt with a link where it is known', () => {
    const quoted = { known: true, text: 'The\nblue one', link: 'https://acme.example/c/1' };
    expect(viewMessage(aMessage({ quoted }), 'en')).toEqual([
      { kind: 'quote', text: 'The blue one', link: 'https://acme.example/c/1' },
      WORDS,
    ]);
  });

  it('is its kind where it has no words', () => {
    const quoted = { known: true, kind: 'image' as const };
    expect(viewMessage(aMessage({ quoted }), 'en')).toEqual([{ kind: 'quote', text: 'Photo' }, WORDS]);
    expect(viewMessage(aMessage({ quoted }), 'ru')).toEqual([{ kind: 'quote', text: 'Фото' }, WORDS]);
  });

  it('is said to be unknown where it is not stored', () => {
    const quoted = { known: false };
    expect(viewMessage(aMessage({ quoted }), 'en')[0]).toEqual(remark('In reply to a message that is not known here.'));
    expect(viewMessage(aMessage({ quoted }), 'ru')[0]).toEqual(remark('В ответ на сообщение, которого здесь нет.'));
  });
});

it('names the time of a late message', () => {
  const message = aMessage({ sentAtText: '25.11.2026 14:03' });
  expect(viewMessage(message, 'en')).toEqual([remark('Sent 25.11.2026 14:03.'), WORDS]);
  expect(viewMessage(message, 'ru')).toEqual([remark('Отправлено 25.11.2026 14:03.'), WORDS]);
});

describe('a file', () => {
  const failures: [reason: string | undefined, en: string, ru: string][] = [
    [
      'expired',
      'WhatsApp does not have it any more, it keeps files for seven days.',
      'в WhatsApp его больше нет, файлы хранятся там семь дней.',
    ],
    ['too-large', 'it is larger than Planfix takes.', 'он больше, чем принимает Планфикс.'],
    ['refused-type', 'Planfix does not take files of this type.', 'Планфикс не принимает файлы такого типа.'],
    ['digest-mismatch', 'it arrived damaged.', 'он пришёл повреждённым.'],
    ['empty', 'it is empty.', 'он пуст.'],
    [
      'refused-address',
      'it lies at an address from which files may not be fetched.',
      'он лежит по адресу, с которого файлы загружать нельзя.',
    ],
    ['unavailable', 'it could not be moved to Planfix.', 'его не удалось перенести в Планфикс.'],
    ['toString', 'it could not be moved to Planfix.', 'его не удалось перенести в Планфикс.'],
    [undefined, 'it could not be moved to Planfix.', 'его не удалось перенести в Планфикс.'],
  ];

  it.each(failures)('that failed says why and what to do: %s', (reason, en, ru) => {
    expect(viewMessage(aFile({ reason }), 'en')).toEqual([
      WORDS,
      remark(`File “offer.pdf” (1.5 MB): ${en} Ask the customer to send it again or in another way.`),
    ]);
    expect(viewMessage(aFile({ reason }), 'ru')).toEqual([
      WORDS,
      remark(`Файл «offer.pdf» (1,5 МБ): ${ru} Попросите клиента отправить его ещё раз или другим способом.`),
    ]);
  });

  it('of a colleague is to be found on the phone', () => {
    const parts = viewMessage({ ...aFile({ reason: 'expired' }), direction: 'echo' }, 'en');
    expect(parts.at(-1)).toEqual(
      remark(
        'File “offer.pdf” (1.5 MB): WhatsApp does not have it any more, it keeps files for seven days. ' +
          'It can be read in the WhatsApp Business app on the phone.',
      ),
    );
  });

  it('on its way says so', () => {
    expect(viewMessage(aFile({ state: 'pending' }), 'en')[1]).toEqual(
      remark('File “offer.pdf” (1.5 MB): still on its way, it will be added to the task.'),
    );
    expect(viewMessage(aFile({ state: 'pending' }), 'ru')[1]).toEqual(
      remark('Файл «offer.pdf» (1,5 МБ): ещё загружается и будет добавлен в задачу.'),
    );
  });

  it('that has come speaks for itself', () => {
    expect(viewMessage(aFile({ state: 'moved' }), 'en')).toEqual([WORDS]);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1 KB'],
    [104_857_600, '100 MB'],
    [5_368_709_120, '5 GB'],
  ])('of %d bytes is given as %s', (sizeBytes, written) => {
    expect(viewMessage(aFile({ sizeBytes }), 'en')[1]).toEqual(
      remark(
        `File “offer.pdf” (${written}): it could not be moved to Planfix. Ask the customer to send it again or in another way.`,
      ),
    );
  });

  it('cannot turn or break the sentence by its name', () => {
    const [, shown] = viewMessage(aFile({ name: `a\u202egpj.\nexe${'x'.repeat(300)}`, state: 'pending' }), 'en');
    expect(shown?.kind).toBe('remark');
    expect(JSON.stringify(shown)).toMatch(/“agpj\. exex{110}…” \(1\.5 MB\): still on its way/);
  });

  it('without name or size is told all the same', () => {
    const parts = viewMessage(aFile({ name: undefined, sizeBytes: undefined, state: 'pending' }), 'en');
    expect(parts[1]).toEqual(remark('File: still on its way, it will be added to the task.'));
  });
});

describe('any message', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const mention = fc.record({
    known: fc.boolean(),
    kind: optional(fc.constantFrom(...MESSAGE_KINDS)),
    text,
    link: text,
  });
  const details: fc.Arbitrary<KindDetails | undefined> = fc.oneof(
    fc.constant(undefined),
    fc.record({ type: fc.constant('location' as const), latitude: fc.double(), longitude: fc.double(), name: text }),
    fc.record({ type: fc.constant('form' as const), answers: fc.array(fc.tuple(text, text)) }),
    fc.record({ type: fc.constant('choice' as const), title: text, description: text }),
    fc.record({ type: fc.constant('reaction' as const), emoji: text }),
    fc.record({ type: fc.constant('unsupported' as const), subtype: text }),
    fc.record({ type: fc.constant('edit' as const), of: text }),
  );
  const message: fc.Arbitrary<ViewedMessage> = fc.record({
    direction: fc.constantFrom('inbound', 'echo'),
    kind: fc.constantFrom(...MESSAGE_KINDS),
    text,
    content: details.map((some) => (some === undefined ? {} : { details: some })),
    quoted: optional(mention),
    target: optional(mention),
    attachments: fc.array(
      fc.record({ name: text, state: fc.constantFrom('pending', 'moved', 'failed'), reason: text }),
    ),
  });

  it('shows something, in both languages alike', () => {
    fc.assert(
      fc.property(message, (some) => {
        const shapes = (['en', 'ru'] as const).map((language) => viewMessage(some, language).map((part) => part.kind));
        expect(shapes[0]).toEqual(shapes[1]);
        expect(shapes[0]?.some((kind) => kind !== 'quote')).toBe(true);
      }),
    );
  });

  const keepsWords = ({ text }: ViewedMessage, parts: readonly ViewPart[]) =>
    text === '' || parts.some((part) => part.kind === 'words' && part.text === text);
  const turnsNothing = (parts: readonly ViewPart[]) =>
    !parts.some((part) => part.kind === 'remark' && /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(part.text));

  it('loses no word of the customer and turns none of our sentences', () => {
    fc.assert(
      fc.property(message, (some) => {
        const parts = viewMessage(some, 'en');
        // A reaction has no words.
        if (some.content.details?.type !== 'reaction') expect(keepsWords(some, parts)).toBe(true);
        expect(turnsNothing(parts)).toBe(true);
      }),
    );
  });

  it('would be caught otherwise', () => {
    expect(keepsWords(aMessage(), [remark('Hello')])).toBe(false);
    expect(turnsNothing([remark('File \u202egpj.exe')])).toBe(false);
  });
});
