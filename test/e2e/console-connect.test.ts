import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import { hostNumber } from '../support/dialog360-world.ts';
import { aNumber, anApp, type NewNumber, numberAt } from '../support/onboarding.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';

/** A name that would do harm where somebody took it for HTML. */
const HARMFUL = '<img src=x onerror="document.title=1">Bakery';

let parley: Parley;
let world: ConsoleWorld;
/** Whose Planfix account the numbers are connected with. */
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectCompany(parley);
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const heading = (page: Page, name: string | RegExp, level = 2) => page.getByRole('heading', { level, name });
const next = (page: Page) => page.getByRole('button', { name: 'Next', exact: true }).click();
const step = (page: Page) => new URL(page.url()).searchParams.get('step');

/** Begins the wizard in a browser of its own, and goes as far as the choice of the number. */
async function toNumber(road: string, appId?: string, options = {}): Promise<Page> {
  const page = await world.open(options);
  await page.goto(`${world.url}/connections/new`);
  await page.getByRole('radio', { name: road }).click();
  await next(page);
  await heading(page, 'With which Planfix account?').waitFor();
  await page.getByRole('radio', { name: company.account }).check();
  await next(page);
  if (appId !== undefined) {
    await page.getByRole('radio', { name: appId }).check();
    await next(page);
  }
  return page;
}

const byCredentials = (number: NewNumber, options = {}) =>
  toNumber('A number with its credentials', number.appId, options);

const typeToken = (page: Page, token: string) => page.getByLabel('Access token').fill(token);

/** The number among those that the token reaches. */
async function chooseNumber(page: Page, number: Pick<NewNumber, 'displayPhoneNumber'>): Promise<void> {
  await page.getByRole('radio', { name: number.displayPhoneNumber }).check();
  await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
}

async function choosePeople(page: Page): Promise<void> {
  await heading(page, 'Who gets the tasks?').waitFor();
  await choose(page, 'Template of new tasks', /\(10\)/);
  await choose(page, 'Who configures this connection', /./);
}

async function choose(page: Page, label: string, option: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  // Native choices have options, too, which are in no list that is open.
  await page.getByRole('listbox', { name: label }).getByRole('option', { name: option }).first().click();
}

async function openWindow(page: Page): Promise<Page> {
  const window = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Open Meta’s window', disabled: false }).click();
  return window;
}

const connectNow = (page: Page) => page.getByRole('button', { name: 'Connect', exact: true }).click();
const connected = (page: Page) => heading(page, 'The number is connected', 1).waitFor();

