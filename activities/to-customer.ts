import { randomUUIDv7 } from 'node:crypto';
import { FencedOut, type LaneAttempt, type LaneRest, releaseLane, takeLane } from '../db/lanes.ts';
import { takeRateTokens } from '../db/rate-gate.ts';
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
} from '../db/to-customer.ts';
import type { Wake } from '../db/wakes.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { chooseRecipient, type Recipient, type Sender } from '../workflows/domain/identity.ts';
import { NUMBER_BURST, PAIR_BURST, pairRetryDelay } from '../workflows/domain/pacing.ts';
import { decideWindow, SERVICE_WINDOW_MS } from '../workflows/domain/service-window.ts';
import type { TurnResult } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import { CLAIM_GRACE_MS, customerLaneWaitMs } from './customer-lane.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff } from './not-now.ts';

const ROWS_PER_LOOK = 20;

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
        const attempt: LaneAttempt = { conversationId, lane: 'to-customer', token: randomUUIDv7() };
        if (!(await takeLane(db, attempt, waits.leaseMs))) return { kind: 'done' };
        try {
          return await takeTurn({ dependencies, openConnection, attempt, endsAtMs: Date.now() + waits.turnMs });
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
};

/** What became of one row: on to the next, or stop here. */
type RowOutcome = 'next' | 'stop';

async function takeTurn(work: CustomerAttempt): Promise<LaneRest> {
  const { dependencies, attempt } = work;
  const { db, waits } = dependencies;
  const turn = await readCustomerTurn(db, attempt.conversationId);
  const rows = turn ? await readCustomerRows(db, attempt.conversationId, ROWS_PER_LOOK) : [];
  const connection = turn && rows.length > 0 ? await work.openConnection(turn.connectionId) : undefined;
  for (const row of turn && connection ? rows : []) {
    if (Date.now() >= work.endsAtMs || isCancelled()) break;
    if ((await handleRow(work, connection as ChannelConnection, turn as CustomerTurn, row)) === 'stop') break;
  }
  return releaseLane(db, attempt, (trx) => customerLaneWaitMs(trx, attempt.conversationId, waits));
}

async function handleRow(
  work: CustomerAttempt,
  connection: ChannelConnection,
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
  if (row.waitMs > 0 || turn.connectionState !== 'connected') return 'stop';
  return sendRow(work, connection, turn, row);
}

const wakeAfter = ({ dependencies }: CustomerAttempt, wake: Wake | undefined) =>
  wake ? dependencies.wake([wake]) : undefined;

function recipientOf(turn: CustomerTurn): Recipient | undefined {
  const value = (kind: string) => turn.identities.find((identity) => identity.kind === kind)?.value;
  const known: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'> = {};
  const [phone, bsuid, parentBsuid] = [value('phone'), value('bsuid'), value('parent-bsuid')];
  if (phone !== undefined) known.phone = phone;
  if (bsuid !== undefined) known.bsuid = bsuid;
  if (parentBsuid !== undefined) known.parentBsuid = parentBsuid;
  return chooseRecipient(known);
}

/** Pace, window, claim, one call, outcome. */
async function sendRow(
  work: CustomerAttempt,
  connection: ChannelConnection,
  turn: CustomerTurn,
  row: CustomerRow,
): Promise<RowOutcome> {
  const { db, waits } = work.dependencies;
  const lastInboundAtMs = turn.windowExpiresAt === null ? undefined : +turn.windowExpiresAt - SERVICE_WINDOW_MS;
  if (decideWindow({ lastInboundAtMs, nowMs: Date.now() }) === 'template-required') {
    return refuse(work, row, { kind: 'template-required', code: undefined, detail: 'the service window is closed' });
  }
  const to = recipientOf(turn);
  if (!to) return refuse(work, row, { kind: 'recipient-unreachable', code: undefined, detail: 'no address is known' });
  const waitMs = await pace(work, turn);
  if (waitMs > 0) {
    // Kept in the row: a lane that every further reply wakes would ask the gate each time, and be put off each time.
    await delaySend(db, row.id, waitMs);
    return 'stop';
  }
  const notAfterMs = Date.now() + waits.callDeadlineMs;
  if (!(await claimSend(db, work.attempt, row.id))) return 'next';
  try {
    const quoted = row.quotedChannelMessageId;
    const receipt = await connection.client.sendText({
      to,
      text: row.text,
      callbackData: row.id,
      notAfterMs,
      ...(quoted === null ? {} : { quotedChannelMessageId: quoted }),
    });
    const { conversationId } = work.attempt;
    const message = { id: row.id, conversationId, connectionId: turn.connectionId };
    await work.dependencies.wake(await recordSent(db, message, receipt.channelMessageId));
    return 'next';
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return settleFailedSend(work, connection, row, error);
  }
}

/** How long to wait before the pair and the number allow one more message; 0: the tokens are taken. */
async function pace({ dependencies, attempt }: CustomerAttempt, turn: CustomerTurn): Promise<number> {
  const { db, waits } = dependencies;
  const pair = { key: `pair/${attempt.conversationId}`, intervalMs: waits.pairIntervalMs, burst: PAIR_BURST };
  const number = { key: `number/${turn.connectionId}`, intervalMs: waits.numberIntervalMs, burst: NUMBER_BURST };
  // The number's tokens come back in milliseconds, the pair's in seconds: the dear one is taken last.
  for (const gate of [number, pair]) {
    const answer = await takeRateTokens(db, gate, 0);
    if (!answer.granted) return Math.max(1, answer.retryInMs);
  }
  return 0;
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
  row: CustomerRow,
  error: ChannelError,
): Promise<RowOutcome> {
  const { db, waits } = work.dependencies;
  if (error.kind === 'outcome-unknown') {
    await recordUnknown(db, row.id);
    return 'stop';
  }
  if (await connection.pauseIfDown(error)) {
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
