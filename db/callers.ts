import type { Database } from './database.ts';
import { listHolding } from './sessions.ts';

/** Sessions and keys by which somebody listens. */
export type Listening = { sessionIds: readonly string[]; keyIds: readonly string[] };

/** Which of them still hold. */
export async function listStillKnown(
  db: Database,
  { sessionIds, keyIds }: Listening,
  sessionIdleMs: number,
): Promise<Set<string>> {
  const sessions = sessionIds.length === 0 ? new Set<string>() : await listHolding(db, sessionIds, sessionIdleMs);
  if (keyIds.length === 0) return sessions;
  const keys = await db
    .selectFrom('apiKey')
    .where('id', 'in', keyIds)
    .where('revokedAt', 'is', null)
    .select('id')
    .execute();
  return new Set([...sessions, ...keys.map((key) => key.id)]);
}
