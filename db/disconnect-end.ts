import { sql } from 'kysely';
import { OWNER_STEPS } from '../workflows/domain/connection-state.ts';
import type { Run } from '../workflows/domain/ids.ts';
import { type Told, tell } from '../workflows/domain/problem-findings.ts';
import { announceRow } from './announcements.ts';
import { PARLEY, recordAudit } from './audit.ts';
import { settleStep } from './connection-steps.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { confirmDisconnect, isUnconfirmed } from './disconnect.ts';
import { openProblem } from './problems.ts';
import { inTransaction } from './transaction.ts';

/** How far a disconnection has come. Times from now, in milliseconds, by the database's clock. */
export type Ending = {
  planfixAccountId: string;
  wabaId: string;
  begunMsAgo: number;
  /** Null: step two waits to be confirmed. */
  confirmedMsAgo: number | null;
  probeInMs: number;
  /** Messages that are still to leave, and files of customers that are still to be fetched, with the credentials. */
  leaving: number;
};

export async function readEnding(db: Database, connectionId: string): Promise<Ending | undefined> {
  const owners = sql`s.connection_id = c.id and s.step = any(${[...OWNER_STEPS]})`;
  const { rows } = await sql<Ending>`
    select c.planfix_account_id as "planfixAccountId", c.waba_id as "wabaId",
           (extract(epoch from clock_timestamp() - c.disconnecting_at) * 1000)::float8 as "begunMsAgo",
           (select (extract(epoch from clock_timestamp() - min(s.settled_at)) * 1000)::float8
              from connection_step s where ${owners}) as "confirmedMsAgo",
           (select greatest(0, coalesce(extract(epoch from min(s.due_at) - clock_timestamp()), 0) * 1000)::float8
              from connection_step s where ${owners}) as "probeInMs",
           (select count(*)::integer from message m where m.connection_id = c.id and m.direction = 'outbound'
               and m.leaves_last and m.state in ('ready', 'sending'))
           + (select count(*)::integer from attachment f join message m on m.id = f.message_id
               where f.connection_id = c.id and f.state = 'pending' and m.direction in ('inbound', 'echo')
                 and m.received_at >= c.disconnecting_at - interval '1 hour') as leaving
      from connection c where c.id = ${connectionId} and c.state = 'disconnecting'`.execute(db);
  return rows[0];
}

export async function postponeDisconnectProbe(db: Database, connectionId: string, ms: number): Promise<void> {
  await sql`
    update connection_step set due_at = clock_timestamp() + ${ms} * interval '1 millisecond'
     where connection_id = ${connectionId} and step = any(${[...OWNER_STEPS]}) and state = 'waiting'`.execute(db);
}

/** The network does not take the credentials any more: whoever disconnected, it is done. */
export async function confirmRefused(db: Database, connectionId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    if (await lockEnding(trx, connectionId)) {
      await confirmDisconnect(trx, connectionId, { how: 'token-refused', actor: PARLEY });
    }
  });
}

