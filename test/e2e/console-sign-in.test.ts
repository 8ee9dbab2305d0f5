import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import {
  addOperator,
  axeFindings,
  type ConsoleWorld,
  heading,
  signOut,
  speakRussian,
  startConsole,
  untilNone,
} from '../support/console.ts';
import { eventually } from '../support/parley.ts';

let world: ConsoleWorld<undefined>;

afterEach(() => world?.closePages());

afterAll(() => world?.stop());

/** Types the credentials and sends them. */
async function type(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const namesOfAll = async () => {
  const { items } = await world.parley.rest<{ items: { name: string }[] }>('GET', '/v1/operators');
  return items.map(({ name }) => name);
};

describe('the way into the console', () => {
  it('begins with the link that the api prints, which makes the first administrator once', async () => {
    let first = '';
    world = await startConsole({
      redeem: async (page, secret, { name, email, password }) => {
        first = secret;
        await page.goto(`/sign-in#${secret}`);
        await page.getByRole('textbox', { name: 'Your name' }).fill(name);
        await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
        await page.getByRole('textbox', { name: /password/i }).fill(password);
        expect(await axeFindings(page)).toEqual([]);
        await page.getByRole('button', { name: 'Create and sign in' }).click();
        // Signed in at once, and where there is something to do.
        await heading(page, 'Connections').waitFor();
      },
    });
    const page = await world.openAsStranger();
    await page.goto(`/sign-in#${first}`);
    // Control: it is used up; the secret is not left in the address.
    await page.getByRole('alert').filter({ hasText: 'does not work any more' }).waitFor();
    expect(page.url()).toBe(`${world.url}/sign-in`);
  });

  it('leads whoever is not signed in to the door, and after it to where they wanted', async () => {
    const page = await world.openAsStranger();
    await page.goto('/audit');
    await heading(page, 'Sign in to Parley').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await type(page, world.admin.email, 'wrong password');
    await page.getByRole('alert').waitFor();
    expect(page.url()).toBe(`${world.url}/sign-in`);
    await type(page, world.admin.email, world.admin.password);
    await heading(page, 'Audit log').waitFor();
    expect(page.url()).toBe(`${world.url}/audit`);
  });

  it('ends with signing out', async () => {
    const page = await world.open();
    await page.goto('/audit');
    await heading(page, 'Audit log').waitFor();
    await signOut(page);
    await heading(page, 'Sign in to Parley').waitFor();
    await page.goto('/audit');
    await heading(page, 'Sign in to Parley').waitFor();
  });

  it('speaks Russian to whoever wants it, and remembers that', async () => {
    const page = await world.open();
    await page.goto('/people');
    await speakRussian(page);
    await heading(page, 'Ключи API и люди').waitFor();
    await page.reload();
    await heading(page, 'Ключи API и люди').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ru');
  });

  it('speaks it throughout, whatever the browser wants', async () => {
    const page = await world.open({ locale: 'en-GB' });
    await page.goto('/status');
    // Control: a sentence of the API, in the language of the browser.
    await page.getByText('Answers, and is of this version').waitFor();
    await speakRussian(page);
    await page.getByText('Отвечает, версия подходит').waitFor();
    expect(await page.getByText('Answers, and is of this version').count()).toBe(0);
    await page.reload();
    await page.getByText('Отвечает, версия подходит').waitFor();
  });
});

describe('a page that is open while its session ends', () => {
  /** Its stream, which would also tell, hangs: only what the page writes can find out. */
  const openInvitation = async () => {
    const page = await world.open();
    await page.route('**/v1/stream*', () => {});
    await page.goto('/people');
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Nobody Yet');
    await dialog.getByLabel('E-mail').fill('nobody@example.com');
    return { page, invite: () => dialog.getByRole('button', { name: 'Invite' }).click() };
  };

  it('leads to the sign-in as soon as it writes', async () => {
    const { page, invite } = await openInvitation();
    const other = await page.context().newPage();
    await other.goto('/status');
    await signOut(other);
    await heading(other, 'Sign in to Parley').waitFor();
    // Control: until then it knows nothing of it.
    expect(page.url()).toBe(`${world.url}/people`);
    await invite();
    await heading(page, 'Sign in to Parley').waitFor();
    expect(await namesOfAll()).not.toContain('Nobody Yet');
  });

  it('says who is signed in when that is somebody else, and writes nothing in their name', async () => {
    const { page, invite } = await openInvitation();
    const olga = await addOperator(world, 'admin');
    await world.signIn(page, olga);
    // Control: until then it shows who was signed in before.
    expect(await page.getByRole('button', { name: 'Your account: Ada Admin', includeHidden: true }).count()).toBe(1);
    await invite();
    await page.getByText(`You are signed in as ${olga.name} now.`).waitFor();
    await page.getByRole('button', { name: `Your account: ${olga.name}` }).waitFor();
    await untilNone(page.getByRole('dialog'));
    expect(await namesOfAll()).not.toContain('Nobody Yet');
  });

  it('says that it is still signed in when signing out does not get through', async () => {
    const page = await world.open();
    await page.goto('/status');
    await heading(page, 'Health').waitFor();
    await page.route('**/v1/session', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    );
    await signOut(page);
    await page.getByText('You are still signed in').waitFor();
    expect(page.url()).toBe(`${world.url}/status`);
    // Control: with a network the same button signs out.
    await page.unroute('**/v1/session');
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await heading(page, 'Sign in to Parley').waitFor();
  });
});

describe('a page of somebody else', () => {
  /** Sends a request as the page that is open; what it is answered the page may not see, so nothing is returned. */
  const sendFrom = (page: Page, url: string, body: unknown, headers: Record<string, string>) =>
    page.evaluate(
      `fetch(${JSON.stringify(url)}, { method: 'POST', mode: 'no-cors', credentials: 'include',
        headers: ${JSON.stringify(headers)}, body: ${JSON.stringify(JSON.stringify(body))} }).catch(() => {})`,
    );

  it('cannot write in the name of whoever is signed in, although the browser sends their cookie along', async () => {
    const page = await world.open();
    // Another port is another origin, and for cookies the same site.
    await page.goto(`${world.parley.sandbox.url}/`);
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
    expect(await namesOfAll()).not.toContain('Mallory');
    // Control: the console's own page may.
    await page.goto('/people');
    await heading(page, 'API keys and people').waitFor();
    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Olive');
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('olive@example.com');
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog', { name: 'Link for Olive' }).waitFor();
    expect(await namesOfAll()).toContain('Olive');
  });

  it('cannot plant a session that somebody else then signs in to', async () => {
    const victim = await world.openAsStranger();
    const context = victim.context();
    const stranger = await world.open();
    const planted = (await stranger.context().cookies()).filter(({ name }) => name.includes('parley'));
    await stranger.goto('/people');
    await signOut(stranger);
    await heading(stranger, 'Sign in to Parley').waitFor();
    await context.addCookies(planted);
    await victim.goto('/audit');
    await heading(victim, 'Sign in to Parley').waitFor();
    await type(victim, world.admin.email, world.admin.password);
    await heading(victim, 'Audit log').waitFor();
    const now = (await context.cookies()).filter(({ name }) => name.includes('parley'));
    expect(now.map(({ value }) => value)).not.toEqual(planted.map(({ value }) => value));
    // The planted one lets nobody in.
    await stranger.context().addCookies(planted);
    await stranger.goto('/audit');
    await heading(stranger, 'Sign in to Parley').waitFor();
  });
});
