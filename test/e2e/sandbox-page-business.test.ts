import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';
import { buildPage } from '../support/sandbox-page.ts';

describe("the business's phone, on the sandbox page", () => {
  let sandbox: TestSandbox;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    buildPage();
    [sandbox, browser] = await Promise.all([startSandbox(), openBrowser()]);
    await sandbox.control('POST', 'seed', {});
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(45_000);
    await page.goto(sandbox.url);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText("The business's phone", { exact: true }).click();
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.process.stop('SIGTERM', 10_000);
  });

  const card = (name: string) => page.getByRole('article', { name });

  it('shows what there is to connect, with its ids', async () => {
    await card('Northwind Workshop').getByText('Verified, not registered').waitFor();
    await card('Northwind Workshop').getByText('106540352240002').waitFor();
    await card('Northwind Workshop').getByText('demo-workshop-token-of-the-sandbox').waitFor();
    await card('Harbour Florist').getByText('In the WhatsApp Business app').waitFor();
    await card("Owner's own phone").getByText('In WhatsApp Messenger').waitFor();
    const bakery = card('Riverside Bakery');
    await bakery.getByText('At 360dialog').waitFor();
    await bakery.getByText('demo-360dialog-key-of-the-sandbox').waitFor();
    // Control: what Meta calls it is no use to whoever connects it.
    expect(await bakery.getByText('106540352240005').count()).toBe(0);
    // Nothing to disconnect where nothing is connected.
    expect(await card('Harbour Florist').getByRole('button').count()).toBe(0);
    const picture = process.env.SANDBOX_PICTURE;
    if (picture) await page.screenshot({ path: picture });
  });

  it('changes the phone and comes back, then disconnects', async () => {
    const bikes = card('Northwind Bikes');
    await bikes.getByRole('button', { name: 'Change the phone' }).click();
    await bikes.getByText('Phone changed: paused').waitFor();
    await bikes.getByRole('button', { name: 'The phone is back' }).click();
    await bikes.getByText('In the app and on the platform').waitFor();
    await bikes.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await bikes.getByText('In the WhatsApp Business app').waitFor();
    expect(await bikes.getByRole('button').count()).toBe(0);
  });

  it("removes the partner in Meta's settings", async () => {
    await card('Northwind Workshop').getByRole('button', { name: 'Remove the partner' }).click();
    await card('Northwind Workshop').getByRole('button').waitFor({ state: 'detached' });
    const number = await sandbox.control<{ partners: string[] }>('GET', 'graph/numbers/106540352240002');
    expect(number.partners).toEqual([]);
  });
});
