import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Response } from 'playwright-core';
import { axeFindings, type ConsoleWorld, startConsole } from '../support/console.ts';
import {
  chooseNumber,
  finishWizard,
  goToNumber,
  next,
  openWindow,
  question,
  signUp,
  typeToken,
} from '../support/console-wizard.ts';
import { aNumber, anApp, numberAt } from '../support/onboarding.ts';
import { type Company, connectCompany, type Parley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
/** Whose Planfix account the numbers are connected with. */
let company: Company;
let app: Awaited<ReturnType<typeof anApp>>;
const configurationId = '5550001';

beforeAll(async () => {
  world = await startConsole({ connect: connectCompany });
  ({ parley, company } = world);
  app = await anApp(parley);
  const configuration = { configurationId, appId: app.appId, tokenLifeMs: 0, offersBusinessApp: true };
  await parley.sandbox.control('POST', 'graph/sign-up-configurations', configuration);
});

afterEach(() => world?.closePages());

afterAll(() => world?.stop());

const BY_TOKEN = 'A number with its credentials';
const BY_WINDOW = 'A number through Meta’s window';
const BY_PHONE_APP = 'A number of the WhatsApp Business app';

/** Begins the wizard in a browser of its own; `prepare` changes that browser before. */
async function toNumber(road: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await world.open();
  await prepare?.(page);
  await goToNumber(page, { road, account: company.account, appId: app.appId });
  return page;
}

const newRoad = (page: Page) => page.getByRole('button', { name: 'Connect another, new number instead' });
const appRoad = (page: Page) => page.getByRole('button', { name: 'Take the road for the WhatsApp Business app' });
const isFailure = async (response: Response) =>
  /embedded-signups\/[\w-]+$/.test(response.url()) && ((await response.json()) as { state: string }).state === 'failed';

describe('Embedded Signup', () => {
  it('is set up in the console, and only then offered', async () => {
    const page = await world.open();
    await page.goto('/connections/new');
    await page.getByText('which no Meta app has set up yet').first().waitFor();
    expect(await page.getByRole('radio', { name: BY_WINDOW }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Set it up' }).first().click();
    const card = page.getByRole('region', { name: `App ${app.appId}` });
    await card.getByRole('button', { name: 'Set up Embedded Signup' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Configuration ID').fill(configurationId);
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await card.getByText(`configuration ${configurationId}`).waitFor();
    await page.goto('/connections/new');
    await page.getByRole('radio', { name: BY_WINDOW }).click({ trial: true });
  });

  it('connects a number of the phone app through the window, whichever half of the answer comes first', async () => {
    for (const signUpOrder of ['message-first', 'code-first']) {
      await parley.sandbox.control('PUT', 'graph/settings', { signUpOrder, signUpGapMs: 300 });
      const number = await aNumber(parley, { kind: 'business-app' }, app);
      const page = await toNumber(BY_PHONE_APP);
      expect(await axeFindings(page)).toEqual([]);
      await signUp(page, number);
      await chooseNumber(page, number);
      // The token never came here, so that nothing is missing after a reload.
      await next(page);
      await page.reload();
      await page.getByLabel('Days of chats to take over from the phone').fill('7');
      await finishWizard(page);
      await page.getByText('Take over the chats of the phone').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect((await numberAt(parley, number)).registerCalls).toBe(0);
    }
  });

  it('registers a new number that was chosen in the window', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' }, app);
    const page = await toNumber(BY_WINDOW);
    await signUp(page, number);
    await chooseNumber(page, number);
    await next(page);
    await finishWizard(page);
    expect((await numberAt(parley, number)).registerCalls).toBe(1);
  });

  it('says once who left the window, with the id that support asks for, and opens it again at once', async () => {
    const number = await aNumber(parley, {}, app);
    const page = await toNumber(BY_WINDOW);
    const window = await openWindow(page);
    const failed = page.waitForResponse(isFailure);
    await window.getByRole('button', { name: 'Report an error' }).click();
    await failed;
    const alerts = page.getByRole('alert');
    await alerts.getByText(/Session id, for Meta’s support: ./).waitFor();
    await alerts.getByText('Meta’s window was closed before the end').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await alerts.count()).toBe(1);
    // A number that is not in the phone app has no other road.
    expect(await newRoad(page).count()).toBe(0);
    // Control: Parley has a word of its own for it, which stands there when the page has forgotten the window's.
    await page.reload();
    await alerts.getByText(/Meta reports: .*Meta's support finds it by the session/).waitFor();
    expect(await alerts.count()).toBe(1);
    await signUp(page, number, 'Open it again');
    expect(await alerts.count()).toBe(0);
  });

  it('opens the window again with one click, as often as it is closed', async () => {
    const page = await toNumber(BY_WINDOW);
    const names = ['Open Meta’s window', 'Open it again', 'Open it again'];
    for (const name of names) {
      await (await openWindow(page, name)).close();
      await page.getByRole('alert').filter({ hasText: 'closed without an answer' }).waitFor();
    }
  });

  it('believes no message of another origin', async () => {
    const page = await toNumber(BY_WINDOW);
    const passedOn: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/finish')) passedOn.push(request.postData() ?? '');
    });
    const window = await openWindow(page);
    await window.getByRole('button', { name: 'Finish' }).waitFor();
    const message = (session_id: string) => {
      const cancel = { type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', data: { session_id } };
      return `postMessage(${JSON.stringify(JSON.stringify(cancel))}, '*')`;
    };
    await page.evaluate(`new Promise((done) => {
      addEventListener('message', () => setTimeout(done), { once: true });
      window.${message('not-of-meta')};
    })`);
    expect(await page.getByText('not-of-meta').count()).toBe(0);
    // Control: the same message of Meta's window counts.
    await window.evaluate(`opener.${message('of-meta')}`);
    await page.getByText('Session id, for Meta’s support: of-meta').waitFor();
    expect(passedOn).toHaveLength(1);
    expect(passedOn[0]).toContain('"of-meta"');
  });

  it('belongs to its road: with another one it is made anew', async () => {
    const number = await aNumber(parley, {}, app);
    const page = await toNumber(BY_WINDOW);
    await signUp(page, number);
    await chooseNumber(page, number);
    // Control: who goes through the same road again still has it.
    await goToNumber(page, { road: BY_WINDOW, account: company.account, appId: app.appId });
    await chooseNumber(page, number);
    await goToNumber(page, { road: BY_PHONE_APP, account: company.account, appId: app.appId });
    await page.getByRole('button', { name: 'Open Meta’s window', disabled: false }).waitFor();
    expect(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled()).toBe(true);
    expect(await page.getByText('Meta has let Parley in').count()).toBe(0);
  });

  it('says what to do when the browser holds the program of Meta back, and goes on when it comes', async () => {
    const page = await toNumber(BY_WINDOW, (one) => one.route('**/sdk.js', (route) => route.abort()));
    const told = page.getByRole('alert').filter({ hasText: 'Meta’s program could not be loaded' });
    await told.getByText(/Allow connect\.facebook\.net/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // Control: as long as it is held back, trying again changes nothing.
    const tried = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/sdk.js'));
    await told.getByRole('button', { name: 'Try again' }).click();
    await tried;
    await told.waitFor();
    expect(await page.getByRole('button', { name: 'Open Meta’s window' }).isDisabled()).toBe(true);
    await page.unroute('**/sdk.js');
    await told.getByRole('button', { name: 'Try again' }).click();
    await openWindow(page);
    expect(await told.count()).toBe(0);
  });
});

describe('a number on the wrong road', () => {
  it('changes to that of the phone app, and keeps what was chosen before', async () => {
    const other = await aNumber(parley, {}, app);
    const number = await aNumber(parley, { kind: 'business-app' }, app);
    const page = await toNumber(BY_TOKEN);
    // Control: with a number that is not in the app there is nothing to change.
    await typeToken(page, other.accessToken);
    await chooseNumber(page, other);
    expect(await appRoad(page).count()).toBe(0);
    await typeToken(page, number.accessToken);
    await page.getByRole('radio', { name: number.displayPhoneNumber }).check();
    await appRoad(page).click();
    await question(page, 'Through which Meta app?').waitFor();
    expect(await page.getByRole('radio', { name: app.appId }).isChecked()).toBe(true);
    await next(page);
    await signUp(page, number);
    await chooseNumber(page, number);
    await next(page);
    await page.getByLabel('Days of chats to take over from the phone').waitFor();
  });

  it('changes to that of a new one where WhatsApp does not link it, and keeps what was chosen before', async () => {
    const number = await aNumber(parley, {}, app);
    const page = await toNumber(BY_PHONE_APP);
    await (await openWindow(page)).getByRole('button', { name: 'Let it fail' }).click();
    const alerts = page.getByRole('alert');
    await alerts.getByText('WhatsApp did not link this number').waitFor();
    expect(await alerts.count()).toBe(1);
    expect(await axeFindings(page)).toEqual([]);
    await newRoad(page).click();
    // Planfix account and Meta app are not asked for again.
    await question(page, 'Which number?').waitFor();
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    await next(page);
    await question(page, 'Who gets the tasks?').waitFor();
    expect(await page.getByLabel('Days of chats to take over from the phone').count()).toBe(0);
  });
});
