import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { connectionOf, connectionOnce, SHORT_CHECKS, tellOfAccount } from '../support/connection-world.ts';
import { axeFindings, type ConsoleWorld, fits, startConsole, untilNone } from '../support/console.ts';
import { aConversation, discardFor, queueMessages, queueRows } from '../support/console-queue.ts';
import { connected, connectNow, goToNumber, next, templateOf, typeHosted } from '../support/console-wizard.ts';
import { companyAtDialog360, hostNumber } from '../support/dialog360-world.ts';
import { holdRows } from '../support/inbound-locks.ts';
import {
  type Company,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  writeAs,
} from '../support/parley.ts';
import { startDialogueIn, taskOf } from '../support/reply-world.ts';

let parley: Parley;
let world: ConsoleWorld<undefined>;
let page: Page;

beforeAll(async () => {
  world = await startConsole({ waits: SHORT_CHECKS });
  ({ parley } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

const open = (company: Company) => page.goto(`/connections/${company.connectionId}/disconnect`);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const section = (name: string) => page.getByRole('region', { name });

const alert = (text: string | RegExp) => page.getByRole('alert').filter({ hasText: text });
/** What the page tells somebody whose number is at Meta. */
const metaWords = async () =>
  (await page.locator('main').textContent())?.match(/Meta\b|WhatsApp Manager|token|at WhatsApp/g);

/** Step one, asked once. */
async function begin(stepTwo = 'Step 2: at WhatsApp'): Promise<void> {
  await button('Disconnect in Parley').click();
  const dialog = page.getByRole('dialog', { name: /^Disconnect \+49/ });
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Disconnect in Parley' }).click();
  await section(stepTwo).waitFor();
}

/** What the business has sent to each of them. */
const answersTo = (company: Company, customers: Customer[]) =>
  Promise.all(
    customers.map(async (customer) =>
      (await chatOf(parley, company, customer)).filter(({ from }) => from === 'business').map(({ text }) => text),
    ),
  );

describe('disconnecting in two steps', () => {
  let company: Company;
  let customers: Customer[];

  beforeAll(async () => {
    company = await connectCompany(parley);
  });

  it('says what happens and what stays, and can be taken back', async () => {
    await open(company);
    await section('Step 1: in Parley').getByText('Tasks in Planfix, and the history of conversations here.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await begin();
    expect((await connectionOf({ parley, company })).state).toBe('disconnecting');
    await section('Step 2: at WhatsApp')
      .getByText(/Meta Business settings → Accounts → WhatsApp accounts/)
      .waitFor();
    expect(await metaWords()).not.toBeNull();
    expect(await axeFindings(page)).toEqual([]);
    await button('Do not disconnect').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stay connected' }).click();
    await section('Step 1: in Parley').waitFor();
    expect((await connectionOf({ parley, company })).state).toBe('connected');
  });

  it('shows on the page of connecting what has become of it since, and leaves the wizard of another number alone', async () => {
    const { phoneNumberId } = company;
    const kept = () => page.evaluate<string | null>("sessionStorage.getItem('parley-connect')");
    const keep = (draft: object) =>
      page.evaluate(`sessionStorage.setItem('parley-connect', ${JSON.stringify(JSON.stringify(draft))})`);
    const shown = page.getByText('Messages pass in both directions now.');
    await keep({ road: 'new-number', phoneNumberId: '100000000000001' });
    await page.goto(`/connections/${company.connectionId}/connecting`);
    await shown.waitFor();
    expect(await kept()).toContain('100000000000001');
    await parley.rest('POST', `/v1/connections/${company.connectionId}/disconnect`);
    await page.getByRole('heading', { level: 1, name: 'Being disconnected' }).waitFor();
    expect(await shown.count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'To the connection' }).waitFor();
    // Control: connected again it says so, and what was entered for this number is done with.
    await keep({ road: 'new-number', phoneNumberId });
    await parley.rest('POST', `/v1/connections/${company.connectionId}/cancel-disconnect`);
    await shown.waitFor();
    await eventually('no draft any more', async () => ((await kept()) === null ? true : undefined));
  });

  it('lists what waits to be sent, and sends or discards what is chosen', async () => {
    const { phoneNumberId } = company;
    // Nothing leaves while the network asks to wait.
    const fault = { target: 'graph', kind: 'error', code: 130429, phoneNumberId, purpose: 'send', times: 0 };
    await parley.sandbox.control('POST', 'faults', fault);
    customers = await queueMessages(parley, company, 4);
    await open(company);
    await begin();
    await parley.sandbox.control('DELETE', 'faults');
    const queued = section('Messages that wait to be sent');
    const choose = (name: string) => queued.getByRole('checkbox', { name: `Choose the message to ${name}` });
    await choose('Customer 1').check();
    await queued.getByRole('button', { name: 'Send 1 chosen' }).click();
    await choose('Customer 1').waitFor({ state: 'detached' });
    const sent = async () => (await answersTo(company, customers)).flat();
    await eventually('the answer that was chosen', async () => ((await sent()).length > 0 ? true : undefined));
    // Control: whatever nobody has decided about does not leave, although the network would take it again.
    expect(await answersTo(company, customers)).toEqual([[], ['Answer 1'], [], []]);
    const dialog = page.getByRole('dialog');
    const queuedCount = async () => (await connectionOf({ parley, company })).queued;
    await choose('Customer 0').check();
    await queued.getByRole('button', { name: 'Discard 1 chosen' }).click();
    // While it is being asked about, somebody else decides the one that was chosen: that is not "all".
    expect(await discardFor(parley, company, 'Customer 0')).toBe(1);
    await page.getByRole('row').filter({ hasText: 'Customer 0' }).waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Discard 1 chosen' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await queuedCount()).toBe(2);
    // Control: with nobody else about, it is discarded.
    await choose('Customer 2').check();
    await queued.getByRole('button', { name: 'Discard 1 chosen' }).click();
    await dialog.getByRole('button', { name: 'Discard 1 chosen' }).click();
    await choose('Customer 2').waitFor({ state: 'detached' });
    expect(await queuedCount()).toBe(1);
    // All of them, seen or not, are asked about.
    await queued.getByRole('button', { name: 'Send all' }).click();
    expect(await axeFindings(page)).toEqual([]);
    await page
      .getByRole('dialog', { name: 'Send all these messages?' })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await dialog.waitFor({ state: 'detached' });
    expect(await answersTo(company, customers)).toEqual([[], ['Answer 1'], [], []]);
    await queued.getByRole('button', { name: 'Send all' }).click();
    await dialog.getByRole('button', { name: 'Send all' }).click();
    await queued.getByText('No messages wait to be sent.').waitFor();
    expect(await queuedCount()).toBe(0);
  });

  it('ends with the word of the administrator', async () => {
    await button('Not applicable: it is our own Meta app').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Finish disconnecting' }).click();
    await page.getByText('The number is disconnected', { exact: true }).waitFor();
    expect((await connectionOf({ parley, company })).state).toBe('disconnected');
    expect(await axeFindings(page)).toEqual([]);
    // What was sent was sent once.
    expect(await answersTo(company, customers)).toEqual([[], ['Answer 1'], [], ['Answer 3']]);
  });
});

describe('more messages than one transaction decides about', () => {
  it('are discarded with one confirmation, which says how far it is, and are those that were there', async () => {
    const company = await connectCompany(parley);
    const conversations = [await aConversation(parley, company), await aConversation(parley, company)];
    const [first = '', last = ''] = conversations;
    await parley.rest('POST', `/v1/connections/${company.connectionId}/disconnect`);
    await queueRows(parley, first, 1_000);
    await queueRows(parley, last, 200);
    await open(company);
    const queued = section('Messages that wait to be sent');
    const discard = async () => {
      await queued.getByRole('button', { name: 'Discard all' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Discard all' }).click();
    };
    // The decision stops before the second thousand.
    const held = await holdRows(parley, 'select from conversation where id = $1', [last]);
    await discard();
    await page.getByRole('progressbar', { name: '1000 of 1200 decided' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await queueRows(parley, first, 1);
    await held.release();
    await page.getByText('1200 messages are discarded. 1 is left').waitFor();
    await untilNone(page.getByRole('dialog'));
    expect((await connectionOf({ parley, company })).queued).toBe(1);
    // Control: the same once more is about what came meanwhile.
    await discard();
    await page.getByText('1 message is discarded.').waitFor();
    await queued.getByText('No messages wait to be sent.').waitFor();
  });
});

describe('a number at 360dialog', () => {
  it('is disconnected by the steps of 360dialog, and is what it was when it is connected again', async () => {
    page = await world.open({ colorScheme: 'dark' });
    const hosted = await hostNumber(parley);
    const company = await companyAtDialog360(parley, await connectCompany(parley), hosted);
    const dialogue = await startDialogueIn(parley, company);
    const setKey = (apiKey: string) =>
      parley.sandbox.control('POST', `dialog360/numbers/${encodeURIComponent(hosted.phone)}`, { apiKey });
    await setKey('not-ours');
    await page.goto(`/connections/${company.connectionId}`);
    await alert('Paused').getByText('Reason: 360dialog refuses the API key').waitFor();
    await alert('Paused')
      .getByText(/once 360dialog takes the API key again/)
      .waitFor();
    await setKey(hosted.apiKey);
    await connectionOnce({ parley, company }, 'connected');
    await open(company);
    await page.getByText('In two steps: first here, then at 360dialog.').waitFor();
    expect(await metaWords()).toBeNull();
    await begin('Step 2: at 360dialog');
    await section('Step 2: at 360dialog')
      .getByText(/generate a new API key/)
      .waitFor();
    expect(await metaWords()).toBeNull();
    expect(await axeFindings(page)).toEqual([]);
    await button('It is done at 360dialog').click();
    const sure = page.getByRole('dialog', { name: 'Finish disconnecting?' });
    await sure.getByText('The API key is destroyed here').waitFor();
    await sure.getByRole('button', { name: 'Cancel' }).click();
    // Control: nobody has said anything; then the owner does what the list says, and the old key is worth nothing.
    expect((await connectionOf({ parley, company })).state).toBe('disconnecting');
    const apiKey = 'the-new-key';
    await setKey(apiKey);
    await page.getByText('The number is disconnected', { exact: true }).waitFor();
    await page.getByText('The API key was destroyed here.').waitFor();
    expect(await metaWords()).toBeNull();
    await page.getByRole('link', { name: 'Connect a number' }).waitFor();

    await goToNumber(page, { road: 'A number at 360dialog', account: company.account });
    await typeHosted(page, hosted);
    await page.getByText('The API key is refused').first().waitFor();
    expect(await button('Next').isDisabled()).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
    await typeHosted(page, { ...hosted, apiKey });
    await next(page);
    await eventually('the former template', async () =>
      (await templateOf(page).inputValue()).includes('10') ? true : undefined,
    );
    await connectNow(page);
    await connected(page);
    expect((await connectionOf({ parley, company })).state).toBe('connected');
    await writeAs(parley, company, dialogue.customer, 'Are you back?');
    await eventually('the message in the task of before', async () =>
      (await taskOf(dialogue))?.comments.find(({ description }) => description.includes('Are you back?')),
    );
    expect((await planfixOf(parley, company)).tasks).toHaveLength(1);
  });
});

describe('an owner who disconnects on the phone first', () => {
  it('is answered with the proposal to do step one', async () => {
    const company = await connectCompany(parley);
    const connection = `/connections/${company.connectionId}`;
    const { accessToken, appId } = company;
    await page.goto(connection);
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, revoked: true });
    // Control: of another pause something else is true, and of a number at Meta it is WhatsApp that refuses.
    await alert('Paused').getByText('Reason: WhatsApp refuses the access token').waitFor();
    await alert('Paused')
      .getByText(/Answers wait, and go out by themselves/)
      .waitFor();
    await open(company);
    await section('Step 1: in Parley').waitFor();
    // Control: nobody has disconnected yet.
    expect(await page.getByText('The owner has disconnected the number already').count()).toBe(0);
    await page.getByText('is kept, and not posted to Planfix until step 2 is confirmed').waitFor();
    await tellOfAccount({ parley, company }, 'PARTNER_REMOVED', {
      form: 'account',
      phoneNumberId: company.phoneNumberId,
      reason: 'ACCOUNT_DISCONNECTED',
      initiatedBy: 'USER',
    });
    await page.getByText('The owner has disconnected the number already').waitFor();
    expect(await page.getByText('until step 2 is confirmed').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.goto(connection);
    await alert('Paused')
      .getByText(/Answers wait; they go out once the number is connected again/)
      .waitFor();
    await page.getByRole('link', { name: 'If it is meant to end, do step 1 of disconnecting' }).click();
    await button('Disconnect in Parley').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect in Parley' }).click();
    await page.getByText('The number is disconnected', { exact: true }).waitFor();
  });
});
