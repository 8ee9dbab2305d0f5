import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import {
  type Company,
  connectCompany,
  eventually,
  type Parley,
  type PlanfixDump,
  startParley,
} from '../support/parley.ts';
import { bubbleOf, buildPage } from '../support/sandbox-page.ts';
import { templateOnce } from '../support/template-world.ts';

const patienceMs = 45_000;

type Chat = { items: { text: string }[] };

describe('a mailing through Parley, on the sandbox page', () => {
  let parley: Parley;
  let company: Company;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    buildPage();
    [parley, browser] = await Promise.all([startParley(), openBrowser()]);
    company = await connectCompany(parley);
    await parley.sandbox.control('PUT', 'parley', { url: parley.api.url, key: parley.world.adminKey });
    await parley.sandbox.control('POST', 'graph/templates', {
      wabaId: company.wabaId,
      name: 'order_ready',
      language: 'en',
      body: 'Hello {{1}}! Your order {{2}} is ready.',
      tell: true,
    });
    await templateOnce(parley, company, 'order_ready');
  });

  afterAll(async () => {
    await browser?.close();
    await parley?.stop();
  });

  beforeEach(async () => {
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patienceMs);
    await page.goto(parley.sandbox.url);
    await page.locator('header').getByText('Mailings', { exact: true }).click();
  });

  afterEach(async () => {
    await page?.close();
  });

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const form = () => page.getByRole('form', { name: 'New mailing' });
  const mailing = () => page.getByRole('region', { name: 'The open mailing' });
  const count = (name: string) => mailing().locator(`[data-count="${name}"]`);
  const untilCount = (name: string, value: number) =>
    count(name)
      .and(page.getByText(String(value)))
      .waitFor();
  const startNew = async (name: string) => {
    await page.getByRole('button', { name: 'New mailing' }).click();
    await form().getByLabel('Name of the mailing').fill(name);
  };
  const fillTemplate = async () => {
    await form().getByLabel('Value of {{1}}').fill('{name}');
    await form().getByLabel('Value of {{2}}').fill('A-17');
  };

  it('goes to ten made-up customers, one of whom answers: their task holds both', async () => {
    await startNew('Ready');
    await fillTemplate();
    await form().getByRole('button', { name: '10 customers' }).click();
    await form().getByText('10 recipients').waitFor();
    await form().getByRole('button', { name: 'Start the mailing' }).click();
    await untilCount('recipients', 10);
    await untilCount('accepted', 10);
    await mailing().getByText('Done', { exact: true }).waitFor();
    const planfix = () => parley.sandbox.control<PlanfixDump>('GET', `planfix/${company.account}`);
    expect((await planfix()).tasks).toEqual([]);

    await mailing().getByRole('button', { name: 'Clara Adler' }).click();
    await bubbleOf(phone(), 'Hello Clara! Your order A-17 is ready.').waitFor();
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill('I come at noon');
    await page.keyboard.press('Enter');
    await untilCount('answered', 1);
    await page.locator('header').getByText('Planfix', { exact: true }).click();
    const task = page.getByRole('main', { name: 'Planfix' });
    await task.getByText('Hello Clara! Your order A-17 is ready.').waitFor();
    await task.getByText('I come at noon').waitFor();
    expect((await planfix()).tasks.length).toBe(1);
  });

  it('is paused, resumed and cancelled', async () => {
    await startNew('Slow');
    await fillTemplate();
    await form().getByRole('button', { name: '200 customers' }).click();
    await form().getByLabel('At most so many a second').fill('5');
    await form().getByText('200 recipients').waitFor();
    await form().getByRole('button', { name: 'Start the mailing' }).click();
    await mailing().getByText('Running', { exact: true }).waitFor();
    await mailing().getByRole('button', { name: 'Pause' }).click();
    await mailing().getByText('Paused', { exact: true }).waitFor();
    await mailing().getByRole('button', { name: 'Resume' }).click();
    await mailing().getByText('Running', { exact: true }).waitFor();
    await mailing().getByRole('button', { name: 'Cancel the mailing' }).click();
    await mailing().getByText('Cancelled', { exact: true }).waitFor();
    expect(Number(await count('accepted').textContent())).toBeLessThan(200);
  });

  it('takes lines of a file, and names the bad ones', async () => {
    await startNew('From a file');
    await fillTemplate();
    await form().getByText('Lines of a CSV file', { exact: true }).click();
    const lines = ['to;name;body.1;body.2', '+49 1515 5509001;Zoe;Zoe;B-1', '12;Nobody;Nobody;B-2'];
    await form().getByRole('textbox', { name: 'Lines of a CSV file' }).fill(lines.join('\n'));
    await form().getByRole('button', { name: 'Start the mailing' }).click();
    await untilCount('bad', 1);
    await mailing().getByText('Line 3').waitFor();
    await untilCount('accepted', 1);
    const path = `graph/customers/4915155509001/messages?phoneNumberId=${company.phoneNumberId}`;
    const { items } = await parley.sandbox.control<Chat>('GET', path);
    expect(items.map(({ text }) => text)).toEqual(['Hello Zoe! Your order B-1 is ready.']);
  });

  it('fills in each name, leaves out who stopped offers, and counts a tapped button as an answer', async () => {
    await parley.sandbox.control('POST', 'graph/templates', {
      wabaId: company.wabaId,
      name: 'spring_offer',
      language: 'en',
      category: 'MARKETING',
      parameterFormat: 'NAMED',
      body: 'Hi {{first_name}}, it is spring.',
      buttons: [{ type: 'QUICK_REPLY', text: 'Tell me more' }],
      tell: true,
    });
    await templateOnce(parley, company, 'spring_offer');
    await phone().getByRole('button', { name: 'Ben Adler' }).click();
    await phone()
      .getByRole('button', { name: /^Offers of/ })
      .click();
    await page.getByRole('menuitem', { name: 'Stop marketing messages' }).click();
    await eventually('what they want as known', async () => {
      const path = `/v1/opt-outs?planfixAccountId=${company.planfixAccountId}&state=current`;
      return (await parley.rest<{ items: unknown[] }>('GET', path)).items[0];
    });
    await startNew('Spring');
    await form().getByRole('combobox', { name: 'Template' }).click();
    await page.getByRole('option', { name: /spring_offer/ }).click();
    await form().getByRole('button', { name: '10 customers' }).click();
    await form().getByText('10 recipients').waitFor();
    await form().getByRole('button', { name: 'Start the mailing' }).click();
    await untilCount('optedOut', 1);
    await untilCount('accepted', 9);
    await mailing().getByRole('button', { name: 'David Adler' }).click();
    const offer = bubbleOf(phone(), 'Hi David, it is spring.');
    await offer.getByRole('button', { name: 'Tell me more' }).click();
    await untilCount('answered', 1);
    expect(await mailing().getByRole('button', { name: 'Ben Adler' }).count()).toBe(0);
  });

  it('tells what Parley refuses, in its words', async () => {
    await startNew('Refused');
    await form().getByText('Text', { exact: true }).click();
    await form().getByLabel('Text of the mailing').fill('Hello');
    await form().getByText('Lines of a CSV file', { exact: true }).click();
    await form().getByRole('textbox', { name: 'Lines of a CSV file' }).fill('who\n+49 1515 5509002');
    await form().getByRole('button', { name: 'Start the mailing' }).click();
    await page
      .getByRole('alert')
      .getByText(/names no column "to"/)
      .waitFor();
    await form().getByLabel('Text of the mailing').waitFor();
  });
});
