import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import { chooseNumber, goToNumber, next, typeToken } from '../support/console-wizard.ts';
import { aNumber } from '../support/onboarding.ts';
import { type Company, connectCompany, type Parley, startParley } from '../support/parley.ts';

/** A name that would do harm where somebody took it for HTML. */
const HARMFUL = '<img src=x onerror="document.title=1">';
const TEMPLATE = { name: `${HARMFUL}offer`, language: 'en', body: `${HARMFUL} All shoes are at half price` };

let parley: Parley;
let world: ConsoleWorld;
let company: Company;
let page: Page;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectCompany(parley, { templates: [TEMPLATE] });
  page = await world.open();
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

describe('names from Planfix and WhatsApp', () => {
  /** Nothing of what is shown became an element of the page. */
  const expectWords = async () => {
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
  };
  const choose = async (label: string) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('listbox', { name: label }).getByRole('option', { name: HARMFUL }).first().waitFor();
    await expectWords();
    await page.keyboard.press('Escape');
  };

  beforeAll(async () => {
    const name = HARMFUL;
    const planfix = `planfix/${company.account}`;
    for (const what of ['task-templates/10', 'contact-templates/20', 'groups/1']) {
      await parley.sandbox.control('PUT', `${planfix}/${what}`, { name: `${name}${what}` });
    }
    await parley.sandbox.control('POST', `${planfix}/users/2`, { name: `${name}Ann` });
    await parley.rest('POST', `/v1/planfix-accounts/${company.planfixAccountId}/check`);
  });

  it('are words in the settings and in the wizard', async () => {
    await page.goto(`${world.url}/connections/${company.connectionId}/settings`);
    await choose('Template of new tasks');
    await choose('Template of new contacts');
    await choose('Who configured this connection');
    await choose('Additional assignees');
    const number = await aNumber(parley);
    await goToNumber(page, world.url, {
      road: 'A number with its credentials',
      account: company.account,
      appId: number.appId,
    });
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    await next(page);
    await choose('Template of new tasks');
    await choose('Who configures this connection');
    // Control: taken for HTML, the same name is seen.
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(HARMFUL)})`);
    expect(await page.locator('img[src="x"]').count()).toBe(1);
  });

  it('are words among the templates of WhatsApp and in a new mailing', async () => {
    await page.goto(`${world.url}/templates`);
    const card = page.getByRole('article', { name: `${TEMPLATE.name} (en)` });
    await card.getByText(TEMPLATE.body).waitFor();
    await expectWords();
    await page.goto(`${world.url}/mailings/new`);
    await page.getByRole('combobox', { name: 'From' }).click();
    await page.getByRole('option').last().click();
    await page.getByRole('combobox', { name: 'Template' }).click();
    await page.getByRole('option', { name: TEMPLATE.name }).click();
    await page.getByText(TEMPLATE.body).waitFor();
    await expectWords();
  });
});

describe('an account whose token lacks rights', () => {
  it('is not connected: the form names each right and where it is given', async () => {
    const account = `shop-${company.account}`;
    const [token, reading] = ['token-of-the-shop', ['task', 'contact', 'comment', 'file', 'user']];
    const scopes = reading.map((subject) => `${subject}_readonly`);
    await parley.sandbox.control('POST', 'planfix/accounts', { account, token });
    await parley.sandbox.control('POST', `planfix/${account}/token`, { scopes });
    await page.goto(`${world.url}/connections/accounts`);
    await page.getByRole('button', { name: 'Connect a Planfix account', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect a Planfix account' });
    await dialog.getByLabel('Address of your Planfix').fill(`${parley.sandbox.url}/planfix/${account}/rest/`);
    await dialog.getByLabel('Token of the REST API').fill(token);
    await dialog.getByLabel('Number of the primary administrator').fill('1');
    await dialog.getByLabel('Name', { exact: true }).fill(account);
    const connect = dialog.getByRole('button', { name: 'Check and connect' });
    await connect.click();
    const said = dialog.getByText('The token lacks the scope task_add');
    await said.waitFor();
    const words = (await said.textContent()) ?? '';
    const missing = ['task', 'contact', 'comment'].flatMap((subject) => [`${subject}_add`, `${subject}_update`]);
    for (const scope of [...missing, 'file_add']) expect(words).toContain(`lacks the scope ${scope}.`);
    expect(words.split('API access')).toHaveLength(2);
    expect(await axeFindings(page)).toEqual([]);
    // Control: with these rights the same form connects it.
    const all = [...scopes, ...missing, 'file_add'];
    await parley.sandbox.control('POST', `planfix/${account}/token`, { scopes: all });
    await connect.click();
    await dialog.waitFor({ state: 'hidden' });
    // And when one is taken away later, the next check says so.
    await page.reload();
    const card = page.getByRole('region', { name: account, exact: true });
    await card.getByText('Planfix accepts the token').waitFor();
    await parley.sandbox.control('POST', `planfix/${account}/token`, { scopes: scopes });
    await card.getByRole('button', { name: 'Check now' }).click();
    await card.getByText('The token lacks the scope comment_add').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});
