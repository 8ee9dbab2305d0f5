import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseWhatsAppBody } from '../../activities/channels/whatsapp/parse-envelope.ts';
import { toEventInputs } from '../../api/webhook-events.ts';
import { settleConnectionChecks } from '../../db/checks.ts';
import { deleteConnectionDraft, deleteOldConnectionDrafts } from '../../db/connection-drafts.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { DraftMoved, storeEvents } from '../../db/ingest.ts';
import { connectAgain, insertEndedConnection } from '../support/former-connections.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, type TestConnection } from '../support/rows.ts';

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

const APP = randomUUID();
const PHONE = '491511234567';

/** A number that is just being looked at, or one that works. */
async function aNumber(state = 'checking'): Promise<TestConnection> {
  const connection = await insertConnection(db);
  await db.updateTable('connection').set({ state }).where('id', '=', connection.connectionId).execute();
  return connection;
}

const aText = (body: string, id = `wamid.${randomUUID()}`) => ({
  messages: [{ from: PHONE, id, timestamp: `${Math.floor(Date.now() / 1_000)}`, type: 'text', text: { body } }],
  contacts: [{ wa_id: PHONE, user_id: 'DE.1234', profile: { name: 'Jane Roe' } }],
});
type Value = Record<string, unknown>;

/** One webhook body about some numbers, taken as the api takes it that saw them in these states. */
async function hear(...told: { number: TestConnection; state?: string; value: Value; field?: string }[]) {
  const changes = told.map(({ number, value, field = 'messages' }) => {
    const metadata = { display_phone_number: '4930123', phone_number_id: number.connectionId };
    return { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
  });
  const body = { object: 'whatsapp_business_account', entry: [{ id: 'waba', changes }] };
  const seen = told.map(({ number, state = 'checking' }) => ({
    ...{ id: number.connectionId, phoneNumberId: number.connectionId, planfixAccountId: number.planfixAccountId },
    ...{ wabaId: 'waba', portfolioId: null, state, opensTaskForEchoes: false },
    ...{ marketingStopWords: null, marketingStartWords: null },
  }));
  const connections = new Map(seen.map((row) => [row.id, row]));
  const events = parseWhatsAppBody(Buffer.from(JSON.stringify(body)));
  return storeEvents(db, toEventInputs(events, { sourceId: APP, provider: 'whatsapp-cloud', connections }));
}

const settle = (number: TestConnection, { ok = true, portfolioId }: { ok?: boolean; portfolioId?: string } = {}) =>
  settleConnectionChecks(db, number.connectionId, [{ name: 'number', ok, message: 'looked at' }], {
    ...{ displayPhoneNumber: undefined, verifiedName: undefined, messagesPerSecond: undefined, portfolioId },
  });

const textsOf = async ({ connectionId }: TestConnection) => {
  const rows = await db.selectFrom('message').where('connectionId', '=', connectionId).select('text').execute();
  return rows.map(({ text }) => text).sort();
};
const waitingFor = ({ connectionId }: TestConnection) =>
  db.selectFrom('inboundEvent').where('waitsFor', '=', connectionId).select(['eventKey', 'reason']).execute();

const stateOf = async ({ connectionId }: TestConnection) =>
  (await db.selectFrom('connection').where('id', '=', connectionId).select('state').executeTakeFirstOrThrow()).state;

describe('what comes for a number that is being looked at', () => {
  it('is kept, and worked on when the number is connected; sent again it is a repeat', async () => {
    const number = await aNumber();
    const value = aText('hello');
    const kept = await hear({ number, value });
    expect({ ...kept, texts: await textsOf(number) }).toMatchObject({ stored: 1, wakes: [], texts: [] });
    expect(await waitingFor(number)).toMatchObject([{ reason: 'the connection of this number is checking' }]);
    expect((await hear({ number, value })).repeated).toBe(1);
    const begun = await settle(number);
    expect(await textsOf(number)).toEqual(['hello']);
    const conversation = await db
      .selectFrom('conversation')
      .where('connectionId', '=', number.connectionId)
      .select(['id', 'toPlanfixDueAt'])
      .executeTakeFirstOrThrow();
    expect(conversation.toPlanfixDueAt).not.toBeNull();
    expect(begun?.wakes).toEqual([{ conversationId: conversation.id, lane: 'to-planfix' }]);
    expect(await hear({ number, value, state: 'connected' })).toMatchObject({ stored: 0, repeated: 1, wakes: [] });
    expect(await textsOf(number)).toEqual(['hello']);
    expect(await waitingFor(number)).toEqual([]);
  });

  it('is worked on in the order in which it was told, also where one body told all of it', async () => {
    const number = await aNumber();
    const told = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    const { contacts } = aText('');
    await hear({ number, value: { contacts, messages: told.flatMap((line) => aText(line).messages) } });
    await settle(number);
    const rows = await db
      .selectFrom('message')
      .where('connectionId', '=', number.connectionId)
      .orderBy('position')
      .select('text')
      .execute();
    expect(rows.map(({ text }) => text)).toEqual(told);
  });

  it('belongs to the portfolio that the check found', async () => {
    const number = await aNumber();
    await hear({ number, value: aText('who am I?') });
    await settle(number, { portfolioId: 'the-portfolio' });
    const scopes = await db
      .selectFrom('customerIdentity')
      .where('planfixAccountId', '=', number.planfixAccountId)
      .where('kind', '=', 'bsuid')
      .select(['scope', 'value'])
      .execute();
    expect(scopes).toEqual([{ scope: 'the-portfolio', value: 'DE.1234' }]);
  });

  it('does not hold up what the same body has for other numbers', async () => {
    const [number, other] = [await aNumber(), await aNumber('connected')];
    const { wakes } = await hear(
      { number, value: aText('later') },
      { number: other, state: 'connected', value: aText('at once') },
    );
    expect(wakes).toHaveLength(1);
    expect([await textsOf(number), await textsOf(other)]).toEqual([[], ['at once']]);
    await settle(number);
    expect([await textsOf(number), await textsOf(other)]).toEqual([['later'], ['at once']]);
  });

  it('may be statuses, words about marketing and chunks of history, too', async () => {
    const number = await aNumber();
    const status = { id: `wamid.${randomUUID()}`, status: 'delivered', timestamp: '1793000000', recipient_id: PHONE };
    const preference = { wa_id: PHONE, category: 'marketing_messages', value: 'stop', timestamp: 1_793_000_000 };
    const state_sync = [{ type: 'contact', contact: { full_name: 'Jane', phone_number: PHONE }, action: 'add' }];
    await hear(
      { number, value: { statuses: [status] } },
      { number, value: { user_preferences: [preference] }, field: 'user_preferences' },
      { number, value: { state_sync }, field: 'smb_app_state_sync' },
    );
    const begun = await settle(number);
    expect(begun?.runs.map(({ kind }) => kind)).toContain('history-import');
    const of = { connectionId: number.connectionId };
    const events = await db
      .selectFrom('inboundEvent')
      .where('connectionId', '=', of.connectionId)
      .selectAll()
      .execute();
    expect(events.map(({ kind, detail }) => [kind, detail !== null]).sort()).toEqual([
      ['contact-sync', false],
      ['preference', false],
      ['status', true],
    ]);
    const optOuts = await db
      .selectFrom('marketingOptOut')
      .where('planfixAccountId', '=', number.planfixAccountId)
      .select('id')
      .execute();
    expect(optOuts).toHaveLength(1);
  });

  it('is not done twice where the connection had it in a former life', async () => {
    const number = await aNumber('connected');
    const value = aText('long ago');
    await hear({ number, value, state: 'connected' });
    await db.updateTable('connection').set({ state: 'checking' }).where('id', '=', number.connectionId).execute();
    await hear({ number, value });
    expect(await settle(number)).toMatchObject({ wakes: [] });
    expect(await textsOf(number)).toEqual(['long ago']);
    expect(await waitingFor(number)).toEqual([]);
  });

  it('is taken in when the number is again the paused one that it was, also what came when it had just been refused', async () => {
    const number = await insertEndedConnection(db);
    const draft = await connectAgain(db, number);
    expect(draft.id).toBe(number.connectionId);
    await hear({ number, state: 'draft', value: aText('while it was looked at') });
    await settle(number, { ok: false });
    await hear({ number, state: 'failed', value: aText('when it was refused') });
    expect(await textsOf(number)).toEqual([]);
    await deleteConnectionDraft(db, draft);
    expect(await textsOf(number)).toEqual(['when it was refused', 'while it was looked at']);
    expect(await stateOf(number)).toBe('paused');
  });

  it('is taken in, too, when the number is entered again before the failed attempt is cleared away', async () => {
    const number = await insertEndedConnection(db);
    await connectAgain(db, number);
    await hear({ number, state: 'draft', value: aText('at the first attempt') });
    await settle(number, { ok: false });
    // Control: it is the same connection, and not another one of the same number.
    expect((await connectAgain(db, number)).id).toBe(number.connectionId);
    expect(await stateOf(number)).toBe('draft');
    expect(await textsOf(number)).toEqual(['at the first attempt']);
  });

  it('stays put aside when the number is refused, and nothing waits for it any more (control)', async () => {
    const number = await aNumber();
    await hear({ number, value: aText('nobody there') });
    await settle(number, { ok: false });
    expect(await textsOf(number)).toEqual([]);
    expect(await waitingFor(number)).toHaveLength(1);
    await deleteOldConnectionDrafts(db, 0);
    expect(await waitingFor(number)).toEqual([]);
    const kept = await db.selectFrom('inboundEvent').where('sourceId', '=', APP).select(['reason', 'work']).execute();
    expect(kept).toContainEqual({ reason: 'the connection of this number is checking', work: null });
  });
});

describe('what comes in the moment in which the number is connected, or refused', () => {
  it('is not put aside by who saw it as a draft: it is stored anew', async () => {
    const number = await aNumber();
    const value = aText('just now');
    await settle(number);
    await expect(hear({ number, value })).rejects.toThrow(DraftMoved);
    expect(await waitingFor(number)).toEqual([]);
    await hear({ number, value, state: 'connected' });
    expect(await textsOf(number)).toEqual(['just now']);
  });

  it('waits for whoever connects it just then', async () => {
    const number = await aNumber();
    let hearing: Promise<unknown> | undefined;
    await db.transaction().execute(async (trx) => {
      const row = trx.updateTable('connection').where('id', '=', number.connectionId);
      await row.set({ state: 'connected' }).execute();
      hearing = hear({ number, value: aText('in between') });
      hearing.catch(() => undefined);
      await untilBlocked(database.url, 'for share');
    });
    await expect(hearing).rejects.toThrow(DraftMoved);
    expect(await waitingFor(number)).toEqual([]);
  });
});
