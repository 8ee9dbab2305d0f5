import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import { addOperator, type ConsoleWorld, openConsole, signIn } from '../support/console.ts';
import { connectMailer, mail, phones } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, problemOnce, startDialogueIn } from '../support/reply-world.ts';

let parley: Parley;
let world: ConsoleWorld;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectMailer(parley);
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

const DAY_MS = 24 * 3_600_000;

describe('each role', () => {
  const refusals: string[] = [];
  const writes = new Set<Request>();
  const openAs = async (role: 'agent' | 'viewer') => {
    const visitor = await world.open();
    await signIn(visitor.context(), world.url, await addOperator(parley, world, role));
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
  const isLoaded = async (visitor: Page) => {
    await visitor.getByRole('heading', { level: 1 }).waitFor();
    const loading = visitor.getByRole('status', { name: 'Loading' });
    await eventually('all is loaded', async () => ((await loading.count()) === 0 ? true : undefined));
  };
  const isDrawn = (visitor: Page) =>
    visitor.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  /** Presses every button of a page, and the last one of what it opens; returns what can be read on them. */
  const pressAll = async (visitor: Page, path: string): Promise<string[]> => {
    const open = async () => {
      await visitor.goto(`${world.url}/${path}`);
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
    await agent.goto(`${world.url}/problems`);
    await agent.getByRole('button', { name: 'Give up' }).click();
    await signIn(agent.context(), world.url, await addOperator(parley, world, 'viewer'));
    await agent.getByRole('dialog').getByRole('button', { name: 'Give up' }).click();
    await eventually('the refusal', async () => refusals.find((refusal) => refusal.endsWith('/discard')));
    await agent.context().close();
    expect(refusals.splice(0)).toHaveLength(1);
    const other = await openAs('agent');
    for (const path of paths) offered.push(...(await pressAll(other, path)));
    expect(offered).toEqual(expect.arrayContaining(['Give up', 'Pause']));
    expect(refusals).toEqual([]);
    await other.context().close();
  });

  it('is told by a page that it may not see it, under a title of its own', async () => {
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
});
