import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  faultOfPlanfix,
  planfixCalls,
  textsIn,
  textsOnce,
  untilAllPosted,
  untilFirstPoll,
} from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  type Customer,
  connectCompany,
  eventually,
  type Parley,
  startParley,
  waitsEnvironment,
} from '../support/parley.ts';
import { startWorker } from '../support/processes.ts';

/** How long a comment may take; the account hangs for at least that long. */
const CALL_DEADLINE_MS = 30_000;
/** As many calls as one account may have on their way. */
const IN_FLIGHT = 4;
const WAITING = 200;
/** Hundreds of conversations at once are work for a small machine. */
const LOADED_MS = 120_000;

let parley: Parley;

beforeAll(async () => {
  const waits = { callDeadlineMs: CALL_DEADLINE_MS, leaseMs: 35_000, turnMs: 15_000, turnTimeoutMs: 50_000 };
  parley = await startParley({
    waits: { ...waits, planfixIntervalMs: 5, activeFlagMs: 600_000, pollIntervalMs: 600_000 },
  });
});

afterAll(() => parley?.stop());
afterEach(() => parley.sandbox.control('DELETE', 'faults'));

async function aCrowd(size: number): Promise<Customer[]> {
  const customers = Array.from({ length: size }, () => aCustomer());
  await parley.sandbox.control('POST', 'graph/customers', { customers });
  return customers;
}

/** Many customers write at once, each the same texts in turn. */
async function crowdWrites(company: Company, crowd: Customer[], texts: string[]): Promise<void> {
  const { phoneNumberId } = company;
  const messages = texts.flatMap((text) => crowd.map(({ phone }) => ({ from: phone, text: `${text} of ${phone}` })));
  const answer = await parley.sandbox.control<{ statuses: number[] }>('POST', 'graph/batches', {
    phoneNumberId,
    messages,
    perPost: 1_000,
  });
  expect(new Set(answer.statuses)).toEqual(new Set([200]));
}

/** Each customer has one task, and in it what they wrote, once and in order. */
async function expectServed(company: Company, crowd: Customer[], texts: string[], withinMs?: number): Promise<void> {
  const found = await textsOnce(parley, company, crowd.length * texts.length, withinMs);
  const wanted = crowd.map(({ phone }) => texts.map((text) => `${text} of ${phone}`));
  const sorted = (tasks: string[][]) => tasks.map((task) => JSON.stringify(task)).sort();
  expect(sorted(found)).toEqual(sorted(wanted));
}

/** A company whose Planfix hangs with all the calls that it may have, each of them a customer's comment. */
async function companyThatHangs() {
  const company = await connectCompany(parley);
  // It would hang as well, in the place of a comment, and pause the account before that comment leaves.
  await untilFirstPoll(parley, company);
  const known = await aCrowd(IN_FLIGHT);
  await crowdWrites(company, known, ['before']);
  await textsOnce(parley, company, IN_FLIGHT);
  await untilAllPosted(parley, company);
  const hang = await faultOfPlanfix(parley, company, { kind: 'hang', path: '/comments/|/contact|/task|/ping' });
  await crowdWrites(company, known, ['hanging']);
  await eventually('the calls that hang', async () => (await hungCalls(company)).length >= IN_FLIGHT || undefined);
  return { company, known, hang };
}

/** Listed as soon as they hang. */
const hungCalls = async (company: Company) =>
  (await planfixCalls(parley, company, { path: '/comments/' })).filter((call) => call.status === 0);

/** When the first of the calls that hang is given up, and the account may have its next one. */
const firstGivenUpAtMs = async (company: Company, deadlineMs: number) =>
  Math.min(...(await hungCalls(company)).map((call) => call.atMs)) + deadlineMs;

/** When the newest task or comment of these companies was made. */
async function lastPostAtMs(companies: Company[]): Promise<number> {
  const calls = await Promise.all(companies.map((company) => planfixCalls(parley, company, { method: 'POST' })));
  return Math.max(...calls.flat().map((call) => (call.status === 201 ? call.atMs : 0)));
}

describe('an account whose Planfix hangs, with two hundred conversations waiting', () => {
  it('keeps nobody else waiting, and gets everything once, in order, when it goes on', async () => {
    const others = await Promise.all([1, 2, 3, 4].map(() => connectCompany(parley)));
    const crowds = await Promise.all(others.map(() => aCrowd(2)));
    const { company, known, hang } = await companyThatHangs();
    const serveOthers = (texts: string[], all: string[]) =>
      Promise.all(
        others.map(async (other, index) => {
          await crowdWrites(other, crowds[index] as Customer[], texts);
          await expectServed(other, crowds[index] as Customer[], all, LOADED_MS);
        }),
      );
    // While the account has as many calls on their way as it may have, the slots of the worker are the others'.
    await serveOthers(['one'], ['one']);
    expect(await lastPostAtMs(others)).toBeLessThan(await firstGivenUpAtMs(company, CALL_DEADLINE_MS));

    const fresh = await aCrowd(WAITING);
    await crowdWrites(company, fresh, ['first']);
    await serveOthers(['two', 'three'], ['one', 'two', 'three']);
    // Everything of theirs has arrived, and the account still hangs and has come to nothing.
    expect((await textsIn(parley, company)).flat()).toHaveLength(IN_FLIGHT);

    await hang.remove();
    const all = await textsOnce(parley, company, 2 * IN_FLIGHT + WAITING, LOADED_MS);
    const wanted = [
      ...known.map(({ phone }) => [`before of ${phone}`, `hanging of ${phone}`]),
      ...fresh.map(({ phone }) => [`first of ${phone}`]),
    ];
    expect(all.map(String).sort()).toEqual(wanted.map(String).sort());
  });

  it('would keep others waiting if it could take every slot of the worker', async () => {
    await parley.worker.stop('SIGTERM', 30_000);
    const few = {
      ...parley.waits,
      ...waitsEnvironment({ callDeadlineMs: 5_000 }),
      PARLEY_LIVE_ACTIVITIES: `${IN_FLIGHT}`,
    };
    parley.worker = await startWorker(parley.world, few);
    const other = await connectCompany(parley);
    const { company } = await companyThatHangs();
    const crowd = await aCrowd(1);
    await crowdWrites(other, crowd, ['one']);
    await expectServed(other, crowd, ['one']);
    // Half of its five seconds: the calls may have come late, and they are given up by when they left.
    expect(await lastPostAtMs([other])).toBeGreaterThan(await firstGivenUpAtMs(company, 5_000 / 2));
  });
});
