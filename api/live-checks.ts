import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import type { RowEvents } from '../db/row-events.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import { type FieldError, Problem } from './problem-details.ts';

/** How long a caller waits for the worker to check something before they get a 202 and look for themselves. */
export const CHECK_WAIT_MS = 15_000;
/** An announcement may be missed, so the row is read again this often. */
const LOOK_EVERY_MS = 1_000;
const REMEDY = 'Correct this and send the request again';

type Checked = { state: string; checks: ConnectionCheck[] };

/** Reads a row until `isSettled`, or until the time is up; returns what was read last. */
export async function waitForRow<T>(
  rowEvents: RowEvents,
  id: string,
  look: { read: () => Promise<T>; isSettled: (row: T) => boolean; waitMs?: number },
): Promise<T> {
  const endsAtMs = Date.now() + (look.waitMs ?? CHECK_WAIT_MS);
  for (;;) {
    const leftMs = endsAtMs - Date.now();
    // Listening begins before the row is read, so that nothing happens unheard in between.
    const announced = rowEvents.next(id, Math.max(0, Math.min(LOOK_EVERY_MS, leftMs)));
    const row = await look.read();
    if (look.isSettled(row) || leftMs <= 0 || rowEvents.isClosed()) return row;
    await announced;
  }
}

export type DraftCheck<Row extends Checked> = {
  id: string;
  /** Where the row can be looked at, for a caller who does not get its outcome at once. */
  location: string;
  requestCheck: (id: string) => Promise<void>;
  read: () => Promise<Row | undefined>;
  remove: (id: string) => Promise<void>;
  /** The path of the request's field that a check is about. */
  pathOf: (check: ConnectionCheck) => string;
};

/**
 * Has a draft checked by the worker: 201 when it is connected, 202 when that is not known in time, and a refusal with
 * every failed check, after which nothing of it stays stored.
 */
export async function settleDraft<Row extends Checked>(
  reply: FastifyReply,
  rowEvents: RowEvents,
  draft: DraftCheck<Row>,
): Promise<{ status: 201 | 202; row: Row }> {
  try {
    await draft.requestCheck(draft.id);
  } catch (error) {
    reply.log.error({ err: error }, 'a check could not be requested');
    await draft.remove(draft.id);
    throw cannotCheck();
  }
  const row = await waitForRow(rowEvents, draft.id, {
    read: draft.read,
    isSettled: (current) => current === undefined || !['draft', 'checking'].includes(current.state),
  });
  if (row?.state === 'draft' || row?.state === 'checking') {
    reply.header('location', draft.location);
    return { status: 202, row };
  }
  if (row && row.state !== 'failed') {
    reply.header('location', draft.location);
    return { status: 201, row };
  }
  await draft.remove(draft.id);
  throw new Problem('checks-failed', 'What was given does not work', { errors: failedChecks(row, draft.pathOf) });
}

const cannotCheck = () =>
  new Problem('unavailable', 'Temporal is not reachable, so nothing can be checked; try again in a moment');

/** Has the worker look at a row that is in use. True: its checks are new. False: the outcome is not known in time. */
export async function checkNow(rowEvents: RowEvents, id: string, requestCheck: () => Promise<void>): Promise<boolean> {
  const announced = rowEvents.next(id, CHECK_WAIT_MS);
  try {
    await requestCheck();
  } catch {
    throw cannotCheck();
  }
  return announced;
}

/** For changes that stand whether or not they can be looked at just now. */
export async function requestLook(log: FastifyBaseLogger, requestCheck: () => Promise<void>): Promise<void> {
  try {
    await requestCheck();
  } catch (error) {
    log.warn({ err: error }, 'a check could not be requested');
  }
}

function failedChecks(row: Checked | undefined, pathOf: (check: ConnectionCheck) => string): FieldError[] {
  const failed = (row?.checks ?? []).filter((check) => !check.ok);
  return failed.map((check) => ({ path: pathOf(check), message: check.message, remedy: check.remedy ?? REMEDY }));
}
