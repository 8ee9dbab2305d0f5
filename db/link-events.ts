import { sql } from 'kysely';
import { judgeLink, type LinkChange, type LinkEffect, type LinkPause } from '../workflows/domain/connection-state.ts';
import type { Run } from '../workflows/domain/ids.ts';
import { type Said, tell } from '../workflows/domain/problem-findings.ts';
import { announceRow } from './announcements.ts';
import { PARLEY, recordAudit } from './audit.ts';
import type { DatabaseTransaction } from './database.ts';
import { confirmDisconnect } from './disconnect.ts';
import { describeProblemAnew, openProblem, settleProblemsOfSubject } from './problems.ts';
import { BY_DISCONNECTING, forgetRestriction } from './restrictions.ts';

/** What the network told of the link of some numbers. */
export type LinkInput = {
  provider: string;
  /** Whose word it is: of the app that signed it. Nobody speaks for the connections of another app. */
  sourceId: string;
  /** The one connection whose address it came to, where addresses belong to connections. */
  ownerId: string | undefined;
  /** The account that it is about, if the network names one. */
  accountKey: string | undefined;
  /** The provider's id of the number, or its digits; neither: it is about the whole account. */
  connectionKey: string | undefined;
  phone: string | undefined;
  change: LinkChange;
  reason: string | undefined;
  initiatedBy: string | undefined;
  /** When a restriction ends by itself. */
  untilMs: number | undefined;
  atMs: number | undefined;
};

type Linked = {
  id: string;
  planfixAccountId: string;
  wabaId: string;
  numberId: string;
  phone: string | null;
  state: string;
  pausedReason: string | null;
  /** Of the news that was heeded last, or when this life of the connection began. */
  heededMs: number;
};

/** The network writes whole seconds: within one of them nobody knows what came first. */
const GRAIN_MS = 1_000;
const ACTOR = 'network';

/**
 * Heeds news of links, in the transaction that stores them, in the order in which it happened; what is older than what
 * was heeded before comes too late. The runs are told to look at their connections.
 */
export async function applyLinks(trx: DatabaseTransaction, links: readonly LinkInput[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const link of [...links].sort((one, other) => (one.atMs ?? Infinity) - (other.atMs ?? Infinity))) {
    for (const connection of await lockLinked(trx, link)) {
      if (link.atMs !== undefined && link.atMs + GRAIN_MS <= connection.heededMs) continue;
      if (await applyLink(trx, connection, link)) runs.push({ kind: 'connection', id: connection.id });
    }
  }
  return runs;
}

/** The connections that it is about; of a number that none of them has, nothing is to be said here. */
async function lockLinked(trx: DatabaseTransaction, link: LinkInput): Promise<Linked[]> {
  const { provider, sourceId, ownerId = null, accountKey = null, connectionKey = null, phone = null } = link;
  const { rows } = await sql<Linked>`
    select id, planfix_account_id as "planfixAccountId", waba_id as "wabaId", phone_number_id as "numberId", state,
           paused_reason as "pausedReason", regexp_replace(display_phone_number, '[^0-9]', '', 'g') as phone,
           (extract(epoch from greatest(link_changed_at, drafted_at)) * 1000)::float8 as "heededMs"
      from connection
     where provider = ${provider} and state in ('connected', 'paused', 'disconnecting')
       and case when ${ownerId}::uuid is null
             then meta_app_id = ${sourceId}::uuid and (waba_id = ${accountKey} or phone_number_id = ${connectionKey}
                    or regexp_replace(display_phone_number, '[^0-9]', '', 'g') = ${phone})
             else id = ${ownerId} end
     order by id for no key update`.execute(trx);
  if (ownerId !== null) return rows;
  const ofAccount = rows.filter((row) => row.wabaId === accountKey);
  if (phone === null && connectionKey === null) return ofAccount;
  const isNamed = (row: Linked) => row.numberId === connectionKey || row.phone === phone;
  const inAccount = ofAccount.filter(isNamed);
  // The account may be named by an id that is not ours. (onboarding: C.3)
  return inAccount.length > 0 ? inAccount : rows.filter(isNamed);
}

/** True: something was changed. */
async function applyLink(trx: DatabaseTransaction, connection: Linked, link: LinkInput): Promise<boolean> {
  const effect = judgeLink(connection, link.change);
  const at = link.atMs === undefined ? sql<Date>`clock_timestamp()` : new Date(link.atMs);
  await trx.updateTable('connection').set({ linkChangedAt: at }).where('id', '=', connection.id).execute();
  if (effect.kind === 'none') return false;
  await follow(trx, connection, link, effect);
  const detail = { ...words(link), effect: effect.kind };
  await recordAudit(trx, {
    actor: ACTOR,
    action: `link-${link.change}`,
    subjectKind: 'connection',
    subjectId: connection.id,
    detail,
  });
  await announceRow(trx, connection.id);
  return true;
}

async function follow(
  trx: DatabaseTransaction,
  connection: Linked,
  link: LinkInput,
  effect: Exclude<LinkEffect, { kind: 'none' }>,
): Promise<void> {
  const { id: connectionId } = connection;
  switch (effect.kind) {
    case 'pause':
      return pauseLink(trx, connection, link, effect.reason);
    case 'resume':
      return resumeLink(trx, connectionId, link.change);
    case 'confirm-disconnect':
      await confirmDisconnect(trx, connectionId, { how: 'event', actor: ACTOR });
      return undefined;
    case 'restrict':
      return restrictLink(trx, connection, link);
    case 'remember':
      if (link.change === 'reinstated') await forgetRestriction(trx, connectionId, link.change);
      return rememberPause(trx, connectionId, effect.reason);
  }
}

