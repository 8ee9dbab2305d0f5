import { sql } from 'kysely';
import { UNPROBED_PAUSES } from '../workflows/domain/connection-state.ts';
import type { Lane } from '../workflows/domain/ids.ts';
import type { Told } from '../workflows/domain/problem-findings.ts';
import { touchUnreadTemplates } from './channel-accounts.ts';
import type { Database } from './database.ts';
import { inMilliseconds } from './lanes.ts';
import { HAS_PHONE_TO_ADD, HAS_STALE_DELIVERY_STATE } from './planfix-turn.ts';
import { openProblem, settleProblemsOfSubject } from './problems.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/**
 * Pauses a Planfix account as a whole: it keeps order, parks nothing, and is probed until it is well. The first reason
 * stays; a later call only moves the probe.
 */
export async function pauseAccount(
  db: Database,
  planfixAccountId: string,
  { probeInMs, ...pause }: Told & { reason: string; probeInMs: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const result = await trx
      .updateTable('planfixAccount')
      .set({
        state: 'paused',
        pausedReason: pause.reason,
        pausedAt: sql`clock_timestamp()`,
        probeAttempts: 0,
        pollDueAt: inMilliseconds(probeInMs),
      })
      .where('id', '=', planfixAccountId)
      .where('state', '=', 'connected')
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return;
    await openProblem(trx, { kind: 'account-paused', planfixAccountId, ...pause });
  });
}

/** A probe that failed: the next one later. The reason follows what the probe said. */
export async function postponeAccountProbe(
  db: Database,
  planfixAccountId: string,
  probe: { reason: string; probeInMs: number },
): Promise<void> {
  await db
    .updateTable('planfixAccount')
    .set((eb) => ({
      pausedReason: probe.reason,
      probeAttempts: eb('probeAttempts', '+', 1),
      pollDueAt: inMilliseconds(probe.probeInMs),
    }))
    .where('id', '=', planfixAccountId)
    .where('state', '=', 'paused')
    .execute();
}

/** The account answers again. Its conversations are woken afterwards, page by page (`wakeWaiting`). */
export async function resumeAccount(db: Database, planfixAccountId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable('planfixAccount')
      .set({ state: 'connected', pausedReason: null, pausedAt: null, probeAttempts: 0 })
      .where('id', '=', planfixAccountId)
      .where('state', '=', 'paused')
      .execute();
    await settleProblemsOfSubject(trx, 'account-paused', { planfixAccountId }, 'answers again');
  });
}

export async function pauseConnection(
  db: Database,
  connectionId: string,
  { probeInMs, ...pause }: Told & { reason: string; probeInMs: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const row = await trx
      .updateTable('connection')
      .set({
        state: 'paused',
        pausedReason: pause.reason,
        pausedAt: sql`clock_timestamp()`,
        probeAttempts: 0,
        probeDueAt: inMilliseconds(probeInMs),
      })
      .where('id', '=', connectionId)
      .where('state', '=', 'connected')
      .returning('planfixAccountId')
      .executeTakeFirst();
    if (!row) return;
    await openProblem(trx, { kind: 'connection-paused', ...row, connectionId, ...pause });
  });
}

export async function postponeConnectionProbe(
  db: Database,
  connectionId: string,
  probe: { reason: string; probeInMs: number },
): Promise<void> {
  await db
    .updateTable('connection')
    .set((eb) => ({
      pausedReason: probe.reason,
      probeAttempts: eb('probeAttempts', '+', 1),
      probeDueAt: inMilliseconds(probe.probeInMs),
    }))
    .where('id', '=', connectionId)
    .where('state', '=', 'paused')
    .execute();
}

export async function resumeConnection(db: Database, connectionId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const resumed = await trx
      .updateTable('connection')
      // Whoever waited is woken next; if that is interrupted, the care of the connection makes up for it.
      .set({
        state: 'connected',
        pausedReason: null,
        pausedAt: null,
        probeAttempts: 0,
        probeDueAt: null,
        hasWaiting: true,
      })
      .where('id', '=', connectionId)
      .where('state', '=', 'paused')
      // The network may have said meanwhile that the link is suspended, of which a probe knows nothing.
      .where('pausedReason', 'not in', UNPROBED_PAUSES)
      .executeTakeFirst();
    if (resumed.numUpdatedRows === 0n) return;
    await settleProblemsOfSubject(trx, 'connection-paused', { connectionId }, 'answers again');
    await settleProblemsOfSubject(trx, 'owner-disconnected', { connectionId }, 'answers again');
    // Found by the sweep: nothing waits for it.
    await touchUnreadTemplates(trx, connectionId);
  });
}

/** Paused connections whose probe is due; each is given to one caller only. */
export async function takeDueConnectionProbes(
  db: Database,
  limit: number,
  leaseMs: number,
): Promise<{ id: string; probeAttempts: number }[]> {
  return db
    .updateTable('connection')
    .set({ probeDueAt: inMilliseconds(leaseMs) })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('connection')
        .select('id')
        .where('state', '=', 'paused')
        .where('pausedReason', 'not in', UNPROBED_PAUSES)
        .where('probeDueAt', '<=', sql<Date>`clock_timestamp()`)
        .orderBy('probeDueAt')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'probeAttempts'])
    .execute();
}

/**
 * One page of the conversations that waited for an account or connection to come back; makes their lane due. Pass the
 * last id of a page to get the next.
 */
export async function wakeWaiting(
  db: Database,
  subject: { planfixAccountId: string } | { connectionId: string },
  lane: Lane,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Wake[]> {
  const owner = 'planfixAccountId' in subject ? 'planfixAccountId' : 'connectionId';
  const id = 'planfixAccountId' in subject ? subject.planfixAccountId : subject.connectionId;
  const page = await db
    .selectFrom('conversation as c')
    .where(`c.${owner}`, '=', id)
    .$if(after !== undefined, (query) => query.where('c.id', '>', after as string))
    .where((eb) => {
      const messages = eb
        .selectFrom('message as m')
        .select('m.id')
        .whereRef('m.conversationId', '=', 'c.id')
        .where('m.direction', 'in', lane === 'to-planfix' ? ['inbound', 'echo', 'note'] : ['outbound'])
        .where('m.state', 'in', lane === 'to-planfix' ? ['received'] : ['ready', 'sending', 'unknown'])
        // Held ones wait for the customer, and those of a mailing are sent by its own run.
        .where((has) =>
          lane === 'to-planfix'
            ? has.or([has('m.hold', 'is', null), has('m.hold', '=', 'releasing')])
            : has('m.mailingId', 'is', null),
        );
      const links = eb
        .selectFrom('taskLink as l')
        .select('l.id')
        .whereRef('l.conversationId', '=', 'c.id')
        .where('l.state', '=', 'requested');
      return lane === 'to-planfix'
        ? eb.or([eb.exists(messages), eb.exists(links), HAS_STALE_DELIVERY_STATE, HAS_PHONE_TO_ADD])
        : eb.exists(messages);
    })
    .select('c.id')
    .orderBy('c.id')
    .limit(limit)
    .execute();
  const wakes: Wake[] = [];
  for (const row of page) wakes.push(await makeDue(db, row.id, lane));
  return wakes;
}
