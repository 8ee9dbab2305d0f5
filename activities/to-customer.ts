import { v7 as uuidv7 } from 'uuid';
import { dropOldUploads, markWanted, readAttachments } from '../db/attachments.ts';
import type { Database } from '../db/database.ts';
import { FencedOut, type LaneAttempt, releaseLane, takeLane } from '../db/lanes.ts';
import { optedOut } from '../db/opt-outs.ts';
import { splitOffCaption } from '../db/outgoing.ts';
import { noteTaken } from '../db/rate-gate.ts';
import {
  type CustomerRow,
  type CustomerTurn,
  claimSend,
  delaySend,
  raiseUnknown,
  readCustomerRows,
  readCustomerTurn,
  recordRefused,
  recordRetry,
  recordSent,
  recordUnknown,
  recordWaiting,
} from '../db/to-customer.ts';
import type { Wake } from '../db/wakes.ts';
import { isTooFast, RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { recipientOf } from '../workflows/domain/identity.ts';
import { pairRetryDelay } from '../workflows/domain/pacing.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import { decideWindow } from '../workflows/domain/service-window.ts';
import type { TurnResult } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import { CLAIM_GRACE_MS, customerLaneWaitMs, ROWS_PER_LOOK } from './customer-lane.ts';
import type { Dependencies } from './dependencies.ts';
import { slowDown, takeLiveTokens } from './live-pace.ts';
import { backOff } from './not-now.ts';
import { messageOf } from './outgoing-message.ts';
import { tellRead } from './read-receipts.ts';

/** Of a connection that ends, only those rows are read that a person wants to leave. */
const SENDING_STATES: ReadonlySet<string> = new Set(['connected', 'disconnecting']);

export type ToCustomerActivities = {
  /** One turn of the to-customer lane: sends what is ready, in order; the next leaves after the former was accepted. */
  sendToCustomer: (input: { conversationId: string }) => Promise<TurnResult>;
};

export function createToCustomerActivities(
  dependencies: Dependencies,
  openConnection: OpenConnection,
): ToCustomerActivities {
  const { db, waits } = dependencies;
  return {
    sendToCustomer: ({ conversationId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const attempt: LaneAttempt = { conversationId, lane: 'to-customer', token: uuidv7() };
        if (!(await takeLane(db, attempt, waits.leaseMs))) return { kind: 'done' };
        try {
          return await takeTurn({
            dependencies,
            openConnection,
            attempt,
            endsAtMs: Date.now() + waits.turnMs,
            hasAnswered: false,
          });
        } catch (error) {
          if (error instanceof FencedOut) return { kind: 'done' };
          throw error;
        }
      }),
  };
}

type CustomerAttempt = {
  dependencies: Dependencies;
  openConnection: OpenConnection;
  attempt: LaneAttempt;
  endsAtMs: number;
  /** A message was accepted in this turn. */
  hasAnswered: boolean;
};

/** What became of one row: on to the next, or stop here. */
type RowOutcome = 'next' | 'stop';

async function takeTurn(work: CustomerAttempt): Promise<TurnResult> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  const turn = await readCustomerTurn(db, attempt.conversationId);
  await dropOldUploads(db, attempt.conversationId, waits.mediaReuseMs);
  const rows = turn ? await readCustomerRows(db, attempt.conversationId, ROWS_PER_LOOK) : [];
  const files = await wantFiles(db, rows);
  const hasEnded = turn?.connectionState === 'disconnected';
  const connection = turn && rows.length > 0 && !hasEnded ? await work.openConnection(turn.connectionId) : undefined;
  for (const row of turn ? rows : []) {
    if (Date.now() >= work.endsAtMs || isCancelled()) break;
    if ((await handleRow(work, connection, turn as CustomerTurn, row)) === 'stop') break;
  }
  if (turn?.settings.readReceipts === 'when-answered' && connection && work.hasAnswered) {
    await tellRead(db, connection, attempt.conversationId, 'answered');
  }
  const rest = await releaseLane(db, attempt, async (trx) => {
    const dueInMs = await customerLaneWaitMs(trx, attempt.conversationId, waits);
    return dueInMs === undefined ? undefined : { dueInMs };
  });
  return files.length === 0 ? rest : { ...rest, files };
}

/** All files that rows wait for are moved at the same time; the messages leave in their order all the same. */
async function wantFiles(db: Database, rows: readonly CustomerRow[]): Promise<string[]> {
  const waiting = rows.filter((row) => row.isFilePending).map((row) => row.id);
  const files = (await readAttachments(db, waiting)).filter((file) => file.state === 'pending').map((file) => file.id);
  await markWanted(db, files);
  return files;
}

/** `connection`: undefined once it has ended. */
async function handleRow(
  work: CustomerAttempt,
  connection: ChannelConnection | undefined,
  turn: CustomerTurn,
  row: CustomerRow,
): Promise<RowOutcome> {
  const { db, waits } = work.dependencies;
  const ageMs = row.claimedMsAgo ?? Number.MAX_VALUE;
  if (row.state === 'sending') {
    if (ageMs < waits.callDeadlineMs + CLAIM_GRACE_MS) return 'stop';
    await recordUnknown(db, row.id);
  }
  if (row.state !== 'ready') {
    if (ageMs >= waits.unknownProblemMs && row.claimToken !== null)
      await wakeAfter(work, await raiseUnknown(db, row.id));
    return ageMs < waits.unknownHoldMs ? 'stop' : 'next';
  }
  if (!connection) {
    return refuse(work, row, { kind: 'disconnected', code: undefined, detail: 'the number was disconnected' });
  }
  if (row.waitMs > 0 || row.isFilePending || !SENDING_STATES.has(turn.connectionState)) return 'stop';
  return sendRow(work, connection, turn, row);
}

