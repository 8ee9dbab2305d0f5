import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, startConsole } from '../support/console.ts';

const WORDS = {
  en: {
    open: 'Connect a Planfix account',
    address: 'Address of your Planfix',
    token: 'Token of the REST API',
    admin: 'Number of the primary administrator',
    send: 'Check and connect',
    noAddress: 'must be an http(s) address',
    noToken: 'must be 1 to 1000 visible ASCII characters',
    refused: 'Planfix refuses the token',
  },
  ru: {
    open: 'Подключить аккаунт Planfix',
    address: 'Адрес вашего Planfix',
    token: 'Токен REST API',
    admin: 'Номер главного администратора',
    send: 'Проверить и подключить',
    noAddress: 'Это не адрес http(s)',
    noToken: 'Не больше 1000 латинских букв, цифр и знаков, без пробелов',
    refused: 'Planfix не принимает токен',
  },
};
type Language = keyof typeof WORDS;

const ACCOUNT = 'refusing';

let world: ConsoleWorld<undefined>;

beforeAll(async () => {
  world = await startConsole();
  await world.parley.sandbox.control('POST', 'planfix/accounts', { account: ACCOUNT, token: 'another' });
});

afterAll(() => world?.stop());

/** Sends the form, and returns it with what it says then. */
async function connect(
  page: Page,
  language: Language,
  { address, token }: { address: string; token: string },
): Promise<Locator> {
  const words = WORDS[language];
  await page.goto('/connections/accounts');
  await page.getByRole('button', { name: words.open, exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: words.open });
  await dialog.getByLabel(words.address).fill(address);
  await dialog.getByLabel(words.token).fill(token);
  await dialog.getByLabel(words.admin).fill('1');
  await dialog.getByRole('button', { name: words.send }).click();
  return dialog;
}

/** What the form says of an address that is none, and of a token that Planfix does not know. */
async function refusalsIn(language: Language): Promise<string> {
  const page = await world.open({ locale: language });
  const { noAddress, noToken, refused } = WORDS[language];
  const wrong = await connect(page, language, { address: 'no address', token: 'no token' });
  await wrong.getByText(noAddress).waitFor();
  await wrong.getByText(noToken).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const said = await wrong.textContent();
  const unknown = await connect(page, language, {
    address: `${world.parley.sandbox.url}/planfix/${ACCOUNT}/rest/`,
    token: 'unknown',
  });
  await unknown.getByText(refused).waitFor();
  return `${said} ${await unknown.textContent()}`;
}

const ENGLISH = /must be|Correct the value|What was given|refuses the token|Make another|again/;

describe('a form that is refused', () => {
  it('is told why in Russian, be it by its fields or by a check', async () => {
    // Control: whoever reads English is told the same in English.
    expect(await refusalsIn('en')).toMatch(ENGLISH);
    expect(await refusalsIn('ru')).not.toMatch(ENGLISH);
  });
});
