import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, startConsole } from '../support/console.ts';
import { type Company, connectCompany, eventually, type Parley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;
let page: Page;

beforeAll(async () => {
  world = await startConsole({ connect: connectCompany });
  ({ parley, company } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

type Settings = { settings: Record<string, unknown>; configuredBy: string };
const stored = () => parley.rest<Settings>('GET', `/v1/connections/${company.connectionId}`);
const open = async () => {
  await page.goto(`/connections/${company.connectionId}/settings`);
  await page.getByRole('combobox', { name: 'Template of new tasks' }).waitFor();
};
const button = (name: string) => page.getByRole('button', { name, exact: true });
const planfixCalls = async () => {
  const { items } = await parley.sandbox.control<{ items: { path: string }[] }>(
    'GET',
    `requests?target=planfix&account=${company.account}&limit=20000`,
  );
  return items.filter(({ path }) => /template|user|employee|group/i.test(path)).length;
};

describe('settings', () => {
  it('change what was changed, and nothing else', async () => {
    const before = (await stored()).settings;
    await open();
    await page.getByLabel('New task when the one before is closed').uncheck();
    await page.getByLabel('Tell customers that their message was read').selectOption('never');
    await page.getByLabel('If nobody else is there, tasks go to').selectOption('configured-by');
    const words = page.getByRole('combobox', { name: 'Words that stop marketing' });
    await words.fill('genug');
    await words.press('Enter');
    await page.getByLabel('Country of phones without “+”').fill('de');
    // Somebody else changes another setting meanwhile.
    await parley.rest('PATCH', `/v1/connections/${company.connectionId}`, { settings: { windowWarning: false } });
    await button('Save').click();
    await page.getByText('The settings are saved').waitFor();
    expect((await stored()).settings).toEqual({
      ...before,
      newTaskWhenNoneActive: false,
      readReceipts: 'never',
      fallbackOrder: ['configured-by'],
      marketingStopWords: ['genug'],
      defaultCountry: 'DE',
      windowWarning: false,
    });
  });

  it('are chosen by typing, without a call of Planfix for it', async () => {
    await open();
    const calls = await planfixCalls();
    const box = page.getByRole('combobox', { name: 'Who configured this connection' });
    await box.click();
    const options = page.getByRole('listbox', { name: 'Who configured this connection' }).getByRole('option');
    await options.first().waitFor();
    const name = (await options.last().textContent()) ?? '';
    await box.pressSequentially(name);
    await eventually('one name', async () => ((await options.count()) === 1 ? true : undefined));
    expect(await options.textContent()).toBe(name);
    await page.keyboard.press('Escape');
    expect(await planfixCalls()).toBe(calls);
    // Control: asked for, they are read.
    await button('Read them again').click();
    await eventually('calls of Planfix', async () => ((await planfixCalls()) > calls ? true : undefined));
    await page.getByText(/Templates and people as of/).waitFor();
  });

  it('keep what is typed while they are being saved', async () => {
    await open();
    const answer = await holdAnswerOfSave();
    const country = page.getByLabel('Country of phones without “+”');
    const warning = page.getByLabel('Warn before the window closes');
    const wasOn = await warning.isChecked();
    await warning.click();
    await country.fill('fr');
    await button('Save').click();
    await answer.isThere;
    await country.fill('it');
    answer.giveOn();
    await page.getByText('The settings are saved').waitFor();
    await page.getByText('There are changes that are not saved').waitFor();
    expect(await country.inputValue()).toBe('IT');
    // Control: what nobody has touched since is as it was saved.
    expect(await warning.isChecked()).toBe(!wasOn);
    expect((await stored()).settings).toMatchObject({ defaultCountry: 'FR', windowWarning: !wasOn });
    await button('Save').click();
    await eventually('the later country', async () =>
      (await stored()).settings.defaultCountry === 'IT' ? true : undefined,
    );
    await page.locator('button:disabled', { hasText: 'Save' }).waitFor();
  });

  it('show what another tab has saved, unless something is typed', async () => {
    await open();
    const change = (defaultCountry: string) =>
      parley.rest('PATCH', `/v1/connections/${company.connectionId}`, { settings: { defaultCountry } });
    const country = page.getByLabel('Country of phones without “+”');
    const shows = (value: string) =>
      eventually(`${value} in the field`, async () => ((await country.inputValue()) === value ? true : undefined));
    await change('ES');
    await shows('ES');
    // Control: somebody types.
    await country.fill('pt');
    const read = page.waitForResponse((response) => response.url().endsWith(company.connectionId));
    await change('AT');
    await (await read).finished();
    expect(await country.inputValue()).toBe('PT');
    await button('Undo the changes').click();
    await shows('AT');
  });

  it('say beside the field what the server refuses, and keep what was typed', async () => {
    await open();
    await page.getByLabel('Field for Parley’s id').fill('999999');
    await button('Save').click();
    await page
      .getByText(/no task field 999999/)
      .first()
      .waitFor();
    expect(await page.getByLabel('Field for Parley’s id').getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByLabel('Field for Parley’s id').inputValue()).toBe('999999');
    expect(await axeFindings(page)).toEqual([]);
    await button('Undo the changes').click();
    expect(await page.getByLabel('Field for Parley’s id').inputValue()).toBe('');
  });

  it('are not lost by leaving without a question', async () => {
    await open();
    const before = (await stored()).settings;
    await page.getByRole('switch', { name: 'A comment of one emoji becomes a reaction' }).click();
    await page.getByRole('link', { name: 'Back to the connection' }).click();
    const dialog = page.getByRole('dialog', { name: 'There are changes that are not saved' });
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    expect(page.url()).toContain('/settings');
    await page.getByRole('link', { name: 'Back to the connection' }).click();
    await dialog.getByRole('button', { name: 'Leave without saving' }).click();
    await page.getByRole('button', { name: 'Check now' }).waitFor();
    expect((await stored()).settings).toEqual(before);
    // Control: without changes nobody is asked.
    await open();
    await page.getByRole('link', { name: 'Back to the connection' }).click();
    await page.getByRole('button', { name: 'Check now' }).waitFor();
  });

  it('show a template that Planfix does not have any more as broken, with the remedy', async () => {
    await open();
    expect(await page.getByText('not in Planfix any more').count()).toBe(0);
    await withTemplateGone(async () => {
      await button('Read them again').click();
      await page
        .getByText(/Planfix does not show this any more/)
        .first()
        .waitFor();
      expect(await page.getByRole('combobox', { name: 'Template of new tasks' }).inputValue()).toContain(
        'not in Planfix any more',
      );
      expect(await axeFindings(page)).toEqual([]);
    });
  });

  it.each(['light', 'dark'] as const)('are usable by everybody (%s)', async (colorScheme) => {
    const other = await world.open({ colorScheme });
    await other.goto(`/connections/${company.connectionId}/settings`);
    await other.getByRole('combobox', { name: 'Template of new tasks' }).waitFor();
    expect(await axeFindings(other)).toEqual([]);
    await other.setViewportSize({ width: 375, height: 812 });
    // The navigation slides away first.
    await eventually('nothing is wider than the phone', async () =>
      (await other.evaluate<number>('document.documentElement.scrollWidth')) <= 375 ? true : undefined,
    );
    await other.context().close();
  });
});

/** The next save reaches the api, and the page gets its answer when it is let on. */
async function holdAnswerOfSave() {
  const { promise: isThere, resolve: tell } = Promise.withResolvers<void>();
  const { promise: mayGoOn, resolve: giveOn } = Promise.withResolvers<void>();
  await page.route(
    (url) => url.pathname.endsWith(`/v1/connections/${company.connectionId}`),
    async (route) => {
      if (route.request().method() !== 'PATCH') return route.fallback();
      const response = await route.fetch();
      tell();
      await mayGoOn;
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      return route.fulfill({ response });
    },
  );
  return { isThere, giveOn };
}

/** Planfix answers the list of templates without the one in use. */
async function withTemplateGone(look: () => Promise<void>): Promise<void> {
  const body = JSON.stringify({ result: 'success', templates: [{ id: 77, name: 'Another one' }] });
  const fault = { target: 'planfix', account: company.account, kind: 'status', path: 'task/templates' };
  await parley.sandbox.control('POST', 'faults', { ...fault, status: 200, body, times: 0 });
  try {
    await look();
  } finally {
    await parley.sandbox.control('DELETE', 'faults');
  }
}
