import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createDatabase } from '../../db/database.ts';
import { tellOfAccount } from '../support/connection-world.ts';
import { axeFindings, type ConsoleWorld, startConsole } from '../support/console.ts';
import { aChunk, manyMessages } from '../support/history-bodies.ts';
import { tell } from '../support/history-chats.ts';
import { aNumber, call, connect, type Shown } from '../support/onboarding.ts';
import { aCustomer, type Company, connectCompany, eventually, type Parley, writeAs } from '../support/parley.ts';

let parley: Parley;
let world: ConsoleWorld<Company>;
let company: Company;
/** Of somebody who reads Russian. */
let page: Page;

beforeAll(async () => {
  world = await startConsole({ waits: { liveCheckMs: 4_000 }, connect: connectCompany });
  ({ parley, company } = world);
  page = await world.open({ locale: 'ru-RU' });
});

afterAll(() => world?.stop());

const fact = (name: string) => page.locator('dl > div').filter({ hasText: name });

describe('a connection, for a reader of Russian', () => {
  it('says that its token never expires once that is known, and not before', async () => {
    await page.goto(`/connections/${company.connectionId}`);
    await fact('Токен доступа').getByText('бессрочный').waitFor();
    const shown = await call<Shown & { tokenCheckedAt: string | null }>(
      parley,
      'GET',
      `/v1/connections/${company.connectionId}`,
    );
    expect(shown.body).toMatchObject({ tokenExpiresAt: null, tokenCheckedAt: expect.any(String) });
    // Control: the same connection, of whose token nobody has been told.
    const db = createDatabase(parley.world.databaseUrl, 1);
    const know = (tokenCheckedAt: Date | null) =>
      db.updateTable('connection').set({ tokenCheckedAt }).where('id', '=', company.connectionId).execute();
    try {
      await know(null);
      await page.reload();
      await fact('Токен доступа').getByText('срок неизвестен').waitFor();
    } finally {
      await know(new Date());
      await db.destroy();
    }
  });

  it('says when a message last came, beside whether its address can be called', async () => {
    await page.goto(`/connections/${company.connectionId}`);
    await page.getByText('WhatsApp достаёт до адреса вебхука').waitFor();
    await fact('Последнее сообщение или статус').getByText('Ещё не было').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    // Control: a message comes.
    await writeAs(parley, company, aCustomer(), 'Добрый день');
    await fact('Последнее сообщение или статус').locator('time').waitFor();
  });

  it('names a template that is gone, and what to do, where it is chosen', async () => {
    await parley.sandbox.control('DELETE', `planfix/${company.account}/task-templates/10`);
    await parley.rest('POST', `/v1/connections/${company.connectionId}/check`);
    await page.goto(`/connections/${company.connectionId}/settings`);
    await page.getByText('Planfix не показывает шаблон задачи 10. Выберите другой').waitFor();
    expect(await page.getByText(/Planfix shows no/).count()).toBe(0);
    await parley.sandbox.control('PUT', `planfix/${company.account}/task-templates/10`, { name: 'Enquiry' });
    await parley.rest('POST', `/v1/connections/${company.connectionId}/check`);
  });
});

