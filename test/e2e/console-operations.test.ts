import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { aCustomer, type Company, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import { commentOn, problemOnce, startDialogueIn } from '../support/reply-world.ts';

/** A name that would do harm where somebody took it for HTML. */
const HARMFUL = '<img src=x onerror="document.title=1">Mallory';

let parley: Parley;
let world: ConsoleWorld;
let company: Company;
let page: Page;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectMailer(parley);
  page = await world.open();
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const go = (path: string) => page.goto(`${world.url}/${path}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });

describe('conversations', () => {
  it('are found by phone, name and task, and show every message with what became of it', async () => {
    const customer = aCustomer(HARMFUL);
    await writeAs(parley, company, customer, 'Is the shop open?');
    await go('conversations');
    await page.getByRole('link', { name: /Mallory/ }).waitFor();
    await page.getByLabel('Search').fill(customer.phone.slice(-6));
    await page.getByRole('link', { name: /Mallory/ }).click();
    await page.getByText('Is the shop open?').waitFor();
    await page.getByText('in Planfix', { exact: true }).waitFor();
    await page.getByRole('link', { name: /Open task \d+ in Planfix/ }).waitFor();
    // Names are words, whatever is in them.
    expect(await page.title()).toContain('Mallory');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    // Live: what is written now appears by itself.
    await writeAs(parley, company, customer, 'Until when?');
    await page.getByText('Until when?').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('say what to try when nobody is found', async () => {
    await go('conversations');
    await page.getByLabel('Search').fill('nobody of this name');
    await page.getByText('Nobody is found').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('problems', () => {
  it('appear by themselves, and are decided one by one', async () => {
    await go('problems');
    await page.getByText('No problems').waitFor();
    const dialogue = await startDialogueIn(parley, company);
    await commentOn(dialogue, { html: 'We close at eight', notify: [] });
    await problemOnce(dialogue, 'notified-nobody');
    const card = page.getByRole('listitem').filter({ hasText: 'notified-nobody' });
    await card.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await card.getByRole('button', { name: 'Send to the customer' }).click();
    await page.getByText('No problems').waitFor();
  });

  it('are decided by kind', async () => {
    const other = await startDialogueIn(parley, company);
    await commentOn(other, { html: 'And on Sundays at six', notify: [] });
    await problemOnce(other, 'notified-nobody');
    await go('problems?kind=notified-nobody');
    await page.getByRole('button', { name: 'All 1 of this kind' }).click();
    await page.getByRole('menuitem', { name: 'Give up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give up: 1 problems?' });
    await dialog.getByRole('button', { name: 'Give up' }).click();
    await page.getByText('No problems').waitFor();
    await page.getByText('Settled', { exact: true }).click();
    await page.getByText('Settled by', { exact: false }).first().waitFor();
  });
});

describe('mailings', () => {
  const fillIn = async (csv: string) => {
    await go('mailings/new');
    await page.getByLabel('Name').fill('Half price');
    await page.getByRole('combobox', { name: 'Connection' }).click();
    await page.getByRole('option').last().click();
    await page.getByRole('combobox', { name: 'Template' }).click();
    await page.getByRole('option', { name: /offer/ }).click();
    const file = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Check the list and send' }).click();
  };

  it('are made from a list and watched until everybody has theirs', async () => {
    const people = [aCustomer('Ann'), aCustomer('Bob')];
    for (const person of people) await parley.sandbox.control('POST', 'graph/customers', person);
    await fillIn(`to,body.1\n${people.map(({ phone, name }) => `+${phone},${name}`).join('\n')}\n`);
    await heading('Half price').waitFor();
    await page.getByText('2 of 2 sent').waitFor();
    await page.getByText('sent', { exact: true }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await go('mailings');
    await page.getByRole('link', { name: 'Half price' }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('send nothing while a line is wrong, and say which', async () => {
    await fillIn('to,body.1\nnot a phone,Ann\n');
    const refusal = page.getByRole('alert').filter({ hasText: 'nothing was sent' });
    await refusal.getByText(/phone/i).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('templates and health', () => {
  it('show what can be sent, and how it looks', async () => {
    await go('templates');
    const card = page.getByRole('article', { name: 'notice (en)' });
    await card.getByText('We are closed on Monday').waitFor();
    await card.getByText('Can be sent').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('show that everything works', async () => {
    await go('status');
    await heading('Health').waitFor();
    await page.getByText('Works', { exact: true }).first().waitFor();
    expect(await page.getByText('Does not work').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe('every page', () => {
  const PAGES = ['conversations', 'mailings', 'mailings/new', 'templates', 'problems', 'status', 'people', 'audit'];

  it.each(['light', 'dark'] as const)('fits a phone and is readable (%s)', async (colorScheme) => {
    const phone = await world.open({ colorScheme, viewport: { width: 375, height: 812 } });
    const faults: string[] = [];
    for (const path of PAGES) {
      await phone.goto(`${world.url}/${path}`);
      await phone.getByRole('heading', { level: 1 }).waitFor();
      const loading = phone.getByRole('status', { name: 'Loading' });
      await eventually(`${path} loaded`, async () => ((await loading.count()) === 0 ? true : undefined));
      const width = await phone.evaluate('document.documentElement.scrollWidth');
      if (width !== 375) faults.push(`${path} is ${width} pixels wide`);
      faults.push(...(await axeFindings(phone)).map((finding) => `${path} ${finding}`));
    }
    expect(faults).toEqual([]);
    await phone.context().close();
  });
});
