import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { listAll } from '../support/chat-world.ts';
import { changeConnection, copyConnection } from '../support/connection-rows.ts';
import {
  axeFindings,
  type ConsoleWorld,
  fits,
  HARMFUL,
  heading,
  holdRequests,
  isFocused,
  isHarmed,
  isLoaded,
  startConsole,
  untilCount,
} from '../support/console.ts';
import { type Company, connectCompany, type Parley } from '../support/parley.ts';

const MANY = 200;

let parley: Parley;
let world: ConsoleWorld<undefined>;
let page: Page;

beforeAll(async () => {
  world = await startConsole();
  ({ parley } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

const rows = () => page.getByRole('table', { name: 'Connections' }).getByRole('row');
/** Every row but that of the headings. */
const rowsOnce = (count: number) => untilCount(rows(), count + 1);

describe('an empty console', () => {
  it('says to connect Planfix first, and does so', async () => {
    await page.goto('/connections');
    await page.getByText('First connect Planfix').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Connect a Planfix account' }).click();
    const dialog = page.getByRole('dialog', { name: 'Connect a Planfix account' });
    const account = 'first-account';
    await parley.sandbox.control('POST', 'planfix/accounts', { account, token: 'right-token', settings: {} });
    await dialog.getByLabel('Address of your Planfix').fill(`${parley.sandbox.url}/planfix/${account}`);
    await dialog.getByLabel('Token of the REST API').fill('wrong-token');
    await dialog.getByLabel('Number of the primary administrator').fill('1');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Check and connect' }).click();
    await dialog.getByText(/Planfix refuses the token/).waitFor();
    await dialog.getByLabel('Token of the REST API').fill('right-token');
    await dialog.getByRole('button', { name: 'Check and connect' }).click();
    const secret = page.getByRole('dialog', { name: 'Secret of the scenario' });
    const shown = await secret.locator('pre').textContent();
    expect(shown).toMatch(/^[\w-]{43}$/);
    await secret.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Planfix accounts and Meta apps' }).waitFor();
    // It is shown once; a reload has nothing to show.
    await page.getByText(account).first().waitFor();
    expect(await page.getByText(shown ?? '').count()).toBe(0);
    await page.goto('/connections');
    await page.getByText('No number is connected yet').waitFor();
  });
});

describe('connections', () => {
  let company: Company;

  beforeAll(async () => {
    company = await connectCompany(parley);
    await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, {
      verifiedName: `${HARMFUL}Bakery`,
    });
    await parley.rest('POST', `/v1/connections/${company.connectionId}/check`);
  });

  it('appear by themselves, and names in them are words', async () => {
    await page.goto('/connections');
    await page.getByText(HARMFUL).waitFor();
    expect(await isHarmed(page)).toBe(false);
    await rowsOnce(1);
    await connectCompany(parley, { sameAccountAs: company });
    await rowsOnce(2);
  });

  it('are found among two hundred, page by page, by number, name and state', async () => {
    await copyConnection(parley, company, MANY - 2);
    await page.goto('/connections');
    await rowsOnce(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await rowsOnce(100);
    await page.getByRole('button', { name: 'Show more' }).click();
    await rowsOnce(150);
    await page.getByRole('button', { name: 'Show more' }).click();
    await rowsOnce(MANY);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.getByLabel('Search by number or name').fill('Branch 117');
    await rowsOnce(1);
    await page.getByRole('link', { name: '+49 40 1000117' }).waitFor();
    // The address keeps what was looked for.
    await page.reload();
    await rowsOnce(1);
    await page.getByLabel('State').selectOption('disconnected');
    await page.getByText('No connection matches').waitFor();
    const field = page.getByLabel('Search by number or name');
    // Control: what is looked for is in the field.
    expect(await field.inputValue()).toBe('Branch 117');
    await page.getByRole('button', { name: 'Show all connections' }).click();
    await rowsOnce(50);
    expect(await field.inputValue()).toBe('');
  });

  it('are offered for a mailing as far as they can send, whichever page of the list they are on', async () => {
    const all = await listAll<Named>(parley, '/v1/connections', { state: 'connected' });
    expect(all).toHaveLength(MANY);
    const [gone, paused, last] = [all[3], all[4], all.at(-1)] as [Named, Named, Named];
    const options = page.getByRole('option');
    const lookFor = async (name: string) => {
      await page.goto('/mailings/new');
      await page.getByRole('combobox', { name: 'From' }).fill(name);
      return options.filter({ hasText: name });
    };
    // Control: as long as it is connected it is offered.
    await (await lookFor(gone.displayPhoneNumber)).waitFor();
    await changeConnection(parley, gone.id, "state = 'disconnected'");
    await changeConnection(parley, paused.id, "state = 'paused', paused_reason = 'owner-disconnected'");
    await lookFor(gone.displayPhoneNumber);
    await page.getByText('No connected number is called that').waitFor();
    const unusable = await lookFor(paused.displayPhoneNumber);
    await unusable.getByText('The owner has disconnected the number at WhatsApp').waitFor();
    expect(await unusable.isDisabled()).toBe(true);
    await (await lookFor(last.displayPhoneNumber)).click();
    await page.getByRole('radiogroup', { name: 'What is sent' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it.each([
    ['light', 'en-GB', 'Connections', 'Loading'],
    ['dark', 'en-GB', 'Connections', 'Loading'],
    ['light', 'ru-RU', 'Подключения', 'Загрузка'],
  ] as const)('are usable by everybody (%s, %s), on a phone, too', async (colorScheme, locale, title, wait) => {
    const other = await world.open({ colorScheme, locale });
    const own = `connections/${company.connectionId}`;
    const paths = [
      'connections',
      'connections/accounts',
      'connections/new',
      own,
      `${own}/connecting`,
      `${own}/disconnect`,
    ];
    for (const path of paths) {
      await other.goto(`/${path}`);
      await isLoaded(other, wait);
      const seen = { path, found: await axeFindings(other), fits: await fits(other) };
      expect(seen).toEqual({ path, found: [], fits: true });
    }
    await other.setViewportSize({ width: 375, height: 812 });
    await other.goto('/connections');
    await other.getByRole('list', { name: title }).getByRole('listitem').first().waitFor();
    expect({ found: await axeFindings(other), fits: await fits(other) }).toEqual({ found: [], fits: true });
    // Control: something that is wider than the phone.
    await other.evaluate("document.querySelector('main').style.width = '500px'");
    expect(await fits(other)).toBe(false);
    await other.context().clearCookies();
    await other.goto('/sign-in');
    await other.getByRole('heading', { level: 1 }).waitFor();
    expect({ found: await axeFindings(other), fits: await fits(other) }).toEqual({ found: [], fits: true });
    await other.context().close();
  });
});

describe('one connection', () => {
  let company: Company;

  beforeAll(async () => {
    company = await connectCompany(parley);
    await page.goto(`/connections/${company.connectionId}`);
  });

  it('tells what is wrong with the remedy, and goes on with a new token', async () => {
    await page.getByText('Connected', { exact: true }).first().waitFor();
    const { accessToken, appId, wabaId } = company;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, revoked: true });
    const check = (options = {}) => page.getByRole('button', { name: 'Check now', ...options });
    await check().focus();
    const held = await holdRequests(page, '**/check');
    await page.keyboard.press('Enter');
    await held.isAsked;
    await isFocused(check({ disabled: true }));
    held.release();
    await isFocused(check({ disabled: false }));
    // Control: a button that is gone loses the keyboard.
    await page.getByRole('link', { name: 'Settings' }).first().focus();
    expect(await check().and(page.locator(':focus')).count()).toBe(0);
    await page
      .getByText(/refuses the access token/)
      .first()
      .waitFor();
    await page.getByText(/→ /).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const fresh = `${accessToken}-new`;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken: fresh, appId, wabaIds: [wabaId] });
    await page.getByRole('button', { name: 'New token' }).click();
    const dialog = page.getByRole('dialog', { name: 'Enter a new token' });
    await dialog.getByLabel('Access token').fill('still-wrong');
    await dialog.getByRole('button', { name: 'Check and replace' }).click();
    await dialog.getByText(/refuses the access token/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByLabel('Access token').fill(fresh);
    await dialog.getByRole('button', { name: 'Check and replace' }).click();
    await page.getByText('The new token works and is in use').waitFor();
    await dialog.waitFor({ state: 'detached' });
    await heading(page, /\+49/).waitFor();
    expect(await page.content()).not.toContain(fresh);
  });
});

describe('a Planfix account that takes nothing', () => {
  it('says that it is Planfix that refuses, on its own page and in the wizard', async () => {
    const company = await connectCompany(parley);
    const { account, token, planfixAccountId } = company;
    const setToken = async (wanted: string) => {
      await parley.sandbox.control('POST', `planfix/${account}/token`, { token: wanted });
      await parley.rest('POST', `/v1/planfix-accounts/${planfixAccountId}/check`);
    };
    const card = page.getByRole('region', { name: account, exact: true });
    const refusal = card.getByText('Nothing is posted to Planfix just now: Planfix refuses the token.');
    await setToken('another-token');
    await page.goto('/connections/accounts');
    await refusal.waitFor();
    expect(await card.getByText('WhatsApp refuses').count()).toBe(0);
    await page.goto('/connections/new');
    await page.getByRole('radio', { name: 'A number with its credentials' }).click();
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByText('Paused: Planfix refuses the token').waitFor();
    // Control: with its own token there is nothing to say.
    await setToken(token);
    await page.goto('/connections/accounts');
    await card.waitFor();
    await refusal.waitFor({ state: 'detached' });
  });
});

type Named = { id: string; displayPhoneNumber: string };