describe('an account whose token is refused', () => {
  it('says so in the language of who reads, with the remedy', async () => {
    const { account, token } = company;
    await parley.sandbox.control('POST', `planfix/${account}/token`, { token: 'another-token' });
    await page.goto('/connections/accounts');
    const card = page.getByRole('region', { name: account });
    await card.getByText('Planfix принимает токен').waitFor();
    await card.getByRole('button', { name: 'Проверить сейчас' }).click();
    await card.getByText('Planfix не принимает токен: Planfix не знает этот токен').waitFor();
    await card.getByText(/Создайте токен REST API/).waitFor();
    await card.getByText(/^Сейчас в Planfix ничего не передаётся: Planfix не принимает токен/).waitFor();
    expect(await card.getByText(/Planfix refuses/).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    // Control: for a reader of English.
    const english = await world.open();
    await english.goto('/connections/accounts');
    await english.getByText(/Planfix refuses the token: \w/).waitFor();
    await english.context().close();
    await parley.sandbox.control('POST', `planfix/${account}/token`, { token });
    await card.getByRole('button', { name: 'Проверить сейчас' }).click();
    await card.getByText('Planfix принимает токен').waitFor();
  });
});

describe('problems, for a reader of Russian', () => {
  const KINDS = ['connection-restricted', 'account-check-failed', 'account-paused'];
  /** Three words of English in a row; names of pages and products are shorter. */
  const ENGLISH = /\b[a-z]+ [a-z]+ [a-z]+\b/;
  const card = (kind: string) =>
    page.goto(`/problems?kind=${kind}`).then(() => page.getByRole('main').getByRole('listitem'));
  const setToken = (token: string) => parley.sandbox.control('POST', `planfix/${company.account}/token`, { token });
  const checkAccount = () => parley.rest('POST', `/v1/planfix-accounts/${company.planfixAccountId}/check`);

  beforeAll(async () => {
    await tellOfAccount({ parley, company }, 'ACCOUNT_RESTRICTION', { untilMs: Date.now() + 7 * 24 * 3_600_000 });
    await setToken('another-token');
    await checkAccount();
    await eventually('three problems', async () => {
      const { items } = await parley.rest<{ items: { kind: string }[] }>('GET', '/v1/problems');
      return KINDS.every((kind) => items.some((problem) => problem.kind === kind)) || undefined;
    });
  });

  afterAll(async () => {
    await setToken(company.token);
    await checkAccount();
    const path = `/v1/planfix-accounts/${company.planfixAccountId}`;
    await eventually('an account that works', async () =>
      (await parley.rest<{ state: string }>('GET', path)).state === 'connected' ? true : undefined,
    );
  });

  it.each([
    ['connection-restricted', /WhatsApp ограничил аккаунт до [\d-]+ [\d:]+ UTC\. Причина: \w+\. Что ограничено/],
    ['account-check-failed', /Planfix не принимает токен: Planfix не знает этот токен\. Создайте токен REST API/],
    ['account-paused', /Planfix не знает этот токен$/m],
  ])('say all that is wrong in Russian (%s)', async (kind, said) => {
    const shown = await card(kind);
    await shown.getByText(said).waitFor();
    expect(await shown.textContent()).not.toMatch(ENGLISH);
    expect(await axeFindings(page)).toEqual([]);
  });

  it('control: stay in English where they were kept before there were codes', async () => {
    const db = createDatabase(parley.world.databaseUrl, 1);
    try {
      await db.updateTable('problem').set({ findings: '[]' }).where('kind', '=', 'connection-restricted').execute();
    } finally {
      await db.destroy();
    }
    const shown = await card('connection-restricted');
    await shown.getByText('WhatsApp restricted the account until').waitFor();
    expect(await shown.textContent()).toMatch(ENGLISH);
  });

  it('say the same in the language of another reader', async () => {
    const english = await world.open();
    await english.goto('/problems?kind=account-paused');
    await english.getByText('Planfix does not know the token').waitFor();
    await english.context().close();
  });
});

describe('the chats of the phone', () => {
  it('come bit by bit, and the page says how far they are until they are there', async () => {
    const number = await aNumber(parley, { isOnBizApp: true });
    const { id } = (await connect(parley, company, number)).body;
    const page = await world.open();
    await page.goto(`/connections/${id}/connecting`);
    const chats = page.getByRole('listitem').filter({ hasText: 'Take over the chats of the phone' });
    await chats.getByText('Keep the WhatsApp Business app open').waitFor();
    // Control: nothing has come yet.
    await chats.getByText('Requested from the phone').waitFor();
    expect(await chats.getByRole('progressbar').count()).toBe(0);
    const tellOf = (progress: number) =>
      tell(
        parley,
        { ...company, ...number },
        aChunk(manyMessages(1, 2, progress), { phase: 1, chunk_order: 1, progress }),
      );
    await tellOf(40);
    await chats.getByRole('progressbar', { name: '40 % of the chats' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await tellOf(85);
    await chats.getByRole('progressbar', { name: '85 % of the chats' }).waitFor();
    await tellOf(100);
    await chats.getByText('Done').waitFor();
    expect(await chats.getByRole('progressbar').count()).toBe(0);
    expect(await chats.getByText('Keep the WhatsApp Business app open').count()).toBe(0);
  });
});

describe('a number that could not be connected', () => {
  it('names every check in the language of who reads', async () => {
    const number = await aNumber(parley);
    await eventually('an account that works', async () =>
      (await call<{ state: string }>(parley, 'GET', `/v1/planfix-accounts/${company.planfixAccountId}`)).body.state ===
      'connected'
        ? true
        : undefined,
    );
    // Nobody waits any more when it fails, so that it can be looked at.
    await parley.worker.stop('SIGKILL', 1_000);
    const { phoneNumberId, wabaId, metaAppId } = number;
    const { status, body } = await call<Shown>(parley, 'POST', '/v1/connections', {
      provider: 'whatsapp-cloud',
      planfixAccountId: company.planfixAccountId,
      ...{ phoneNumberId, wabaId, metaAppId, accessToken: 'of-nobody', configuredBy: 'user:99' },
      settings: { taskTemplate: 99, additionalAssignees: ['group:99'], newTaskWhenNoneActive: true, language: 'ru' },
    });
    expect(status).toBe(202);
    parley.worker = await parley.worker.startAgain();
    await page.goto(`/connections/${body.id}/connecting`);
    await page.getByText('WhatsApp не принимает токен доступа').waitFor();
    await page.getByText('Planfix не показывает шаблон задачи 99').waitFor();
    await page.getByText('Planfix не показывает группу group:99').waitFor();
    await page.getByText('Planfix не знает сотрудника user:99').waitFor();
    expect(await page.getByText(/Planfix (?:shows|knows)|refuses/).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
  });
});
