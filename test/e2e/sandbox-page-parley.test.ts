import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { aCustomer, type Company, connectCompany, type Parley, startParley, writeAs } from '../support/parley.ts';
import { aPhoto, bubbleOf, buildPage, dropFiles, naturalWidthOf } from '../support/sandbox-page.ts';

const patienceMs = 45_000;
const note = { name: 'Delivery note.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n') };

describe('a conversation through Parley, on the sandbox page', () => {
  let parley: Parley;
  let company: Company;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    buildPage();
    [parley, browser] = await Promise.all([startParley(), openBrowser()]);
    company = await connectCompany(parley);
    // Links to comments lead to the account's own pages.
    const webHost = new URL(parley.sandbox.url).host;
    await parley.sandbox.control('PUT', `planfix/${company.account}/settings`, { webHost });
    // Edits are told only to numbers that are in the phone app, too.
    await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, { isOnBizApp: true });
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(patienceMs);
  });

  afterAll(async () => {
    await browser?.close();
    await parley?.stop();
  });

  const phone = () => page.getByRole('complementary', { name: 'WhatsApp' });
  const article = (text: string) => page.getByRole('main').getByRole('article').filter({ hasText: text }).last();
  const choose = async (opener: Locator, item: string) => {
    await opener.click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };
  const onBubble = async (text: string, item: string) => {
    const bubble = bubbleOf(phone(), text);
    await bubble.hover();
    await choose(bubble.getByRole('button', { name: /^Actions with the message/ }), item);
  };
  const say = async (text: string) => {
    await page.getByRole('textbox', { name: 'Message as the customer' }).fill(text);
    await page.keyboard.press('Enter');
  };

  it('carries a picture, an answer to it with a file, a quote, a reaction and an edit', async () => {
    await writeAs(parley, company, aCustomer('Maria Petrova'), 'Where is my bike?');
    await page.goto(parley.sandbox.url);
    await page.getByRole('region', { name: 'Description' }).getByText('Where is my bike?').waitFor();

    await dropFiles(page.locator('.phone'), [aPhoto]);
    await say('It is this one');
    expect(await naturalWidthOf(article('It is this one').getByRole('img'))).toBe(3);

    await choose(article('It is this one').getByRole('button', { name: /^Actions with comment/ }), 'Reply');
    await dropFiles(page.getByRole('region', { name: 'New comment' }), [note]);
    await page.getByRole('textbox', { name: 'Comment', exact: true }).fill('On its way!');
    await page.getByRole('button', { name: 'Add comment' }).click();
    await phone().getByRole('link', { name: 'Download Delivery note.pdf' }).waitFor();
    await bubbleOf(phone(), 'On its way!').getByRole('button', { name: 'Go to the quoted message' }).waitFor();

    await onBubble('On its way!', 'React with ❤️');
    await article('❤️').waitFor();
    await onBubble('On its way!', 'Reply');
    await say('Wonderful');
    await article('Wonderful').getByRole('blockquote').getByText('On its way!').waitFor();
    await onBubble('Wonderful', 'Edit');
    await say('Marvellous');
    await article('Marvellous').getByText('The customer edited a message.').waitFor();
  });

  it('shows no new words where the network tells none', async () => {
    await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, { isOnBizApp: false });
    await onBubble('Marvellous', 'Edit');
    await say('Splendid');
    await bubbleOf(phone(), 'Splendid').waitFor();
    await say('Thank you');
    await article('Thank you').waitFor();
    expect(await article('Splendid').count()).toBe(0);
  });
});
