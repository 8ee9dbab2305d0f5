import { sql } from 'kysely';
import {
  type Confirmation,
  DISCONNECT_STEPS,
  mayBeNotApplicable,
  OWNER_STEP_PATHS,
  OWNER_STEPS,
  ownerStepsOf,
  UNPROBED_PAUSES,
} from '../workflows/domain/connection-state.ts';
import type { Run } from '../workflows/domain/ids.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import { HEALTH_PROBLEMS } from '../workflows/domain/self-check-words.ts';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { openProblem, type ProblemKind, settleProblemsOfSubject } from './problems.ts';
import { BY_DISCONNECTING, showRestriction } from './restrictions.ts';
import { inTransaction } from './transaction.ts';
import type { Visibility } from './visibility.ts';

export type Decided =
  | { kind: 'done'; runs: Run[] }
  | { kind: 'not-found' }
  /** `reason` is a sentence for the caller. */
  | { kind: 'not-possible'; reason: string };

type Asked = { visibility: Visibility; actor: string };
const NOW = sql<Date>`clock_timestamp()`;

/** What is wrong with a connection does not matter any more once it ends. */
export const ENDED_PROBLEMS: readonly ProblemKind[] = [
  'connection-paused',
  'connection-check-failed',
  'connection-restricted',
  'owner-disconnected',
  'templates-unreadable',
  ...HEALTH_PROBLEMS,
];

/**
 * Step one: nothing is sent any more, what comes is kept and not posted, running mailings stop. Where the owner has
 * ended the link before, step two is done with it. Asked again, it changes nothing.
 */
export async function beginDisconnect(db: Database, id: string, asked: Asked): Promise<Decided> {
  return inTransaction(db, async (trx) => {
    const row = await lockVisible(trx, id, asked.visibility);
    if (!row) return { kind: 'not-found' };
    if (row.state === 'disconnecting') return { kind: 'done', runs: [] };
    if (row.state !== 'connected' && row.state !== 'paused') {
      return { kind: 'not-possible', reason: `The connection is ${row.state}: there is nothing to disconnect` };
    }
    await trx
      .updateTable('connection')
      .set({
        state: 'disconnecting',
        disconnectingAt: NOW,
        inboundHeldSince: NOW,
        probeDueAt: null,
        health: '[]',
        dueAt: NOW,
      })
      .where('id', '=', id)
      .execute();
    await planSteps(trx, row, asked.actor);
    for (const kind of ENDED_PROBLEMS) await settleProblemsOfSubject(trx, kind, { connectionId: id }, BY_DISCONNECTING);
    const runs = await stopMailings(trx, id);
    await recordAudit(trx, { actor: asked.actor, action: 'disconnect', subjectKind: 'connection', subjectId: id });
    if (row.pausedReason === 'owner-disconnected') {
      await confirmDisconnect(trx, id, { how: 'event', actor: asked.actor });
    }
    await announceRow(trx, id);
    return { kind: 'done', runs: [{ kind: 'connection', id }, ...runs] };
  });
}

type Locked = {
  id: string;
  state: string;
  pausedReason: string | null;
  planfixAccountId: string;
  provider: string;
  onBusinessApp: boolean;
};

