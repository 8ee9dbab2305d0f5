import {
  type ClaimedSend,
  claimMailingSends,
  readSendingMailing,
  readSendsWaitMs,
  recordSendOutcomes,
  type SendingMailing,
  type SendOutcome,
  settleLostSends,
  takeForSending,
} from '../db/mailing-sends.ts';
import { takeFromEach } from '../db/rate-gate.ts';
import { raiseUnknown } from '../db/to-customer.ts';
import { isTooFast, RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import { recipientOf } from '../workflows/domain/identity.ts';
import { PAIR_BURST, pairRetryDelay } from '../workflows/domain/pacing.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import { type BulkPace, createBulkPace } from './bulk-pace.ts';
import type { ChannelConnection, OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import { CLAIM_GRACE_MS } from './customer-lane.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff, sleep } from './not-now.ts';
import { messageOf } from './outgoing-message.ts';
import { dropQueued } from './queued-messages.ts';

export type MailingPage = {
  mailingId: string;
  /** Written into `mailing.lease`: whoever takes the mailing next may send the rest, and this one no more. */
  lease: string;
  /** No row is begun after this. */
  endsAtMs: number;
  ratePerSecond?: number;
};
/**
 * `nothing`: all are sent, refused, or told to a person. `more`: look again in `waitMs`. `paused`: the mailing or its
 * connection is not to send now; look again in `waitMs`, or when somebody resumes it.
 */
export type MailingPageResult = {
  sent: number;
  next: 'nothing' | 'more' | 'paused';
  waitMs: number;
  /** The network takes nothing from this number before that. */
  isHeldUp?: true;
};

/** Calls on their way at once. */
const AT_ONCE = 100;
/** Outcomes that are written down together. */
const RECORDED_TOGETHER = 50;
const PROBLEMS_PER_PAGE = 200;
/** A mailing whose next message is further away than this leaves its slot to others. */
const LONGEST_IDLE_MS = 5_000;

/** Sends rows of one mailing that are ready, in order of position, several at once. */
export function sendMailingRows(
  dependencies: Dependencies,
  openConnection: OpenConnection,
  page: MailingPage,
): Promise<MailingPageResult> {
  const { db, waits } = dependencies;
  const { mailingId, lease, endsAtMs } = page;
  return withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
    const paused = { sent: 0, next: 'paused' as const, waitMs: waits.probeLongestMs };
    const isTaken = await takeForSending(db, mailingId, lease, waits.bulkPageTimeoutMs);
    const mailing = isTaken ? await readSendingMailing(db, mailingId) : undefined;
    if (!mailing) return paused;
    await tellLost(dependencies, mailingId);
    // What came back to be tried again after the end.
    if (mailing.connectionState === 'disconnected') await dropQueued(dependencies, mailing.connectionId);
    if (mailing.connectionState !== 'connected' && mailing.connectionState !== 'disconnecting') return paused;
    const connection = await openConnection(mailing.connectionId);
    const pace = createBulkPace(dependencies, mailing, page.ratePerSecond);
    const sending: Sending = {
      dependencies,
      connection,
      mailing,
      lease,
      endsAtMs,
      pace,
      stop: undefined,
      sent: 0,
    };
    await sendAll(sending);
    if (sending.stop) return { sent: sending.sent, ...sending.stop, isHeldUp: true };
    return { sent: sending.sent, ...(await readNext(dependencies, mailingId)) };
  });
}

type Sending = {
  dependencies: Dependencies;
  connection: ChannelConnection;
  mailing: SendingMailing;
  lease: string;
  endsAtMs: number;
  pace: BulkPace;
  /** The network or the connection wants no more for now. */
  stop: { next: 'more' | 'paused'; waitMs: number } | undefined;
  sent: number;
};

/** When a send whose outcome nobody knows counts as lost, and when a person is told of it. */
export const lateness = ({ waits }: Dependencies) => ({
  lostMs: waits.callDeadlineMs + CLAIM_GRACE_MS,
  problemMs: waits.unknownProblemMs,
});

/** Attempts that died, and outcomes that nothing settled in time: listed, never repeated. */
export async function tellLost(dependencies: Dependencies, mailingId: string): Promise<void> {
  const after = { ...lateness(dependencies), limit: PROBLEMS_PER_PAGE };
  for (const id of await settleLostSends(dependencies.db, mailingId, after)) {
    const wake = await raiseUnknown(dependencies.db, id);
    if (wake) await dependencies.wake([wake]);
  }
}

async function readNext(
  dependencies: Dependencies,
  mailingId: string,
): Promise<{ next: 'nothing' | 'more' | 'paused'; waitMs: number }> {
  const { db, waits } = dependencies;
  const mailing = await readSendingMailing(db, mailingId);
  const isRunning = mailing?.state === 'running' && mailing.connectionState === 'connected';
  if (!isRunning) return { next: 'paused', waitMs: waits.probeLongestMs };
  const waitMs = await readSendsWaitMs(db, mailingId, lateness(dependencies));
  return waitMs === undefined ? { next: 'nothing', waitMs: 0 } : { next: 'more', waitMs };
}

/** Claims as many as the pace allows, and keeps so many calls on their way; what comes back is written down together. */
async function sendAll(sending: Sending): Promise<void> {
  const { dependencies, mailing, lease, pace } = sending;
  const recorder = createRecorder(sending);
  const isOver = () => sending.stop !== undefined || Date.now() >= sending.endsAtMs || isCancelled();
  try {
    while (!isOver()) {
      await recorder.untilBelow(AT_ONCE - pace.group);
      const { granted, waitMs } = await pace.take();
      if (granted === 0) {
        if (waitMs > LONGEST_IDLE_MS) sending.stop ??= { next: 'more', waitMs };
        else await sleep(Math.min(waitMs, Math.max(0, sending.endsAtMs - Date.now())));
        continue;
      }
      const notAfterMs = Date.now() + dependencies.waits.callDeadlineMs;
      const rows = await claimMailingSends(dependencies.db, mailing, lease, granted);
      if (rows.length < granted) await pace.giveBack(granted - rows.length);
      if (rows.length === 0) break;
      const early = await pairWaits(dependencies, rows);
      for (const row of rows) recorder.add(sendRow(sending, row, notAfterMs, early.get(pairKey(row))));
    }
  } finally {
    await recorder.end();
  }
}

