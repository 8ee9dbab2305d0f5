import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConsoleWorld, openConsole } from '../support/console.ts';
import { aNumber, call, connect, type NewNumber, type Shown } from '../support/onboarding.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  world = await openConsole(parley);
  company = await connectCompany(parley);
});

afterAll(async () => {
  await world?.close();
  await parley?.stop();
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

/** The wizard with the number's token, up to the page of people. */
async function toPeople(number: NewNumber) {
  const page = await world.open();
  const next = () => page.getByRole('button', { name: 'Next', exact: true, disabled: false }).click();
  await page.goto(`${world.url}/connections/new`);
  await page.getByRole('radio', { name: 'A number with its credentials' }).click();
  await next();
  await page.getByRole('radio', { name: company.account }).check();
  await next();
  await page.getByRole('radio', { name: number.appId }).check();
  await next();
  await page.getByLabel('Access token').fill(number.accessToken);
  await page.getByRole('radio', { name: number.displayPhoneNumber }).check();
  await next();
  await page.getByRole('heading', { level: 2, name: 'Who gets the tasks?' }).waitFor();
  return page;
}

const templateField = { name: 'Template of new tasks' };

describe('a number that is connected again in the console', () => {
  it('has the settings that it had, and is the connection that it was', async () => {
    const number = await aNumber(parley);
    const former = await aFormerConnection(number);
    const page = await toPeople(number);
    const template = page.getByRole('combobox', templateField);
    await eventually('the former template', async () =>
      (await template.inputValue()).includes('10') ? true : undefined,
    );
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'The number is connected' }).waitFor();
    const now = await read(former.id);
    expect(now.state).toBe('connected');
    expect(now.settings).toEqual(former.settings);
    await page.context().close();
  });

  it('is asked for them where it was never connected (control)', async () => {
    const page = await toPeople(await aNumber(parley));
    expect(await page.getByRole('combobox', templateField).inputValue()).toBe('');
    await page.context().close();
  });
});