async function lockVisible(
  trx: DatabaseTransaction,
  id: string,
  { planfixAccountId }: Visibility,
): Promise<Locked | undefined> {
  return trx
    .selectFrom('connection')
    .where('id', '=', id)
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .select(['id', 'state', 'pausedReason', 'planfixAccountId', 'provider', 'onBusinessApp'])
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The checklist, anew: what is left of a disconnection before counts no more. */
async function planSteps(
  trx: DatabaseTransaction,
  { id: connectionId, provider, onBusinessApp }: Locked,
  actor: string,
): Promise<void> {
  await deleteSteps(trx, connectionId);
  const { setsUpNumbers } = traitsOf(provider);
  const owners = ownerStepsOf({ onBusinessApp, setsUpNumbers });
  const rows = [
    { step: 'stop-sends', state: 'done', actor, settledAt: NOW },
    ...owners.map((step) => ({ step, state: 'waiting', detail: OWNER_STEP_PATHS[step], dueAt: NOW })),
    { step: 'remove-subscription', state: 'waiting' },
    { step: 'destroy-credentials', state: 'waiting' },
  ];
  // One after the other, so that they are listed in this order.
  for (const row of rows) {
    await trx
      .insertInto('connectionStep')
      .values({ connectionId, ...row, createdAt: NOW })
      .execute();
  }
}

const deleteSteps = (trx: DatabaseTransaction, connectionId: string) =>
  trx
    .deleteFrom('connectionStep')
    .where('connectionId', '=', connectionId)
    .where('step', 'in', [...DISCONNECT_STEPS])
    .execute();

/** They stay stopped if the disconnection is cancelled: a person resumes what still makes sense. */
async function stopMailings(trx: DatabaseTransaction, connectionId: string): Promise<Run[]> {
  const rows = await trx
    .updateTable('mailing')
    .set({ state: 'stopped', reason: 'connection-gone', dueAt: NOW })
    .where('connectionId', '=', connectionId)
    .where('origin', '=', 'declared')
    .where('state', 'in', ['checking', 'scheduled', 'running', 'paused'])
    .returning('id')
    .execute();
  for (const { id } of rows) await announceRow(trx, id);
  return rows.map(({ id }) => ({ kind: 'mailing', id }));
}

/** Goes back to what it was; whoever waited is woken by its run. */
export async function cancelDisconnect(db: Database, id: string, asked: Asked): Promise<Decided> {
  return inTransaction(db, async (trx) => {
    const row = await lockVisible(trx, id, asked.visibility);
    if (!row) return { kind: 'not-found' };
    if (row.state !== 'disconnecting') return { kind: 'not-possible', reason: `The connection is ${row.state}` };
    if (!(await isUnconfirmed(trx, id))) {
      const reason = 'The number has been disconnected outside of Parley already; connect it again instead';
      return { kind: 'not-possible', reason };
    }
    await showRestriction(trx, id);
    const isProbed = row.pausedReason !== null && !UNPROBED_PAUSES.some((pause) => pause === row.pausedReason);
    await trx
      .updateTable('connection')
      .set({
        state: row.pausedReason === null ? 'connected' : 'paused',
        disconnectingAt: null,
        inboundHeldSince: null,
        hasWaiting: true,
        dueAt: NOW,
        checkedAt: null,
        ...(isProbed ? { probeDueAt: NOW } : {}),
      })
      .where('id', '=', id)
      .execute();
    await deleteSteps(trx, id);
    await tellOfPause(trx, row);
    await trx
      .updateTable('message')
      .set({ leavesLast: false })
      .where('connectionId', '=', id)
      .where('direction', '=', 'outbound')
      .where('state', 'in', ['ready', 'waiting'])
      .where('leavesLast', '=', true)
      .execute();
    await settleProblemsOfSubject(trx, 'disconnect-unconfirmed', { connectionId: id }, 'cancelled');
    const subject = { subjectKind: 'connection', subjectId: id };
    await recordAudit(trx, { actor: asked.actor, action: 'cancel-disconnect', ...subject });
    await announceRow(trx, id);
    return { kind: 'done', runs: [{ kind: 'connection', id }] };
  });
}

/** Its problem was settled with the beginning; of a suspension somebody is told if it lasts. */
async function tellOfPause(
  trx: DatabaseTransaction,
  { id: connectionId, planfixAccountId, pausedReason: reason }: Locked,
): Promise<void> {
  if (reason === null || reason === 'suspended') return;
  const told = tell(['still-paused']);
  await openProblem(trx, { kind: 'connection-paused', planfixAccountId, connectionId, reason, ...told });
}

/** Step two is still to be done. */
export async function isUnconfirmed(trx: DatabaseTransaction, connectionId: string): Promise<boolean> {
  const rows = await readOwnerSteps(trx, connectionId);
  return rows.length > 0 && rows.every(({ state }) => state === 'waiting');
}

const readOwnerSteps = (trx: DatabaseTransaction, connectionId: string) =>
  trx
    .selectFrom('connectionStep')
    .where('connectionId', '=', connectionId)
    .where('step', 'in', [...OWNER_STEPS])
    .orderBy('createdAt')
    .select(['step', 'state'])
    .execute();

/** An administrator says that step two is done, or that there is none. */
export async function decideConfirmed(
  db: Database,
  id: string,
  { how, visibility, actor }: Asked & { how: 'owner-said' | 'not-applicable' },
): Promise<Decided | { kind: 'not-applicable-here' }> {
  return inTransaction(db, async (trx) => {
    const row = await lockVisible(trx, id, visibility);
    if (!row) return { kind: 'not-found' };
    if (row.state !== 'disconnecting') {
      return { kind: 'not-possible', reason: `The connection is ${row.state}: nothing waits to be confirmed` };
    }
    const steps = await readOwnerSteps(trx, id);
    if (how === 'not-applicable' && !mayBeNotApplicable(steps.map(({ step }) => step))) {
      return { kind: 'not-applicable-here' };
    }
    const isNew = await confirmDisconnect(trx, id, { how, actor });
    return { kind: 'done', runs: isNew ? [{ kind: 'connection', id }] : [] };
  });
}

/**
 * Step two is done. From here on there is no way back, so what customers wrote meanwhile is posted: their tasks stay, and
 * nothing of it may be lost. The connection's row must be locked. False: it was confirmed before.
 */
export async function confirmDisconnect(
  trx: DatabaseTransaction,
  connectionId: string,
  { how, actor }: { how: Confirmation; actor: string },
): Promise<boolean> {
  if (!(await isUnconfirmed(trx, connectionId))) return false;
  const isNone = how === 'not-applicable';
  // One of the ways is the one that was gone; which, nobody knows where the network only refuses.
  await sql`
    update connection_step s
       set state = case when ${isNone} or s.step <> first.step then 'skipped' else 'done' end, code = ${how},
           actor = ${actor}, due_at = null, settled_at = clock_timestamp()
      from (select step from connection_step
             where connection_id = ${connectionId} and step = any(${[...OWNER_STEPS]}) order by created_at limit 1) first
     where s.connection_id = ${connectionId} and s.step = any(${[...OWNER_STEPS]})`.execute(trx);
  await trx
    .updateTable('connection')
    .set({ inboundHeldSince: null, hasWaiting: true, dueAt: NOW })
    .where('id', '=', connectionId)
    .execute();
  await settleProblemsOfSubject(trx, 'disconnect-unconfirmed', { connectionId }, how);
  const subject = { subjectKind: 'connection', subjectId: connectionId };
  await recordAudit(trx, { actor, action: 'confirm-disconnect', ...subject, detail: { how } });
  await announceRow(trx, connectionId);
  return true;
}
