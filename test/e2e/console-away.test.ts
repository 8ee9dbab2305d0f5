import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { axeFindings, type ConsoleWorld, openConsole } from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { aCustomer, type Company, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';

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

describe('live updates', () => {
  it('come back after the stream was refused, and meanwhile the page says that it may be old', async () => {
    const customer = aCustomer('Lively');
    await writeAs(parley, company, customer, 'Before');
    const live = await world.open();
    // As a proxy answers while the api is started anew: after this a browser does not come again by itself.
    await live.route('**/v1/stream*', (route) => route.fulfill({ status: 502 }));
    await live.goto(`${world.url}/conversations`);
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
    await live.context().close();
  });

  it('are heard only by a page that is looked at', async () => {
    const hidden = await world.open();
    const streams: string[] = [];
    const ended: string[] = [];
    const isStream = (url: string) => url.includes('/v1/stream');
    hidden.on('request', (request) => isStream(request.url()) && streams.push(request.url()));
    hidden.on('requestfailed', (request) => isStream(request.url()) && ended.push(request.url()));
    await hidden.goto(`${world.url}/templates`);
    const last = await eventually('a stream', async () => streams.findLast((url) => url.includes('templates')));
    // Control: while it is looked at, it stays open.
    expect(ended).not.toContain(last);
    const turn = (state: 'hidden' | 'visible') =>
      hidden.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await turn('hidden');
    await eventually('the end of the stream', async () => (ended.includes(last) ? true : undefined));
    const before = streams.length;
    await turn('visible');
    await eventually('another stream', async () => (streams.length > before ? true : undefined));
    await hidden.context().close();
  });
});

describe('without a network', () => {
  it('the page says that it may be old, and reads anew once there is one', async () => {
    const customer = aCustomer('Offline');
    await writeAs(parley, company, customer, 'Before');
    const page = await world.open();
    await page.goto(`${world.url}/conversations`);
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
    await page.context().close();
  });
});

describe('while the api is away', () => {
  it('no page says that all is well, and each reads anew once it is back', async () => {
    const [health, list] = [await world.open(), await world.open()];
    await health.goto(`${world.url}/status`);
    await health.getByText('Works', { exact: true }).first().waitFor();
    await list.goto(`${world.url}/templates`);
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
    const away = list.getByRole('status').filter({ hasText: 'may be out of date' });
    // Control: while it answers, nothing is said of that.
    expect(await away.count()).toBe(0);
    expect(await health.getByRole('alert').count()).toBe(0);
    await parley.api.stop('SIGKILL', 1_000);
    await away.waitFor();
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
    await health.getByRole('alert').filter({ hasText: 'Parley cannot be reached' }).waitFor();
    expect(await health.getByText('Works', { exact: true }).count()).toBe(0);
    // A reading that fails stands above what was read before; another language makes the page read anew.
    await list.getByRole('button', { name: /^Your account/ }).click();
    await list.getByText('Русский').click();
    const stale = list.getByRole('alert').filter({ hasText: 'Показанное прочитано раньше' });
    await stale.first().waitFor();
    expect(await axeFindings(health)).toEqual([]);
    parley.api = await parley.api.startAgain();
    await health.getByText('Works', { exact: true }).first().waitFor();
    await list.getByRole('status').filter({ hasText: 'могло устареть' }).waitFor({ state: 'detached' });
    await eventually('what is read anew', async () => ((await stale.count()) === 0 ? true : undefined));
    await list.getByRole('article', { name: 'notice (en)' }).waitFor();
    await health.context().close();
    await list.context().close();
  });
});
