import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createBulkHoldActivities } from '../../activities/bulk-hold.ts';
import type { ChannelConnection } from '../../activities/channel-connection.ts';
import type { ChannelClient, OutgoingMessage } from '../../activities/channels/channel.ts';
import { ChannelError } from '../../activities/channels/errors.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createMailingActivities } from '../../activities/mailing.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { decideMailing, type MailingDecision } from '../../db/mailing-decisions.ts';
import { cancelUndecided, finishSent, reopenMailing } from '../../db/mailing-end.ts';
import { readMailing } from '../../db/mailing-list.ts';
import { createMailing, type NewMailing, releaseMailing, takeMailing } from '../../db/mailings.ts';
import { readTemplate } from '../../db/templates.ts';
import type { Run } from '../../workflows/domain/ids.ts';
import { oneMonthLater } from '../../workflows/domain/retention.ts';
import type { MailingStep } from '../../workflows/domain/turn-results.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { eventually } from '../support/parley.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection, type TestConnection } from '../support/rows.ts';
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

const WABA = { provider: 'whatsapp-cloud', accountKey: 'waba' };
const WORDS = 'We are closed on Monday';
const template = (status: string) =>
  aTemplate({ name: 'notice', language: 'en', status, components: { body: { text: WORDS } } });
const templateIs = (status: string) => knowTemplates(db, WABA, [template(status)]);

const WAITS = { ...DEFAULT_WAITS, bulkPageMs: 3_000 };

/** The worker's part in it, on a network that takes everything unless it has a reason not to. */
function aWorker(refusal?: (calls: number) => ChannelError | undefined, onWake = async () => {}) {
  const sent: OutgoingMessage[] = [];
  const sentAtMs: number[] = [];
  let calls = 0;
  const send = async (message: OutgoingMessage) => {
    calls += 1;
    const error = refusal?.(calls);
    if (error) throw error;
    sent.push(message);
    sentAtMs.push(Date.now());
    return { channelMessageId: `wamid.${randomUUID()}` };
  };
  const client = { send, readNumber: async () => ({ quality: 'GREEN' }) } as unknown as ChannelClient;
  const open = async () => ({ client, pauseIfDown: async () => false }) as unknown as ChannelConnection;
  const runs: Run[] = [];
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const dependencies = {
    ...{ db, waits: WAITS, log: quiet },
    wake: onWake,
    lookAt: async (told: Run[]) => void runs.push(...told),
  } as unknown as Dependencies;
  const { workOnMailing } = createMailingActivities(dependencies, open);
  const { tendHeldMessages } = createBulkHoldActivities(dependencies, open);
  /** Pages until there is nothing to do for now, those of what it tells of, too. */
  const work = async (mailingId: string) => {
    let step: MailingStep = { kind: 'again' };
    while (step.kind === 'again') {
      step = (await new MockActivityEnvironment().run(workOnMailing, { mailingId })) as MailingStep;
    }
    for (const { kind, id } of runs.splice(0)) {
      if (kind !== 'bulk-hold') continue;
      await new MockActivityEnvironment().run(tendHeldMessages, { mailingId: id, nowMs: Date.now() });
    }
    return step;
  };
  return { sent, sentAtMs, work };
}

let last = 4_915_170_000_000;

type More = { startAt?: Date; rate?: number; request?: NewMailing['request'] };

async function aMailing(count: number, more: More = {}, account?: TestConnection): Promise<string> {
  await templateIs('approved');
  const place = account ?? (await insertConnection(db));
  const stored = await readTemplate(db, { ...WABA, name: 'notice', language: 'en' });
  async function* lines() {
    for (let line = 1; line <= count; line += 1) {
      yield { line, recipient: `+${++last}`, name: undefined, parameters: undefined };
    }
  }
  const content = { template: { name: 'notice', language: 'en' } };
  const shared = { kind: 'template' as const, text: WORDS, content, parameters: undefined, templateId: stored?.id };
  const { startAt, rate, request } = more;
  const plain = { name: undefined, rate, startAt, request };
  const flags = { isMarketing: false, skipsBadLines: false, isUpload: false };
  const made = await createMailing(db, { ...place, ...shared, ...plain, ...flags, actor: 'test' }, lines);
  return made?.id as string;
}

const decide = (id: string, decision: MailingDecision) =>
  decideMailing(db, id, decision, { visibility: { planfixAccountId: undefined }, actor: 'test' });
const mailingOf = (id: string) => db.selectFrom('mailing').where('id', '=', id).selectAll().executeTakeFirstOrThrow();

describe('a mailing whose number is just being connected again', () => {
  it('waits for it; one whose number was disconnected is stopped (control)', async () => {
    for (const [connectionState, state, reason] of [
      ['checking', 'running', null],
      ['disconnected', 'stopped', 'connection-gone'],
    ] as const) {
      const number = await insertConnection(db);
      const id = await aMailing(2, {}, number);
      const { sent, work } = aWorker();
      const row = db.updateTable('connection').where('id', '=', number.connectionId);
      await row.set({ state: connectionState }).execute();
      await work(id);
      expect(await mailingOf(id)).toMatchObject({ state, reason });
      expect(sent).toEqual([]);
    }
  });
});

