import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { type LineParameters, type LineProblem, MOST_RECIPIENTS } from '../workflows/domain/mailing-lines.ts';
import type { MailingState } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { DEFAULT_WAITS } from '../workflows/domain/waits.ts';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import type { Claim } from './requests.ts';
import { inTransaction } from './transaction.ts';

/** A mailing that a caller declares; `text` and `content` are what all of its messages share. */
export type NewMailing = {
  planfixAccountId: string;
  connectionId: string;
  name: string | undefined;
  kind: 'text' | 'template';
  text: string;
  content: MessageContent | null;
  /** Of the template, for those recipients who bring none of their own. */
  parameters: LineParameters | undefined;
  templateId: string | undefined;
  isMarketing: boolean;
  rate: number | undefined;
  startAt: Date | undefined;
  skipsBadLines: boolean;
  isUpload: boolean;
  actor: string;
  request: { owner: string; key: string; digest: Buffer } | undefined;
};

/** `problem`: the line cannot be sent to, whatever the check says. */
export type NewLine = {
  line: number;
  recipient: string;
  name: string | undefined;
  parameters: LineParameters | undefined;
  problem?: LineProblem;
};

export class TooManyRecipients extends Error {
  override readonly name = 'TooManyRecipients';
}
export class NoRecipients extends Error {
  override readonly name = 'NoRecipients';
}

const LINES_PER_STATEMENT = 5_000;

/**
 * Stores a mailing with all of its lines, for the worker to check; all of it or nothing. `linesOf` gives them anew each
 * time it is called. The same request finds the mailing that it made before; undefined: its key was used for another.
 */
export async function createMailing(
  db: Database,
  mailing: NewMailing,
  linesOf: () => AsyncIterable<NewLine>,
): Promise<{ id: string; isNew: boolean } | undefined> {
  const { actor } = mailing;
  return inTransaction(db, async (trx) => {
    const claim = await claimMailing(trx, mailing);
    if (claim.kind === 'other-request') return undefined;
    const { id } = claim;
    if (claim.kind === 'repeated') return { id, isNew: false };
    const lines = await insertLines(trx, id, linesOf());
    if (lines === 0) throw new NoRecipients();
    await trx.updateTable('mailing').set({ lines }).where('id', '=', id).execute();
    await recordAudit(trx, { actor, action: 'create', subjectKind: 'mailing', subjectId: id });
    return { id, isNew: true };
  });
}

/** Makes the row, or finds the one that the same request has made, or makes just now. */
async function claimMailing(
  trx: DatabaseTransaction,
  { actor, request, content, parameters, ...given }: NewMailing,
): Promise<Claim> {
  const id = uuidv7();
  const row = {
    ...{ id, origin: 'declared', state: 'checking', createdBy: actor, ...given },
    content: content === null ? null : JSON.stringify(content),
    parameters: parameters === undefined ? null : JSON.stringify(parameters),
    requestOwner: request?.owner ?? null,
    requestKey: request?.key ?? null,
    requestDigest: request?.digest ?? null,
  };
  for (;;) {
    if (request) await freeOldKey(trx, request);
    const inserted = await trx
      .insertInto('mailing')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted) return { kind: 'new', id };
    const earlier = await findRequested(trx, request as NonNullable<typeof request>);
    if (earlier) return earlier;
    // Its mailing was refused since it stood in the way.
  }
}

/** As long as the key of any other call: whoever uses it later means another mailing. */
async function freeOldKey(trx: DatabaseTransaction, { owner, key }: { owner: string; key: string }): Promise<void> {
  await sql`
    update mailing set request_key = null
     where request_owner = ${owner} and request_key = ${key}
       and created_at < clock_timestamp() - ${DEFAULT_WAITS.idempotencyMs} * interval '1 millisecond'`.execute(trx);
}

/** The mailing that an earlier request with this key has made. */
export async function findRequested(
  db: Database | DatabaseTransaction,
  { owner, key, digest }: NonNullable<NewMailing['request']>,
): Promise<Exclude<Claim, { kind: 'new' }> | undefined> {
  const row = await db
    .selectFrom('mailing')
    .where('requestOwner', '=', owner)
    .where('requestKey', '=', key)
    .where('createdAt', '>=', sql<Date>`clock_timestamp() - ${DEFAULT_WAITS.idempotencyMs} * interval '1 millisecond'`)
    .select(['id', 'requestDigest'])
    .executeTakeFirst();
  if (!row) return undefined;
  return row.requestDigest?.equals(digest) ? { kind: 'repeated', id: row.id } : { kind: 'other-request' };
}