describe('a number with its credentials', () => {
  it('is connected by choosing, from the token to the first task', async () => {
    const number = await aNumber(parley, { verifiedName: HARMFUL });
    const page = await byCredentials(number);
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    expect(await axeFindings(page)).toEqual([]);
    await next(page);
    await choosePeople(page);
    expect(await axeFindings(page)).toEqual([]);
    await connectNow(page);
    await connected(page);
    // Names are words, whatever is in them.
    await page.getByText(HARMFUL).first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.getByText(`Send a message to ${number.displayPhoneNumber}`).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const customer = aCustomer();
    await writeAs(parley, { ...company, phoneNumberId: number.phoneNumberId }, customer, 'Is it connected?');
    await eventually('a task for the message', async () =>
      (await planfixOf(parley, company)).tasks.find(({ description }) => description.includes('Is it connected?')),
    );
    await page.context().close();
  });

  it('says at the token that it is wrong, or of another app, and goes on with the right one', async () => {
    const number = await aNumber(parley);
    const other = await aNumber(parley);
    const page = await byCredentials(number, { colorScheme: 'dark' });
    await typeToken(page, 'no-token-at-all');
    await page
      .getByText(/Meta refuses|refuses the access token|not valid/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled()).toBe(true);
    await typeToken(page, other.accessToken);
    await page.getByText('The access token belongs to another Meta app').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // Control: the same field with the app's own token.
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    expect(await page.getByText('belongs to another Meta app').count()).toBe(0);
    await page.context().close();
  });

  it('leads back to the token that expired in the middle, and keeps everything else', async () => {
    const number = await aNumber(parley);
    const page = await byCredentials(number);
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    await next(page);
    await choosePeople(page);
    const { accessToken, appId } = number;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, expiresInMs: -1 });
    await connectNow(page);
    await heading(page, 'Which number?').waitFor();
    await page
      .getByText(/access token/i)
      .filter({ hasText: /expired|refuses/ })
      .first()
      .waitFor();
    const fresh = `${accessToken}-fresh`;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken: fresh, appId, wabaIds: [number.wabaId] });
    await typeToken(page, fresh);
    await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
    expect(await page.getByRole('radio', { name: number.displayPhoneNumber }).isChecked()).toBe(true);
    await next(page);
    await connectNow(page);
    await connected(page);
    await page.context().close();
  });

  it('keeps all but secrets over the back button and a reload, apart from another tab', async () => {
    const number = await aNumber(parley);
    const page = await byCredentials(number);
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    await next(page);
    await choosePeople(page);
    await page.goBack();
    expect(step(page)).toBe('number');
    expect(await page.getByLabel('Access token').inputValue()).toBe(number.accessToken);
    await page.goForward();
    await page.reload();
    // The secret is gone, and asked for again.
    await page.getByRole('alert').filter({ hasText: 'Enter the token once more' }).waitFor();
    expect(step(page)).toBe('number');
    expect(await page.getByLabel('Access token').inputValue()).toBe('');
    const kept = await page.evaluate<string>('JSON.stringify({ ...sessionStorage, ...localStorage })');
    expect(kept).toContain(number.phoneNumberId);
    expect(kept).not.toContain(number.accessToken);
    const tab = await page.context().newPage();
    await tab.goto(`${world.url}/connections/new?step=people`);
    await heading(tab, 'Which number do you want to connect?').waitFor();
    await typeToken(page, number.accessToken);
    await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
    await next(page);
    await page.getByRole('combobox', { name: 'Template of new tasks' }).and(page.locator(':not([value=""])')).waitFor();
    await connectNow(page);
    await connected(page);
    await page.context().close();
  });

  it('is connected by one of two browsers; the other is told', async () => {
    const number = await aNumber(parley);
    const pages = await Promise.all([byCredentials(number), byCredentials(number)]);
    for (const page of pages) {
      await typeToken(page, number.accessToken);
      await chooseNumber(page, number);
      await next(page);
      await choosePeople(page);
    }
    await Promise.all(pages.map(connectNow));
    const outcome = (page: Page) =>
      Promise.race([
        connected(page).then(() => 'connected'),
        page
          .getByRole('alert')
          .filter({ hasText: 'connected already' })
          .waitFor()
          .then(() => 'told'),
      ]);
    expect((await Promise.all(pages.map(outcome))).sort()).toEqual(['connected', 'told']);
    await Promise.all(pages.map((page) => page.context().close()));
  });

  it('asks for the PIN only where the number has one, and registers with it', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    await parley.sandbox.control('POST', `graph/numbers/${number.phoneNumberId}`, { pin: '482913' });
    const page = await byCredentials(number);
    await typeToken(page, number.accessToken);
    await page.getByRole('radio', { name: number.displayPhoneNumber }).check();
    await page.getByLabel('Two-step verification PIN').fill('482913');
    await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
    await next(page);
    await choosePeople(page);
    await connectNow(page);
    await connected(page);
    expect((await numberAt(parley, number)).status).toBe('CONNECTED');
    // Control: a number that is registered is not asked for one.
    const registered = await aNumber(parley);
    const other = await byCredentials(registered);
    await typeToken(other, registered.accessToken);
    await chooseNumber(other, registered);
    expect(await other.getByLabel('Two-step verification PIN').count()).toBe(0);
    await page.context().close();
    await other.context().close();
  });
});

