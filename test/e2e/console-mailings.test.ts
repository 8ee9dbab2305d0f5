import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFindings, type ConsoleWorld, choose, heading, startConsole } from '../support/console.ts';
import { connectMailer } from '../support/mailing-world.ts';
import { aCustomer, type Company, eventually, type Parley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;
let page: Page;

beforeAll(async () => {
  world = await startConsole({ connect: connectMailer });
  ({ parley, company } = world);
  page = await world.open();
});

afterAll(() => world?.stop());

describe('mailings', () => {
  type Listed = { id: string; name: string | null; state: string };
  const mailings = async () =>
    (await parley.rest<{ items: Listed[] }>('GET', `/v1/mailings?connectionId=${company.connectionId}`)).items;
  const send = () => page.getByRole('button', { name: 'Check the list and send' }).click();

  const fillIn = async (csv: string) => {
    await page.goto('/mailings/new');
    await page.getByLabel('Name').fill('Half price');
    await choose(page, 'From', /./);
    await choose(page, 'Template', /offer/);
    const file = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };
    await page.locator('input[type=file]').setInputFiles(file);
    await send();
  };

  const aListOf = async (...names: string[]) => {
    const people = names.map((name) => aCustomer(name));
    for (const person of people) await parley.sandbox.control('POST', 'graph/customers', person);
    return people;
  };
  const csvOf = (people: { phone: string; name: string }[]) =>
    `to,body.1\n${people.map(({ phone, name }) => `+${phone},${name}`).join('\n')}\n`;

  it('are made from a list and watched until everybody has theirs', async () => {
    await fillIn(csvOf(await aListOf('Ann', 'Bob')));
    await heading(page, 'Half price').waitFor();
    await page.getByText('2 of 2 sent').waitFor();
    await page.getByText('sent', { exact: true }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.goto('/mailings');
    await page.getByRole('link', { name: 'Half price' }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('are made once, though the answer was lost and somebody pressed again', async () => {
    const before = (await mailings()).length;
    const list = csvOf(await aListOf('Cid'));
    const cut = await cutAnswersTo('/v1/mailings');
    await fillIn(list);
    await page.getByText('Parley cannot be reached').waitFor();
    expect(await mailings()).toHaveLength(before + 1);
    await cut.end();
    await send();
    await heading(page, 'Half price').waitFor();
    expect(await mailings()).toHaveLength(before + 1);
    // Control: the form is changed before somebody presses again.
    const cutAgain = await cutAnswersTo('/v1/mailings');
    await fillIn(list);
    await page.getByText('Parley cannot be reached').waitFor();
    await cutAgain.end();
    await page.getByLabel('Name').fill('Half price, really');
    await send();
    await heading(page, 'Half price, really').waitFor();
    expect(await mailings()).toHaveLength(before + 3);
  });

  it('count the same in the list and on their page, and call nothing sent that failed', async () => {
    const people = await aListOf('Dan', 'Eve', 'Fay');
    const isOver = ({ state }: Listed) => state === 'done';
    await eventually('earlier ones as sent', async () => ((await mailings()).every(isOver) ? true : undefined));
    const { phoneNumberId } = company;
    const fault = { target: 'graph', kind: 'error', code: 131026, phoneNumberId, purpose: 'send', times: 1 };
    await parley.sandbox.control('POST', 'faults', fault);
    // Named twice: nobody gets it twice, and nobody waits for it.
    await fillIn(csvOf([...people, ...people.slice(0, 1)]));
    await heading(page, 'Half price').waitFor();
    const words = '2 of 3 sent, 1 failed';
    await page.getByText(words, { exact: true }).waitFor();
    const bar = page.getByRole('progressbar', { name: words });
    expect(await bar.getAttribute('aria-valuenow')).toMatch(/^66/);
    const [newest] = await mailings();
    await page.goto('/mailings');
    const row = page.getByRole('row').filter({ has: page.locator(`a[href$="${newest?.id}"]`) });
    await row.getByText(words, { exact: true }).waitFor();
    // Control: a mailing that all got, in the same list.
    await page.getByRole('cell', { name: '2 of 2 sent', exact: true }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('can be paused and cancelled where the api lets them be, and say why not in the dialog', async () => {
    const id = (await mailings()).find(({ state }) => state === 'done')?.id ?? '';
    const stop = () => page.unrouteAll({ behavior: 'ignoreErrors' });
    const buttons = async (shown: Record<string, string>) => {
      await stop();
      await page.route(`**/v1/mailings/${id}`, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), ...shown } });
      });
      await page.goto(`/mailings/${id}`);
      await heading(page, 'Half price').waitFor();
      const names = await page.getByRole('main').getByRole('button').allTextContents();
      return names.filter((name) => /Pause|Go on|Cancel it/.test(name));
    };
    expect(await buttons({ state: 'running', origin: 'detected' })).toEqual([]);
    expect(await buttons({ state: 'checking' })).toEqual(['Cancel it']);
    // Control: one that somebody made, and that runs.
    expect(await buttons({ state: 'running' })).toEqual(['Pause', 'Cancel it']);
    await page.getByRole('button', { name: 'Cancel it' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel it' });
    await dialog.getByRole('button', { name: 'Cancel it' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Leave it running' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await stop();
  });

  it('send nothing while a line is wrong, and say which', async () => {
    await fillIn('to,body.1\nnot a phone,Ann\n');
    const refusal = page.getByRole('alert').filter({ hasText: 'nothing was sent' });
    await refusal.getByText(/^Line 2, to: .*phone/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});

/** Requests reach the api and are carried out; what it answers never reaches the page. */
async function cutAnswersTo(path: string): Promise<{ end: () => Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const isCut = request.method === 'POST';
    const ended = isCut
      ? session.send('Fetch.failRequest', { requestId, errorReason: 'ConnectionReset' })
      : session.send('Fetch.continueRequest', { requestId });
    ended.catch(() => undefined);
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: `*${path}`, requestStage: 'Response' }] });
  return { end: () => session.detach() };
}
