import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { accountOnce } from '../support/account-world.ts';
import { countBy, echoTo, NOTICE_TEXT, sentOnce, startAll, untilQuiet, wordsOf } from '../support/bulk-world.ts';
import { meet, type Person, putInPhoneApp, say, taskOnce } from '../support/chat-world.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { connectMailer, phones } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';

const SALE = 'Everything at half price';
const WORDS = new RegExp(`Good day|${SALE}|${NOTICE_TEXT}|Which things|And when`, 'g');
const ANSWERS = [SALE, NOTICE_TEXT, 'Which things'];
/** Time enough to use up the quota, and for all that happens meanwhile, before the sandbox's day ends. */
const BEFORE_MIDNIGHT_MS = 30_000;
/** Fewer than a third of what the answers take. */
const CALLS_LEFT = 12;

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectMailer(parley);
  await putInPhoneApp(parley, company);
});

afterAll(() => parley?.stop());

/** Each gets both: one from a colleague in the phone app, one from a program; nobody has answered. */
async function hold(people: readonly Person[]): Promise<void> {
  const to = people.map(({ phone }) => `+${phone}`);
  const first = phones(3);
  await echoTo(parley, company, first, { text: SALE });
  await sentOnce(parley, company, 3);
  await echoTo(parley, company, to, { text: SALE });
  await sentOnce(parley, company, 3 + people.length);
  await startAll(parley, company, first);
  await startAll(parley, company, to);
  await untilQuiet(parley, company);
  expect(await countBy(parley, company, 'hold')).toMatchObject({ held: 3 + 2 * people.length });
}

/**
 * The account's day ends soon, and what is left of its quota does not suffice. It is not the day that ends next: what the
 * network says of a time within the hour is believed.
 */
async function leaveFewCalls(): Promise<void> {
  const day = 86_400_000;
  const { nowMs } = await parley.sandbox.control<{ nowMs: number }>('GET', 'clock');
  const midnightMs = (Math.floor(nowMs / day) + 2) * day;
  await parley.sandbox.control('POST', 'clock', { setMs: midnightMs - BEFORE_MIDNIGHT_MS });
  await setQuota(CALLS_LEFT);
}

const setQuota = (dailyQuota: number) =>
  parley.sandbox.control('PUT', `planfix/${company.account}/settings`, { dailyQuota });

/** The month of everything that was ever held is over. */
const endTheMonth = () =>
  withDatabase(parley, (db) =>
    sql`update message set expires_at = clock_timestamp() - interval '1 second'
         where connection_id = ${company.connectionId} and expires_at is not null`.execute(db),
  );

describe('a daily quota of Planfix that is used up while many answer', () => {
  it('delays what was held for them: nothing is lost, doubled, out of order, or expired meanwhile', async () => {
    const people = await Promise.all(Array.from({ length: 11 }, () => meet(parley, company)));
    const [silent, ...answering] = people as [Person, ...Person[]];
    const known = answering.slice(0, 5);
    await Promise.all(known.map((person) => say(person, { text: 'Good day' })));
    await Promise.all(known.map((person) => taskOnce(person)));
    await untilQuiet(parley, company);
    await hold(people);
    const early = [answering[0] as Person, answering[9] as Person];
    for (const person of early) await say(person, { text: 'Which things?' });
    await untilQuiet(parley, company);

    await leaveFewCalls();
    await Promise.all(
      answering.filter((person) => !early.includes(person)).map((person) => say(person, { text: 'Which things?' })),
    );
    await accountOnce(parley, company, 'paused', 'rate-limited');
    await setQuota(100_000);
    // Control: it was in the middle.
    expect((await countBy(parley, company, 'hold')).releasing).toBeGreaterThan(0);
    await endTheMonth();
    await Promise.all(answering.map((person) => say(person, { text: 'And when?' })));
    // Control: what nobody asked for is gone, so there was somebody to expire it.
    await eventually('what is still held as expired', async () =>
      (await countBy(parley, company, 'hold')).held === undefined ? true : undefined,
    );
    // Calls that were on their way when the quota ended are still answered.
    const { releasing = 0, released = 0 } = await countBy(parley, company, 'hold');
    expect(releasing + released).toBe(20);

    await accountOnce(parley, company, 'connected');
    await untilQuiet(parley, company);
    for (const person of answering) {
      const story = [...(known.includes(person) ? ['Good day'] : []), ...ANSWERS, 'And when'];
      expect(await wordsOf(person, WORDS)).toEqual([story]);
    }
    expect(await wordsOf(silent, WORDS)).toEqual([]);
    expect((await countBy(parley, company, 'hold')).released).toBe(20);

    // Control: one that is there twice would be seen.
    const [one] = answering as [Person];
    const { id: task } = await taskOnce(one);
    const comment = { task, author: 'user:3', html: NOTICE_TEXT, notify: [] };
    await parley.sandbox.control('POST', `planfix/${company.account}/comments`, comment);
    expect(await wordsOf(one, WORDS)).toEqual([['Good day', ...ANSWERS, 'And when', NOTICE_TEXT]]);
  });
});
