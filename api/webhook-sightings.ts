import { noteWebhooks } from '../db/connection-care.ts';
import type { EventInput } from '../db/ingest.ts';
import { SIGHTING_SHARE } from '../workflows/domain/self-check.ts';
import type { ApiParts } from './build-server.ts';

/**
 * Writes down that something came for the connections of these rows, which a self-check compares with what was sent. So
 * seldom for each of them that it costs nothing; a row that is not written is no reason to refuse what came.
 */
export function createSightings({ db, log, waits }: Pick<ApiParts, 'db' | 'log' | 'waits'>) {
  const everyMs = waits.statusLateMs * SIGHTING_SHARE;
  const seenAtMs = new Map<string, number>();
  return (rows: readonly EventInput[]): void => {
    const nowMs = Date.now();
    const ids = new Set(rows.flatMap(({ connectionId }) => connectionId ?? []));
    const due = [...ids].filter((id) => nowMs - (seenAtMs.get(id) ?? 0) >= everyMs);
    if (due.length === 0) return;
    for (const id of due) seenAtMs.set(id, nowMs);
    noteWebhooks(db, due).catch((error: unknown) => log.warn({ err: error }, 'a webhook was not noted'));
  };
}
