import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { addOperator, axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import { type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

describe('people', () => {
  it('are invited by a link that works once', async () => {
    const page = await world.open();
    await page.goto(`${world.url}/people`);
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Vera Viewer');
    await dialog.getByLabel('E-mail').fill('vera@example.com');
    await dialog.getByLabel('Viewer').check();
    await dialog.getByRole('button', { name: 'Invite' }).click();
    const shown = page.getByRole('dialog', { name: 'Link for Vera Viewer' }).getByText(/sign-in#/);
    const address = (await shown.textContent()) ?? '';
    const guest = await world.browser.newPage();
    await guest.goto(address);
    await heading(guest, 'Welcome to Parley').waitFor();
    await guest.getByRole('textbox', { name: 'New password' }).fill('a long enough word');
    await guest.getByRole('button', { name: 'Save and sign in' }).click();
    await guest.getByRole('navigation', { name: 'Main' }).waitFor();
    // Viewers are not shown what they may not do.
    expect(await guest.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(1);
    await guest.close();
    await page.context().close();
  });

  it('may open a link in the tab where the sign-in stands already', async () => {
    const guest = await world.browser.newPage();
    await guest.goto(`${world.url}/sign-in`);
    await heading(guest, 'Sign in to Parley').waitFor();
    // Control: without a link nothing is said of one.
    expect(await guest.getByText('This link does not work any more').count()).toBe(0);
    // Only what stands behind the # differs, so that the browser loads nothing.
    await guest.goto(`${world.url}/sign-in#no-such-link`);
    await guest.getByText('This link does not work any more').waitFor();
    expect(guest.url()).toBe(`${world.url}/sign-in`);
    await guest.close();
  });

  it('change their role, and are disabled, only by somebody who was asked', async () => {
    const agent = await addOperator(parley, world, 'agent');
    const roleNow = async () => {
      const { items } = await parley.rest<{ items: { id: string; role: string; disabled: boolean }[] }>(
        'GET',
        '/v1/operators',
      );
      const { role, disabled } = items.find(({ id }) => id === agent.id) ?? {};
      return disabled ? 'disabled' : role;
    };
    const page = await world.open();
    await page.goto(`${world.url}/people`);
    const row = page.getByRole('row').filter({ hasText: agent.email });
    // An arrow key changes a select at once.
    await row.getByRole('combobox').focus();
    await page.keyboard.press('ArrowDown');
    const dialog = page.getByRole('dialog', { name: `${agent.name}: Viewer?` });
    await dialog.getByText('Whatever they have open ends at once').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await row.getByRole('combobox').inputValue()).toBe('agent');
    expect(await roleNow()).toBe('agent');
    // Control: the same, confirmed.
    await row.getByRole('combobox').selectOption('viewer');
    await dialog.getByRole('button', { name: 'Change the role' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await row.getByRole('combobox').inputValue()).toBe('viewer');
    expect(await roleNow()).toBe('viewer');

    const open = () => row.getByRole('button', { name: `Actions: ${agent.name}` }).click();
    await open();
    await page.getByRole('menuitem', { name: 'Link for a new password' }).waitFor();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    expect(await roleNow()).toBe('viewer');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await row.getByText('Disabled').waitFor();
    expect(await roleNow()).toBe('disabled');
    // Whoever is disabled gets no link, so none is offered.
    await open();
    await page.getByRole('menuitem', { name: 'Enable' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Link for a new password' }).count()).toBe(0);
    await page.context().close();
  });

  it('do not lose by a stray click or key what is shown only once', async () => {
    const agent = await addOperator(parley, world, 'agent');
    const page = await world.open();
    await page.goto(`${world.url}/people`);
    // Control: another dialog is closed by both.
    const invitation = page.getByRole('dialog', { name: 'Invite somebody' });
    for (const leave of [() => page.keyboard.press('Escape'), () => page.mouse.click(5, 400)]) {
      await page.getByRole('button', { name: 'Invite' }).click();
      await invitation.waitFor();
      await leave();
      await invitation.waitFor({ state: 'hidden' });
    }
    await page.getByRole('button', { name: `Actions: ${agent.name}` }).click();
    await page.getByRole('menuitem', { name: 'Link for a new password' }).click();
    const link = page.getByRole('dialog', { name: `Link for ${agent.name}` });
    await link.getByText(/sign-in#/).waitFor();
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 400);
    // What is animated away is there for a moment.
    expect(await axeFindings(page)).toEqual([]);
    await link.getByText(/sign-in#/).waitFor();
    await link.getByRole('button', { name: 'Close' }).click();
    await link.waitFor({ state: 'hidden' });
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('and keys and the log are usable by everybody (%s)', async (colorScheme) => {
    const page = await world.open({ colorScheme });
    for (const path of ['people', 'audit']) {
      await page.goto(`${world.url}/${path}`);
      await page.getByRole('table').first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
    }
    // Control: a picture without words is a finding.
    await page.evaluate("document.body.append(document.createElement('img'))");
    expect(await axeFindings(page)).not.toEqual([]);
    await page.context().close();
  });
});
