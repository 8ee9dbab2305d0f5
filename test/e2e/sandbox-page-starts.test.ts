import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { type Company, connectCompany, type Parley, type PlanfixDump, startParley } from '../support/parley.ts';
import { bubbleOf, buildPage } from '../support/sandbox-page.ts';
import { approveTemplate } from '../support/starts.ts';

const patienceMs = 45_000;

type Chat = { items: { type: string; text: string }[] };

describe('conversations that an agent starts, on the sandbox page', () => {
  let parley: Parley;
  let company: Company;
  let browser: Browser;
  let page: Page;
  let persons = 0;

  beforeAll(async () => {
    buildPage();
    [parley, browser] = await Promise.all([startParley(), openBrowser()]);
    company = await connectCompany(parley);
    const body = 'Hello {{1}}! Your order {{2}} is ready.';
    await approveTemplate(parley, company, { name: 'order_ready', language: 'en', body });
    const url = `${parley.api.url}/webhooks/planfix/${company.planfixAccountId}/send`;
    const target = { url, secret: company.hintSecret, connection: company.connectionId, templates: ['order_ready'] };
    await parley.sandbox.control('PUT', `planfix/${company.account}/buttons`, target);
  });

  afterAll(async () => {
    await browser?.close();
    await parley?.stop();
  });

  beforeEach(async () => {
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patienceMs);
    await page.goto(parley.sandbox.url);
  });

  afterEach(async () => {
    await page?.close();
  });

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const planfix = () => page.getByRole('main', { name: 'Planfix' });
  const dialog = () => page.getByRole('dialog');
  const press = async (name: string, answers: Record<string, string>) => {
    await planfix().getByRole('button', { name }).click();
    for (const [label, text] of Object.entries(answers)) await dialog().getByLabel(label).fill(text);
    await dialog().getByRole('button', { name: 'Press the button' }).click();
    await dialog().waitFor({ state: 'detached' });
  };

  /** Somebody with WhatsApp who has never written, and whose contact the company has already. */
  const aPerson = async (name: string) => {
    persons += 1;
    const digits = `49151555091${String(persons).padStart(2, '0')}`;
    await parley.sandbox.control('POST', 'graph/customers', { name, phone: digits });
    const contact = { name, phone: `+${digits}` };
    const path = `planfix/${company.account}/contacts`;
    return { digits, ref: (await parley.sandbox.control<{ ref: string }>('POST', path, contact)).ref };
  };
  const chatOf = async (digits: string) => {
    const path = `graph/customers/${digits}/messages?phoneNumberId=${company.phoneNumberId}`;
    return (await parley.sandbox.control<Chat>('GET', path)).items;
  };
  const openCard = async (name: string) => {
    await planfix().getByText('Contacts', { exact: true }).click();
    await planfix()
      .getByRole('button', { name: new RegExp(name) })
      .click();
  };
  const tasksOf = async (ref: string) => {
    const { tasks } = await parley.sandbox.control<PlanfixDump>('GET', `planfix/${company.account}`);
    return tasks.filter(({ assigner }) => assigner?.id === ref);
  };

  it('sends a template from the card of a contact, whose task is opened and holds the answer', async () => {
    const { ref, digits } = await aPerson('Hanna Weiss');
    await openCard('Hanna Weiss');
    await press('Send WhatsApp template', { 'Value 1': 'Hanna', 'Value 2': 'A-17' });
    await phone().getByRole('button', { name: 'Hanna Weiss' }).click();
    await bubbleOf(phone(), 'Hello Hanna! Your order A-17 is ready.').waitFor();
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill('I come at noon');
    await page.keyboard.press('Enter');
    await planfix()
      .getByRole('button', { name: /Hanna Weiss \(/ })
      .click();
    await planfix().getByRole('region', { name: 'Description' }).getByText('Hello Hanna!').waitFor();
    await planfix().getByRole('article').filter({ hasText: 'I come at noon' }).waitFor();
    expect((await tasksOf(ref)).length).toBe(1);
    expect((await chatOf(digits)).filter(({ type }) => type === 'template').length).toBe(1);
  });

  it('says in a comment of the task what is wrong with what was entered', async () => {
    const { ref, digits } = await aPerson('Iris Kern');
    const path = `planfix/${company.account}/tasks`;
    await parley.sandbox.control('POST', path, { name: 'Order of Iris', template: 10, assigner: ref });
    await planfix()
      .getByRole('button', { name: /Order of Iris/ })
      .click();
    await press('Send WhatsApp template', { 'Value 1': 'Iris' });
    const answer = planfix().getByRole('article').filter({ hasText: 'Nothing was sent.' });
    await answer.getByText('Nobody was notified').waitFor();
    expect(await chatOf(digits)).toEqual([]);
    await press('Send WhatsApp template', { 'Value 1': 'Iris', 'Value 2': 'B-2' });
    await planfix().getByRole('article').filter({ hasText: 'then the message is sent' }).waitFor();
    await phone().getByRole('button', { name: 'Iris Kern' }).click();
    await bubbleOf(phone(), 'Hello Iris! Your order B-2 is ready.').waitFor();
    expect((await tasksOf(ref)).length).toBe(1);
  });

  it('starts by a comment in a task that Parley has never seen, or tells why it cannot', async () => {
    const { digits } = await aPerson('Jonas Lind');
    await openCard('Jonas Lind');
    await planfix().getByRole('button', { name: 'New task from Jonas Lind' }).click();
    await dialog().getByLabel('Name of the task').fill('Offer for Jonas');
    await dialog().getByRole('button', { name: 'Create task' }).click();
    await planfix().getByText('Goes to Jonas Lind in WhatsApp').waitFor();
    await page.getByRole('textbox', { name: 'Comment', exact: true }).fill('Here is the offer');
    await page.getByRole('button', { name: 'Add comment' }).click();
    await planfix().getByRole('article').filter({ hasText: 'order_ready' }).waitFor();
    expect(await chatOf(digits)).toEqual([]);
  });
});
