import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  axeFindings,
  type ConsoleWorld,
  fits,
  HARMFUL,
  holdRequests,
  isFocused,
  isHarmed,
  startConsole,
  untilNone,
} from '../support/console.ts';
import {
  chooseNumber,
  choosePeople,
  connected,
  connectNow,
  finishWizard,
  goToNumber,
  next,
  question,
  templateOf,
  typeToken,
} from '../support/console-wizard.ts';
import { aNumber, call, connect, type NewNumber, numberAt, type Shown } from '../support/onboarding.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  writeAs,
} from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
/** Whose Planfix account the numbers are connected with. */
let company: Company;

beforeAll(async () => {
  world = await startConsole({ connect: connectCompany });
  ({ parley, company } = world);
});

afterEach(() => world?.closePages());

afterAll(() => world?.stop());

const step = (page: Page) => new URL(page.url()).searchParams.get('step');

/** Begins the wizard in a browser of its own, and goes as far as the choice of the number. */
async function toNumber(road: string, appId?: string, options = {}): Promise<Page> {
  const page = await world.open(options);
  await goToNumber(page, { road, account: company.account, appId });
  return page;
}

const byCredentials = (number: NewNumber, options = {}) =>
  toNumber('A number with its credentials', number.appId, options);

/** The wizard with the number's token, up to the page of people. */
async function toPeople(number: NewNumber): Promise<Page> {
  const page = await byCredentials(number);
  await typeToken(page, number.accessToken);
  await chooseNumber(page, number);
  await next(page);
  await question(page, 'Who gets the tasks?').waitFor();
  return page;
}

describe('a number with its credentials', () => {
  it('is connected by choosing, from the token to the first task', async () => {
    const number = await aNumber(parley, { verifiedName: `${HARMFUL}Bakery` });
    const page = await byCredentials(number);
    await typeToken(page, number.accessToken);
    await chooseNumber(page, number);
    expect(await axeFindings(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await next(page);
    await choosePeople(page);
    expect(await axeFindings(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await connectNow(page);
    await connected(page);
    // Names are words, whatever is in them.
    await page.getByText(HARMFUL).first().waitFor();
    expect(await isHarmed(page)).toBe(false);
    await page.getByText(`Send a message to ${number.displayPhoneNumber}`).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const customer = aCustomer();
    await writeAs(parley, { ...company, phoneNumberId: number.phoneNumberId }, customer, 'Is it connected?');
    await eventually('a task for the message', async () =>
      (await planfixOf(parley, company)).tasks.find(({ description }) => description.includes('Is it connected?')),
    );
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
  });

  it('is looked at again when what was wrong is mended at Meta', async () => {
    const number = await aNumber(parley);
    const { accessToken, appId, wabaId } = number;
    const revoke = (revoked: boolean) =>
      parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, wabaIds: [wabaId], revoked });
    await revoke(true);
    const page = await byCredentials(number);
    await typeToken(page, accessToken);
    const again = (options = {}) => page.getByRole('button', { name: 'Check again', ...options });
    const fault = page.getByText(/refuses the access token/);
    await fault.first().waitFor();
    // By keyboard, which stays where it is while the check is under way, and after it.
    await again().focus();
    const pressAgain = async () => {
      const held = await holdRequests(page, '**/v1/credential-checks');
      await page.keyboard.press('Enter');
      await held.isAsked;
      await isFocused(again({ disabled: true }));
      held.release();
      await isFocused(again({ disabled: false }));
    };
    await pressAgain();
    // Control: as long as it is wrong, looking again changes nothing.
    await fault.first().waitFor();
    expect(await page.getByRole('button', { name: 'Next', exact: true }).isDisabled()).toBe(true);
    await revoke(false);
    await pressAgain();
    await untilNone(fault);
    // Control: a button that is disabled loses the keyboard.
    await page.evaluate('document.activeElement.disabled = true');
    await untilNone(page.locator(':focus'));
    await chooseNumber(page, number);
  });

  it('leads back to the token that expired in the middle, and keeps everything else', async () => {
    const number = await aNumber(parley);
    const page = await toPeople(number);
    await choosePeople(page);
    const { accessToken, appId } = number;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, expiresInMs: -1 });
    await connectNow(page);
    await question(page, 'Which number?').waitFor();
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
  });

  it('keeps all but secrets over the back button and a reload, apart from another tab', async () => {
    const number = await aNumber(parley);
    const page = await toPeople(number);
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
    await tab.goto('/connections/new?step=people');
    await question(tab, 'Which number do you want to connect?').waitFor();
    await typeToken(page, number.accessToken);
    await page.getByRole('button', { name: 'Next', exact: true, disabled: false }).waitFor();
    await next(page);
    await templateOf(page).and(page.locator(':not([value=""])')).waitFor();
    await connectNow(page);
    await connected(page);
  });

  it('is connected by one of two browsers; the other is told', async () => {
    const number = await aNumber(parley);
    const pages = await Promise.all([toPeople(number), toPeople(number)]);
    for (const page of pages) await choosePeople(page);
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
    await finishWizard(page);
    expect((await numberAt(parley, number)).status).toBe('CONNECTED');
    // Control: a number that is registered is not asked for one.
    const registered = await aNumber(parley);
    const other = await byCredentials(registered);
    await typeToken(other, registered.accessToken);
    await chooseNumber(other, registered);
    expect(await other.getByLabel('Two-step verification PIN').count()).toBe(0);
  });
});

