import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import { addOperator, axeFindings, type ConsoleWorld, heading, isLoaded, startConsole } from '../support/console.ts';
import { connectMailer, mail, phones } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley } from '../support/parley.ts';
import { commentOn, problemOnce, startDialogueIn } from '../support/reply-world.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;

beforeAll(async () => {
  world = await startConsole({ connect: connectMailer });
  ({ parley, company } = world);
});

afterEach(() => world?.closePages());

afterAll(() => world?.stop());

describe('people', () => {
  it('are invited by a link that works once', async () => {
    const page = await world.open();
    await page.goto('/people');
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Vera Viewer');
    await dialog.getByLabel('E-mail').fill('vera@example.com');
    await dialog.getByLabel('Viewer').check();
    await dialog.getByRole('button', { name: 'Invite' }).click();
    const shown = page.getByRole('dialog', { name: 'Link for Vera Viewer' }).getByText(/sign-in#/);
    const address = (await shown.textContent()) ?? '';
    const guest = await world.openAsStranger();
    await guest.goto(address);
    await heading(guest, 'Welcome to Parley').waitFor();
    await guest.getByRole('textbox', { name: 'New password' }).fill('a long enough word');
    await guest.getByRole('button', { name: 'Save and sign in' }).click();
    await guest.getByRole('navigation', { name: 'Main' }).waitFor();
    // Viewers are not shown what they may not do.
    expect(await guest.getByRole('link', { name: 'Audit log' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(1);
  });

  it('may open a link in the tab where the sign-in stands already', async () => {
    const guest = await world.openAsStranger();
    await guest.goto('/sign-in');
    await heading(guest, 'Sign in to Parley').waitFor();
    // Control: without a link nothing is said of one.
    expect(await guest.getByText('This link does not work any more').count()).toBe(0);
    // Only what stands behind the # differs, so that the browser loads nothing.
    await guest.goto('/sign-in#no-such-link');
    await guest.getByText('This link does not work any more').waitFor();
    expect(guest.url()).toBe(`${world.url}/sign-in`);
  });

  it('change their role, and are disabled, only by somebody who was asked', async () => {
    const agent = await addOperator(world, 'agent');
    const roleNow = async () => {
      const { items } = await parley.rest<{ items: { id: string; role: string; disabled: boolean }[] }>(
        'GET',
        '/v1/operators',
      );
      const { role, disabled } = items.find(({ id }) => id === agent.id) ?? {};
      return disabled ? 'disabled' : role;
    };
    const page = await world.open();
    await page.goto('/people');
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
    await eventually('the new role', async () =>
      (await row.getByRole('combobox').inputValue()) === 'viewer' ? true : undefined,
    );
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
  });

  it('do not lose by a stray click or key what is shown only once', async () => {
    const agent = await addOperator(world, 'agent');
    const page = await world.open();
    await page.goto('/people');
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
  });

  it.each(['light', 'dark'] as const)('and keys and the log are usable by everybody (%s)', async (colorScheme) => {
    const page = await world.open({ colorScheme });
    for (const path of ['people', 'audit']) {
      await page.goto(`/${path}`);
      await page.getByRole('table').first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
    }
    // Control: a picture without words is a finding.
    await page.evaluate("document.body.append(document.createElement('img'))");
    expect(await axeFindings(page)).not.toEqual([]);
  });
});

const DAY_MS = 24 * 3_600_000;

describe('each role', () => {
  const refusals: string[] = [];
  const writes = new Set<Request>();
  const openAs = async (role: 'agent' | 'viewer') => {
    const visitor = await world.openAsStranger();
    await world.signIn(visitor, await addOperator(world, role));
    const isWrite = (request: Request) => request.method() !== 'GET';
    visitor.on('request', (request) => isWrite(request) && writes.add(request));
    for (const end of ['requestfinished', 'requestfailed'] as const) {
      visitor.on(end as 'requestfinished', (request) => writes.delete(request));
    }
    visitor.on('response', (response) => {
      if (response.status() === 403) refusals.push(`${response.request().method()} ${response.url()}`);
    });
    return visitor;
  };
  const isDrawn = (visitor: Page) =>
    visitor.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  /** Presses every button of a page, and the last one of what it opens; returns what can be read on them. */
  const pressAll = async (visitor: Page, path: string): Promise<string[]> => {
    const open = async () => {
      await visitor.goto(`/${path}`);
      await isLoaded(visitor);
    };
    await open();
    const buttons = visitor.getByRole('main').getByRole('button', { disabled: false });
    const names = await buttons.allTextContents();
    for (let index = 0; index < names.length; index++) {
      // What only copies asks nobody.
      if (names[index] === 'Copy' || (await buttons.count()) <= index) continue;
      await buttons.nth(index).click();
      await isDrawn(visitor);
      const opened = visitor.getByRole('dialog').or(visitor.getByRole('menu'));
      const isOpened = (await opened.count()) > 0;
      if (isOpened) await opened.getByRole('button').or(opened.getByRole('menuitem')).last().click();
      await isDrawn(visitor);
      await eventually('the answers', async () => (writes.size === 0 ? true : undefined));
      if (isOpened || visitor.url() !== `${world.url}/${path}`) await open();
    }
    return names;
  };

  it('is offered no button that is refused to it', async () => {
    const dialogue = await startDialogueIn(parley, company);
    await commentOn(dialogue, { html: 'For nobody outside', notify: [] });
    await problemOnce(dialogue, 'notified-nobody');
    // It waits, so that it can be paused and cancelled.
    const { body: mailing } = await mail(parley, company, phones(1), { startAt: new Date(Date.now() + DAY_MS) });
    const { items: talks } = await parley.rest<{ items: { id: string }[] }>('GET', '/v1/conversations?limit=1');
    const paths = [
      ...['connections', `connections/${company.connectionId}`, `connections/${company.connectionId}/settings`],
      ...['connections/accounts', 'connections/accounts?new=planfix', 'connections/new'],
      ...[`connections/${company.connectionId}/disconnect`, 'conversations', `conversations/${talks[0]?.id}`],
      ...['mailings', 'mailings/new', `mailings/${mailing.id}`, 'templates', 'problems', 'status', 'people', 'audit'],
    ];
    // The viewer first: what an agent presses decides the problem.
    const viewer = await openAs('viewer');
    const offered: string[] = [];
    for (const path of paths) offered.push(...(await pressAll(viewer, path)));
    expect(offered).not.toContain('Give up');
    expect(offered).not.toContain('Pause');
    await viewer.context().close();
    const agent = await openAs('agent');
    // Control: what the role may not do any more is refused, and would be noticed.
    await agent.goto('/problems');
    await agent.getByRole('button', { name: 'Give up' }).click();
    await world.signIn(agent, await addOperator(world, 'viewer'));
    await agent.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await eventually('the refusal', async () => refusals.find((refusal) => refusal.endsWith('/discard')));
    await agent.context().close();
    expect(refusals.splice(0)).toHaveLength(1);
    const other = await openAs('agent');
    for (const path of paths) offered.push(...(await pressAll(other, path)));
    expect(offered).toEqual(expect.arrayContaining(['Give up', 'Pause']));
    expect(refusals).toEqual([]);
  });

  it('is told by a page that it may not see it, under a title of its own', async () => {
    const page = await world.open();
    const viewer = await addOperator(world, 'viewer');
    await page.goto('/audit');
    // Control: an administrator sees it.
    await page.getByRole('table').waitFor();
    // Nothing is left that would ask with the viewer's cookie for what only an administrator may see.
    await page.goto('about:blank');
    await world.signIn(page, viewer);
    const refused: string[] = [];
    page.on('response', (response) => response.status() === 403 && refused.push(response.url()));
    await page.goto('/audit');
    await heading(page, 'Your role may not do this').waitFor();
    expect(await page.title()).toBe('Your role may not do this · Parley');
    await page.goto('/no-such-page');
    await heading(page, 'There is nothing at this address').waitFor();
    expect(refused).toEqual([]);
  });
});
