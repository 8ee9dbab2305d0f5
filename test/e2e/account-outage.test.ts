import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  accountOf,
  accountOnce,
  accountProblems,
  faultOfPlanfix,
  inboundOf,
  textsIn,
  textsOnce,
  untilAllPosted,
  untilProbed,
  writeAndHear,
} from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  type Customer,
  connectCompany,
  eventually,
  type Parley,
  startParley,
} from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  // Parking comes soon, so that an outage of seconds is many times as long as the patience with a single message.
  parley = await startParley({ waits: { parkMs: 600, activeFlagMs: 1_500 } });
});

afterAll(() => parley?.stop());

/** A company with one customer who has a task already. */
async function companyWithTask(): Promise<{ company: Company; known: Customer }> {
  const company = await connectCompany(parley);
  const known = aCustomer('Known Customer');
  await writeAndHear(parley, company, known, 'known 0');
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  return { company, known };
}

/** While Planfix is away: the known customer and a new one write in turns, and each webhook is answered 200. */
async function writeInTurns(company: Company, known: Customer): Promise<void> {
  const fresh = aCustomer('New Customer');
  for (const number of [1, 2, 3]) {
    expect(await writeAndHear(parley, company, known, `known ${number}`)).toBe(200);
    expect(await writeAndHear(parley, company, fresh, `new ${number}`)).toBe(200);
  }
}

const KNOWN = ['known 0', 'known 1', 'known 2', 'known 3'];
const FRESH = ['new 1', 'new 2', 'new 3'];

/** Stored, none put aside, and none in Planfix that was not there before. */
async function expectWaiting(company: Company): Promise<void> {
  const states = (await inboundOf(parley, company)).map((message) => message.state);
  expect(states).toEqual(['posted', ...Array(6).fill('received')]);
  expect(await textsIn(parley, company)).toEqual([['known 0']]);
}

async function expectAllOnceInOrder(company: Company): Promise<void> {
  await accountOnce(parley, company, 'connected');
  await untilAllPosted(parley, company);
  expect(await textsIn(parley, company)).toEqual([KNOWN, FRESH]);
  expect(await accountProblems(parley, company, 'account-paused')).toEqual([]);
  expect(await accountProblems(parley, company, 'parked')).toEqual([]);
}

const changeToken = (company: Company, token: string) =>
  parley.rest('PATCH', `/v1/planfix-accounts/${company.planfixAccountId}`, { token });

describe('a Planfix account that is away as a whole', () => {
  it('whose token is revoked is paused with the reason, and a new token brings everything, in order', async () => {
    const { company, known } = await companyWithTask();
    const token = `planfix-${randomBytes(8).toString('hex')}`;
    await parley.sandbox.control('POST', `planfix/${company.account}/token`, { token });
    await writeInTurns(company, known);
    const account = await accountOnce(parley, company, 'paused', 'credentials-rejected');
    expect(account.pausedAt).not.toBeNull();
    expect(await accountProblems(parley, company, 'account-paused')).toMatchObject([
      { reason: 'credentials-rejected' },
    ]);
    await untilProbed(parley, company, 2);
    await expectWaiting(company);

    // Control: what brings it back is the right token, not the attempt.
    await expect(changeToken(company, `${token}-mistyped`)).rejects.toThrow('422');
    await untilProbed(parley, company, 2);
    expect(await accountOf(parley, company)).toMatchObject({ state: 'paused', pausedReason: 'credentials-rejected' });
    await expectWaiting(company);

    await changeToken(company, token);
    await textsOnce(parley, company, 7);
    await expectAllOnceInOrder(company);
  });

  it.each([
    ['resets every connection', { kind: 'drop-before' }],
    ['answers everything with an error page', { kind: 'status', status: 503 }],
    ['loses every answer, its own ping included', { kind: 'drop-after' }],
  ])('that %s is paused, parks nothing, and gets everything once, in order, when it returns', async (_, fault) => {
    const { company, known } = await companyWithTask();
    const away = await faultOfPlanfix(parley, company, fault);
    await writeInTurns(company, known);
    await accountOnce(parley, company, 'paused', 'unavailable');
    await untilProbed(parley, company, 3);
    const states = (await inboundOf(parley, company)).map((message) => message.state);
    expect(states).toEqual(['posted', ...Array(6).fill('received')]);
    expect(await accountProblems(parley, company, 'account-paused')).toMatchObject([{ reason: 'unavailable' }]);

    await away.remove();
    await textsOnce(parley, company, 7);
    await expectAllOnceInOrder(company);
  });

  it('does not keep another account of the same process waiting', async () => {
    const { company, known } = await companyWithTask();
    const other = await connectCompany(parley);
    const away = await faultOfPlanfix(parley, company, { kind: 'drop-before' });
    await writeInTurns(company, known);
    await accountOnce(parley, company, 'paused');
    await writeAndHear(parley, other, aCustomer(), 'somebody else');
    expect(await textsOnce(parley, other, 1)).toEqual([['somebody else']]);
    await expectWaiting(company);
    await away.remove();
    await textsOnce(parley, company, 7);
    await expectAllOnceInOrder(company);
  });

  it('is not what a refusal of one message is: that is parked in the same time, and its account goes on', async () => {
    const { company, known } = await companyWithTask();
    const body = { result: 'fail', code: 30, error: 'JSON parse error' };
    const refusal = await faultOfPlanfix(parley, company, { kind: 'status', status: 400, body, path: '/comments/' });
    await writeAndHear(parley, company, known, 'refused');
    const parked = await eventually('the parked message', async () =>
      (await inboundOf(parley, company)).find((message) => message.state === 'parked'),
    );
    expect(parked).toMatchObject({ text: 'refused', reason: 'invalid-request' });
    expect(await accountOf(parley, company)).toMatchObject({ state: 'connected', pausedReason: null });
    await refusal.remove();
    await writeAndHear(parley, company, known, 'known 1');
    expect(await textsOnce(parley, company, 2)).toEqual([['known 0', 'known 1']]);
  });
});
