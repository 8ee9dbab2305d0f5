import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, choose, HARMFUL, isHarmed, startConsole } from '../support/console.ts';
import { chooseNumber, goToNumber, next, typeToken } from '../support/console-wizard.ts';
import { aNumber } from '../support/onboarding.ts';
import { type Company, connectCompany, type Parley } from '../support/parley.ts';

const TEMPLATE = { name: `${HARMFUL}offer`, language: 'en', body: `${HARMFUL} All shoes are at half price` };

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;
let page: Page;

beforeAll(async () => {
  world = await startConsole({ connect: (one) => connectCompany(one, { templates: [TEMPLATE] }) });
  ({ parley, company } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

describe('names from Planfix and WhatsApp', () => {
  const openList = async (label: string) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('listbox', { name: label }).getByRole('option', { name: HARMFUL }).first().waitFor();
    expect(await isHarmed(page)).toBe(false);
    await page.keyboard.press('Escape');
  };

  beforeAll(async () => {
    const planfix = `planfix/${company.account}`;
    for (const what of ['task-templates/10', 'contact-templates/20', 'groups/1']) {
      await parley.sandbox.control('PUT', `${planfix}/${what}`, { name: `${HARMFUL}${what}` });
    }
    await parley.sandbox.control('POST', `${planfix}/users/2`, { name: `${HARMFUL}Ann` });
    await parley.rest('POST', `/v1/planfix-accounts/${company.planfixAccountId}/check`);
  });

  it('are words in the settings and in the wizard', async () => {
    await page.goto(`/connections/${company.connectionId}/settings`);
    await openList('Template of new tasks');
    await openList('Template of new contacts');
    await openList('Who configured this connection');
    await openList('Additional assignees');
    const number = await aNumber(parley);
    await goToNumber(page, {
      road: 'A number with its credentials',
      account: company.account,
      appId: number.appId,
    });
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    await next(page);
    await openList('Template of new tasks');
    await openList('Who configures this connection');
    // Control: taken for HTML, the same name is seen.
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(HARMFUL)})`);
    expect(await isHarmed(page)).toBe(true);
  });

  it('are words among the templates of WhatsApp and in a new mailing', async () => {
    await page.goto('/templates');
    const card = page.getByRole('article', { name: `${TEMPLATE.name} (en)` });
    await card.getByText(TEMPLATE.body).waitFor();
    expect(await isHarmed(page)).toBe(false);
    await page.goto('/mailings/new');
    await choose(page, 'From', /./);
    await choose(page, 'Template', TEMPLATE.name);
    await page.getByText(TEMPLATE.body).waitFor();
    expect(await isHarmed(page)).toBe(false);
  });
});

describe('an account whose token lacks rights', () => {
  it('is not connected: the form names each right and where it is given', async () => {
    const account = `shop-${company.account}`;
    const [token, reading] = ['token-of-the-shop', ['task', 'contact', 'comment', 'file', 'user']];
    const scopes = reading.map((subject) => `${subject}_readonly`);
    await parley.sandbox.control('POST', 'planfix/accounts', { account, token });
    await parley.sandbox.control('POST', `planfix/${account}/token`, { scopes });
    await page.goto('/connections/accounts');
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
