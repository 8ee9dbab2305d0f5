import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { faultOfPlanfix, planfixCalls, textsIn, textsOnce, untilAllPosted } from '../support/account-world.ts';
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
const CALL_DEADLINE_MS = 20_000;
/** As many calls as one account may have on their way. */
const IN_FLIGHT = 4;
const WAITING = 200;

let parley: Parley;

beforeAll(async () => {
  const waits = { callDeadlineMs: CALL_DEADLINE_MS, leaseMs: 25_000, turnMs: 15_000, turnTimeoutMs: 40_000 };
  parley = await startParley({ waits: { ...waits, planfixIntervalMs: 5, activeFlagMs: 600_000 } });
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
  const known = await aCrowd(IN_FLIGHT);
  await crowdWrites(company, known, ['before']);
  await textsOnce(parley, company, IN_FLIGHT);
  await untilAllPosted(parley, company);
  const hang = await faultOfPlanfix(parley, company, { kind: 'hang', path: '/comments/|/contact|/task|/ping' });
  const calls = async () =>
    (await parley.sandbox.control<{ total: number }>('GET', `planfix/${company.account}/rate`)).total;
  const callsBefore = await calls();
  await crowdWrites(company, known, ['hanging']);
  await eventually('the calls that hang', async () => (await calls()) >= callsBefore + IN_FLIGHT || undefined);
  return { company, known, hang };
}

/** Comments that hung until their deadline, and were given up. */
const givenUp = async (company: Company) =>
  (await planfixCalls(parley, company, { method: 'POST', path: '/comments/' })).filter((call) => call.status === 0);

describe('an account whose Planfix hangs, with two hundred conversations waiting', () => {
  it('keeps nobody else waiting, and gets everything once, in order, when it goes on', async () => {
    const others = await Promise.all([1, 2, 3, 4].map(() => connectCompany(parley)));
    const { company, known, hang } = await companyThatHangs();
    const fresh = await aCrowd(WAITING);
    await crowdWrites(company, fresh, ['first', 'second']);

    const crowds = await Promise.all(others.map(() => aCrowd(5)));
    const served = others.map(async (other, index) => {
      await crowdWrites(other, crowds[index] as Customer[], ['one', 'two']);
      await expectServed(other, crowds[index] as Customer[], ['one', 'two']);
    });
    const t0 = Date.now();
    const watch = setInterval(async () => {
      let n = 0, h = 0;
      for await (const w of parley.temporal.workflow.list({ query: 'WorkflowType = "taskCreationWorkflow"' })) { n += 1; h += Number(w.historyLength ?? 0); if (n >= 300) break; }
      const done = await Promise.all(others.map(async (o) => (await textsIn(parley, o)).flat().length));
      console.log(Date.now() - t0, 'creations', n, 'events', h, 'others', done.join(','), (await parley.rest<{ state: string }>('GET', `/v1/planfix-accounts/${company.planfixAccountId}`)).state, (await givenUp(company)).length);
    }, 3000);
    await Promise.all(served).finally(() => clearInterval(watch));
    // All of theirs has arrived, while the calls of the hanging account still hang and it has come to nothing.
    expect(await givenUp(company)).toEqual([]);
    expect((await textsIn(parley, company)).flat()).toHaveLength(IN_FLIGHT);

    await hang.remove();
    const texts = [...known.map(({ phone }) => ['before', 'hanging'].map((text) => `${text} of ${phone}`))];
    const all = await textsOnce(parley, company, 2 * IN_FLIGHT + 2 * WAITING, 120_000);
    const wanted = [...texts, ...fresh.map(({ phone }) => ['first', 'second'].map((text) => `${text} of ${phone}`))];
    expect(all.map(String).sort()).toEqual(wanted.map(String).sort());
  });

  it('would keep others waiting if it could take every slot of the worker', async () => {
    await parley.worker.stop('SIGTERM', 30_000);
    const few = {
      ...parley.waits,
      ...waitsEnvironment({ callDeadlineMs: 4_000 }),
      PARLEY_LIVE_ACTIVITIES: `${IN_FLIGHT}`,
    };
    parley.worker = await startWorker(parley.world, few);
    const other = await connectCompany(parley);
    const { company } = await companyThatHangs();
    const crowd = await aCrowd(1);
    await crowdWrites(other, crowd, ['one']);
    await expectServed(other, crowd, ['one']);
    expect(await givenUp(company)).not.toEqual([]);
  });
});
