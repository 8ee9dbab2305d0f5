/** The wizard that connects a number, as a person goes through it. */
import type { Page } from 'playwright-core';
import { choose, heading } from './console.ts';
import type { NewNumber } from './onboarding.ts';

/** What a step of the wizard asks. */
export const question = (page: Page, name: string) => page.getByRole('heading', { level: 2, name });
export const next = (page: Page) => page.getByRole('button', { name: 'Next', exact: true }).click();
const canGoOn = (page: Page) => page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();

type Beginning = { road: string; account: string; appId?: string | undefined };

/** From the beginning as far as the choice of the number. */
export async function goToNumber(page: Page, { road, account, appId }: Beginning): Promise<void> {
  await page.goto('/connections/new');
  await page.getByRole('radio', { name: road }).click();
  await next(page);
  await question(page, 'With which Planfix account?').waitFor();
  await page.getByRole('radio', { name: account }).check();
  await next(page);
  if (appId === undefined) return;
  await page.getByRole('radio', { name: appId }).check();
  await next(page);
}

export const typeToken = (page: Page, token: string) => page.getByLabel('Access token').fill(token);

/** The number among those that were found; nothing is wrong with it. */
export async function chooseNumber(page: Page, number: Pick<NewNumber, 'displayPhoneNumber'>): Promise<void> {
  await page.getByRole('radio', { name: number.displayPhoneNumber }).check();
  await canGoOn(page);
}

export async function typeHosted(page: Page, { phone, apiKey }: { phone: string; apiKey: string }): Promise<void> {
  await page.getByLabel('Number', { exact: false }).first().fill(phone);
  await page.getByLabel('API key').fill(apiKey);
}

/** One click opens Meta's window, the first time and again. */
export async function openWindow(page: Page, name = 'Open Meta’s window'): Promise<Page> {
  const window = page.waitForEvent('popup');
  await page.getByRole('button', { name, disabled: false }).click();
  return window;
}

/** Somebody chooses the number in the window, and Meta lets Parley in. */
export async function signUp(page: Page, number: { displayPhoneNumber: string }, name?: string): Promise<void> {
  const window = await openWindow(page, name);
  await window.getByText(number.displayPhoneNumber).click();
  await window.getByRole('button', { name: 'Finish' }).click();
  await page.getByText('Meta has let Parley in. Choose the number.').waitFor();
}

export const templateOf = (page: Page) => page.getByRole('combobox', { name: 'Template of new tasks' });

export async function choosePeople(page: Page): Promise<void> {
  await question(page, 'Who gets the tasks?').waitFor();
  await choose(page, 'Template of new tasks', /\(10\)/);
  await choose(page, 'Who configures this connection', /./);
}

export const connectNow = (page: Page) => page.getByRole('button', { name: 'Connect', exact: true }).click();
export const connected = (page: Page) => heading(page, 'The number is connected').waitFor();

/** The last page with nothing special on it, up to the number that works. */
export async function finishWizard(page: Page): Promise<void> {
  await choosePeople(page);
  await connectNow(page);
  await connected(page);
}
