import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  beginTemplateReading,
  type ChannelAccountKey,
  ensureChannelAccount,
  recordTemplateFailure,
  touchTemplates,
} from '../../db/channel-accounts.ts';
import { settleConnectionChecks } from '../../db/checks.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { migrations } from '../../db/migrations/index.ts';
import { pauseConnection, resumeConnection } from '../../db/pauses.ts';
import { findDueRuns } from '../../db/runs.ts';
import { type ReadTemplate, storeTemplates } from '../../db/template-sync.ts';
import { readTemplate, readTemplateById, readTemplateLanguages } from '../../db/templates.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';
import { aTemplate, knowTemplates } from '../support/templates.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const DAY_MS = 24 * 60 * 60_000;
const anAccount = (): ChannelAccountKey => ({ provider: 'whatsapp-cloud', accountKey: randomUUID() });
const find = (account: ChannelAccountKey, name = 'order_ready', language = 'en_US') =>
  readTemplate(db, { ...account, name, language });
const versionsOf = async (channelAccountId: string) =>
  db
    .selectFrom('messageTemplate')
    .where('channelAccountId', '=', channelAccountId)
    .orderBy('version')
    .orderBy('name')
    .select(['name', 'version', 'category', 'status', 'replacedAt'])
    .execute();

describe('a reading of all templates', () => {
  it('is what there is afterwards, in every language', async () => {
    const account = anAccount();
    await knowTemplates(db, account, [
      aTemplate(),
      aTemplate({ id: '2', language: 'ru', status: 'paused', statusReason: 'WHY', quality: 'RED' }),
    ]);
    expect(await find(account)).toMatchObject({
      ...{ name: 'order_ready', language: 'en_US', version: 1, status: 'approved', parameterFormat: 'positional' },
      components: aTemplate().components,
    });
    expect(await find(account, 'order_ready', 'ru')).toMatchObject({ statusReason: 'WHY', quality: 'RED' });
    expect(await find(account, 'order_ready', 'en')).toBeUndefined();
    expect(await readTemplateLanguages(db, account, 'order_ready')).toEqual(['en_US', 'ru']);
    expect(await find(anAccount())).toBeUndefined();
  });

  it.each<[string, Partial<ReadTemplate>]>([
    ['its category', { category: 'marketing' }],
    ['its words', { components: { body: { text: 'New {{1}} {{2}}' }, buttons: [] } }],
    ['its way of naming', { parameterFormat: 'named' }],
  ])('makes a new version when it changes %s', async (_, change) => {
    const account = anAccount();
    const { channelAccountId } = await knowTemplates(db, account, [aTemplate()]);
    const old = await find(account);
    await knowTemplates(db, account, [{ ...aTemplate(), ...change }]);
    const fresh = await find(account);
    expect(fresh).toMatchObject({ version: 2, ...change });
    expect(await readTemplateById(db, old?.id as string)).toMatchObject({
      version: 1,
      category: 'utility',
      replacedAt: expect.any(Date),
    });
    expect(await versionsOf(channelAccountId)).toHaveLength(2);
  });

  it('keeps the version when only its state, quality or id changes, or nothing (control)', async () => {
    const account = anAccount();
    const { channelAccountId } = await knowTemplates(db, account, [aTemplate()]);
    const before = await find(account);
    await knowTemplates(db, account, [aTemplate()]);
    const change = { status: 'paused', statusReason: 'LOW', quality: 'RED', id: '77' };
    await knowTemplates(db, account, [aTemplate(change)]);
    expect(await find(account)).toMatchObject({ id: before?.id, version: 1, status: 'paused', statusReason: 'LOW' });
    expect(await versionsOf(channelAccountId)).toHaveLength(1);
  });

  it('replaces what is gone, and counts on when it comes back', async () => {
    const account = anAccount();
    const { channelAccountId } = await knowTemplates(db, account, [aTemplate(), aTemplate({ name: 'other' })]);
    await knowTemplates(db, account, [aTemplate({ name: 'other' })]);
    expect(await find(account)).toBeUndefined();
    await knowTemplates(db, account, [aTemplate(), aTemplate({ name: 'other' })]);
    expect((await versionsOf(channelAccountId)).map(({ name, version }) => [name, version])).toEqual([
      ['order_ready', 1],
      ['other', 1],
      ['order_ready', 2],
    ]);
  });

  it('takes the one that can be sent of two with one name', async () => {
    const account = anAccount();
    await knowTemplates(db, account, [
      aTemplate({ id: '1', status: 'pending_deletion' }),
      aTemplate({ id: '2' }),
      aTemplate({ id: '3', status: 'rejected' }),
    ]);
    expect(await find(account)).toMatchObject({ status: 'approved' });
  });

  it('holds as many as an account can have', async () => {
    const account = anAccount();
    const many = Array.from({ length: 6_000 }, (_, index) => aTemplate({ id: String(index), name: `t_${index}` }));
    await knowTemplates(db, account, many);
    await knowTemplates(db, account, many);
    expect(await find(account, 't_5999')).toMatchObject({ version: 1 });
  });

  it('does not undo a later one that was stored before it', async () => {
    const account = anAccount();
    const { channelAccountId } = await knowTemplates(db, account, []);
    const reading = { id: channelAccountId, startedAt: new Date(Date.now() + 60_000) };
    await storeTemplates(db, reading, [aTemplate({ status: 'paused' })], DAY_MS);
    const late = await storeTemplates(db, { ...reading, startedAt: new Date() }, [aTemplate()], DAY_MS);
    expect(late).toEqual({ runs: [], isDue: false });
    expect(await find(account)).toMatchObject({ status: 'paused' });
  });
});

