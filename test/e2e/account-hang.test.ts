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
const CALL_DEADLINE_MS = 25_000;
/** As many calls as one account may have on their way. */
const IN_FLIGHT = 4;
const WAITING = 200;

let parley: Parley;

beforeAll(async () => {
  const waits = { callDeadlineMs: CALL_DEADLINE_MS, leaseMs: 30_000, turnMs: 15_000, turnTimeoutMs: 45_000 };
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

/** When the first of the calls that hang is given up, and the account may have its next one. */
async function firstGivenUpAtMs(company: Company, deadlineMs: number): Promise<number> {
  const hung = (await planfixCalls(parley, company, { path: '/comments/' })).filter((call) => call.status === 0);
  return Math.min(...hung.map((call) => call.atMs)) + deadlineMs;
}

const timesOfCalls = async (company: Company, filter: Record<string, string>) =>
  (await planfixCalls(parley, company, filter)).map((call) => call.atMs);

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
    const { spawnSync } = await import('node:child_process');
    const pg = (await import('pg')).default;
    const db = new pg.Client({ connectionString: parley.world.databaseUrl });
    await db.connect();
    const { appendFileSync } = await import('node:fs');
    const cpu = (pid: number) => spawnSync('ps', ['-o', 'cputime=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
    const watch = setInterval(async () => {
      const done = await Promise.all(others.map(async (o) => (await textsIn(parley, o)).flat().length));
      const q = await db.query(`select (select count(*) from conversation_task where planfix_task is null) as creating, (select count(*) from conversation_task) as tasks, (select count(*) from conversation where to_planfix_due_at is not null) as due, (select sum(sweeps) from conversation) as sweeps, (select count(*) from planfix_contact where intent_token is not null) as intents, (select count(*) from message where state='received') as received`);
      const counts = await parley.temporal.workflowService.countWorkflowExecutions({ namespace: parley.world.temporalNamespace, query: 'ExecutionStatus = "Running" group by WorkflowType' }).catch((e) => ({ groups: [], e }));
      const dq = await parley.temporal.workflowService.describeTaskQueue({ namespace: parley.world.temporalNamespace, taskQueue: { name: 'conversations' }, taskQueueType: 2, reportStats: true } as never).catch((e) => e);
      const dw = await parley.temporal.workflowService.describeTaskQueue({ namespace: parley.world.temporalNamespace, taskQueue: { name: 'conversations' }, taskQueueType: 1, reportStats: true } as never).catch((e) => e);
      appendFileSync('/tmp/hang.log', JSON.stringify([Date.now() - t0, done, q.rows[0], 'worker', cpu(parley.worker.pid), 'api', cpu(parley.api.pid), 'sandbox', cpu(parley.sandbox.process.pid), (await parley.rest<{ state: string }>('GET', `/v1/planfix-accounts/${company.planfixAccountId}`)).state, 'A', dq.stats?.approximateBacklogCount, dq.stats?.tasksAddRate, 'W', dw.stats?.approximateBacklogCount, dw.stats?.tasksAddRate, String(counts)], (k, v) => (typeof v === 'bigint' ? Number(v) : v)) + '\n');
    }, 2000);
    await Promise.all(served).finally(() => { clearInterval(watch); appendFileSync('/tmp/hang.log', parley.worker.lines().slice(-30).join('\n') + '\n'); });
    await db.end();
    // All of theirs has arrived, while the calls of the hanging account still hang and it has come to nothing.
    const posted = await Promise.all(
      others.map((other) => timesOfCalls(other, { path: '/comments/', method: 'POST' })),
    );
    expect(Math.max(...posted.flat())).toBeLessThan(await firstGivenUpAtMs(company, CALL_DEADLINE_MS));
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
      ...waitsEnvironment({ callDeadlineMs: 5_000 }),
      PARLEY_LIVE_ACTIVITIES: `${IN_FLIGHT}`,
    };
    parley.worker = await startWorker(parley.world, few);
    const other = await connectCompany(parley);
    const { company } = await companyThatHangs();
    const crowd = await aCrowd(1);
    await crowdWrites(other, crowd, ['one']);
    await expectServed(other, crowd, ['one']);
    const posted = await timesOfCalls(other, { path: '/contact/' });
    expect(Math.max(...posted)).toBeGreaterThan(await firstGivenUpAtMs(company, 5_000));
  });
});
