import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  addOperator,
  axeFindings,
  buildConsole,
  type ConsoleWorld,
  firstLinkOf,
  openConsole,
  signIn,
} from '../support/console.ts';
import { eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

/** Types the credentials and sends them. */
async function type(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

describe('the way into the console', () => {
  it('begins with the link that the api prints, which makes the first administrator once', async () => {
    buildConsole();
    const secret = firstLinkOf(parley);
    world = await openConsole(parley);
    const page = await world.browser.newPage();
    await page.goto(`${world.url}/sign-in#${secret}`);
    // It was used by `openConsole`; the secret is not left in the address.
    await page.getByRole('alert').filter({ hasText: 'does not work any more' }).waitFor();
    expect(page.url()).toBe(`${world.url}/sign-in`);
    await page.close();
  });

  it('leads whoever is not signed in to the door, and after it to where they wanted', async () => {
    const page = await world.browser.newPage();
    await page.goto(`${world.url}/audit`);
    await heading(page, 'Sign in to Parley').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await type(page, world.admin.email, 'wrong password');
    await page.getByRole('alert').waitFor();
    expect(page.url()).toBe(`${world.url}/sign-in`);
    await type(page, world.admin.email, world.admin.password);
    await heading(page, 'Audit log').waitFor();
    expect(page.url()).toBe(`${world.url}/audit`);
    await page.close();
  });

  it('ends with signing out', async () => {
    const page = await world.open();
    await page.goto(`${world.url}/audit`);
    await heading(page, 'Audit log').waitFor();
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading(page, 'Sign in to Parley').waitFor();
    await page.goto(`${world.url}/audit`);
    await heading(page, 'Sign in to Parley').waitFor();
    await page.context().close();
  });

  it('speaks Russian to whoever wants it, and remembers that', async () => {
    const page = await world.open();
    await page.goto(`${world.url}/people`);
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByText('Русский').click();
    await heading(page, 'Ключи API и люди').waitFor();
    await page.reload();
    await heading(page, 'Ключи API и люди').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ru');
    await page.context().close();
  });

  it('speaks it throughout, whatever the browser wants', async () => {
    const page = await world.open({ locale: 'en-GB' });
    await page.goto(`${world.url}/status`);
    // Control: a sentence of the API, in the language of the browser.
    await page.getByText('Answers, and is of this version').waitFor();
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByText('Русский').click();
    await page.getByText('Отвечает, версия подходит').waitFor();
    expect(await page.getByText('Answers, and is of this version').count()).toBe(0);
    await page.reload();
    await page.getByText('Отвечает, версия подходит').waitFor();
    await page.context().close();
  });
});

describe('a page that is open while its session ends', () => {
  /** Its stream, which would also tell, hangs: only what the page writes can find out. */
  const openInvitation = async () => {
    const page = await world.open();
    await page.route('**/v1/stream*', () => {});
    await page.goto(`${world.url}/people`);
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Nobody Yet');
    await dialog.getByLabel('E-mail').fill('nobody@example.com');
    return { page, invite: () => dialog.getByRole('button', { name: 'Invite' }).click() };
  };
  const names = async () => {
    const { items } = await parley.rest<{ items: { name: string }[] }>('GET', '/v1/operators');
    return items.map(({ name }) => name);
  };

  it('leads to the sign-in as soon as it writes', async () => {
    const { page, invite } = await openInvitation();
    const other = await page.context().newPage();
    await other.goto(`${world.url}/status`);
    await other.getByRole('button', { name: /^Your account/ }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading(other, 'Sign in to Parley').waitFor();
    // Control: until then it knows nothing of it.
    expect(page.url()).toBe(`${world.url}/people`);
    await invite();
    await heading(page, 'Sign in to Parley').waitFor();
    expect(await names()).not.toContain('Nobody Yet');
    await page.context().close();
  });

  it('says who is signed in when that is somebody else, and writes nothing in their name', async () => {
    const { page, invite } = await openInvitation();
    const olga = await addOperator(parley, world, 'admin');
    await signIn(page.context(), world.url, olga);
    // Control: until then it shows who was signed in before.
    expect(await page.getByRole('button', { name: 'Your account: Ada Admin', includeHidden: true }).count()).toBe(1);
    await invite();
    await page.getByText(`You are signed in as ${olga.name} now.`).waitFor();
    await page.getByRole('button', { name: `Your account: ${olga.name}` }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await names()).not.toContain('Nobody Yet');
    await page.context().close();
  });

  it('says that it is still signed in when signing out does not get through', async () => {
    const page = await world.open();
    await page.goto(`${world.url}/status`);
    await heading(page, 'Health').waitFor();
    await page.route('**/v1/session', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    );
    await page.getByRole('button', { name: /^Your account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByText('You are still signed in').waitFor();
    expect(page.url()).toBe(`${world.url}/status`);
    // Control: with a network the same button signs out.
    await page.unroute('**/v1/session');
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading(page, 'Sign in to Parley').waitFor();
    await page.context().close();
  });
});

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

  it('are told by a page that their role may not see it, under its own title', async () => {
    const page = await world.open();
    const viewer = await addOperator(parley, world, 'viewer');
    await page.goto(`${world.url}/audit`);
    // Control: an administrator sees it.
    await page.getByRole('table').waitFor();
    await signIn(page.context(), world.url, viewer);
    const refused: string[] = [];
    page.on('response', (response) => response.status() === 403 && refused.push(response.url()));
    await page.goto(`${world.url}/audit`);
    await heading(page, 'Your role may not do this').waitFor();
    expect(await page.title()).toBe('Your role may not do this · Parley');
    await page.goto(`${world.url}/no-such-page`);
    await heading(page, 'There is nothing at this address').waitFor();
    expect(refused).toEqual([]);
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

describe('a page of somebody else', () => {
  /** Sends a request as the page that is open; what it is answered the page may not see, so nothing is returned. */
  const sendFrom = (page: Page, url: string, body: unknown, headers: Record<string, string>) =>
    page.evaluate(
      `fetch(${JSON.stringify(url)}, { method: 'POST', mode: 'no-cors', credentials: 'include',
        headers: ${JSON.stringify(headers)}, body: ${JSON.stringify(JSON.stringify(body))} }).catch(() => {})`,
    );
  const namesOf = async () => {
    const { items } = await parley.rest<{ items: { name: string }[] }>('GET', '/v1/operators');
    return items.map(({ name }) => name);
  };

  it('cannot write in the name of whoever is signed in, although the browser sends their cookie along', async () => {
    const page = await world.open();
    // Another port is another origin, and for cookies the same site.
    await page.goto(`${parley.sandbox.url}/`);
    // The browser keeps the answer from such a page; its own tools show what went over the wire.
    const wire = await page.context().newCDPSession(page);
    await wire.send('Network.enable');
    const ours = new Set<string>();
    const cookies = new Map<string, string | undefined>();
    const answers = new Map<string, number>();
    wire.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (request.url.includes('/v1/operators')) ours.add(requestId);
    });
    wire.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
      cookies.set(requestId, headers.Cookie ?? headers.cookie);
    });
    wire.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => answers.set(requestId, statusCode));
    const body = { name: 'Mallory', email: 'mallory@example.com', role: 'admin' };
    await sendFrom(page, `${world.url}/v1/operators`, body, { 'content-type': 'text/plain' });
    const answered = await eventually('the answer', async () =>
      [...ours].find((id) => answers.has(id) && cookies.has(id)),
    );
    expect(cookies.get(answered)).toContain('parley_session=');
    expect(answers.get(answered)).toBe(403);
    expect(await namesOf()).not.toContain('Mallory');
    // Control: the console's own page may.
    await page.goto(`${world.url}/people`);
    await heading(page, 'API keys and people').waitFor();
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Olive');
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('olive@example.com');
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog', { name: 'Link for Olive' }).waitFor();
    expect(await namesOf()).toContain('Olive');
    await page.context().close();
  });

  it('cannot plant a session that somebody else then signs in to', async () => {
    const context = await world.browser.newContext({ locale: 'en-GB' });
    const victim = await context.newPage();
    const stranger = await world.open();
    const planted = (await stranger.context().cookies()).filter(({ name }) => name.includes('parley'));
    await stranger.goto(`${world.url}/people`);
    await stranger.getByRole('button', { name: /^Your account/ }).click();
    await stranger.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading(stranger, 'Sign in to Parley').waitFor();
    await context.addCookies(planted);
    await victim.goto(`${world.url}/audit`);
    await heading(victim, 'Sign in to Parley').waitFor();
    await type(victim, world.admin.email, world.admin.password);
    await heading(victim, 'Audit log').waitFor();
    const now = (await context.cookies()).filter(({ name }) => name.includes('parley'));
    expect(now.map(({ value }) => value)).not.toEqual(planted.map(({ value }) => value));
    // The planted one lets nobody in.
    await stranger.context().addCookies(planted);
    await stranger.goto(`${world.url}/audit`);
    await heading(stranger, 'Sign in to Parley').waitFor();
    await context.close();
    await stranger.context().close();
  });
});
