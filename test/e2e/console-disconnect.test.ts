import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { connectionOf, SHORT_CHECKS, tellOfAccount } from '../support/connection-world.ts';
import { axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  startParley,
  writeAs,
} from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld;
let page: Page;

beforeAll(async () => {
  parley = await startParley({ waits: SHORT_CHECKS });
  world = await openConsole(parley);
  page = await world.open();
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const open = (company: Company) => page.goto(`${world.url}/connections/${company.connectionId}/disconnect`);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const section = (name: string) => page.getByRole('region', { name });

/** Step one, asked once. */
async function begin(): Promise<void> {
  await button('Disconnect in Parley').click();
  const dialog = page.getByRole('dialog', { name: /^Disconnect \+49/ });
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Disconnect in Parley' }).click();
  await section('Step 2: at WhatsApp').waitFor();
}

describe('disconnecting in two steps', () => {
  let company: Company;

  beforeAll(async () => {
    company = await connectCompany(parley);
  });

  it('says what happens and what stays, and can be taken back', async () => {
    await open(company);
    await section('Step 1: in Parley').getByText('Tasks in Planfix, and the history of conversations here.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await begin();
    expect((await connectionOf({ parley, company })).state).toBe('disconnecting');
    await section('Step 2: at WhatsApp')
      .getByText(/Meta Business settings → Accounts → WhatsApp accounts/)
      .waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await button('Do not disconnect').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stay connected' }).click();
    await section('Step 1: in Parley').waitFor();
    expect((await connectionOf({ parley, company })).state).toBe('connected');
  });

  it('lists what waits to be sent, and discards what is chosen', async () => {
    const { phoneNumberId } = company;
    // Nothing leaves while the network asks to wait.
    const fault = { target: 'graph', kind: 'error', code: 130429, phoneNumberId, purpose: 'send', times: 0 };
    await parley.sandbox.control('POST', 'faults', fault);
    await queueMessages(company, 2);
    await open(company);
    await begin();
    const queued = section('Messages that wait to be sent');
    await queued
      .getByRole('checkbox', { name: /^Choose the message to/ })
      .first()
      .check();
    await queued.getByRole('button', { name: 'Discard 1 chosen' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard 1 chosen' }).click();
    await eventually('one message less', async () =>
      (await connectionOf({ parley, company })).queued === 1 ? true : undefined,
    );
    await queued.getByRole('button', { name: 'Discard all' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard all' }).click();
    await queued.getByText('No messages wait to be sent.').waitFor();
    await parley.sandbox.control('DELETE', 'faults');
    expect((await connectionOf({ parley, company })).queued).toBe(0);
  });

  it('ends with the word of the administrator', async () => {
    await button('Not applicable: it is our own Meta app').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Finish disconnecting' }).click();
    await page.getByText('The number is disconnected', { exact: true }).waitFor();
    expect((await connectionOf({ parley, company })).state).toBe('disconnected');
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('an owner who disconnects on the phone first', () => {
  it('is answered with the proposal to do step one', async () => {
    page = await world.open({ colorScheme: 'dark' });
    const company = await connectCompany(parley);
    await open(company);
    await section('Step 1: in Parley').waitFor();
    // Control: nobody has disconnected yet.
    expect(await page.getByText('The owner has disconnected the number already').count()).toBe(0);
    await tellOfAccount({ parley, company }, 'PARTNER_REMOVED', {
      form: 'account',
      phoneNumberId: company.phoneNumberId,
      reason: 'ACCOUNT_DISCONNECTED',
      initiatedBy: 'USER',
    });
    await page.getByText('The owner has disconnected the number already').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await button('Disconnect in Parley').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect in Parley' }).click();
    await page.getByText('The number is disconnected', { exact: true }).waitFor();
  });
});

/** Messages to customers who wrote, sent through the API. */
async function queueMessages(company: Company, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const customer = aCustomer(`Customer ${index}`);
    await writeAs(parley, company, customer, 'Hello?');
    const conversationId = await eventually('the conversation', async () => {
      const path = `/v1/conversations?search=${customer.phone}`;
      return (await parley.rest<{ items: { id: string }[] }>('GET', path)).items[0]?.id;
    });
    await parley.rest('POST', '/v1/messages', { conversationId, text: `Answer ${index}` });
  }
  await eventually('queued messages', async () =>
    (await connectionOf({ parley, company })).queued === count ? true : undefined,
  );
}
