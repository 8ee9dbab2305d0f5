import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  breakPlanfix,
  CREATES,
  countCreates,
  settledStories,
  withDatabase,
  writeInOrder,
} from '../support/inbound-faults.ts';
import { holdRows } from '../support/inbound-locks.ts';
import { untilBlocked } from '../support/locks.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';

const TEN_MINUTES_MS = 600_000;
/** Where filters name the time most exactly: as long as the zone of the token's employee is not known, it is taken for this one. */
const timeZone = 'Etc/GMT+12';

let parley: Parley;

beforeAll(async () => {
  // Time enough to measure a clock anew before the first look for what was lost.
  parley = await startParley({ waits: { readBackFirstMs: 4_000 } });
});

afterAll(() => parley?.stop());

/** Every kind of creation of this company goes wrong once in this way. */
async function breakEachOnce(company: Company, kind: string): Promise<void> {
  for (const what of Object.values(CREATES)) await breakPlanfix(parley, company, { ...what, kind });
}

const callsOf = async (company: Company) => ({
  contact: await countCreates(parley, company, 'contact'),
  task: await countCreates(parley, company, 'task'),
  comment: await countCreates(parley, company, 'comment'),
});

async function expectOnceInOrder(company: Company, texts: string[]): Promise<void> {
  expect(await settledStories(parley, company, texts.length)).toEqual([texts]);
  expect((await planfixOf(parley, company)).contacts).toHaveLength(1);
}

describe('an answer of Planfix that is lost', () => {
  it('after each of contact, task and comment was created, or before: one of each, in order', async () => {
    const [after, before] = await Promise.all([connectCompany(parley), connectCompany(parley)]);
    await Promise.all([breakEachOnce(after, 'drop-after'), breakEachOnce(before, 'drop-before')]);
    for (const company of [after, before]) {
      await writeInOrder(parley, company, aCustomer(), ['one', 'two', 'three']);
    }
    for (const company of [after, before]) await expectOnceInOrder(company, ['one', 'two', 'three']);
    expect(await callsOf(after)).toEqual({ contact: 1, task: 1, comment: 2 });
    // Control: an effect that is not there is not taken for granted, but called for again.
    expect(await callsOf(before)).toEqual({ contact: 2, task: 2, comment: 3 });
  });

  it('by the database, which refuses to record it: one contact even of somebody without a phone', async () => {
    const company = await connectCompany(parley);
    const slow = await breakPlanfix(parley, company, { ...CREATES.contact, kind: 'slow-after', delayMs: 1_200 });
    const hidden = { ...aCustomer('Ann Onymous'), username: true };
    await writeInOrder(parley, company, hidden, ['one']);
    await slow.untilStruck();
    const claim = 'select id from planfix_contact where planfix_account_id = $1';
    const held = await holdRows(parley, claim, [company.planfixAccountId]);
    await untilBlocked(parley.world.databaseUrl, 'update "planfix_contact" set "contact"');
    await withDatabase(parley, (db) =>
      sql`select pg_cancel_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`.execute(db),
    );
    await held.release();
    await writeInOrder(parley, company, hidden, ['two']);
    await expectOnceInOrder(company, ['one', 'two']);
    const [contact] = (await planfixOf(parley, company)).contacts;
    expect(contact).toMatchObject({ phones: [] });
  });
});

describe("our clock ten minutes ahead of Planfix's, or behind it, with lost answers", () => {
  it('still leads to one contact, one task and one comment of each message', async () => {
    const skews = [-TEN_MINUTES_MS, TEN_MINUTES_MS];
    const connect = (clockSkewMs: number) => connectCompany(parley, { planfixSettings: { clockSkewMs }, timeZone });
    const companies = await Promise.all(skews.map(connect));
    for (const company of companies) {
      await breakEachOnce(company, 'drop-after');
      await writeInOrder(parley, company, aCustomer(), ['one', 'two', 'three']);
    }
    for (const company of companies) {
      await expectOnceInOrder(company, ['one', 'two', 'three']);
      expect(await callsOf(company)).toEqual({ contact: 1, task: 1, comment: 2 });
    }
  });
});

describe("a clock of Planfix's that we know wrongly (control)", () => {
  it('leads to a second task', async () => {
    const company = await connectCompany(parley, { planfixSettings: { clockSkewMs: -TEN_MINUTES_MS }, timeZone });
    const fault = await breakPlanfix(parley, company, { ...CREATES.task, kind: 'drop-after' });
    await writeInOrder(parley, company, aCustomer(), ['one', 'two']);
    await fault.untilStruck();
    // From here on Planfix's clock is right, so a task of ten minutes ago is not what is looked for.
    await parley.sandbox.control('PUT', `planfix/${company.account}/settings`, { clockSkewMs: 0 });
    await withDatabase(parley, (db) =>
      eventually('the offset is measured anew', async () => {
        const row = await db
          .selectFrom('planfixAccount')
          .select('clockOffsetMs')
          .where('id', '=', company.planfixAccountId)
          .executeTakeFirstOrThrow();
        return Math.abs(row.clockOffsetMs) < 5_000 || undefined;
      }),
    );
    expect(await settledStories(parley, company, 3)).toEqual([['one'], ['one', 'two']]);
  });
});