const pairKey = (row: { conversationId: string }) => `pair/${row.conversationId}`;

/** Those whose customer gets too much in a short time, and how long they must wait. */
const pairWaits = ({ db, waits }: Dependencies, rows: readonly ClaimedSend[]) =>
  takeFromEach(db, [...new Set(rows.map(pairKey))], { intervalMs: waits.pairIntervalMs, burst: PAIR_BURST });

/**
 * Collects outcomes and writes them in the order in which they come, many at once, one transaction at a time. The first
 * failure ends the page, after everything that is on its way has come back.
 */
function createRecorder({ dependencies, mailing }: Sending) {
  const { db, wake } = dependencies;
  let open = 0;
  let come: SendOutcome[] = [];
  let isWriting = false;
  let failure: unknown;
  let wakeUp = Promise.withResolvers<void>();

  const settle = (count: number) => {
    open -= count;
    wakeUp.resolve();
    wakeUp = Promise.withResolvers<void>();
  };
  const fail = (error: unknown, count: number) => {
    failure ??= error;
    settle(count);
  };
  const write = async () => {
    if (isWriting) return;
    isWriting = true;
    while (come.length > 0) {
      const batch = come.slice(0, RECORDED_TOGETHER);
      come = come.slice(RECORDED_TOGETHER);
      try {
        await wake(await recordSendOutcomes(db, mailing.connectionId, batch));
        settle(batch.length);
      } catch (error) {
        fail(error, batch.length);
      }
    }
    isWriting = false;
  };
  const untilBelow = async (limit: number) => {
    while (open > limit && failure === undefined) await wakeUp.promise;
    if (failure !== undefined) throw failure;
  };
  return {
    add: (outcome: Promise<SendOutcome>) => {
      open += 1;
      outcome.then(
        (settled) => {
          come.push(settled);
          void write();
        },
        (error) => fail(error, 1),
      );
    },
    untilBelow,
    end: async () => {
      while (open > 0) await wakeUp.promise;
      if (failure !== undefined) throw failure;
    },
  };
}

/** One call at most, and its outcome. */
async function sendRow(
  sending: Sending,
  row: ClaimedSend,
  notAfterMs: number,
  pairWaitMs: number | undefined,
): Promise<SendOutcome> {
  const { id, conversationId } = row;
  const place = { id, conversationId };
  const refused = (kind: string, detail: string): SendOutcome => ({
    ...place,
    kind: 'refused',
    failure: { kind, code: undefined, detail },
  });
  if (row.isUnwanted) return refused('opted-out', 'the recipient wants no marketing');
  const to = recipientOf(row.addresses);
  if (!to) return refused('recipient-unreachable', 'no address is known');
  if (pairWaitMs !== undefined) {
    const failure = { kind: 'rate-limited', code: undefined, detail: 'many messages to this recipient' };
    return { ...place, kind: 'retry', failure, waitMs: pairWaitMs, isAttempt: false };
  }
  try {
    const message = messageOf(row, undefined);
    const receipt = await sending.connection.client.send({ to, callbackData: id, notAfterMs, ...message });
    const { channelMessageId, toPhone: phone, toBsuid: bsuid } = receipt;
    sending.sent += 1;
    const recipient = { ...(phone === undefined ? {} : { phone }), ...(bsuid === undefined ? {} : { bsuid }) };
    return { ...place, kind: 'sent', channelMessageId, recipient };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { ...place, ...(await outcomeOf(sending, row, error)) };
  }
}

type Outcome = SendOutcome extends infer Each
  ? Each extends SendOutcome
    ? Omit<Each, 'id' | 'conversationId'>
    : never
  : never;

/** Certainly not accepted and worth another try, definitely refused, or unknown. */
async function outcomeOf(sending: Sending, row: ClaimedSend, error: ChannelError): Promise<Outcome> {
  const { waits } = sending.dependencies;
  if (error.kind === 'outcome-unknown') return { kind: 'unknown' };
  const failure = { kind: error.refusal ?? error.kind, code: error.code, detail: error.detail };
  if (error.scope === 'connection' && error.kind === 'rate-limited') {
    // The number sends too much, which is our doing: live messages must not pay for it.
    const waitMs = error.retryAfterMs ?? waits.retryFirstMs;
    if (isTooFast(error)) await sending.pace.slowDown(waitMs);
    if (waitMs >= waits.retryFirstMs) sending.stop ??= { next: 'more', waitMs };
    return { kind: 'retry', failure, waitMs, isAttempt: true };
  }
  if (await sending.connection.pauseIfDown(error)) {
    sending.stop ??= { next: 'paused', waitMs: waits.probeLongestMs };
    return { kind: 'retry', failure, waitMs: 0, isAttempt: true };
  }
  if (RETRY_CLASS[error.kind] !== 'retry') return { kind: 'refused', failure };
  const ofPair = error.scope === 'conversation' ? pairRetryDelay(row.attempts) : 0;
  const otherwise = error.retryAfterMs ?? backOff(row.attempts, waits.retryFirstMs, waits.retryLongestMs);
  return { kind: 'retry', failure, waitMs: Math.max(ofPair, otherwise), isAttempt: true };
}
