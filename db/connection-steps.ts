import { sql } from 'kysely';
import { type ProblemFinding, reasonOf, type Told } from '../workflows/domain/problem-findings.ts';
import type { Database, DatabaseTransaction } from './database.ts';

export type StepState = 'waiting' | 'called' | 'done' | 'failed' | 'skipped';

/** Something that is done once to connect or disconnect a number. */
export type ConnectionStep = {
  step: string;
  state: StepState;
  /** A stable word for how it ended. */
  code: string | null;
  /** Why it failed, in English and by code. */
  detail: string | null;
  because: ProblemFinding | null;
  deadlineAt: Date | null;
  calledAt: Date | null;
  settledAt: Date | null;
};

export async function readSteps(db: Database | DatabaseTransaction, connectionId: string): Promise<ConnectionStep[]> {
  const rows = await db
    .selectFrom('connectionStep')
    .where('connectionId', '=', connectionId)
    .orderBy('createdAt')
    .select(['step', 'state', 'code', 'detail', 'because', 'deadlineAt', 'calledAt', 'settledAt'])
    .execute();
  return rows as ConnectionStep[];
}

/**
 * Writes down that a call is about to be made. False: it was made, or is being made, by somebody before, whose outcome
 * has to be found out another way. What failed before may be done anew.
 */
export async function beginStep(
  db: Database | DatabaseTransaction,
  connectionId: string,
  step: string,
): Promise<boolean> {
  const row = await db
    .insertInto('connectionStep')
    .values({ connectionId, step, state: 'called', calledAt: sql`clock_timestamp()` })
    .onConflict((conflict) =>
      conflict
        .columns(['connectionId', 'step'])
        .doUpdateSet({
          ...{ state: 'called', calledAt: sql`clock_timestamp()` },
          ...{ settledAt: null, code: null, detail: null, because: null },
        })
        .where('connectionStep.state', 'in', ['waiting', 'failed']),
    )
    .returning('step')
    .executeTakeFirst();
  return row !== undefined;
}

export type StepOutcome = {
  state: StepState;
  code?: string;
  told?: Told;
  requestId?: string;
  /** Of a step that waits: when it is to be tried again. */
  dueInMs?: number;
};

/** A code of `history-sync`: the owner chose not to share the chats. */
const DECLINED = 'declined';

/**
 * Writes down how a step ended, or that it is to be tried again. What the owner has declined stays so, whatever the call
 * that asked for it answered.
 */
export async function settleStep(
  db: Database | DatabaseTransaction,
  connectionId: string,
  step: string,
  { state, code, told, requestId, dueInMs }: StepOutcome,
): Promise<void> {
  const reason = told && reasonOf(told);
  const row = {
    state,
    code: code ?? null,
    detail: reason?.detail ?? null,
    because: reason?.because ? JSON.stringify(reason.because) : null,
    dueAt: dueInMs === undefined ? null : sql<Date>`clock_timestamp() + ${dueInMs} * interval '1 millisecond'`,
    settledAt: state === 'waiting' || state === 'called' ? null : sql<Date>`clock_timestamp()`,
    ...(requestId === undefined ? {} : { requestId }),
  };
  await db
    .insertInto('connectionStep')
    .values({ connectionId, step, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['connectionId', 'step'])
        .doUpdateSet(row)
        .where(sql<boolean>`connection_step.code is distinct from ${DECLINED}`),
    )
    .execute();
}

/** The network tells how the history comes: the last of it, or that the owner does not share it. */
export async function settleHistorySync(
  trx: DatabaseTransaction,
  connectionId: string,
  { isDeclined, isComplete }: { isDeclined: boolean; isComplete: boolean },
): Promise<void> {
  if (isDeclined) await settleStep(trx, connectionId, 'history-sync', { state: 'skipped', code: DECLINED });
  else if (isComplete) await settleCalledStep(trx, connectionId, 'history-sync', { state: 'done' });
}

/** The same for a step of whose outcome something else has told. */
export async function settleCalledStep(
  db: Database | DatabaseTransaction,
  connectionId: string,
  step: string,
  { state }: { state: 'done' | 'failed' },
): Promise<void> {
  await db
    .updateTable('connectionStep')
    .set({ state, settledAt: sql`clock_timestamp()` })
    .where('connectionId', '=', connectionId)
    .where('step', '=', step)
    .where('state', '=', 'called')
    .execute();
}

export const SYNC_STEPS = ['contacts-sync', 'history-sync'] as const;
export type SyncStep = (typeof SYNC_STEPS)[number];

/** What a number that is shared with the phone app must be asked once, before it is too late. */
export async function planSync(
  trx: DatabaseTransaction,
  connectionId: string,
  { wantsHistory, deadlineMs }: { wantsHistory: boolean; deadlineMs: number },
): Promise<void> {
  for (const step of SYNC_STEPS) {
    const isWanted = step !== 'history-sync' || wantsHistory;
    await trx
      .insertInto('connectionStep')
      .values({
        connectionId,
        step,
        ...(isWanted
          ? { state: 'waiting', deadlineAt: sql`clock_timestamp() + ${deadlineMs} * interval '1 millisecond'` }
          : { state: 'skipped', code: 'not-wanted', settledAt: sql`clock_timestamp()` }),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** A sync that is not settled; times are from now, by the database's clock. */
export type OpenSync = {
  step: SyncStep;
  state: 'waiting' | 'called';
  dueInMs: number | null;
  deadlineInMs: number | null;
  calledMsAgo: number | null;
  /** What the call brings has begun to arrive. */
  isSeen: boolean;
};

/** By the kinds of what the network sends because of it. */
const EVIDENCE: Readonly<Record<SyncStep, readonly string[]>> = {
  'contacts-sync': ['contact-sync'],
  'history-sync': ['history', 'history-progress'],
};

/** Oldest first. */
export async function readOpenSyncs(db: Database, connectionId: string): Promise<OpenSync[]> {
  const ms = (time: string) => sql`(extract(epoch from ${sql.ref(time)} - clock_timestamp()) * 1000)::float8`;
  const { rows } = await sql<OpenSync & { calledAt: Date | null }>`
    select step, state, ${ms('due_at')} as "dueInMs", ${ms('deadline_at')} as "deadlineInMs",
           -${ms('called_at')} as "calledMsAgo", called_at as "calledAt"
      from connection_step
     where connection_id = ${connectionId} and step = any(${[...SYNC_STEPS]}) and state in ('waiting', 'called')
     order by step`.execute(db);
  return Promise.all(
    rows.map(async ({ calledAt, ...row }) => ({
      ...row,
      isSeen: row.state === 'called' && calledAt !== null && (await hasCome(db, connectionId, row.step, calledAt)),
    })),
  );
}

/** Ids of events grow with time, so that only what came since has to be looked at. */
async function hasCome(db: Database, connectionId: string, step: SyncStep, since: Date): Promise<boolean> {
  const hex = since.getTime().toString(16).padStart(12, '0');
  const firstId = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
  const row = await db
    .selectFrom('inboundEvent')
    .where('id', '>=', firstId)
    .where('connectionId', '=', connectionId)
    .where('kind', 'in', EVIDENCE[step])
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
