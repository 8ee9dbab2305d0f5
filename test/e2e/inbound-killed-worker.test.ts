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
import { aCustomer, type Company, connectCompany, type Parley, planfixOf, startParley } from '../support/parley.ts';

type What = keyof typeof CREATES;
const WHAT = Object.keys(CREATES) as What[];

let parley: Parley;

beforeAll(async () => {
  // A call lasts long enough to kill its worker within, whatever else the machine does.
  parley = await startParley({ waits: { callDeadlineMs: 5_000, readBackFirstMs: 300, readBackSecondMs: 300 } });
});

afterAll(() => parley?.stop());

/** What is written after the worker has something to create, the first of it before it is killed. */
const textsOf = (what: What): [string, ...string[]] =>
  what === 'comment' ? ['two', 'three'] : ['one', 'two', 'three'];

/** One company for each kind of call. The worker is inside all of the calls at once, and is killed there. */
async function killInside(kind: string): Promise<Record<What, Company>> {
  const companies = await Promise.all(WHAT.map(async (what) => ({ what, company: await connectCompany(parley) })));
  const firstAtMs = Date.now() - 60_000;
  const calls = companies.map(({ what, company }) => ({ what, company, customer: aCustomer() }));
  const [, , { company, customer }] = calls as [unknown, unknown, (typeof calls)[0]];
  await writeInOrder(parley, company, customer, ['one'], firstAtMs);
  await settledStories(parley, company, 1);
  await Promise.all(
    calls.map(async (call) => {
      const fault = await breakPlanfix(parley, call.company, { ...CREATES[call.what], kind });
      await writeInOrder(parley, call.company, call.customer, [textsOf(call.what)[0]], firstAtMs + 1_000);
      await fault.untilStruck();
    }),
  );
  await parley.worker.stop('SIGKILL', 1_000);
  for (const call of calls) {
    const [, ...texts] = textsOf(call.what);
    await writeInOrder(parley, call.company, call.customer, texts, firstAtMs + 2_000);
  }
  return Object.fromEntries(calls.map((call) => [call.what, call.company])) as Record<What, Company>;
}

const startWorkerAgain = async () => {
  parley.worker = await parley.worker.startAgain();
};

async function expectOnceInOrder(company: Company): Promise<void> {
  expect(await settledStories(parley, company, 3)).toEqual([['one', 'two', 'three']]);
  expect((await planfixOf(parley, company)).contacts).toHaveLength(1);
}

describe('a worker that is killed inside a call to Planfix', () => {
  it('before the effect: all messages arrive once, in order', async () => {
    const companies = await killInside('hang');
    await startWorkerAgain();
    for (const what of WHAT) {
      await expectOnceInOrder(companies[what]);
      // Control: the first call had no effect, so there had to be another one.
      const calls = await countCreates(parley, companies[what], what);
      expect({ what, calls }).toEqual({ what, calls: what === 'comment' ? 3 : 2 });
    }
  });

  it('after the effect: all messages arrive once, in order, and nothing is created again', async () => {
    const companies = await killInside('hang-after');
    await startWorkerAgain();
    for (const what of WHAT) {
      await expectOnceInOrder(companies[what]);
      const calls = await countCreates(parley, companies[what], what);
      expect({ what, calls }).toEqual({ what, calls: what === 'comment' ? 2 : 1 });
    }
  });

  it('would create things twice if it did not remember what it had begun (control)', async () => {
    const { task, comment } = await killInside('hang-after');
    await withDatabase(parley, async (db) => {
      await sql`update conversation_task set intent_token = null where intent_token is not null`.execute(db);
      await sql`update message set intent_token = null where intent_token is not null`.execute(db);
    });
    await startWorkerAgain();
    expect(await settledStories(parley, task, 4)).toEqual([['one'], ['one', 'two', 'three']]);
    expect(await settledStories(parley, comment, 4)).toEqual([['one', 'two', 'two', 'three']]);
  });
});
