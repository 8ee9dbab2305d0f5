import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { DRAFT_STATES } from '../workflows/domain/connection-state.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { ENDED_PROBLEMS } from './disconnect.ts';
import {
  type Former,
  findFormer,
  IS_COMING_BACK,
  isElsewhere,
  type NumberOfAccount,
  ofNumber,
  rememberFormer,
  restoreFormer,
} from './former-connections.ts';
import { settleProblemsOfSubject } from './problems.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { forgetWaiting, takeInWaiting } from './waiting-events.ts';

const NOW = sql<Date>`clock_timestamp()`;

export type NewConnection = {
  provider: string;
  planfixAccountId: string;
  metaAppId: string | null;
  phoneNumberId: string;
  wabaId: string;
  accessToken: Buffer;
  configuredBy: string;
  settings: ConnectionSettings;
  pin?: Buffer;
  webhookSecret?: Buffer;
  allowedAddresses?: string[];
};

/** One attempt at connecting a number; `draftedAt` tells it from later ones of the same row, to the microsecond. */
export type ConnectionDraft = { id: string; draftedAt: string };

const DRAFTED_AT = sql<string>`drafted_at::text`.as('draftedAt');

/**
 * Stores sealed credentials in a draft, for the worker to check. A number that was disconnected from the same Planfix
 * account, here or by its owner, takes its row up again, so that its conversations go on. Undefined: the number has a
 * live connection.
 */
export async function insertConnectionDraft(
  db: Database,
  connection: NewConnection,
  actor: string,
): Promise<ConnectionDraft | undefined> {
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      await discardFailed(trx, connection);
      const old = await findFormer(trx, connection);
      const id = old?.id ?? uuidv7();
      const row = {
        metaAppId: connection.metaAppId,
        wabaId: connection.wabaId,
        accessToken: connection.accessToken,
        configuredBy: connection.configuredBy,
        settings: JSON.stringify(connection.settings),
        pin: connection.pin ?? null,
        webhookSecret: connection.webhookSecret ?? null,
        allowedAddresses: connection.allowedAddresses ?? null,
        state: 'draft',
      };
      if (old) await takeUp(trx, old, row);
      else {
        const { provider, planfixAccountId, phoneNumberId } = connection;
        await trx
          .insertInto('connection')
          .values({ id, provider, planfixAccountId, phoneNumberId, ...row })
          .execute();
      }
      await recordAudit(trx, { actor, action: old ? 'reconnect' : 'create', subjectKind: 'connection', subjectId: id });
      return trx.selectFrom('connection').where('id', '=', id).select(['id', DRAFTED_AT]).executeTakeFirstOrThrow();
    }),
  );
}

/** `disconnectedAt` or `former` stays: by these a draft that fails is known to have been a connection. */
async function takeUp(trx: DatabaseTransaction, old: Former, row: { wabaId: string }): Promise<void> {
  if (old.state === 'paused') await rememberFormer(trx, old.id);
  await trx.deleteFrom('connectionStep').where('connectionId', '=', old.id).execute();
  await trx
    .updateTable('connection')
    .set({
      ...row,
      ...NO_TRACES,
      draftedAt: NOW,
      ...(old.state === 'paused'
        ? {}
        : { restrictedUntil: null, disconnectedAt: sql<Date>`coalesce(disconnected_at, ${NOW})` }),
      // Another account may belong to another portfolio.
      ...(row.wabaId === old.wabaId ? {} : { portfolioId: null }),
    })
    .where('id', '=', old.id)
    .execute();
}

/** What was known of a connection as it was before. */
const NO_TRACES = {
  checks: '[]',
  facts: '{}',
  health: '[]',
  pausedReason: null,
  pausedAt: null,
  probeDueAt: null,
  probeAttempts: 0,
  dueAt: null,
  tokenExpiresAt: null,
  tokenCheckedAt: null,
  canarySentAt: null,
  canarySeenAt: null,
  webhookSeenAt: null,
  onBusinessApp: false,
  fieldsVerifiedAt: null,
} as const;

/**
 * Removes what did not pass its checks, with its sealed credentials; anything else stays, a later attempt, too. What had
 * been a connection before is again what it was.
 */
export async function deleteConnectionDraft(db: Database, draft: ConnectionDraft): Promise<void> {
  const attempt = async () => {
    await inTransaction(db, (trx) => discard(trx, draft));
    return true;
  };
  // In the way was who connected the number elsewhere at the same moment, which is seen now.
  if (!(await unlessTaken(attempt))) await attempt();
}

/** As above for drafts that nobody settled. @throws the first failure, after the others are gone */
export async function deleteOldConnectionDrafts(db: Database, olderThanMs: number): Promise<void> {
  const old = await db
    .selectFrom('connection')
    .where('state', 'in', DRAFT_STATES)
    .where(sql<boolean>`drafted_at < clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`)
    .select(['id', DRAFTED_AT])
    .execute();
  const failures: unknown[] = [];
  for (const draft of old) await deleteConnectionDraft(db, draft).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** A failed attempt that nobody has cleared away yet: what it was about can be taken up again. */
async function discardFailed(trx: DatabaseTransaction, number: NumberOfAccount): Promise<void> {
  const failed = await ofNumber(trx, number)
    .where('state', '=', 'failed')
    .orderBy('id')
    .select(['id', DRAFTED_AT])
    .execute();
  for (const draft of failed) await discard(trx, draft);
}

async function discard(trx: DatabaseTransaction, { id, draftedAt }: ConnectionDraft): Promise<void> {
  // Locked first: from here on nothing begins to wait for it.
  const draft = await trx
    .selectFrom('connection')
    .where('id', '=', id)
    .where('state', 'in', DRAFT_STATES)
    .where(sql<boolean>`drafted_at = ${draftedAt}::timestamptz`)
    .select(['disconnectedAt', IS_COMING_BACK.as('wasPaused')])
    .forUpdate()
    .executeTakeFirst();
  if (!draft) return;
  const { disconnectedAt, wasPaused } = draft;
  // A number that lives elsewhere by now has ended here.
  if (wasPaused && !(await isElsewhere(trx, id))) await pauseAgain(trx, id);
  else if (wasPaused || disconnectedAt !== null) await endAgain(trx, id);
  else await remove(trx, id);
}

/** What came meanwhile is its own, as ever; the sweep finds it. */
async function pauseAgain(trx: DatabaseTransaction, id: string): Promise<void> {
  await trx.deleteFrom('connectionStep').where('connectionId', '=', id).execute();
  await restoreFormer(trx, id);
  await takeInWaiting(trx, id);
}

async function endAgain(trx: DatabaseTransaction, id: string): Promise<void> {
  await forgetWaiting(trx, id);
  await trx.deleteFrom('connectionStep').where('connectionId', '=', id).execute();
  const ended = {
    ...NO_TRACES,
    state: 'disconnected',
    disconnectedAt: sql<Date>`coalesce(disconnected_at, ${NOW})`,
    accessToken: null,
    pin: null,
    webhookSecret: null,
    former: null,
  };
  await trx.updateTable('connection').set(ended).where('id', '=', id).execute();
  for (const kind of ENDED_PROBLEMS) await settleProblemsOfSubject(trx, kind, { connectionId: id }, 'disconnected');
}

async function remove(trx: DatabaseTransaction, id: string): Promise<void> {
  await forgetWaiting(trx, id);
  await trx.deleteFrom('connection').where('id', '=', id).execute();
}
