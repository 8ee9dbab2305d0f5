import { beginStep, type OpenSync, readOpenSyncs, type StepOutcome, settleStep } from '../db/connection-steps.ts';
import { openProblemOfSync, readConnectionOnboarding } from '../db/onboarding.ts';
import { chooseSync, SYNC_LOOK_MS, type SyncMove } from '../workflows/domain/business-app-sync.ts';
import { toldByChecks } from '../workflows/domain/problem-findings.ts';
import type { OpenConnection } from './channel-connection.ts';
import type { ChannelSetup } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { wordsOf } from './check-words.ts';
import type { Care } from './connection-care.ts';
import type { Dependencies } from './dependencies.ts';

const KINDS = { 'contacts-sync': 'contacts', 'history-sync': 'history' } as const;

const NOTHING: Care = { dueInMs: undefined };

/**
 * Has the phone app hand over contacts and chats, in this order, once each and before it is too late. Empty where
 * nothing of that is open.
 */
export async function tendOnboarding(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  connectionId: string,
): Promise<Care> {
  const { db, waits } = dependencies;
  const place = await readConnectionOnboarding(db, connectionId);
  if (!place) return NOTHING;
  for (const sync of await readOpenSyncs(db, connectionId)) {
    const move = chooseSync(sync, { evidenceMs: waits.syncEvidenceMs });
    if (move.kind === 'wait') return { dueInMs: move.waitMs };
    const outcome = await makeMove(dependencies, openConnection, { connectionId, sync, move });
    await settle(dependencies, { connectionId, planfixAccountId: place.planfixAccountId }, sync, outcome);
    // The second is not asked for before the first: what keeps one from being called keeps both.
    if (outcome.state === 'waiting' || outcome.state === 'called') return { dueInMs: outcome.dueInMs ?? SYNC_LOOK_MS };
  }
  return NOTHING;
}

type Place = { connectionId: string; sync: OpenSync; move: Exclude<SyncMove, { kind: 'wait' }> };

async function makeMove(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  { connectionId, sync, move }: Place,
): Promise<StepOutcome> {
  switch (move.kind) {
    case 'seen':
      return { state: 'done', code: 'seen' };
    case 'too-late':
      return { state: 'failed', code: 'sync-too-late' };
    case 'call':
    case 'call-again': {
      const { client } = await openConnection(connectionId);
      if (!client.setup) return { state: 'skipped', code: 'not-offered' };
      const isFirst = move.kind === 'call';
      // An attempt beside this one has just called.
      if (isFirst && !(await beginStep(dependencies.db, connectionId, sync.step))) return { state: 'called' };
      return askOnce(dependencies, client.setup, sync, isFirst);
    }
  }
}

/** After a lost answer the network's word that it was asked before means that the lost call came through. */
async function askOnce(
  { waits }: Dependencies,
  setup: ChannelSetup,
  { step }: OpenSync,
  isFirst: boolean,
): Promise<StepOutcome> {
  try {
    const { requestId } = await setup.requestSync(KINDS[step]);
    return { state: 'done', code: 'requested', ...(requestId === undefined ? {} : { requestId }) };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const { setupRefusal, kind, told, retryAfterMs = waits.retryLongestMs } = error;
    if (setupRefusal === 'sync-asked-before') {
      return isFirst ? { state: 'skipped', code: 'asked-before' } : { state: 'done', code: 'requested' };
    }
    if (setupRefusal === 'sync-too-late') return { state: 'failed', code: 'sync-too-late' };
    switch (kind) {
      case 'outcome-unknown':
        return isFirst ? { state: 'called' } : { state: 'called', dueInMs: waits.syncEvidenceMs };
      // Refused, or it never left: this time nothing was called.
      case 'unavailable':
      case 'rate-limited':
      case 'credentials-rejected': {
        const dueInMs = Math.min(retryAfterMs, waits.retryLongestMs);
        return { state: isFirst ? 'waiting' : 'called', code: kind, dueInMs };
      }
      default:
        return { state: 'failed', code: 'sync-refused', told };
    }
  }
}

async function settle(
  { db, log }: Dependencies,
  subject: { connectionId: string; planfixAccountId: string },
  { step }: OpenSync,
  outcome: StepOutcome,
): Promise<void> {
  await settleStep(db, subject.connectionId, step, outcome);
  const { state, code = state } = outcome;
  log.info({ connectionId: subject.connectionId, step, state, code }, 'a sync of the phone app');
  if (state !== 'failed') return;
  const { message, remedy } = wordsOf(code);
  const sentence = [message, remedy].filter(Boolean).join('. ');
  await openProblemOfSync(db, subject, { reason: code, ...toldByChecks('check', [{ code, sentence }]) });
}
