import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDatabase, type Database } from '../../db/database.ts';
import { expireHeld } from '../../db/held-messages.ts';
import { storeEvents } from '../../db/ingest.ts';
import { insertCountedMessage } from '../../db/outgoing.ts';
import { BulkModel, RULE, type Rule } from '../support/bulk-model.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { anEcho, anInboundText, insertConnection, insertConnectionOf, type TestConnection } from '../support/rows.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, SOURCES);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const SOURCES = 10;
const CONNECTIONS = 2;
const CUSTOMERS = 3;
const WINDOW_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** What happens, one after the other; a burst comes from ten sources at once. */
type Happening =
  | { kind: 'send'; by: 'echo' | 'api'; connection: number; customer: number; text: string; lateMs: number }
  | { kind: 'burst'; sends: { by: 'echo' | 'api'; connection: number; customer: number; text: string }[] }
  | { kind: 'reply'; connection: number; customer: number; quoted: number | undefined }
  | { kind: 'wait'; ms: number }
  | { kind: 'wait-for-expiry'; ms: number }
  | { kind: 'sweep' }
  | { kind: 'restart' };

const place = {
  by: fc.constantFrom('echo' as const, 'api' as const),
  connection: fc.nat(CONNECTIONS - 1),
  customer: fc.nat(CUSTOMERS - 1),
  text: fc.constantFrom('Sale', '  Sale\n', 'Hi'),
};
/** Around the end of the window, to the millisecond. */
const around = fc.constantFrom(0, 1, 60_000, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('send' as const), ...place, lateMs: around }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      sends: fc.array(fc.record(place), { minLength: SOURCES, maxLength: SOURCES }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      connection: place.connection,
      customer: place.customer,
      quoted: fc.option(fc.nat(30), { nil: undefined }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: around }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait-for-expiry' as const), ms: fc.constantFrom(-1, 0, 1, DAY_MS) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);
const story = fc.record({
  startsAt: fc
    .constantFrom('2026-10-31', '2027-01-29', '2027-01-31', '2028-01-29', '2028-01-31', '2028-02-29', '2027-12-31')
    .map((day) => Date.parse(`${day}T23:54:59.999Z`)),
  happenings: fc.array(happening, { minLength: 5, maxLength: 40 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** The real thing on a clock of its own: new numbers and customers for each story. */
async function createWorld(startsAt: number) {
  const first = await insertConnection(db);
  const connections: TestConnection[] = [first];
  for (let more = 1; more < CONNECTIONS; more += 1) {
    connections.push(await insertConnectionOf(db, first.planfixAccountId));
  }
  const conversations = new Map<string, string>();
  const phone = (connection: number, customer: number) => `4915${connection}${customer}123456`;
  const at = (connection: number) => connections[connection] as TestConnection;
  for (const [index, connection] of connections.entries()) {
    for (let customer = 0; customer < CUSTOMERS; customer += 1) {
      const event = anInboundText(connection, {
        phone: phone(index, customer),
        text: 'Hi',
        sentAtMs: startsAt - DAY_MS,
      });
      const { wakes } = await storeEvents(db, [event], new Date(startsAt));
      conversations.set(`${index}|${customer}`, wakes[0]?.conversationId as string);
    }
  }
  return {
    connectionIds: connections.map(({ connectionId }) => connectionId),
    echo: (id: string, send: { connection: number; customer: number; text: string }, sentAtMs: number, now: number) => {
      const message = { phone: phone(send.connection, send.customer), text: send.text, id, sentAtMs };
      return storeEvents(db, [anEcho(at(send.connection), { ...message, holdWithoutTask: false })], new Date(now));
    },
    api: (id: string, send: { connection: number; customer: number; text: string }, now: number) =>
      db.transaction().execute(async (trx) => {
        const conversationId = conversations.get(`${send.connection}|${send.customer}`) as string;
        await trx.selectFrom('conversation').where('id', '=', conversationId).select('id').forNoKeyUpdate().execute();
        const inserted = await insertCountedMessage(
          trx,
          {
            ...at(send.connection),
            conversationId,
            planfixTask: null,
            kind: 'text',
            text: send.text,
            content: null,
            templateId: null,
            quotedChannelMessageId: null,
          },
          { bulkByTemplate: false },
          new Date(now),
        );
        await trx.updateTable('message').set({ channelMessageId: id }).where('id', '=', inserted.id).execute();
      }),
    reply: (connection: number, customer: number, quoted: string | undefined, now: number) => {
      const event = anInboundText(at(connection), { phone: phone(connection, customer), text: 'Yes', sentAtMs: now });
      const message = event.message && { ...event.message, quotedChannelMessageId: quoted };
      return storeEvents(db, [{ ...event, ...(message ? { message } : {}) }], new Date(now));
    },
  };
}

/** What the rows say of each message that was sent: shown, held, released or expired. */
async function readHolds(connectionIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('message')
    .where('connectionId', 'in', connectionIds)
    .where('direction', 'in', ['echo', 'outbound'])
    .select(['channelMessageId', 'hold'])
    .execute();
  const words: Record<string, string> = { held: 'held', releasing: 'released', expired: 'expired' };
  return new Map(rows.map((row) => [row.channelMessageId as string, words[row.hold ?? ''] ?? 'shown']));
}

/** Plays a story on both, and compares after each happening. */
async function play({ startsAt, happenings }: Story, rule: Rule): Promise<void> {
  const world = await createWorld(startsAt);
  const model = new BulkModel(rule);
  let now = startsAt;
  for (const next of happenings) {
    if (next.kind === 'wait') now += next.ms;
    if (next.kind === 'wait-for-expiry') {
      const expiries = model.messages.filter((m) => m.hold === 'held').map((m) => model.expiryOf(m.at));
      now = Math.max(
        now,
        Math.min(...expiries, Number.MAX_VALUE) === Number.MAX_VALUE ? now : Math.min(...expiries) + next.ms,
      );
    }
    if (next.kind === 'send') {
      const sent = { id: randomUUID(), ...next, at: next.by === 'echo' ? now - next.lateMs : now };
      if (next.by === 'echo') await world.echo(sent.id, next, sent.at, now);
      else await world.api(sent.id, next, now);
      model.sent(sent, next.by);
    }
    if (next.kind === 'burst') await burst(world, model, next.sends, now);
    if (next.kind === 'reply') {
      const quoted = next.quoted === undefined ? undefined : model.messages[next.quoted]?.id;
      await world.reply(next.connection, next.customer, quoted, now);
      model.replied(next.connection, next.customer, now, quoted);
    }
    if (next.kind === 'sweep') {
      await expireHeld(db, { now: new Date(now), limit: 1_000 });
      model.expired(now);
    }
    if (next.kind === 'restart') {
      await db.destroy();
      db = createDatabase(database.url, SOURCES);
    }
    const expected = new Map(model.messages.map((message) => [message.id, message.hold]));
    expect(await readHolds(world.connectionIds)).toEqual(expected);
  }
}

/** At one instant: how many of each kind are held is certain, which of them is not. The free ones came first. */
async function burst(
  world: Awaited<ReturnType<typeof createWorld>>,
  model: BulkModel,
  sends: (Happening & { kind: 'burst' })['sends'],
  now: number,
): Promise<void> {
  const sent = sends.map((send) => ({ id: randomUUID(), ...send, at: now }));
  await Promise.all(
    sent.map((one) => (one.by === 'echo' ? world.echo(one.id, one, now, now) : world.api(one.id, one, now))),
  );
  const holds = await readHolds(world.connectionIds);
  const inOrder = [...sent].sort((a, b) => Number(holds.get(a.id) === 'held') - Number(holds.get(b.id) === 'held'));
  for (const { by, ...message } of inOrder) model.sent(message, by);
}

const check = (rule: Rule, numRuns: number) =>
  fc.check(
    fc.asyncProperty(story, (one) => play(one, rule)),
    { numRuns, endOnFailure: true },
  );

describe('what is bulk, held, released and forgotten', () => {
  it('is what the rule says, whatever happens in whatever order', async () => {
    const found = await check(RULE, 60);
    expect(found.errorInstance ?? found.counterexample).toBeNull();
  }, 240_000);

  it.each([
    ['five minutes inside the window', { ...RULE, windowMs: WINDOW_MS + 1 }],
    ['a window that is a millisecond shorter', { ...RULE, windowMs: WINDOW_MS - 1 }],
    ['the fifth instead of the fourth', { ...RULE, free: 4 }],
    ['months that run over their end', { ...RULE, keepsDays: false }],
  ])('is something else by another rule: %s (control)', async (_name, rule) => {
    expect((await check(rule, 300)).failed).toBe(true);
  });
});