describe('a number at 360dialog', () => {
  it('is connected by its phone and key', async () => {
    const hosted = await hostNumber(parley);
    const page = await toNumber('A number at 360dialog', undefined, { colorScheme: 'dark' });
    await page.getByLabel('Number', { exact: false }).first().fill(hosted.phone);
    await page.getByLabel('API key').fill('wrong-key');
    await page
      .getByText(/API key is refused/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('API key').fill(hosted.apiKey);
    await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await next(page);
    await choosePeople(page);
    await connectNow(page);
    await connected(page);
    await page.context().close();
  });
});

describe('Embedded Signup', () => {
  const configurationId = '5550001';
  let app: Awaited<ReturnType<typeof anApp>>;

  beforeAll(async () => {
    app = await anApp(parley);
    await parley.sandbox.control('POST', 'graph/sign-up-configurations', {
      configurationId,
      appId: app.appId,
      tokenLifeMs: 0,
      offersBusinessApp: true,
    });
  });

  it('is set up in the console, and only then offered', async () => {
    const page = await world.open();
    await page.goto(`${world.url}/connections/new`);
    await page.getByText('which no Meta app has set up yet').first().waitFor();
    expect(await page.getByRole('radio', { name: 'A number through Meta’s window' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Set it up' }).first().click();
    const card = page.getByRole('region', { name: `App ${app.appId}` });
    await card.getByRole('button', { name: 'Set up Embedded Signup' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Configuration ID').fill(configurationId);
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await card.getByText(`configuration ${configurationId}`).waitFor();
    await page.goto(`${world.url}/connections/new`);
    await page.getByRole('radio', { name: 'A number through Meta’s window' }).click({ trial: true });
    await page.context().close();
  });

  it('connects a number of the phone app through the window, whichever half of the answer comes first', async () => {
    for (const signUpOrder of ['message-first', 'code-first']) {
      await parley.sandbox.control('PUT', 'graph/settings', { signUpOrder, signUpGapMs: 300 });
      const number = await aNumber(parley, { kind: 'business-app' }, app);
      const page = await toNumber('A number of the WhatsApp Business app', app.appId);
      expect(await axeFindings(page)).toEqual([]);
      const window = await openWindow(page);
      await window.getByText(number.displayPhoneNumber).click();
      await window.getByRole('button', { name: 'Finish' }).click();
      await page.getByText('Meta has let Parley in. Choose the number.').waitFor();
      await chooseNumber(page, number);
      // The token never came here, so that nothing is missing after a reload.
      await next(page);
      await page.reload();
      await choosePeople(page);
      await page.getByLabel('Days of chats to take over from the phone').fill('7');
      await connectNow(page);
      await connected(page);
      await page.getByText('Take over the chats of the phone').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect((await numberAt(parley, number)).registerCalls).toBe(0);
      await page.context().close();
    }
  });

  it('registers a new number that was chosen in the window', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' }, app);
    const page = await toNumber('A number through Meta’s window', app.appId);
    const window = await openWindow(page);
    await window.getByText(number.displayPhoneNumber).click();
    await window.getByRole('button', { name: 'Finish' }).click();
    await page.getByText('Meta has let Parley in. Choose the number.').waitFor();
    await chooseNumber(page, number);
    await next(page);
    await choosePeople(page);
    await connectNow(page);
    await connected(page);
    expect((await numberAt(parley, number)).registerCalls).toBe(1);
    await page.context().close();
  });

  it('shows who left the window with the id that support asks for, and opens it again', async () => {
    const page = await toNumber('A number through Meta’s window', app.appId);
    const window = await openWindow(page);
    await window.getByRole('button', { name: 'Report an error' }).click();
    const told = page.getByRole('alert').filter({ hasText: 'closed before the end' });
    await told.getByText(/Session id, for Meta’s support: ./).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await openWindow(page);
    await page.context().close();
  });

  it('believes no message of another origin', async () => {
    const page = await toNumber('A number through Meta’s window', app.appId);
    await page.getByRole('button', { name: 'Open Meta’s window' }).waitFor();
    const message = { type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', data: { session_id: 'not-of-meta' } };
    await page.evaluate(`window.postMessage(${JSON.stringify(JSON.stringify(message))}, '*')`);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await page.getByText('not-of-meta').count()).toBe(0);
    await page.context().close();
  });
});