describe('a mailing that uses a template', () => {
  let connection: Awaited<ReturnType<typeof insertConnection>>;
  beforeAll(async () => {
    connection = await insertConnection(db);
  });

  async function aMailing(account: ChannelAccountKey, state: string, origin = 'declared'): Promise<string> {
    const id = randomUUID();
    const templateId = (await find(account))?.id ?? null;
    await db
      .insertInto('mailing')
      .values({ id, ...connection, origin, state, kind: 'template', text: 'Hello', templateId, dueAt: null })
      .execute();
    return id;
  }
  const mailing = (id: string) =>
    db.selectFrom('mailing').where('id', '=', id).select(['state', 'reason', 'dueAt']).executeTakeFirstOrThrow();

  it.each<[string, ReadTemplate[], string]>([
    ['is paused', [aTemplate({ status: 'paused' })], 'template-paused'],
    ['is disabled', [aTemplate({ status: 'disabled' })], 'template-disabled'],
    ['waits for its deletion', [aTemplate({ status: 'pending_deletion' })], 'template-pending-deletion'],
    ['has another category', [aTemplate({ category: 'marketing' })], 'template-recategorised'],
    ['has other words', [aTemplate({ components: { body: { text: 'Other {{1}} {{2}}' } } })], 'template-changed'],
    ['is gone', [], 'template-gone'],
  ])('stops when it %s', async (_, templates, reason) => {
    const account = anAccount();
    await knowTemplates(db, account, [aTemplate()]);
    const ids: string[] = [];
    for (const state of ['checking', 'scheduled', 'running', 'paused']) ids.push(await aMailing(account, state));
    const over = await aMailing(account, 'done');
    const detected = await aMailing(account, 'running', 'detected');
    const { runs } = await knowTemplates(db, account, templates);
    expect(runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
    for (const id of ids)
      expect(await mailing(id)).toMatchObject({ state: 'stopped', reason, dueAt: expect.any(Date) });
    expect(await mailing(over)).toMatchObject({ state: 'done', reason: null });
    expect(await mailing(detected)).toMatchObject({ state: 'running', reason: null });
  });

  it('goes on when nothing but the quality changes (control)', async () => {
    const account = anAccount();
    await knowTemplates(db, account, [aTemplate()]);
    const id = await aMailing(account, 'running');
    const { runs } = await knowTemplates(db, account, [aTemplate({ quality: 'YELLOW' }), aTemplate({ name: 'new' })]);
    expect(runs).toEqual([]);
    expect(await mailing(id)).toMatchObject({ state: 'running' });
  });
});

describe('when templates are read', () => {
  const dueOf = (id: string) =>
    db
      .selectFrom('channelAccount')
      .where('id', '=', id)
      .select(['templatesDueAt', 'syncFailures', 'syncReason'])
      .executeTakeFirstOrThrow();
  const ensure = (account: ChannelAccountKey) => db.transaction().execute((trx) => ensureChannelAccount(trx, account));

  it('is in a day after a reading, and at once when the network tells of a change meanwhile', async () => {
    const account = anAccount();
    const { id } = await ensure(account);
    const first = await beginTemplateReading(db, id, 60_000);
    expect(await storeTemplates(db, first as NonNullable<typeof first>, [], DAY_MS)).toMatchObject({ isDue: false });
    expect((await dueOf(id)).templatesDueAt.getTime()).toBeGreaterThan(Date.now() + DAY_MS - 60_000);

    const second = await beginTemplateReading(db, id, 60_000);
    expect(await touchTemplates(db, [account, anAccount()])).toEqual([{ kind: 'template-sync', id }]);
    expect(await storeTemplates(db, second as NonNullable<typeof second>, [], DAY_MS)).toMatchObject({ isDue: true });
    expect((await dueOf(id)).templatesDueAt.getTime()).toBeLessThan(Date.now() + 1_000);
  });

  it('is found by the sweep when the signal was lost', async () => {
    const { id } = await ensure(anAccount());
    const found = async () => (await findDueRuns(db, 15_000, 1_000)).filter((run) => run.id === id);
    expect(await found()).toEqual([]);
    const past = new Date(Date.now() - 16_000);
    await db.updateTable('channelAccount').set({ templatesDueAt: past }).where('id', '=', id).execute();
    expect(await found()).toEqual([{ kind: 'template-sync', id }]);
  });

  it('is told by a problem of each number when it fails for long, until it is well', async () => {
    const [one, other] = await Promise.all([insertConnection(db), insertConnection(db)]);
    const account = anAccount();
    await db
      .updateTable('connection')
      .set({ wabaId: account.accountKey })
      .where('id', 'in', [one.connectionId, other.connectionId])
      .execute();
    const { id } = await ensure(account);
    const problems = () =>
      db
        .selectFrom('problem')
        .where('kind', '=', 'templates-unreadable')
        .where('connectionId', 'in', [one.connectionId, other.connectionId])
        .where('state', '=', 'open')
        .select(['connectionId', 'reason', 'detail'])
        .execute();
    const failure = { reason: 'credentials-rejected', detail: 'the access token lacks a permission', retryInMs: 5_000 };
    await recordTemplateFailure(db, id, { ...failure, isLasting: false });
    expect(await problems()).toEqual([]);
    await recordTemplateFailure(db, id, { ...failure, isLasting: true });
    await recordTemplateFailure(db, id, { ...failure, isLasting: true });
    expect(await problems()).toHaveLength(2);
    expect(await dueOf(id)).toMatchObject({ syncFailures: 3, syncReason: 'credentials-rejected' });
    // Each try takes another token, where there is one.
    const tried = [];
    for (const syncFailures of [0, 1, 2]) {
      await db.updateTable('channelAccount').set({ syncFailures }).where('id', '=', id).execute();
      tried.push((await beginTemplateReading(db, id, 60_000))?.connectionId);
    }
    expect(new Set(tried).size).toBe(2);
    await knowTemplates(db, account, []);
    expect(await problems()).toEqual([]);
    expect(await dueOf(id)).toMatchObject({ syncFailures: 0, syncReason: null });
  });

  it('is at once for a number that was just connected, and not for one that is checked again (control)', async () => {
    const { connectionId } = await insertConnection(db);
    const { accountKey } = anAccount();
    await db
      .updateTable('connection')
      .set({ wabaId: accountKey, state: 'draft' })
      .where('id', '=', connectionId)
      .execute();
    const check = async () => {
      const begun = await settleConnectionChecks(
        db,
        connectionId,
        [{ name: 'credentials', ok: true, message: 'accepted' }],
        {
          displayPhoneNumber: undefined,
          verifiedName: undefined,
          portfolioId: undefined,
          messagesPerSecond: undefined,
        },
      );
      return begun?.runs;
    };
    const runs = (await check()) ?? [];
    expect(runs).toEqual([{ kind: 'template-sync', id: expect.any(String) }]);
    expect((await dueOf(runs[0]?.id as string)).templatesDueAt.getTime()).toBeLessThan(Date.now() + 1_000);
    expect(await check()).toEqual([]);
    // What could not be read is read again when the number is found well.
    await recordTemplateFailure(db, runs[0]?.id as string, {
      ...{ reason: 'credentials-rejected', detail: 'no permission', retryInMs: DAY_MS, isLasting: false },
    });
    expect(await check()).toEqual(runs);
    await recordTemplateFailure(db, runs[0]?.id as string, {
      ...{ reason: 'unavailable', detail: 'away', retryInMs: DAY_MS, isLasting: false },
    });
    await pauseConnection(db, connectionId, { reason: 'unavailable', detail: 'away', probeInMs: DAY_MS });
    await resumeConnection(db, connectionId);
    expect((await dueOf(runs[0]?.id as string)).templatesDueAt.getTime()).toBeLessThan(Date.now() + 1_000);
  });

  it('is at once for numbers that were connected before there were templates', async () => {
    const old = await createTestDatabase();
    const oldDb = createDatabase(old.url, 2);
    try {
      const names = Object.keys(migrations).sort().reverse();
      const since = names.slice(0, names.indexOf('20261127T090000-create-templates') + 1);
      for (const name of since) await migrations[name]?.down?.(oldDb);
      const state = ['connected', 'paused', 'disconnected'];
      for (const [index, accountKey] of ['waba-1', 'waba-1', 'waba-2'].entries()) {
        const { connectionId } = await insertConnection(oldDb);
        const row = { wabaId: accountKey, state: state[index] as string };
        await oldDb.updateTable('connection').set(row).where('id', '=', connectionId).execute();
      }
      for (const name of [...since].reverse()) await migrations[name]?.up(oldDb);
      const accounts = await oldDb.selectFrom('channelAccount').select(['accountKey', 'provider']).execute();
      expect(accounts).toEqual([{ accountKey: 'waba-1', provider: 'whatsapp-cloud' }]);
    } finally {
      await oldDb.destroy();
      await old.drop();
    }
  });
});
