import type { FastifyReply } from 'fastify';
import type { RowEvents } from '../db/row-events.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { ApiParts } from './build-server.ts';
import { type FieldError, Problem } from './problem-details.ts';

/** An announcement may be missed, so the row is read again this often. */
const LOOK_EVERY_MS = 1_000;
const REMEDY = 'Correct this and send the request again';

type Checked = { state: string; checks: ConnectionCheck[] };
type Listening = Pick<ApiParts, 'rowEvents' | 'waits'>;

/** Reads a row until `isSettled`, or until the time is up; returns what was read last. */
export async function waitForRow<T>(
  rowEvents: RowEvents,
  look: { id: string; forMs: number; read: () => Promise<T>; isSettled: (row: T) => boolean },
): Promise<T> {
  const endsAtMs = Date.now() + look.forMs;
  for (;;) {
    const leftMs = endsAtMs - Date.now();
    // Listening begins before the row is read, so that nothing happens unheard in between.
    const announced = rowEvents.next(look.id, Math.max(0, Math.min(LOOK_EVERY_MS, leftMs)));
    const row = await look.read();
    if (look.isSettled(row) || leftMs <= 0 || rowEvents.isClosed()) return row;
    await announced;
  }
}

type DraftCheck<Row extends Checked> = {
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
 * every failed check, after which nothing of the draft stays stored.
 */
export async function settleDraft<Row extends Checked>(
  reply: FastifyReply,
  { rowEvents, waits }: Listening,
  draft: DraftCheck<Row>,
): Promise<{ status: 201 | 202; row: Row }> {
  try {
    await draft.requestCheck(draft.id);
  } catch (error) {
    reply.log.error({ err: error }, 'a check could not be requested');
    await draft.remove(draft.id);
    throw cannotCheck();
  }
  const row = await waitForRow(rowEvents, {
    id: draft.id,
    forMs: waits.liveCheckMs,
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
  const failed = (row?.checks ?? []).filter((check) => !check.ok);
  throw refuseChecks(failed, draft.pathOf);
}

const cannotCheck = () =>
  new Problem('unavailable', 'Temporal is not reachable, so nothing can be checked; try again in a moment');

type RowCheck<Row extends Checked> = {
  id: string;
  requestCheck: (id: string) => Promise<void>;
  read: () => Promise<Row | undefined>;
};

/**
 * Has the worker check a row that is in use and whose checks were cleared: any that are there afterwards are new.
 * Undefined: the outcome is not known in time.
 */
export async function checkNow<Row extends Checked>(
  { rowEvents, waits }: Listening,
  { id, requestCheck, read }: RowCheck<Row>,
): Promise<Row | undefined> {
  try {
    await requestCheck(id);
  } catch {
    throw cannotCheck();
  }
  const isSettled = (row: Row | undefined) => row === undefined || row.checks.length > 0;
  const row = await waitForRow(rowEvents, { id, forMs: waits.liveCheckMs, read, isSettled });
  return isSettled(row) ? row : undefined;
}

type ChangeCheck<Row extends Checked> = RowCheck<Row> & {
  /** Whether this failed check, found after the change, is the fault of the change. */
  isFault: (failed: ConnectionCheck) => boolean;
  undo: () => Promise<void>;
  pathOf: (check: ConnectionCheck) => string;
};

/**
 * Has a change of a row that is in use checked: 200 when it works, 202 when that is not known in time, and a refusal
 * with every check that fails because of it, after which the row is what it was before.
 */
export async function settleChange<Row extends Checked>(
  listening: Listening,
  change: ChangeCheck<Row>,
): Promise<200 | 202> {
  const row = await checkNow(listening, change).catch(async (error: unknown) => {
    await change.undo();
    throw error;
  });
  if (!row) return 202;
  const faults = row.checks.filter((check) => !check.ok && change.isFault(check));
  if (faults.length === 0) return 200;
  await change.undo();
  throw refuseChecks(faults, change.pathOf);
}

function refuseChecks(failed: readonly ConnectionCheck[], pathOf: (check: ConnectionCheck) => string): Problem {
  const errors = failed.map((check): FieldError => {
    const { code, detail, because, message, remedy = REMEDY } = check;
    return { path: pathOf(check), message, remedy, code, detail, because };
  });
  return new Problem('checks-failed', 'What was given does not work', { errors });
}