describe('a mailing that is stopped', () => {
  it('before its lines are checked, since its template may not be sent, has them checked when it is resumed, and goes to all of them', async () => {
    const id = await aMailing(2);
    const { sent, work } = aWorker();
    await templateIs('paused');
    await work(id);
    expect((await mailingOf(id)).state).toBe('stopped');
    // Too early: it stops again, and is no further than it was.
    await decide(id, 'resume');
    await work(id);
    expect(await mailingOf(id)).toMatchObject({ state: 'stopped', acceptedAt: null });
    await templateIs('approved');
    await decide(id, 'resume');
    await work(id);
    expect(sent).toHaveLength(2);
    expect((await mailingOf(id)).state).toBe('done');
  });

  it('before its time keeps its words, and says them when it is resumed', async () => {
    const id = await aMailing(2, { startAt: new Date(Date.now() + 60_000) });
    const { sent, work } = aWorker();
    await work(id);
    expect((await mailingOf(id)).state).toBe('scheduled');
    await templateIs('paused');
    await work(id);
    expect(await mailingOf(id)).toMatchObject({ state: 'stopped', text: WORDS, erasedAt: null });
    await templateIs('approved');
    await db.updateTable('mailing').set({ startAt: new Date() }).where('id', '=', id).execute();
    await decide(id, 'resume');
    await work(id);
    expect(sent.map(({ content }) => content)).toEqual(
      [1, 2].map(() => ({ type: 'template', name: 'notice', language: 'en' })),
    );
  });

  it('is no other mailing when its request comes again after somebody has cancelled it', async () => {
    const place = await insertConnection(db);
    const request = { owner: randomUUID(), key: 'spring', digest: Buffer.alloc(32) };
    const id = await aMailing(2, { request }, place);
    await decide(id, 'cancel');
    expect(await aMailing(2, { request }, place)).toBe(id);
    // Control: another request is.
    expect(await aMailing(2, { request: { ...request, key: 'autumn' } }, place)).not.toBe(id);
  });

  it('forgets its words when it is cancelled', async () => {
    const id = await aMailing(2);
    const { sent, work } = aWorker();
    await templateIs('paused');
    await work(id);
    await decide(id, 'cancel');
    await work(id);
    expect(await mailingOf(id)).toMatchObject({ state: 'cancelled', text: '', content: null });
    expect(sent).toEqual([]);
  });
});

it('a cancelled mailing leaves nothing ready, even what comes back to be tried again just then', async () => {
  const id = await aMailing(2);
  await aWorker().work(id);
  const set = (state: 'sending' | 'ready', claimedAt: Date | null) =>
    db.updateTable('message').set({ state, claimedAt }).where('mailingId', '=', id).execute();
  await set('sending', new Date());
  await db.updateTable('mailing').set({ state: 'running' }).where('id', '=', id).execute();
  await decide(id, 'cancel');
  let isBack = false;
  // Between the two looks for what is left.
  await aWorker(undefined, async () => {
    if (isBack) return;
    isBack = true;
    await set('ready', null);
  }).work(id);
  const states = await db.selectFrom('message').where('mailingId', '=', id).select('state').execute();
  expect(states).toEqual([{ state: 'refused' }, { state: 'refused' }]);
  expect(isBack).toBe(true);
});

describe('a mailing that nobody decides about', () => {
  const lineOf = (id: string) =>
    db.selectFrom('mailingRecipient').where('mailingId', '=', id).select(['recipient', 'person']).execute();
  const sweep = (now: Date) => cancelUndecided(db, now, 100);

  it('is cancelled after a month, and forgets its recipients', async () => {
    for (const state of ['paused', 'stopped'] as const) {
      const id = await aMailing(3, { startAt: new Date(Date.now() + 3_600_000) });
      const { sent, work } = aWorker();
      await work(id);
      await db.updateTable('mailing').set({ state, reason: 'operator' }).where('id', '=', id).execute();
      const from = new Date();
      await sweep(from);
      // Control: on its last minute it is there, and can be resumed.
      const end = oneMonthLater(from);
      await sweep(new Date(+end - 60_000));
      expect((await mailingOf(id)).state).toBe(state);
      expect((await lineOf(id)).every(({ recipient }) => recipient !== '')).toBe(true);
      expect(await sweep(end)).toContainEqual({ kind: 'mailing', id });
      await work(id);
      expect(await mailingOf(id)).toMatchObject({ state: 'cancelled', reason: 'expired', text: '', content: null });
      expect(await lineOf(id)).toEqual(Array.from({ length: 3 }, () => ({ recipient: '', person: null })));
      expect(sent).toEqual([]);
      const row = await readMailing(db, id, { planfixAccountId: undefined });
      expect(row?.reasonDetail).toContain('within a month');
      expect(row?.counts).toMatchObject({ recipients: 3, cancelled: 3, waiting: 0 });
    }
  });

  it('has another month when somebody has resumed it meanwhile', async () => {
    const id = await aMailing(2, { startAt: new Date(Date.now() + 3_600_000) });
    await aWorker().work(id);
    await decide(id, 'pause');
    const from = new Date();
    await sweep(from);
    await decide(id, 'resume');
    expect(await mailingOf(id)).toMatchObject({ state: 'scheduled', expiresAt: null });
    await decide(id, 'pause');
    expect(await sweep(oneMonthLater(from))).not.toContainEqual({ kind: 'mailing', id });
    expect((await mailingOf(id)).state).toBe('paused');
  });
});

