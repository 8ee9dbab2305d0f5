import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type MailingPageResult, sendMailingRows } from '../../activities/bulk-sending.ts';
import type { ChannelFailure } from '../../activities/channels/errors.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { expireHeld } from '../../db/held-messages.ts';
import { readSendingMailing } from '../../db/mailing-sends.ts';
import { recordOptOut } from '../../db/opt-outs.ts';
import { type Gate, takeRateTokens } from '../../db/rate-gate.ts';
import { readTemplate } from '../../db/templates.ts';
import { DEFAULT_WAITS, type Waits } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { aNetwork, type HeldMailing, insertHeldMailing, readSends } from '../support/sends.ts';
import { aTemplate, knowTemplates } from '../support/templates.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 10);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

type Given = HeldMailing;
const aMailing = (...given: [count: number, more?: Parameters<typeof insertHeldMailing>[2]]) =>
  insertHeldMailing(db, ...given);

const page = (
  { mailingId }: Given,
  network: ReturnType<typeof aNetwork>,
  more: { lease?: string; ms?: number; ratePerSecond?: number; waits?: Partial<Waits> } = {},
): Promise<MailingPageResult> => {
  const { lease = randomUUID(), ms = 10_000, waits, ...rate } = more;
  const dependencies = { db, waits: { ...DEFAULT_WAITS, ...waits }, wake: async () => {} } as unknown as Dependencies;
  return new MockActivityEnvironment().run(() =>
    sendMailingRows(dependencies, network.open, { mailingId, lease, endsAtMs: Date.now() + ms, ...rate }),
  ) as Promise<MailingPageResult>;
};

const statesOf = (given: Given) => readSends(db, given);
const countOf = async (given: Given, state: string) =>
  (await statesOf(given)).filter((row) => row.state === state).length;

const THROTTLED: ChannelFailure = {
  kind: 'rate-limited',
  scope: 'connection',
  code: 130429,
  retryAfterMs: 100,
  detail: '',
};
const PAIR: ChannelFailure = { kind: 'rate-limited', scope: 'conversation', code: 131056, detail: '' };
const LOST: ChannelFailure = { kind: 'outcome-unknown', scope: 'message', detail: '' };

