import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  aCustomer,
  type Company,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  startParley,
} from '../support/parley.ts';
import { messagesOf } from '../support/reply-world.ts';
import { approveTemplate, type StartAnswer, startConversation, tasksShowing } from '../support/starts.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  await approveTemplate(parley, company);
});

afterEach(() => parley.sandbox.control('DELETE' as 'POST', 'faults'));
afterAll(() => parley?.stop());

/** Each with words of its own, by which its task is found; `contact`: it is Planfix that knows the phone. */
const start = (customer: Customer & { contact?: number }, word: string, key?: string) =>
  startConversation(
    parley,
    {
      connectionId: company.connectionId,
      to: customer.contact === undefined ? `+${customer.phone}` : { contact: customer.contact },
      template: { name: 'appointment', language: 'en', parameters: { body: [word, 'Monday'] } },
    },
    key,
  );

async function killAndRestart(which: 'api' | 'worker'): Promise<void> {
  await parley[which].stop('SIGKILL', 1_000);
  parley[which] = await parley[which].startAgain();
}

const fault = (rule: Record<string, unknown>) => parley.sandbox.control('POST', 'faults', rule);
const onceStruck = (target: string, path: string, method = 'POST') =>
  eventually('the call that hangs', async () => {
    const { items } = await parley.sandbox.control<{ items: { fault?: unknown }[] }>(
      'GET',
      `requests?${new URLSearchParams({ target, path, method })}`,
    );
    return items.some((item) => item.fault !== undefined) || undefined;
  });

/** What there is in the end: tasks that show the words, and what the customer's phone got. */
async function outcome(customer: Customer, word: string): Promise<{ tasks: number; messages: number }> {
  await eventually(`${word} on a task`, async () => (await tasksShowing(parley, company, word))[0]);
  await eventually(`every message of ${word} as settled`, async () => {
    const all = await messagesOf({ parley, company });
    const own = all.filter(({ direction, text }) => direction === 'outbound' && text.includes(word));
    return own.every(({ state, planfixTask }) => state === 'delivered' && planfixTask !== null) || undefined;
  });
  const items = (await chatOf(parley, company, customer)).filter(({ from }) => from === 'business');
  return { tasks: (await tasksShowing(parley, company, word)).length, messages: items.length };
}

describe('the worker is killed', () => {
  it('while Planfix keeps the answer about the new task: one task, one message', async () => {
    const customer = aCustomer();
    await fault({ target: 'planfix', account: company.account, method: 'POST', path: '/task/$', kind: 'hang-after' });
    const answer = start(customer, 'violet', 'violet');
    await onceStruck('planfix', '/task/');
    await killAndRestart('worker');
    expect((await answer).status).toBe(202);
    expect(await outcome(customer, 'violet')).toEqual({ tasks: 1, messages: 1 });
  });

  it('while Planfix keeps the answer about the new contact: one contact, one task', async () => {
    const customer = aCustomer();
    const path = '/contact/$';
    await fault({ target: 'planfix', account: company.account, method: 'POST', path, kind: 'hang-after' });
    const answer = start(customer, 'indigo', 'indigo');
    await onceStruck('planfix', '/contact/');
    await killAndRestart('worker');
    await answer;
    expect(await outcome(customer, 'indigo')).toEqual({ tasks: 1, messages: 1 });
    const { contacts } = await parley.sandbox.control<{ contacts: unknown[] }>('GET', `planfix/${company.account}`);
    expect(contacts.filter((contact) => JSON.stringify(contact).includes(customer.phone))).toHaveLength(1);
  });

  it('while the network keeps its answer: the message is not sent again', async () => {
    const customer = aCustomer();
    const { phoneNumberId } = company;
    await fault({ target: 'graph', phoneNumberId, purpose: 'send', kind: 'hang-after' });
    const answer = start(customer, 'orange', 'orange');
    await onceStruck('graph', '/messages');
    await killAndRestart('worker');
    await answer;
    expect(await outcome(customer, 'orange')).toEqual({ tasks: 1, messages: 1 });
  });
});

describe('of a contact whose phone only Planfix knows', () => {
  async function aContact(): Promise<Customer & { contact: number }> {
    const customer = aCustomer();
    const body = { name: customer.name, phone: `+${customer.phone}` };
    const { id } = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, body);
    return { ...customer, contact: id };
  }

  it('the worker is killed while Planfix keeps its answer: one task, one message', async () => {
    const customer = await aContact();
    const path = `/contact/${customer.contact}`;
    await fault({ target: 'planfix', account: company.account, method: 'GET', path, kind: 'hang' });
    const answer = start(customer, 'pink', 'pink');
    await onceStruck('planfix', path, 'GET');
    await killAndRestart('worker');
    const { status, location, body } = await answer;
    expect([status, location, body.state]).toEqual([202, `/v1/conversations/starts/${body.startId}`, 'looking']);
    expect(await outcome(customer, 'pink')).toEqual({ tasks: 1, messages: 1 });
    const row = await parley.rest<{ state: string }>('GET', String(location));
    expect(row.state).toBe('started');
  });

  it('the api is killed when it has stored the request: the sweep finds it', async () => {
    const customer = await aContact();
    await startAcrossKill(customer, 'black', 20, 'black');
    expect(await outcome(customer, 'black')).toEqual({ tasks: 1, messages: 1 });
  });
});

/** The answers that the api had stored are lost with it: the requests themselves must know. */
async function loseStoredAnswers(): Promise<void> {
  const client = new pg.Client({ connectionString: parley.world.databaseUrl });
  await client.connect();
  await client.query('delete from idempotency_key');
  await client.end();
}

/** The api is killed so long after the request has left for it, and the request is made again. */
async function startAcrossKill(
  customer: Parameters<typeof start>[0],
  word: string,
  afterMs: number,
  key?: string,
): Promise<StartAnswer> {
  const first = start(customer, word, key).catch(() => undefined);
  await pause(afterMs);
  await killAndRestart('api');
  await first;
  await loseStoredAnswers();
  return start(customer, word, key);
}

describe('the api is killed', () => {
  it.each([0, 4, 12, 30, 100, 600])('%d ms after the request was made: a repeat starts nothing twice', async (ms) => {
    const customer = aCustomer();
    const answer = await startAcrossKill(customer, `blue${ms}x`, ms, `blue-${ms}`);
    expect([201, 202]).toContain(answer.status);
    expect(await outcome(customer, `blue${ms}x`)).toEqual({ tasks: 1, messages: 1 });
  });

  it('when a request without a key was taken: the repeat is another one (control)', async () => {
    const customer = aCustomer();
    const first = start(customer, 'green').catch(() => undefined);
    await eventually('the first message', async () =>
      (await messagesOf({ parley, company })).find(({ text }) => text.includes('green')),
    );
    await killAndRestart('api');
    await first;
    await start(customer, 'green');
    expect((await outcome(customer, 'green')).messages).toBe(2);
  });
});