describe('the brake', () => {
  const spam = new ChannelError({
    kind: 'rate-limited',
    scope: 'connection',
    code: 131048,
    retryAfterMs: 3_600_000,
    detail: '',
  });

  it('stops a resumed mailing again, though its next messages were made before it was', async () => {
    const id = await aMailing(200);
    const first = aWorker((calls) => (calls > 20 ? spam : undefined));
    await first.work(id);
    expect(await mailingOf(id)).toMatchObject({ state: 'paused', reason: 'spam-limit' });
    await decide(id, 'resume');
    const second = aWorker((calls) => (calls > 20 ? spam : undefined));
    await second.work(id);
    expect(second.sent).toHaveLength(20);
    expect(await mailingOf(id)).toMatchObject({ state: 'paused', reason: 'spam-limit' });
    // Control: what was refused before the resumption does not stop it.
    await decide(id, 'resume');
    const third = aWorker();
    await third.work(id);
    expect(third.sent.length).toBeGreaterThan(20);
    expect((await mailingOf(id)).state).toBe('running');
  });
});

describe('the end of a piece of work on a mailing', () => {
  it('leaves the due time alone that somebody has set back meanwhile', async () => {
    for (const [decision, isDue] of [
      ['resume', true],
      // Control: nobody did.
      [undefined, false],
    ] as const) {
      const id = await aMailing(1);
      const held = { id, lease: randomUUID() };
      await db.updateTable('mailing').set({ state: 'paused' }).where('id', '=', id).execute();
      await takeMailing(db, held, 60_000);
      if (decision) await decide(id, decision);
      await releaseMailing(db, held, undefined);
      expect((await mailingOf(id)).dueAt !== null).toBe(isDue);
    }
  });

  it('does not end a mailing of which a person has one sent again in that moment', async () => {
    for (const [isAgain, state] of [
      [true, 'running'],
      // Control: all have left.
      [false, 'done'],
    ] as const) {
      const id = await aMailing(1);
      await aWorker().work(id);
      const held = { id, lease: randomUUID() };
      await db.updateTable('mailing').set({ state: 'running' }).where('id', '=', id).execute();
      await takeMailing(db, held, 60_000);
      const message = await db.selectFrom('message').where('mailingId', '=', id).select('id').executeTakeFirstOrThrow();
      let ending: Promise<void> | undefined;
      await db.transaction().execute(async (trx) => {
        if (!isAgain) return;
        await reopenMailing(trx, message.id);
        ending = finishSent(db, held);
        await eventually('the end waits', async () => {
          const { rows } = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock'
            and datname = current_database()`.execute(db);
          return rows.length > 0 || undefined;
        });
        await trx.updateTable('message').set({ state: 'ready' }).where('id', '=', message.id).execute();
      });
      await (ending ?? finishSent(db, held));
      expect((await mailingOf(id)).state).toBe(state);
    }
  });
});

describe('the rate of a mailing', () => {
  it('is kept from page to page, however low it is', async () => {
    for (const [rate, isSlow] of [
      [0.25, true],
      // Control: a mailing that may go faster does.
      [100, false],
    ] as const) {
      const id = await aMailing(20, { rate });
      const { sentAtMs, work } = aWorker();
      const working = work(id);
      const [first, second] = await eventually('two messages', async () =>
        sentAtMs.length >= 2 ? (sentAtMs as [number, number]) : undefined,
      );
      // Half of the four seconds: the first one may have been late.
      expect(second - first > 2_000).toBe(isSlow);
      await decide(id, 'cancel');
      await working;
    }
  });

  it('leaves the slot to others while the next message is far away', async () => {
    for (const [rate, kind, count] of [
      [0.05, 'wait', 1],
      // Control: what is near is waited for.
      [100, 'over', 2],
    ] as const) {
      const { sent, work } = aWorker();
      const step = await work(await aMailing(2, { rate }));
      expect([step.kind, sent.length]).toEqual([kind, count]);
    }
  });
});