describe('a page of a mailing', () => {
  it('sends every message once, in order, with the words that all share', async () => {
    const given = await aMailing(200);
    const network = aNetwork();
    expect(await page(given, network)).toMatchObject({ sent: 200, next: 'nothing' });
    expect(network.calls.map((call) => call.id)).toEqual(given.ids);
    expect(network.calls[0]?.message).toMatchObject({
      to: { kind: 'phone', phone: given.phones[0] },
      content: { type: 'text', text: 'We open at nine' },
    });
    expect((await statesOf(given)).map((row) => row.channelMessageId)).toEqual(given.ids.map((id) => `wamid.${id}`));
    expect(await countOf(given, 'sent')).toBe(200);
    expect(await page(given, network)).toMatchObject({ sent: 0, next: 'nothing' });
  });

  it('ends at its time, and the next one goes on', async () => {
    const given = await aMailing(100);
    const network = aNetwork();
    const first = await page(given, network, { ms: 400, ratePerSecond: 50 });
    expect(first).toMatchObject({ next: 'more', waitMs: 0 });
    expect(first.sent).toBeLessThan(90);
    expect((await page(given, network)).sent).toBe(100 - first.sent);
    expect(new Set(network.calls.map((call) => call.id)).size).toBe(100);
  });

  it('stops when the mailing is paused, or another attempt has taken it', async () => {
    for (const change of [{ state: 'paused' }, { lease: randomUUID() }]) {
      const given = await aMailing(100);
      const network = aNetwork();
      const sending = page(given, network, { ms: 60_000, ratePerSecond: 20 });
      while (network.calls.length < 10) await pause(5);
      await db.updateTable('mailing').set(change).where('id', '=', given.mailingId).execute();
      const { sent } = await sending;
      // Alone it would send all of them.
      expect(sent).toBeLessThan(90);
      expect(await countOf(given, 'ready')).toBe(100 - sent);
      // Control: whoever holds it, and while it runs, sends the rest.
      await db.updateTable('mailing').set({ state: 'running' }).where('id', '=', given.mailingId).execute();
      expect((await page(given, network)).sent).toBe(100 - sent);
    }
  });

  it('tries again what was refused for its number, slower, and pauses nobody', async () => {
    const given = await aMailing(60);
    const network = aNetwork({
      answer: (id, calls) => (calls === 1 && given.ids.indexOf(id) < 10 ? THROTTLED : undefined),
    });
    let result = await page(given, network);
    while (result.next === 'more') {
      await pause(result.waitMs);
      result = await page(given, network);
    }
    expect(await countOf(given, 'sent')).toBe(60);
    expect(network.pauses()).toBe(0);
    expect(network.calls).toHaveLength(70);
  });

  it('stays slow on a number that was throttled, from page to page and for every attempt, until it has recovered', async () => {
    const waits = { slowStepMs: 60_000 };
    const given = await aMailing(200, { messagesPerSecond: 80 });
    const refusing = aNetwork({ answer: () => ({ ...THROTTLED, retryAfterMs: 1 }) });
    const slowFor = async () => (await readSendingMailing(db, given.mailingId))?.slow.slowForMs ?? 0;
    while ((await slowFor()) < 4.5 * waits.slowStepMs) await page(given, refusing, { ms: 300, waits });
    const slow = aNetwork();
    await page(given, slow, { ms: 3_000, waits });
    // Groups of four, at least two seconds apart.
    expect(slow.calls.length).toBeLessThan(30);
    // Controls: another number is not; nor is this one when its time is over.
    const other = await aMailing(200, { messagesPerSecond: 80 });
    const usual = aNetwork();
    await page(other, usual, { ms: 30_000, waits });
    expect(usual.calls).toHaveLength(200);
    await db.updateTable('rateGate').set({ slowUntil: new Date() }).execute();
    const recovered = aNetwork();
    await page(given, recovered, { ms: 60_000, waits });
    expect(recovered.calls.length).toBe(200 - slow.calls.length);
  });

  it('puts off what is too much for one recipient, and goes on with the others', async () => {
    const given = await aMailing(20);
    const network = aNetwork({ answer: (id) => (id === given.ids[3] ? PAIR : undefined) });
    const result = await page(given, network);
    expect(result).toMatchObject({ sent: 19, next: 'more' });
    expect(result.waitMs).toBeGreaterThan(0);
    const late = (await statesOf(given))[3];
    expect(late).toMatchObject({ state: 'ready', reason: 'rate-limited', reasonCode: 131056 });
  });

  it('never repeats what may have arrived, and tells a person when nothing settles it', async () => {
    const given = await aMailing(5);
    const network = aNetwork({ answer: (id) => (id === given.ids[1] ? LOST : undefined) });
    expect(await page(given, network)).toMatchObject({ sent: 4, next: 'more' });
    expect((await statesOf(given))[1]).toMatchObject({ state: 'unknown' });
    const problems = () =>
      db
        .selectFrom('problem')
        .where('messageId', '=', given.ids[1] as string)
        .select(['kind', 'state'])
        .execute();
    expect(await problems()).toEqual([]);
    expect(await page(given, network, { waits: { unknownProblemMs: 1 } })).toMatchObject({ sent: 0, next: 'nothing' });
    expect(await problems()).toEqual([{ kind: 'unknown-send', state: 'open' }]);
    expect(network.calls).toHaveLength(5);
  });

  it('holds what a dead attempt had begun for unknown, after its deadline', async () => {
    const given = await aMailing(3);
    const claimed = { state: 'sending' as const, claimToken: randomUUID() };
    const [first, second] = given.ids as [string, string];
    const longAgo = new Date(Date.now() - 60_000);
    await db
      .updateTable('message')
      .set({ ...claimed, claimedAt: longAgo })
      .where('id', '=', first)
      .execute();
    await db
      .updateTable('message')
      .set({ ...claimed, claimedAt: new Date() })
      .where('id', '=', second)
      .execute();
    const network = aNetwork();
    expect(await page(given, network)).toMatchObject({ sent: 1, next: 'more' });
    expect((await statesOf(given)).map((row) => row.state)).toEqual(['unknown', 'sending', 'sent']);
  });

  it('sends no marketing to somebody who wants none, whatever the mailing began with', async () => {
    const account = { provider: 'whatsapp-cloud', accountKey: 'waba' };
    const offer = { name: 'offer', language: 'en' };
    await knowTemplates(db, account, [aTemplate({ ...offer, category: 'marketing' })]);
    const templateId = (await readTemplate(db, { ...account, ...offer }))?.id as string;
    for (const [isMarketing, isTemplate, state] of [
      [true, false, 'refused'],
      [false, true, 'refused'],
      [false, false, 'sent'],
    ] as const) {
      const given = await aMailing(3, { isMarketing });
      if (isTemplate) await db.updateTable('message').set({ templateId }).where('id', 'in', given.ids).execute();
      const { customerId } = await db
        .selectFrom('message as m')
        .innerJoin('conversation as c', 'c.id', 'm.conversationId')
        .where('m.id', '=', given.ids[1] as string)
        .select('c.customerId')
        .executeTakeFirstOrThrow();
      const { planfixAccountId } = given.connection;
      await db.transaction().execute((trx) => recordOptOut(trx, { planfixAccountId, customerId, source: 'operator' }));
      await page(given, aNetwork());
      expect((await statesOf(given)).map((row) => row.state)).toEqual(['sent', state, 'sent']);
    }
  });

  it('does not try again what has expired while it was being sent', async () => {
    for (const [expires, states] of [
      [true, ['ignored']],
      [false, ['ready']],
    ] as const) {
      const given = await aMailing(1);
      const answer = (): ChannelFailure => ({ kind: 'unavailable', scope: 'message', detail: '' });
      const network = aNetwork({ answer, ms: 1_000 });
      const sending = page(given, network, { ms: 1_000 });
      while (network.calls.length === 0) await pause(5);
      const now = new Date(Date.now() + (expires ? 7_200_000 : 0));
      await expireHeld(db, { now, limit: 10, mailingId: given.mailingId });
      await sending;
      expect((await statesOf(given)).map((row) => row.state)).toEqual(states);
    }
  });
});

