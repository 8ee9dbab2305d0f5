import { sql } from 'kysely';
import type { Database } from './database.ts';

/** `burst` tokens may be used at once, then one every `intervalMs`. */
export type Gate = { key: string; intervalMs: number; burst: number };

/** `until` stands for what was taken, and is needed to give some of it back. */
export type GateAnswer = { granted: true; waitMs: number; until: string } | { granted: false; retryInMs: number };

/**
 * Takes tokens from a gate that all processes share. Granted: the first may be used after `waitMs` (at most
 * `maxWaitMs`), each further one an interval later. Not granted: nothing was taken; ask again in `retryInMs`, a time
 * that no other caller was given.
 */
export async function takeRateTokens(db: Database, gate: Gate, maxWaitMs: number, tokens = 1): Promise<GateAnswer> {
  const { rows } = await sql<{ granted: boolean; inMs: number; until: string }>`
    select granted, until::text, greatest(0, extract(epoch from (at - clock_timestamp())) * 1000)::float8 as "inMs"
      from take_rate_tokens(${gate.key}, ${gate.intervalMs}, ${gate.burst}, ${maxWaitMs}, ${tokens}, false)`.execute(
    db,
  );
  const answer = rows[0] as { granted: boolean; inMs: number; until: string };
  const inMs = Math.ceil(answer.inMs);
  return answer.granted ? { granted: true, waitMs: inMs, until: answer.until } : { granted: false, retryInMs: inMs };
}

/** Gives back the last `tokens` of what was taken, unless somebody has taken later ones meanwhile. */
export async function returnRateTokens(db: Database, gate: Gate, until: string, tokens: number): Promise<void> {
  await sql`
    update rate_gate set next_at = next_at - ${tokens * gate.intervalMs} * interval '1 millisecond'
     where key = ${gate.key} and next_at = ${until}::timestamptz`.execute(db);
}