const wakeAfter = ({ dependencies }: CustomerAttempt, wake: Wake | undefined) =>
  wake ? dependencies.wake([wake]) : undefined;

/** Pace, window, claim, one call, outcome. */
async function sendRow(
  work: CustomerAttempt,
  connection: ChannelConnection,
  turn: CustomerTurn,
  row: CustomerRow,
): Promise<RowOutcome> {
  const { db, waits } = work.dependencies;
  const windowExpiresAtMs = turn.windowExpiresAt === null ? undefined : +turn.windowExpiresAt;
  const isBound = row.content?.template === undefined && traitsOf(connection.access.provider).hasServiceWindow;
  if (isBound && decideWindow({ windowExpiresAtMs, nowMs: Date.now() }) === 'template-required') {
    return waitForCustomer(work, turn, row);
  }
  const [file] = row.kind === 'text' ? [] : await readAttachments(db, [row.id]);
  if (file?.state === 'failed') {
    const hasWords = row.text !== '';
    if (hasWords) await splitOffCaption(db, work.attempt, row.id);
    const detail = `the file could not be sent: ${file.reason}`;
    const outcome = await refuse(work, row, { kind: 'file-rejected', code: undefined, detail });
    // The words are a row of their own now, before all the rows that this turn has read: the next turn begins with them.
    return hasWords ? 'stop' : outcome;
  }
  const waitMs = await takeLiveTokens(work.dependencies, work.attempt.conversationId, turn);
  if (waitMs > 0) {
    // Kept in the row: a lane that every further reply wakes would ask the gate each time, and be put off each time.
    await delaySend(db, row.id, waitMs);
    return 'stop';
  }
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  const addresses = await claimSend(db, work.attempt, row.id);
  if (!addresses) return 'next';
  if (row.isMarketing && (await optedOut(db, [turn.customerId])).size > 0) {
    return refuse(work, row, { kind: 'opted-out', code: undefined, detail: 'the recipient wants no marketing' });
  }
  const to = recipientOf(addresses);
  if (!to) return refuse(work, row, { kind: 'recipient-unreachable', code: undefined, detail: 'no address is known' });
  try {
    const receipt = await connection.client.send({ to, callbackData: row.id, notAfterMs, ...messageOf(row, file) });
    const { conversationId } = work.attempt;
    const message = { id: row.id, conversationId, connectionId: turn.connectionId };
    const { channelMessageId, toPhone: phone, toBsuid: bsuid } = receipt;
    const recipient = { ...(phone === undefined ? {} : { phone }), ...(bsuid === undefined ? {} : { bsuid }) };
    await work.dependencies.wake(await recordSent(db, message, { channelMessageId, recipient }));
    if (turn.slowForMs > 0) await noteTaken(db, turn.connectionId);
    work.hasAnswered = true;
    return 'next';
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return settleFailedSend(work, connection, turn, row, error);
  }
}

/** It leaves with the customer's next message; if they wrote just now, everything is looked at anew. */
async function waitForCustomer(work: CustomerAttempt, turn: CustomerTurn, row: CustomerRow): Promise<RowOutcome> {
  const waiting = await recordWaiting(work.dependencies.db, work.attempt, row.id, turn.windowExpiresAt);
  if (!waiting) return 'stop';
  await work.dependencies.wake(waiting.wakes);
  return 'next';
}

async function refuse(
  work: CustomerAttempt,
  row: CustomerRow,
  failure: { kind: string; code: number | undefined; detail: string },
): Promise<RowOutcome> {
  await wakeAfter(work, await recordRefused(work.dependencies.db, row.id, failure));
  return 'next';
}

/** Three outcomes: certainly not accepted and worth another try, definitely refused, and unknown. */
async function settleFailedSend(
  work: CustomerAttempt,
  connection: ChannelConnection,
  turn: CustomerTurn,
  row: CustomerRow,
  error: ChannelError,
): Promise<RowOutcome> {
  const { db, waits } = work.dependencies;
  if (error.kind === 'outcome-unknown') {
    await recordUnknown(db, row.id);
    return 'stop';
  }
  // The network counts otherwise than we do: it is right.
  if (error.kind === 'template-required') {
    return waitForCustomer(work, turn, row);
  }
  if (isTooFast(error)) {
    await recordRetry(db, row.id, await slowDown(work.dependencies, connection, turn, row, error), error.kind);
    return 'stop';
  }
  const isEnding = turn.connectionState === 'disconnecting';
  // The credentials that it could leave with are not worth anything any more, and there will be no others.
  if (isEnding && RETRY_CLASS[error.kind] === 'await-change') return refuse(work, row, error);
  if (!isEnding && (await connection.pauseIfDown(error))) {
    await recordRetry(db, row.id, 0, error.kind);
    return 'stop';
  }
  if (RETRY_CLASS[error.kind] === 'retry') {
    const ofPair = error.scope === 'conversation' ? pairRetryDelay(row.attempts) : 0;
    const otherwise = error.retryAfterMs ?? backOff(row.attempts, waits.retryFirstMs, waits.retryLongestMs);
    const waitMs = Math.max(ofPair, otherwise);
    await recordRetry(db, row.id, waitMs, error.kind);
    return 'stop';
  }
  return refuse(work, row, error);
}
