import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  accountOf,
  accountOnce,
  accountProblems,
  faultOfPlanfix,
  planfixCalls,
  textsIn,
  textsOnce,
  untilAllPosted,
  writeAndHear,
} from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  type CompanyOptions,
  type Customer,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley({ waits: { parkMs: 600 } });
});

afterAll(() => parley?.stop());

type Known = { company: Company; customer: Customer };

/** A company with one customer who has a task already. */
async function companyWithTask(options: CompanyOptions = {}): Promise<Known> {
  const company = await connectCompany(parley, options);
  const customer = aCustomer();
  await writeAndHear(parley, company, customer, '0');
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  return { company, customer };
}

const COMMENTS = { method: 'POST', path: '/comments/$' };
const NEW_TASK = { method: 'POST', path: '/task/$' };

/** One after the other: within one second, only the order of arrival tells what came first. */
async function write(known: Known, ...texts: string[]): Promise<void> {
  for (const text of texts) expect(await writeAndHear(parley, known.company, known.customer, text)).toBe(200);
}

/** The customer's one task holds these texts, each once and in order, and nobody must do anything about it. */
async function expectTexts(company: Company, texts: string[]): Promise<void> {
  await textsOnce(parley, company, texts.length);
  await untilAllPosted(parley, company);
  expect(await textsIn(parley, company)).toEqual([texts]);
  expect(await accountProblems(parley, company, 'parked')).toEqual([]);
}

const html = '<html><body><h1>Something went wrong</h1></body></html>';

describe('an odd answer of Planfix to a comment', () => {
  it.each([
    ['an error page of a proxy, without effect', { kind: 'status', status: 502 }],
    ['a page instead of JSON with status 200, without effect', { kind: 'status', status: 200, body: html }],
    ['an empty 202, without effect', { kind: 'status', status: 202, body: '' }],
    ['JSON that calls itself a page, with effect', { kind: 'wrong-content-type' }],
    ['no answer at all, with effect', { kind: 'drop-after' }],
    [
      '"unknown error" with status 500',
      { kind: 'status', status: 500, body: { result: 'fail', code: 0, error: 'Error' } },
    ],
    ['"too many requests"', { kind: 'throttle' }],
  ])('loses nothing, repeats nothing and keeps the order: %s', async (_, fault) => {
    const known = await companyWithTask();
    await faultOfPlanfix(parley, known.company, { ...COMMENTS, ...fault, times: 1 });
    await write(known, '1', '2', '3');
    await expectTexts(known.company, ['0', '1', '2', '3']);
    await accountOnce(parley, known.company, 'connected');
  });

  it('would be seen if a comment were there twice', async () => {
    const { company } = await companyWithTask();
    const [task] = (await planfixOf(parley, company)).tasks;
    const comment = { task: task?.id, author: 'user:3', html: '0', notify: [] };
    await parley.sandbox.control('POST', `planfix/${company.account}/comments`, comment);
    await expect(expectTexts(company, ['0'])).rejects.toThrow('toEqual');
  });
});

describe('an odd answer of Planfix to a new task', () => {
  it.each([
    ['an error page of a proxy, without effect', { kind: 'status', status: 502 }],
    ['an empty 202, without effect', { kind: 'status', status: 202, body: '' }],
    ['JSON that calls itself a page, with effect', { kind: 'wrong-content-type' }],
    ['no answer at all, with effect', { kind: 'drop-after' }],
    ['"too many requests"', { kind: 'throttle' }],
  ])('makes one task, with everything in it: %s', async (_, fault) => {
    const company = await connectCompany(parley);
    await faultOfPlanfix(parley, company, { ...NEW_TASK, ...fault, times: 1 });
    await write({ company, customer: aCustomer() }, '1', '2', '3');
    await expectTexts(company, ['1', '2', '3']);
    expect((await planfixOf(parley, company)).contacts).toHaveLength(1);
  });
});

describe('a task that is locked when its status is changed', () => {
  it('takes the change later, and the comment after it', async () => {
    const settings = { initialStatus: 2 };
    const planfixSettings = { commentBanStatuses: [101], lockedUpdateAppliesAfterMs: 400 };
    const known = await companyWithTask({ settings, planfixSettings });
    const { company } = known;
    const [task] = (await planfixOf(parley, company)).tasks;
    await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task?.id}`, { status: 101 });
    await faultOfPlanfix(parley, company, { kind: 'locked-202', method: 'POST', path: `/task/${task?.id}$`, times: 1 });
    await write(known, '1', '2');
    await expectTexts(company, ['0', '1', '2']);
    const changes = await planfixCalls(parley, company, { method: 'POST', path: `/task/${task?.id}` });
    expect(changes.map((call) => call.status)).toContain(202);
    // Control: without another status to go to, the ban stands, and the message is put aside.
    const bare = await companyWithTask({ planfixSettings });
    const [banned] = (await planfixOf(parley, bare.company)).tasks;
    await parley.sandbox.control('POST', `planfix/${bare.company.account}/tasks/${banned?.id}`, { status: 101 });
    await write(bare, '1');
    await eventually('the parked message', async () =>
      (await accountProblems(parley, bare.company, 'parked')).length > 0 ? true : undefined,
    );
    expect(await textsIn(parley, bare.company)).toEqual([['0']]);
  });
});

/**
 * The sandbox's clock, so many milliseconds before a day of its own and the daily quota end: never the midnight that is
 * next, because what the network says of a time within the hour is believed.
 */
async function setClockBeforeMidnight(ms: number): Promise<number> {
  const day = 86_400_000;
  const { nowMs } = await parley.sandbox.control<{ nowMs: number }>('GET', 'clock');
  const midnight = (Math.floor(nowMs / day) + 2) * day;
  await parley.sandbox.control('POST', 'clock', { setMs: midnight - ms });
  return midnight;
}

describe('a daily quota that is used up', () => {
  it.each(['200', '403'])('pauses the account until the day ends, told as HTTP %s', async (quotaShape) => {
    const known = await companyWithTask({ planfixSettings: { quotaShape } });
    const { company } = known;
    const midnight = await setClockBeforeMidnight(15_000);
    await parley.sandbox.control('PUT', `planfix/${company.account}/settings`, { dailyQuota: 1 });
    await write(known, '1', '2');
    await accountOnce(parley, company, 'paused', 'rate-limited');
    await parley.sandbox.control('PUT', `planfix/${company.account}/settings`, { dailyQuota: 100_000 });
    const refused = (await planfixCalls(parley, company)).at(-1);
    expect(refused?.atMs).toBeLessThan(midnight);
    await write(known, '3');
    await expectTexts(company, ['0', '1', '2', '3']);
    // Nothing was asked between the refusal and the end of the day, though it would have been answered.
    // What was on its way when the refusal came does not count.
    const fromMs = (refused?.atMs ?? 0) + 5_000;
    const later = (await planfixCalls(parley, company)).filter((call) => call.atMs > fromMs);
    expect(later[0]?.path).toBe('/ping');
    expect(later[0]?.atMs).toBeGreaterThanOrEqual(midnight - 1_000);
    expect(await accountOf(parley, company)).toMatchObject({ state: 'connected', pausedReason: null });
  });
});
