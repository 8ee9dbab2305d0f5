import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  axeFindings,
  type ConsoleWorld,
  HARMFUL,
  heading,
  isFocused,
  isHarmed,
  isLoaded,
  startConsole,
  untilCount,
  untilNone,
} from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { aCustomer, type Company, type Parley, writeAs } from '../support/parley.ts';
import { commentOn, problemOnce, startDialogueIn } from '../support/reply-world.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;
let page: Page;

beforeAll(async () => {
  world = await startConsole({ connect: connectMailer });
  ({ parley, company } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

describe('conversations', () => {
  it('are found by phone, name and task, and show every message with what became of it', async () => {
    const customer = aCustomer(`${HARMFUL}Mallory`);
    await writeAs(parley, company, customer, 'Is the shop open?');
    await page.goto('/conversations');
    await page.getByRole('link', { name: /Mallory/ }).waitFor();
    await page.getByLabel('Search').fill(customer.phone.slice(-6));
    await page.getByRole('link', { name: /Mallory/ }).click();
    await page.getByText('Is the shop open?').waitFor();
    await page.getByText('in Planfix', { exact: true }).waitFor();
    await page.getByRole('link', { name: /Open task \d+ in Planfix/ }).waitFor();
    // Names are words, whatever is in them.
    expect(await page.title()).toContain('Mallory');
    expect(await isHarmed(page)).toBe(false);
    // Live: what is written now appears by itself.
    await writeAs(parley, company, customer, 'Until when?');
    await page.getByText('Until when?').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('are still narrowed to what was looked for when one comes back from one of them', async () => {
    const customers = [aCustomer('Back One'), aCustomer('Back Two')];
    for (const customer of customers) await writeAs(parley, company, customer, 'Hello');
    await page.goto('/conversations');
    const both = page.getByRole('link', { name: /^Back (One|Two)$/ });
    // Control: without a search there are both.
    await untilCount(both, 2);
    await page.getByLabel('Search').fill('Back One');
    await untilCount(both, 1);
    await both.click();
    await heading(page, 'Back One').waitFor();
    await page.goBack();
    await both.first().waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('Back One');
    expect(await both.count()).toBe(1);
  });

  it('say what to try when nobody is found', async () => {
    await page.goto('/conversations');
    await page.getByLabel('Search').fill('nobody of this name');
    await page.getByText('Nobody is found').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('the search of the connections', () => {
  it('is cleared with the filters, and keeps the focus while the list is read', async () => {
    await page.goto('/connections?search=no-such-number');
    const search = page.getByRole('searchbox');
    await page.getByText('No connection matches').waitFor();
    expect(await search.inputValue()).toBe('no-such-number');
    await page.getByRole('button', { name: 'Show all connections' }).click();
    await page.getByRole('link', { name: /^\+49/ }).waitFor();
    expect(await search.inputValue()).toBe('');
    // Come by a link, so that the whole list has not been read yet.
    await page.goto('/connections?search=no-such-number');
    await page.getByText('No connection matches').waitFor();
    await search.fill('');
    await page.getByRole('link', { name: /^\+49/ }).waitFor();
    await isFocused(search);
    // Control: elsewhere it is not.
    await page.getByRole('combobox', { name: 'State' }).focus();
    expect(await search.and(page.locator(':focus')).count()).toBe(0);
  });
});

const openProblems = async () => {
  const { items } = await parley.rest<{ items: unknown[] }>('GET', '/v1/problems?kind=notified-nobody');
  return items.length;
};

describe('problems', () => {
  it('appear by themselves, and are decided one by one', async () => {
    await page.goto('/problems');
    await page.getByText('No problems').waitFor();
    const dialogue = await startDialogueIn(parley, company);
    await commentOn(dialogue, { html: 'We close at eight', notify: [] });
    await problemOnce(dialogue, 'notified-nobody');
    const card = page.getByRole('listitem', { name: /notified nobody outside/ });
    const send = card.getByRole('button', { name: 'Send to the customer' });
    await send.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // By keyboard alone: it asks first, the safe button has the focus, and Escape leads back to where one was.
    await send.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Send to the customer?' });
    await dialog.getByText('although it notified nobody outside').waitFor();
    await isFocused(dialog.getByRole('button', { name: 'Cancel' }));
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await isFocused(send);
    // Nothing has been decided; control: the same dialog, confirmed, decides.
    expect(await openProblems()).toBe(1);
    await page.keyboard.press('Enter');
    await isFocused(dialog.getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('No problems').waitFor();
    expect(await openProblems()).toBe(0);
  });

  it('are decided by kind', async () => {
    const other = await startDialogueIn(parley, company);
    await commentOn(other, { html: 'And on Sundays at six', notify: [] });
    await problemOnce(other, 'notified-nobody');
    await page.goto('/problems?kind=notified-nobody');
    await page.getByRole('button', { name: 'The only one of this kind' }).click();
    await page.getByRole('menuitem', { name: 'Give up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give up: 1 problem?' });
    await dialog.getByRole('button', { name: 'Give up' }).click();
    await page.getByText('No problems').waitFor();
    await page.getByText('Settled', { exact: true }).click();
    await page.getByText('Settled: given up').first().waitFor();
  });
});

describe('templates and health', () => {
  it('show what can be sent, and how it looks', async () => {
    await page.goto('/templates');
    const card = page.getByRole('article', { name: 'notice (en)' });
    await card.getByText('We are closed on Monday').waitFor();
    await card.getByText('Can be sent').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('show that everything works', async () => {
    await page.goto('/status');
    await heading(page, 'Health').waitFor();
    await page.getByText('Works', { exact: true }).first().waitFor();
    await untilNone(page.getByText('Does not work'));
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('every page', () => {
  const PAGES = ['conversations', 'mailings', 'mailings/new', 'templates', 'problems', 'status', 'people', 'audit'];

  it.each(['light', 'dark'] as const)('fits a phone and is readable (%s)', async (colorScheme) => {
    const phone = await world.open({ colorScheme, viewport: { width: 375, height: 812 } });
    const faults: string[] = [];
    for (const path of PAGES) {
      await phone.goto(`/${path}`);
      await isLoaded(phone);
      const width = await phone.evaluate('document.documentElement.scrollWidth');
      if (width !== 375) faults.push(`${path} is ${width} pixels wide`);
      faults.push(...(await axeFindings(phone)).map((finding) => `${path} ${finding}`));
    }
    expect(faults).toEqual([]);
    await phone.context().close();
  });
});
