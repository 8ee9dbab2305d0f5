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

/**
 * Takes tokens only if they are free now and nobody was told to come back for one: for whoever may wait. Of the burst all
 * of them must be free. `until`: for giving some of them back; undefined: nothing was taken.
 */
export async function takeFreeTokens(
  db: Database,
  { key, intervalMs, burst }: Gate,
  tokens: number,
): Promise<{ until: string | undefined; retryInMs: number }> {
  const { rows } = await sql<{ granted: boolean; inMs: number; until: string }>`
    select granted, until::text, greatest(0, extract(epoch from (at - clock_timestamp())) * 1000)::float8 as "inMs"
      from take_rate_tokens(${key}, ${intervalMs}, ${Math.max(1, burst - tokens + 1)}, 0, ${tokens}, true)`.execute(db);
  const { granted, until, inMs } = rows[0] as { granted: boolean; inMs: number; until: string };
  return { until: granted ? until : undefined, retryInMs: Math.ceil(inMs) };
}

/** One token from each of these gates that have one; the answer are those that have not, and in how many milliseconds. */
export async function takeFromEach(
  db: Database,
  keys: readonly string[],
  { intervalMs, burst }: Omit<Gate, 'key'>,
): Promise<Map<string, number>> {
  // In one order, since each gate stays locked until the end of the statement.
  const { rows } = await sql<{ key: string; inMs: number }>`
    select w.key, extract(epoch from (t.at - clock_timestamp())) * 1000 as "inMs"
      from unnest(${[...keys].sort()}::text[]) as w(key)
      cross join lateral take_rate_tokens(w.key, ${intervalMs}, ${burst}, 0, 1, false) t
     where not t.granted`.execute(db);
  return new Map(rows.map(({ key, inMs }) => [key, Math.max(1, Math.ceil(Number(inMs)))]));
}

/** Gives back the last `tokens` of what was taken, unless somebody has taken later ones meanwhile. */
export async function returnRateTokens(db: Database, gate: Gate, until: string, tokens: number): Promise<void> {
  await sql`
    update rate_gate set next_at = next_at - ${tokens * gate.intervalMs} * interval '1 millisecond'
     where key = ${gate.key} and next_at = ${until}::timestamptz`.execute(db);
}

/** The gate that all messages of a number pass. */
export const numberGateKey = (connectionId: string) => `number/${connectionId}`;

/** Slows live messages down, and holds how slow they are to be. */
export const liveGateKey = (connectionId: string) => `live/${connectionId}`;

/** Of a number that the network found too fast: slow for so long, and nothing at all for so long. */
export type SlowNumber = { slowForMs: number; heldForMs: number };
type Slower = { waitMs: number; stepMs: number; mostSteps: number };

/** Milliseconds until the time in this column of a gate; 0 where it is over, or there is none. */
export const msUntil = (column: string) =>
  sql<number>`coalesce(greatest(0, extract(epoch from ${sql.ref(column)} - clock_timestamp()) * 1000), 0)::float8`;

/**
 * The network found a number's sends to many too fast: for all processes they wait for `waitMs` and are slow for `stepMs`
 * more than they were to be. Live messages do not pay for it.
 */
export const slowNumberDown = (db: Database, connectionId: string, slower: Slower): Promise<SlowNumber> =>
  slowDown(db, numberGateKey(connectionId), slower);

/**
 * As above, of a live message: all live messages of the number are slowed down, and sends to many as well.
 * `refusedForMs`: for so long nothing of it was taken (`noteTaken`).
 */
export async function slowLiveDown(
  db: Database,
  connectionId: string,
  slower: Slower,
): Promise<{ refusedForMs: number }> {
  await slowDown(db, numberGateKey(connectionId), slower);
  return slowDown(db, liveGateKey(connectionId), slower);
}

/**
 * Messages that left before the wait began find it out together: that is once too fast. `refused_since` is looked at and
 * ended for live messages only.
 */
async function slowDown(
  db: Database,
  key: string,
  { waitMs, stepMs, mostSteps }: Slower,
): Promise<SlowNumber & { refusedForMs: number }> {
  const later = (ms: number) => sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
  const { rows } = await sql<SlowNumber & { refusedForMs: number }>`
    insert into rate_gate as g (key, next_at, promised_at, slow_until, held_until, refused_since)
    values (${key}, '-infinity', '-infinity', ${later(stepMs)}, ${later(waitMs)}, clock_timestamp())
    on conflict (key) do update
       set slow_until = case when g.held_until > clock_timestamp() then g.slow_until
             else least(greatest(g.slow_until, clock_timestamp()) + ${stepMs} * interval '1 millisecond',
               ${later(stepMs * mostSteps)}) end,
           held_until = greatest(g.held_until, excluded.held_until),
           refused_since = coalesce(case when g.slow_until > clock_timestamp() then g.refused_since end,
             excluded.refused_since)
    returning ${msUntil('g.slow_until')} as "slowForMs", ${msUntil('g.held_until')} as "heldForMs",
              (extract(epoch from clock_timestamp() - g.refused_since) * 1000)::float8 as "refusedForMs"`.execute(db);
  return rows[0] as SlowNumber & { refusedForMs: number };
}

/** Of a number that was found too fast something was taken, or the time for that begins anew. */
export async function noteTaken(db: Database, connectionId: string): Promise<void> {
  await db
    .updateTable('rateGate')
    .set({ refusedSince: null })
    .where('key', '=', liveGateKey(connectionId))
    .where('refusedSince', 'is not', null)
    .execute();
}

/** Gates that nobody has waited at for an hour are as good as new ones: there is one for every recipient. */
export async function deleteIdleGates(db: Database): Promise<void> {
  const idle = sql`clock_timestamp() - interval '1 hour'`;
  await sql`
    delete from rate_gate
     where next_at < ${idle} and promised_at < ${idle} and coalesce(greatest(slow_until, held_until) < ${idle}, true)`.execute(
    db,
  );
}
