import { sql } from 'kysely';
import type { Database } from './database.ts';

/** `burst` tokens may be used at once, then one every `intervalMs`. */
export type Gate = { key: string; intervalMs: number; burst: number };
export type GateAnswer = { granted: true; waitMs: number } | { granted: false; retryInMs: number };

/**
 * Takes one token from a gate that all processes share. Granted: use it after `waitMs` (at most `maxWaitMs`).
 * Not granted: nothing was taken; ask again in `retryInMs`, a time that no other caller was given.
 */
export async function takeRateToken(db: Database, gate: Gate, maxWaitMs: number): Promise<GateAnswer> {
  const { rows } = await sql<{ granted: boolean; inMs: number }>`
    select granted, greatest(0, extract(epoch from (at - clock_timestamp())) * 1000)::float8 as "inMs"
      from take_rate_token(${gate.key}, ${gate.intervalMs}, ${gate.burst}, ${maxWaitMs}, false)`.execute(db);
  const answer = rows[0] as { granted: boolean; inMs: number };
  const inMs = Math.ceil(answer.inMs);
  return answer.granted ? { granted: true, waitMs: inMs } : { granted: false, retryInMs: inMs };
}