describe('the gate of a number', () => {
  const liveGate = ({ connection }: Given, perSecond: number): Gate => ({
    key: `number/${connection.connectionId}`,
    intervalMs: 1_000 / perSecond,
    burst: perSecond,
  });
  const liveNow = async (given: Given) => (await takeRateTokens(db, liveGate(given, 80), 0)).granted;

  it('has a token for a live message at once while a mailing sends all it can', async () => {
    const given = await aMailing(150, { messagesPerSecond: 80 });
    const network = aNetwork();
    const startedMs = Date.now();
    const sending = page(given, network, { ms: 30_000 });
    const granted: boolean[] = [];
    while (network.calls.length < 80) {
      granted.push(await liveNow(given));
      await pause(100);
    }
    expect(granted).not.toContain(false);
    await sending;
    const spanMs = (network.calls.at(-1)?.atMs as number) - startedMs;
    // With what live messages took beside it, never more than the number allows.
    expect(network.calls.length + granted.length).toBeLessThanOrEqual(spanMs / DEFAULT_WAITS.numberIntervalMs + 10);
  });

  it('has one in twenty for a mailing while live messages want all', async () => {
    // Few a second: a busy machine could not want all of many.
    const given = await aMailing(60, { messagesPerSecond: 40 });
    const network = aNetwork();
    let isOver = false;
    let live = 0;
    const wantAll = async () => {
      while (!isOver) {
        const answer = await takeRateTokens(db, liveGate(given, 40), 50);
        if (answer.granted) live += 1;
        await pause(answer.granted ? answer.waitMs : Math.min(answer.retryInMs, 20));
      }
    };
    const crowd = Promise.all(Array.from({ length: 10 }, wantAll));
    while (live < 90) await pause(10);
    const [before, from] = [network.calls.length, live];
    await page(given, network, { ms: 5_000 });
    isOver = true;
    await crowd;
    const share = (network.calls.length - before) / (live - from + network.calls.length);
    // Each of its turns is several queries: how many there are is up to the machine, but there are some.
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.15);
  });
});
