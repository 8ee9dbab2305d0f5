import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Request } from 'playwright-core';
import { axeFindings, type ConsoleWorld, speakRussian, startConsole, untilNone } from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { aCustomer, type Company, eventually, type Parley, writeAs } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;

beforeAll(async () => {
  world = await startConsole({ connect: connectMailer });
  ({ parley, company } = world);
});

afterEach(() => world?.closePages());

afterAll(() => world?.stop());

describe('live updates', () => {
  it('come back after the stream was refused, and meanwhile the page says that it may be old', async () => {
    const customer = aCustomer('Lively');
    await writeAs(parley, company, customer, 'Before', { wait: true });
    const live = await world.open();
    // As a proxy answers while the api is started anew: after this a browser does not come again by itself.
    await live.route('**/v1/stream*', (route) => route.fulfill({ status: 502 }));
    await live.goto('/conversations');
    await live.getByRole('link', { name: 'Lively' }).click();
    await live.getByText('Before', { exact: true }).waitFor();
    const away = live.getByRole('status').filter({ hasText: 'Parley is not heard from' });
    await away.waitFor();
    expect(await axeFindings(live)).toEqual([]);
    await writeAs(parley, company, customer, 'Meanwhile');
    // Control: without the stream nothing new appears.
    expect(await live.getByText('Meanwhile').count()).toBe(0);
    await live.unroute('**/v1/stream*');
    await live.getByText('Meanwhile').waitFor();
    await away.waitFor({ state: 'detached' });
    await writeAs(parley, company, customer, 'Afterwards');
    await live.getByText('Afterwards').waitFor();
  });

  it('are heard only by a page that is looked at', async () => {
    const hidden = await world.open();
    const streams = new Set<Request>();
    hidden.on('request', (request) => request.url().includes('/v1/stream') && streams.add(request));
    hidden.on('requestfailed', (request) => streams.delete(request));
    await hidden.goto('/templates');
    // One for fewer topics may come before it.
    const theOnly = () =>
      eventually('one stream for all', async () => {
        const [one, ...more] = streams;
        return more.length === 0 && one?.url().includes('templates') ? one : undefined;
      });
    const turn = (state: 'hidden' | 'visible') =>
      hidden.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
        document.dispatchEvent(new Event('visibilitychange'));
        new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`);
    const first = await theOnly();
    // Control: while it is looked at, it stays open.
    await turn('visible');
    expect(await theOnly()).toBe(first);
    await turn('hidden');
    await eventually('the end of the stream', async () => (streams.size === 0 ? true : undefined));
    await turn('visible');
    expect(await theOnly()).not.toBe(first);
  });
});

describe('without a network', () => {
  it('the page says that it may be old, and reads anew once there is one', async () => {
    const customer = aCustomer('Offline');
    await writeAs(parley, company, customer, 'Before', { wait: true });
    const page = await world.open();
    await page.goto('/conversations');
    await page.getByRole('link', { name: 'Offline' }).click();
    await page.getByText('Before', { exact: true }).waitFor();
    // Only the stream brings this: it is open now.
    await writeAs(parley, company, customer, 'Meanwhile');
    await page.getByText('Meanwhile', { exact: true }).waitFor();
    const away = page.getByRole('status').filter({ hasText: 'Parley is not heard from' });
    // Control: while there is one, nothing is said of that.
    expect(await away.count()).toBe(0);
    await page.context().setOffline(true);
    await away.waitFor();
    await page.context().setOffline(false);
    await away.waitFor({ state: 'detached' });
    await writeAs(parley, company, customer, 'Afterwards');
    await page.getByText('Afterwards').waitFor();
  });
});

describe('while the api is away', () => {
  it('no page says that all is well, and each reads anew once it is back', async () => {
    const [health, list] = [await world.open(), await world.open()];
    await health.goto('/status');
    await health.getByText('Works', { exact: true }).first().waitFor();
    await list.goto('/templates');
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
    const away = list.getByRole('status').filter({ hasText: 'may be out of date' });
    // Control: while it answers, nothing is said of that.
    expect(await away.count()).toBe(0);
    await untilNone(health.getByRole('alert'));
    await parley.api.stop('SIGKILL', 1_000);
    await away.waitFor();
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
    await health.getByRole('alert').filter({ hasText: 'Parley cannot be reached' }).waitFor();
    await untilNone(health.getByText('Works', { exact: true }));
    // A reading that fails stands above what was read before; another language makes the page read anew.
    await speakRussian(list);
    const stale = list.getByRole('alert').filter({ hasText: 'Показанное прочитано раньше' });
    await stale.first().waitFor();
    expect(await axeFindings(health)).toEqual([]);
    parley.api = await parley.api.startAgain();
    await health.getByText('Works', { exact: true }).first().waitFor();
    await list.getByRole('status').filter({ hasText: 'могло устареть' }).waitFor({ state: 'detached' });
    await untilNone(stale);
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
  });
});