async function insertLines(
  trx: DatabaseTransaction,
  mailingId: string,
  lines: AsyncIterable<NewLine>,
): Promise<number> {
  let count = 0;
  let batch: NewLine[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await sql`
      insert into mailing_recipient (mailing_id, line, recipient, name, parameters, state, path, message, remedy)
      select ${mailingId}, line, recipient, name, parameters, case when path is null then 'unchecked' else 'bad' end,
             path, message, remedy
        from ${recordset(
          batch.map(({ problem, ...line }) => ({ ...line, ...problem })),
          'line integer, recipient text, name text, parameters jsonb, path text, message text, remedy text',
        )}`.execute(trx);
    batch = [];
  };
  for await (const line of lines) {
    count += 1;
    if (count > MOST_RECIPIENTS) throw new TooManyRecipients();
    batch.push(line);
    if (batch.length === LINES_PER_STATEMENT) await flush();
  }
  await flush();
  return count;
}

/** One attempt's right to change a mailing. */
export type MailingLease = { id: string; lease: string };

export type MailingWork = NonNullable<Awaited<ReturnType<typeof takeMailing>>>;

/** Takes the mailing for one attempt: whoever held it before writes no more. `leaseMs`: somebody must look after that. */
export async function takeMailing(db: Database, { id, lease }: MailingLease, leaseMs: number) {
  return db
    .updateTable('mailing as m')
    .from('connection as n')
    .set({ lease, dueAt: sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'` })
    .whereRef('n.id', '=', 'm.connectionId')
    .where('m.id', '=', id)
    .where('m.origin', '=', 'declared')
    .returning([
      'm.id',
      'm.planfixAccountId',
      'm.connectionId',
      'm.state',
      'm.kind',
      'm.text',
      'm.content',
      'm.parameters',
      'm.templateId',
      'm.isMarketing',
      'm.isUpload',
      'm.rate',
      'm.skipsBadLines',
      'm.startQuality',
      'm.finishedAt',
      sql<number>`coalesce(extract(epoch from m.start_at - clock_timestamp()) * 1000, 0)::float8`.as('startsInMs'),
      sql<number | null>`(extract(epoch from clock_timestamp() - m.quality_read_at) * 1000)::float8`.as('qualityMsAgo'),
      'n.provider',
      'n.wabaId',
      sql<string>`coalesce(n.portfolio_id, n.waba_id)`.as('portfolio'),
      'n.displayPhoneNumber',
      'n.state as connectionState',
      'n.settings',
    ])
    .executeTakeFirst();
}

/** Moves a mailing on, if this attempt still holds it and nobody has moved it meanwhile. */
export async function moveMailing(
  db: Database,
  { id, lease }: MailingLease,
  from: MailingState,
  to: { state: MailingState; reason?: string },
): Promise<boolean> {
  const { state, reason } = to;
  const isAccepted = from === 'checking' && (state === 'scheduled' || state === 'running');
  return inTransaction(db, async (trx) => {
    const moved = await trx
      .updateTable('mailing')
      .set({
        state,
        reason: reason ?? null,
        ...(isAccepted ? { acceptedAt: sql`clock_timestamp()` } : {}),
        ...(state === 'running' ? { startedAt: sql`coalesce(started_at, clock_timestamp())` } : {}),
        // One that was refused is no answer to its request: the same key may come with what was corrected.
        ...(state === 'refused' ? { finishedAt: sql`clock_timestamp()`, requestKey: null } : {}),
      })
      .where('id', '=', id)
      .where('lease', '=', lease)
      .where('state', '=', from)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return false;
    await announceRow(trx, id);
    return true;
  });
}

/**
 * Nobody needs to look before `dueInMs` from now; undefined: before somebody has changed the row. The due time was moved
 * ahead when the mailing was taken: whoever has set it back since then wants it to be looked at.
 */
export async function releaseMailing(
  db: Database,
  { id, lease }: MailingLease,
  dueInMs: number | undefined,
): Promise<void> {
  const dueAt = dueInMs === undefined ? null : sql<Date>`clock_timestamp() + ${dueInMs} * interval '1 millisecond'`;
  await db
    .updateTable('mailing')
    .set({ dueAt })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .where('dueAt', '>', sql<Date>`clock_timestamp()`)
    .execute();
}