type Connection = Shown & { settings: Record<string, unknown> };
const read = async (id: string) => (await call<Connection>(parley, 'GET', `/v1/connections/${id}`)).body;

/** Connected with settings that nobody has by default, and disconnected again. */
async function aFormerConnection(number: NewNumber): Promise<Connection> {
  const settings = { taskTemplate: 10, language: 'ru', readReceipts: 'never', newTaskWhenNoneActive: false };
  const { id } = (await connect(parley, company, number, { settings })).body;
  await call(parley, 'POST', `/v1/connections/${id}/disconnect`, {});
  await call(parley, 'POST', `/v1/connections/${id}/confirm-disconnect`, { how: 'not-applicable' });
  return eventually('the end of the connection', async () => {
    const connection = await read(id);
    return connection.state === 'disconnected' ? connection : undefined;
  });
}

describe('a number that is connected again', () => {
  it('has the settings that it had, and is the connection that it was', async () => {
    const number = await aNumber(parley);
    const former = await aFormerConnection(number);
    const page = await byCredentials(number);
    // Until it is known what they were, there is nothing that could be typed and overwritten.
    const held = await holdRequests(page, '**/v1/connections?*search=*');
    const take = async (one: NewNumber) => {
      await typeToken(page, one.accessToken);
      await chooseNumber(page, one);
      await next(page);
      await question(page, 'Who gets the tasks?').waitFor();
    };
    const isFormer = () => templateOf(page).and(page.locator('[value*="10"]')).waitFor();
    await take(number);
    await held.isAsked;
    await page.getByRole('status', { name: 'Loading' }).waitFor();
    expect(await templateOf(page).count()).toBe(0);
    held.release();
    await isFormer();
    // Control: another number that is chosen instead was never connected, and is asked for them.
    await page.goBack();
    await take(await aNumber(parley, {}, number));
    await templateOf(page).waitFor();
    expect(await templateOf(page).inputValue()).toBe('');
    expect(await page.getByLabel('Language of what Parley writes in tasks').inputValue()).toBe('en');
    await page.goBack();
    await take(number);
    await isFormer();
    await connectNow(page);
    await connected(page);
    const now = await read(former.id);
    expect(now.state).toBe('connected');
    expect(now.settings).toEqual(former.settings);
  });

  it('is asked for them where it was never connected (control)', async () => {
    const page = await toPeople(await aNumber(parley));
    expect(await templateOf(page).inputValue()).toBe('');
  });
});