/** What was seen of the account before says nothing of this restriction or ban. */
const UNSEEN = { facts: sql<string>`facts - 'accountSending'` };

/**
 * Nothing else changes. Where the network tells its end, it is over by itself then (`restrictions.ts`); of several the
 * last end counts. It is also over once a self-check finds that the account may send that could not. What is told
 * without an end and keeps nothing from being sent is for a person to decide.
 */
async function restrictLink(
  trx: DatabaseTransaction,
  { id: connectionId, planfixAccountId, state }: Linked,
  link: LinkInput,
): Promise<void> {
  const { untilMs } = link;
  const until = untilMs === undefined ? null : new Date(untilMs);
  const restrictedUntil = until && sql<Date>`greatest(restricted_until, ${until})`;
  await trx
    .updateTable('connection')
    .set({ restrictedUntil, ...UNSEEN })
    .where('id', '=', connectionId)
    .execute();
  const end = until?.toISOString().slice(0, 16).replace('T', ' ');
  const told =
    end === undefined
      ? tell(['account-restricted'], ...inWords(link), ['restricted-remedy'], ['discard-when-over'])
      : tell(['account-restricted-until', { until: end }], ...inWords(link), ['restricted-remedy']);
  const { reason = 'restricted' } = words(link);
  const kind = 'connection-restricted';
  await openProblem(trx, { kind, planfixAccountId, connectionId, reason, ...told });
  await describeProblemAnew(trx, kind, { connectionId }, told);
  // It shows only if the disconnection is cancelled (`cancelDisconnect`).
  if (state === 'disconnecting') await settleProblemsOfSubject(trx, kind, { connectionId }, BY_DISCONNECTING);
}

const pausedFor = (pausedReason: LinkPause) => ({
  pausedReason,
  pausedAt: sql<Date>`clock_timestamp()`,
  ...(pausedReason === 'disabled' ? UNSEEN : {}),
});

/** No probe: that the number can be read says nothing about its link. A suspension is a problem only if it lasts. */
async function pauseLink(
  trx: DatabaseTransaction,
  { id: connectionId, planfixAccountId }: Linked,
  link: LinkInput,
  pausedReason: LinkPause,
): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  await trx
    .updateTable('connection')
    .set({ state: 'paused', probeDueAt: null, probeAttempts: 0, dueAt: now, ...pausedFor(pausedReason) })
    .where('id', '=', connectionId)
    .execute();
  await settleProblemsOfSubject(trx, 'connection-paused', { connectionId }, pausedReason);
  if (pausedReason === 'suspended') return;
  if (pausedReason === 'disabled') {
    const told = tell(['account-disabled'], ...inWords(link), ['disabled-remedy']);
    return openProblem(trx, { kind: 'connection-paused', planfixAccountId, connectionId, reason: 'disabled', ...told });
  }
  const { reason = 'ended' } = words(link);
  const told = tell(['owner-ended'], ...inWords(link), ['ended-remedy']);
  await openProblem(trx, { kind: 'owner-disconnected', planfixAccountId, connectionId, reason, ...told });
}

/** It shows only if the disconnection is cancelled (`cancelDisconnect`). */
async function rememberPause(
  trx: DatabaseTransaction,
  connectionId: string,
  pausedReason: LinkPause | null,
): Promise<void> {
  const pause = pausedReason === null ? { pausedReason, pausedAt: null } : pausedFor(pausedReason);
  await trx.updateTable('connection').set(pause).where('id', '=', connectionId).execute();
}

/** A banned account was seen to send again: as if the network had told that it is reinstated. */
export async function endBan(trx: DatabaseTransaction, connectionId: string): Promise<void> {
  await resumeLink(trx, connectionId, 'reinstated');
  const subject = { subjectKind: 'connection', subjectId: connectionId };
  await recordAudit(trx, { actor: PARLEY, action: 'link-reinstated', ...subject });
}

/** Its run wakes what has waited. */
async function resumeLink(trx: DatabaseTransaction, connectionId: string, change: LinkChange): Promise<void> {
  await trx
    .updateTable('connection')
    .set({
      state: 'connected',
      pausedReason: null,
      pausedAt: null,
      probeDueAt: null,
      probeAttempts: 0,
      hasWaiting: true,
      dueAt: sql`clock_timestamp()`,
      ...(change === 'reinstated' ? { restrictedUntil: null } : {}),
    })
    .where('id', '=', connectionId)
    .execute();
  // A phone that is back ends no penalty.
  const penalties = change === 'reinstated' ? (['connection-restricted'] as const) : [];
  const kinds = ['connection-paused', 'owner-disconnected', ...penalties] as const;
  for (const kind of kinds) await settleProblemsOfSubject(trx, kind, { connectionId }, change);
}

/** Words of the network are shown as they are, if they are words. */
const WORD = /^[\w, -]{1,100}$/;

function words({ reason, initiatedBy }: LinkInput): { reason?: string; initiatedBy?: string } {
  return {
    ...(reason !== undefined && WORD.test(reason) ? { reason } : {}),
    ...(initiatedBy !== undefined && WORD.test(initiatedBy) ? { initiatedBy } : {}),
  };
}

function inWords(link: LinkInput): Said[] {
  const { reason, initiatedBy: initiator } = words(link);
  return [
    ...(reason === undefined ? [] : [['network-reason', { reason }] as const]),
    ...(initiator === undefined ? [] : [['network-initiator', { initiator }] as const]),
  ];
}