function lockEnding(trx: DatabaseTransaction, connectionId: string) {
  return trx
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .where('state', '=', 'disconnecting')
    .select(['id', 'provider', 'wabaId', 'metaAppId', 'phoneNumberId'])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Once for each disconnection: whoever has discarded it does not want to be told again. */
export async function remindOfDisconnect(db: Database, connectionId: string, planfixAccountId: string): Promise<void> {
  const { rows } = await sql`
    select 1 from problem p join connection c on c.id = p.connection_id
     where c.id = ${connectionId} and p.kind = 'disconnect-unconfirmed' and p.created_at >= c.disconnecting_at
     limit 1`.execute(db);
  if (rows.length > 0) return;
  const told = tell(['disconnect-unconfirmed']);
  await openProblem(db, { kind: 'disconnect-unconfirmed', planfixAccountId, connectionId, ...told });
}

/** `call`: ours to make. `not-last`: another connection of the account needs it. `over`: it was settled before. */
export type Removal = 'call' | 'not-last' | 'over';

/**
 * Decides whether this is the last connection of its account (Meta: WABA) that needs the subscription, which is all the
 * account's. One at a time for an account: of two that end at once, the second one sees the decision of the first. An
 * attempt that was lost after this decides anew, because a number may have been connected meanwhile.
 */
export async function decideRemoval(db: Database, connectionId: string): Promise<Removal> {
  return inTransaction(db, async (trx) => {
    const own = await lockEnding(trx, connectionId);
    if (!own) return 'over';
    const { provider, wabaId, metaAppId } = own;
    await sql`select pg_advisory_xact_lock(hashtextextended(${`account/${provider}/${wabaId}`}, 0))`.execute(trx);
    const step = await trx
      .selectFrom('connectionStep')
      .where('connectionId', '=', connectionId)
      .where('step', '=', 'remove-subscription')
      .select('state')
      .executeTakeFirst();
    if (step?.state !== 'waiting' && step?.state !== 'called') return 'over';
    const { rows } = await sql`
      select 1 from connection o
       where o.provider = ${provider} and o.waba_id = ${wabaId} and o.meta_app_id is not distinct from ${metaAppId}::uuid
         and o.id <> ${connectionId}
         and (o.state in ('draft', 'checking', 'connected', 'paused')
              or (o.state = 'disconnecting' and exists (select from connection_step s
                   where s.connection_id = o.id and s.step = 'remove-subscription' and s.state = 'waiting')))
       limit 1`.execute(trx);
    const isLast = rows.length === 0;
    await trx
      .updateTable('connectionStep')
      .set(
        isLast
          ? { state: 'called', calledAt: sql`clock_timestamp()` }
          : { state: 'skipped', code: 'other-connections', settledAt: sql`clock_timestamp()` },
      )
      .where('connectionId', '=', connectionId)
      .where('step', '=', 'remove-subscription')
      .execute();
    return isLast ? 'call' : 'not-last';
  });
}

/**
 * How the removal ended. A number of the account that was connected in this very moment is looked at at once: its
 * subscription may have gone with it.
 */
export async function settleRemoval(
  db: Database,
  connectionId: string,
  outcome: { state: 'done' | 'skipped' | 'failed'; code: string; told?: Told },
): Promise<Run[]> {
  return inTransaction(db, async (trx) => {
    await settleStep(trx, connectionId, 'remove-subscription', outcome);
    const { rows } = await sql<{ id: string }>`
      update connection o set due_at = clock_timestamp(), checked_at = null from connection c
       where c.id = ${connectionId} and o.id <> c.id and o.provider = c.provider and o.waba_id = c.waba_id
         and o.meta_app_id is not distinct from c.meta_app_id and o.state in ('connected', 'paused')
      returning o.id`.execute(trx);
    return rows.map(({ id }) => ({ kind: 'connection', id }));
  });
}

/** The end: no secret of it is left. Tasks, conversations and messages stay. False: it has ended, or is not to end yet. */
export async function destroyCredentials(db: Database, connectionId: string): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const own = await lockEnding(trx, connectionId);
    if (!own || (await isUnconfirmed(trx, connectionId))) return false;
    await trx
      .updateTable('connection')
      .set({
        state: 'disconnected',
        disconnectedAt: sql`clock_timestamp()`,
        accessToken: null,
        pin: null,
        webhookSecret: null,
        tokenExpiresAt: null,
        pausedReason: null,
        pausedAt: null,
        canarySentAt: null,
        canarySeenAt: null,
        checkedAt: null,
        tokenCheckedAt: null,
        dueAt: null,
      })
      .where('id', '=', connectionId)
      .execute();
    await trx
      .updateTable('registrationCall')
      .set({ pin: null })
      .where('provider', '=', own.provider)
      .where('numberKey', '=', own.phoneNumberId)
      .execute();
    await settleStep(trx, connectionId, 'destroy-credentials', { state: 'done' });
    const subject = { subjectKind: 'connection', subjectId: connectionId };
    await recordAudit(trx, { actor: PARLEY, action: 'disconnected', ...subject });
    await announceRow(trx, connectionId);
    return true;
  });
}
