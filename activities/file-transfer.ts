import { Context } from '@temporalio/activity';
import { countAttempt, readTransfer, recordTransferFailed, restartWait, type Transfer } from '../db/attachments.ts';
import { isTooFast, RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { FILE_FAILURES, type FileFailure } from '../workflows/domain/view-words.ts';
import { withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';
import { FileDiffers } from './file-stream.ts';
import { moveToChannel } from './file-to-channel.ts';
import { moveToPlanfix } from './file-to-planfix.ts';
import { HttpFailure, type HttpFailureReason } from './http.ts';
import { backOff, NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { OpenPlanfixAccount } from './planfix-account.ts';

export type FileTransferActivities = {
  /** Moves one file from its first byte to its last. Its row says what came of it; the lane that waits is woken. */
  transferFile: (input: { attachmentId: string }) => Promise<StepResult>;
};

/** What moving one file uses. `onProgress` hears of the bytes that have passed. */
export type TransferWork = {
  dependencies: Dependencies;
  openAccount: OpenPlanfixAccount;
  openConnection: OpenConnection;
  transfer: Transfer;
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
};

/** It will never succeed: `reason` is a word of ours that the view and the note have sentences for. */
export class TransferRefused extends Error {
  override readonly name = 'TransferRefused';
  readonly reason: FileFailure;
  readonly detail: string;

  constructor(reason: FileFailure, detail: string) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}

/** An account whose files move slowly never takes the slots of others. */
const TRANSFERS_PER_ACCOUNT = 3;
const SENT_AWAY_MS = 2_000;
/** Bytes that differ from their digest may have been damaged on the way: worth another look, not many. */
const ATTEMPTS_OF_DAMAGED = 3;
/** An answer that says nothing known may be a passing fault; with the waits between them these take ten minutes. */
const ATTEMPTS_OF_STRANGE = 8;
const LONGEST_WAIT_MS = 10 * 60_000;

export function createFileTransferActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
  openConnection: OpenConnection,
): FileTransferActivities {
  const { db, waits } = dependencies;
  const moving = new Map<string, number>();

  return {
    transferFile: ({ attachmentId }) =>
      withHeartbeat(waits.transferHeartbeatMs / 4, async () => {
        const transfer = await readTransfer(db, attachmentId);
        if (transfer?.state !== 'pending') return { kind: 'done' };
        const { planfixAccountId } = transfer;
        const others = moving.get(planfixAccountId) ?? 0;
        if (others >= TRANSFERS_PER_ACCOUNT) return { kind: 'not-before', waitMs: SENT_AWAY_MS };
        moving.set(planfixAccountId, others + 1);
        try {
          return await attempt({ dependencies, openAccount, openConnection, transfer, ...followed() });
        } finally {
          const left = (moving.get(planfixAccountId) ?? 1) - 1;
          if (left === 0) moving.delete(planfixAccountId);
          else moving.set(planfixAccountId, left);
        }
      }),
  };
}

/** The activity's own signal, and its heartbeat with the bytes so far, at most once a second. */
function followed(): Pick<TransferWork, 'signal' | 'onProgress'> {
  const context = Context.current();
  let saidAt = 0;
  return {
    signal: context.cancellationSignal,
    onProgress: (bytes) => {
      if (Date.now() - saidAt < 1_000) return;
      saidAt = Date.now();
      context.heartbeat({ bytes });
    },
  };
}

async function attempt(work: TransferWork): Promise<StepResult> {
  const { dependencies, transfer } = work;
  const { db, wake, waits } = dependencies;
  const isOutbound = transfer.direction === 'outbound';
  if (transfer.connectionState === 'disconnected') {
    return giveUp(work, isOutbound ? 'unavailable' : 'expired', 'the number was disconnected');
  }
  if (
    transfer.accountState !== 'connected' ||
    (isOutbound && !['connected', 'disconnecting'].includes(transfer.connectionState))
  ) {
    // During a pause it is not the file that holds the conversation up.
    if (isOutbound) await restartWait(db, transfer.id);
    return { kind: 'not-before', waitMs: waits.retryLongestMs };
  }
  try {
    await wake([isOutbound ? await moveToChannel(work) : await moveToPlanfix(work)]);
    return { kind: 'done' };
  } catch (error) {
    return settleFailure(work, error);
  }
}

async function settleFailure(work: TransferWork, error: unknown): Promise<StepResult> {
  const { dependencies, transfer } = work;
  const { db, waits } = dependencies;
  if (error instanceof NotNow) return { kind: 'not-before', waitMs: error.waitMs };
  if (error instanceof TransferRefused) return giveUp(work, error.reason, error.detail);
  const causes = causesOf(error);
  const isDamaged = causes.some((cause) => cause instanceof FileDiffers);
  if (isDamaged && transfer.attempts + 1 >= ATTEMPTS_OF_DAMAGED) {
    return giveUp(work, 'digest-mismatch', 'the bytes are not those that were announced');
  }
  if (causes.some((cause) => cause instanceof HttpFailure && REFUSED_PLACES.has(cause.reason))) {
    return giveUp(work, 'refused-address', 'the file lies at an address that is not allowed');
  }
  if (error instanceof ChannelError || error instanceof PlanfixError) {
    if (isFinal(error, transfer.attempts)) return giveUp(work, failureOf(error, transfer.direction), error.detail);
    // Where the source broke off, nothing is known of the side that was to take it.
    const isOfSource = causes.some((cause) => cause instanceof HttpFailure && SOURCE_FAILURES.has(cause.reason));
    if (!isOfSource) await pauseIfDown(work, error);
  } else if (!causes.some((cause) => cause instanceof HttpFailure || cause instanceof FileDiffers)) {
    // The engine tries it again, but not while a customer's conversation stands still.
    if (transfer.direction !== 'outbound' || transfer.wantedMsAgo < waits.outgoingFileMs) throw error;
    return giveUp(work, 'unavailable', 'the file could not be moved');
  }
  await countAttempt(db, transfer.id);
  const backedOffMs = backOff(transfer.attempts, waits.retryFirstMs, LONGEST_WAIT_MS);
  if (error instanceof ChannelError && isTooFast(error)) {
    // As during a pause: it is the number that is to wait, and not for this file.
    await restartWait(db, transfer.id);
    return { kind: 'not-before', waitMs: Math.max(backedOffMs, error.retryAfterMs ?? 0) };
  }
  const retryAfterMs = error instanceof ChannelError || error instanceof PlanfixError ? error.retryAfterMs : undefined;
  const waitMs = retryAfterMs ?? backedOffMs;
  return laterOrNever(work, error instanceof Error ? error.name : 'failed', waitMs);
}

const REFUSED_PLACES: ReadonlySet<HttpFailureReason> = new Set(['host-not-allowed', 'too-many-redirects']);
const SOURCE_FAILURES: ReadonlySet<HttpFailureReason> = new Set(['source-failed', 'source-length']);

/** A stream's failure comes wrapped in the failure of the request that it was the body of. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause !== undefined && causes.length < 10; ) {
    causes.push(cause);
    cause = (cause as { cause?: unknown } | null)?.cause;
  }
  return causes;
}

async function pauseIfDown(work: TransferWork, error: ChannelError | PlanfixError): Promise<void> {
  const { transfer, openAccount, openConnection } = work;
  if (error instanceof ChannelError) await (await openConnection(transfer.connectionId)).pauseIfDown(error);
  else await (await openAccount(transfer.planfixAccountId)).pauseIfDown(error);
}

function isFinal({ kind, scope }: ChannelError | PlanfixError, attempts: number): boolean {
  if (scope !== 'message') return false;
  const retry = RETRY_CLASS[kind];
  return retry === 'give-up' || (retry === 'retry-few' && attempts + 1 >= ATTEMPTS_OF_STRANGE);
}

/** Whoever was to give the file does not have it any more; whoever was to take it does not want it. */
function failureOf(error: ChannelError | PlanfixError, direction: string): FileFailure {
  const { refusal } = error;
  const known = FILE_FAILURES.find((failure) => refusal === `file-${failure}`);
  if (known !== undefined) return known;
  if (refusal === 'file-missing') return 'expired';
  if (refusal === 'file-address') return 'refused-address';
  if (error.kind !== 'file-rejected') return 'unavailable';
  const isFromSource = error instanceof ChannelError ? direction !== 'outbound' : direction === 'outbound';
  return isFromSource ? 'expired' : 'refused-type';
}

/** What goes to the customer holds their conversation up, so it is not tried for ever; what comes from them may come late. */
async function laterOrNever(work: TransferWork, detail: string, waitMs: number): Promise<StepResult> {
  const { transfer, dependencies } = work;
  if (transfer.direction !== 'outbound') return { kind: 'not-before', waitMs };
  const leftMs = dependencies.waits.outgoingFileMs - transfer.wantedMsAgo;
  return leftMs <= 0 ? giveUp(work, 'unavailable', detail) : { kind: 'not-before', waitMs: Math.min(waitMs, leftMs) };
}

async function giveUp(
  { dependencies, transfer }: TransferWork,
  reason: FileFailure,
  detail: string,
): Promise<StepResult> {
  const { db, wake } = dependencies;
  await wake([await recordTransferFailed(db, transfer, { reason, detail })]);
  return { kind: 'done' };
}
