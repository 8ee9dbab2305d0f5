import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

const appId = '700100';
const configurationId = 'c1';
const onPhone = '400900';

type Event = { code?: string | null; status?: string; message?: { event: string; data: Record<string, unknown> } };
declare const window: { events: Event[] };

/** A page as the product might have it, from an origin of its own. */
const opener = (sandbox: string, extras: object) => `<!doctype html><title>Opener</title>
<button>Connect</button>
<script src="${sandbox}/graph/sdk.js"></script>
<script>
window.events = [];
FB.init({ appId: '${appId}', version: 'v26.0', xfbml: true, autoLogAppEvents: true });
window.addEventListener('message', ({ origin, data }) => {
  if (origin === '${sandbox}' && typeof data === 'string') window.events.push({ message: JSON.parse(data) });
});
document.querySelector('button').onclick = () => FB.login(
  ({ authResponse, status }) => window.events.push({ code: authResponse ? authResponse.code : null, status }),
  { config_id: '${configurationId}', response_type: 'code', override_default_response_type: true, extras: ${JSON.stringify(extras)} },
);
</script>`;

describe('Embedded Signup in a browser', () => {
  let sandbox: TestSandbox;
  let browser: Browser;
  let page: Page;
  let site: Server;
  let extras: object;

  beforeAll(async () => {
    [sandbox, browser] = await Promise.all([startSandbox(), openBrowser()]);
    site = createServer((_request, response) => response.end(opener(sandbox.url, extras)));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.process.stop('SIGTERM', 10_000);
    site?.closeAllConnections();
    site?.close();
  });

  beforeEach(async () => {
    extras = { setup: {} };
    await fetch(`${sandbox.url}/control`, { method: 'DELETE' });
    await sandbox.control('POST', 'graph/apps', { appId, appSecret: 'secret' });
    await sandbox.control('POST', 'graph/sign-up-configurations', { configurationId, appId });
    const number = (phoneNumberId: string, kind: string, verifiedName: string) => ({
      ...{ phoneNumberId, kind, verifiedName, appId },
      wabaId: `3${phoneNumberId.slice(1)}`,
      displayPhoneNumber: `+44 7700 ${phoneNumberId}`,
    });
    const numbers = [
      number('400800', 'unregistered', '<img src=x onerror=alert(1)>'),
      number('400801', 'personal', 'Somebody'),
      number(onPhone, 'business-app', 'Florist'),
    ];
    await sandbox.control('POST', 'graph/numbers', { numbers });
    page = await browser.newPage();
    page.setDefaultTimeout(45_000);
  });

  afterEach(async () => {
    await page?.close();
  });

  const openPopUp = async (): Promise<Page> => {
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const opened = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Connect' }).click();
    const popUp = await opened;
    await popUp.getByRole('heading', { name: 'Connect WhatsApp' }).waitFor();
    return popUp;
  };

  const told = async (count: number): Promise<Event[]> => {
    await page.waitForFunction((wanted) => window.events.length >= wanted, count);
    return page.evaluate(() => window.events);
  };

  it('gives the message and a code, and offers no number of the phone app unless asked', async () => {
    const popUp = await openPopUp();
    await popUp.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await popUp.getByText('Florist · number').count()).toBe(0);
    expect(await popUp.getByRole('group').count()).toBe(2);
    await popUp
      .getByRole('radio', { name: /400800/ })
      .first()
      .check();
    await popUp.getByRole('button', { name: 'Finish' }).click();
    const [message, login] = await told(2);
    expect(message).toMatchObject({ message: { event: 'FINISH', data: { phone_number_id: '400800' } } });
    expect(login).toMatchObject({ code: expect.stringMatching(/^AQ/), status: 'connected' });
    const query = new URLSearchParams({ client_id: appId, client_secret: 'secret', code: String(login?.code) });
    expect((await fetch(`${sandbox.url}/graph/v26.0/oauth/access_token?${query}`)).status).toBe(200);
  });

  it('tells the code first when it is set so, and links the number of the phone app', async () => {
    extras = { setup: {}, featureType: 'whatsapp_business_app_onboarding' };
    await sandbox.control('PUT', 'graph/settings', { signUpOrder: 'code-first' });
    const popUp = await openPopUp();
    await popUp.getByRole('radio', { name: /Florist.*number/ }).check();
    await popUp.getByRole('checkbox', { name: 'Share the chats of the last six months' }).uncheck();
    await popUp.getByRole('button', { name: 'Finish' }).click();
    const [login, message] = await told(2);
    expect(login).toHaveProperty('code');
    expect(message?.message).toMatchObject({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
    expect(message?.message?.data).toEqual({ waba_id: `3${onPhone.slice(1)}` });
    expect(await sandbox.control('GET', `graph/numbers/${onPhone}`)).toMatchObject({ kind: 'linked' });
  });

  it('says why a personal number cannot be connected, and can be left', async () => {
    const popUp = await openPopUp();
    await popUp.getByRole('radio', { name: /Somebody.*number/ }).check();
    await popUp.getByRole('button', { name: 'Finish' }).click();
    await popUp.getByRole('alert').filter({ hasText: 'WhatsApp Messenger' }).waitFor();
    await popUp.getByRole('button', { name: 'Cancel' }).click();
    const events = await told(2);
    expect(events).toMatchObject([{ message: { event: 'CANCEL' } }, { code: null, status: 'unknown' }]);
  });

  it('is over when its window is closed', async () => {
    const popUp = await openPopUp();
    await popUp.close();
    expect(await told(1)).toEqual([{ code: null, status: 'unknown' }]);
  });

  it('does not begin without a configuration of the app', async () => {
    await sandbox.control('POST', 'graph/apps', { appId: '700200', appSecret: 'other' });
    await sandbox.control('POST', 'graph/sign-up-configurations', { configurationId: 'c2', appId: '700200' });
    const query = new URLSearchParams({ app_id: appId, config_id: 'c2', response_type: 'code', origin: sandbox.url });
    await page.goto(`${sandbox.url}/graph/sign-up?${query}`);
    await page.getByText('The app has no configuration c2.').waitFor();
    expect(await page.getByRole('button', { name: 'Finish' }).count()).toBe(0);
  });
});
