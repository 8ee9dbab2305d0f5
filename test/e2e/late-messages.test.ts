import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountOnce, faultOfPlanfix } from '../support/account-world.ts';
import { commentOnce, commentsOf, listedOnce, meet, say, taskOnce } from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** A whole second, as the network tells it. */
const ago = (ms: number) => Math.floor((Date.now() - ms) / SECOND_MS) * SECOND_MS;

/** A customer whose task has been there for an hour. */
async function begin(company: Company) {
  const person = await meet(parley, company);
  await listedOnce(person, await say(person, { text: 'Good day', timestampMs: ago(60 * MINUTE_MS) }), 'posted');
  await taskOnce(person);
  return person;
}

const timeIn = (timeZone: string, locale: string, at: number) =>
  new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(at);

describe('comments', () => {
  it('follow the channel’s time, and in the same second the order of arrival', async () => {
    const company = await connectCompany(parley);
    const person = await begin(company);
    const outage = await faultOfPlanfix(parley, company, { kind: 'status', status: 503 });
    const base = ago(30 * MINUTE_MS);
    await say(person, { text: 'five', timestampMs: base + 3 * SECOND_MS });
    await accountOnce(parley, company, 'paused');
    const arrivals: [string, number][] = [
      ['two', 1],
      ['three', 1],
      ['one', 0],
      ['four', 1],
      ['six', 3],
    ];
    for (const [text, second] of arrivals) await say(person, { text, timestampMs: base + second * SECOND_MS });
    expect(await commentsOf(person)).toEqual([]);
    await outage.remove();
    await commentOnce(person, 'six');
    const texts = (await commentsOf(person)).map((comment) => comment.description);
    expect(texts).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
    // Control: that is not how they came.
    expect(['five', ...arrivals.map(([text]) => text)]).not.toEqual(texts);
  });

  it('of one body follow it, too', async () => {
    const company = await connectCompany(parley);
    const person = await begin(company);
    const { phoneNumberId } = company;
    const base = ago(30 * MINUTE_MS);
    const messages = [2, 0, 1, 1, 0].map((second, at) => ({
      from: person.phone,
      text: `${second} as ${at}`,
      timestampMs: base + second * SECOND_MS,
    }));
    await parley.sandbox.control('POST', 'graph/batches', { phoneNumberId, messages });
    const texts = await eventually('five comments', async () => {
      const comments = await commentsOf(person);
      return comments.length === 5 ? comments.map((comment) => comment.description) : undefined;
    });
    expect(texts).toEqual(['0 as 1', '0 as 4', '1 as 2', '1 as 3', '2 as 0']);
  });
});

describe('a message that comes late', () => {
  it.each([
    ['en', 'en-GB', 'Asia/Yekaterinburg', (time: string) => `Sent ${time}.`],
    ['ru', 'ru-RU', 'Europe/Berlin', (time: string) => `Отправлено ${time}.`],
  ])('is posted at once, with its time by the account’s clock (%s)', async (language, locale, timeZone, sentence) => {
    const company = await connectCompany(parley, { settings: { language } });
    await parley.rest('PATCH', `/v1/planfix-accounts/${company.planfixAccountId}`, { timeZone });
    const person = await begin(company);
    await say(person, { text: 'Younger' });
    // Control: what comes in time has no time named.
    expect((await commentOnce(person, 'Younger')).description).toBe('Younger');
    const at = ago(20 * MINUTE_MS);
    await say(person, { text: 'Older', timestampMs: at });
    const comment = await commentOnce(person, 'Older');
    expect(comment.description).toBe(`<i>${sentence(timeIn(timeZone, locale, at))}</i><br>Older`);
    expect(comment.recipients.roles).toEqual(['assignee']);
    await say(person, { text: 'The latest' });
    expect((await commentOnce(person, 'The latest')).description).toBe('The latest');
  });

  it('is marked in a caption, a quote and a file, too', async () => {
    const company = await connectCompany(parley);
    const person = await begin(company);
    const younger = await say(person, { text: 'Younger' });
    await commentOnce(person, 'Younger');
    const timestampMs = ago(10 * MINUTE_MS);
    await say(person, { media: { kind: 'image', size: 100, caption: 'Seen before' }, quoted: younger, timestampMs });
    const comment = await commentOnce(person, 'Seen before');
    expect(comment.description).toMatch(/^<i>Sent .+<\/i><blockquote>.+Younger.+Seen before$/);
    expect(comment.files).toHaveLength(1);
  });
});
