import { sql } from 'kysely';
import type { DatabaseTransaction } from './database.ts';
import { type EventInput, type EventWork, type Ingested, takeIn } from './ingest.ts';

type Waiting = Pick<EventInput, 'eventKey' | 'kind'> & { subject: string | null; work: EventWork };

/**
 * A number is connected: what came for it while it was being looked at is its own now, and worked on like all that
 * follows. In the transaction that connects it, or makes it what it was before, with the connection locked, so that
 * nothing more can begin to wait; what is sent again later is a repeat.
 */
export async function takeInWaiting(trx: DatabaseTransaction, connectionId: string): Promise<Ingested> {
  const { rows } = await sql<Waiting>`
    select event_key as "eventKey", kind, subject, work from inbound_event
     where waits_for = ${connectionId} order by id for update`.execute(trx);
  if (rows.length === 0) return { stored: 0, repeated: 0, wakes: [], runs: [] };
  const { portfolio } = await trx
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select((eb) => eb.fn.coalesce('portfolioId', 'wabaId').as('portfolio'))
    .executeTakeFirstOrThrow();
  const events = rows.map(({ eventKey, kind, subject, work }): EventInput => {
    const key = { sourceId: connectionId, connectionId, eventKey, kind, subject: subject ?? undefined, raw: undefined };
    return { ...key, ...inPortfolio(work, portfolio) };
  });
  return takeIn(trx, events, () => hand(trx, connectionId));
}

/** A draft does not know its portfolio, the scope of its customers' ids, before it is checked. */
function inPortfolio(work: EventWork, portfolio: string): EventWork {
  const { message, preference } = work;
  return {
    ...work,
    ...(message ? { message: { ...message, sender: { ...message.sender, portfolio } } } : {}),
    ...(preference ? { preference: { ...preference, sender: { ...preference.sender, portfolio } } } : {}),
  };
}

/** The rows become the connection's, each event once, save what it had already in a former life. */
async function hand(trx: DatabaseTransaction, connectionId: string): Promise<Set<string>> {
  const { rows } = await sql<{ sourceId: string; eventKey: string }>`
    update inbound_event e
       set source_id = ${connectionId}, connection_id = ${connectionId}, reason = work->>'reason', detail = work->'status',
           waits_for = null, work = null
     where id in (select distinct on (event_key) id from inbound_event
                   where waits_for = ${connectionId} order by event_key, id)
       and not exists (select from inbound_event known
                        where known.source_id = ${connectionId} and known.event_key = e.event_key)
    returning source_id as "sourceId", event_key as "eventKey"`.execute(trx);
  await forgetWaiting(trx, connectionId);
  return new Set(rows.map(({ sourceId, eventKey }) => `${sourceId}|${eventKey}`));
}

/** Nothing waits for it any more; the rows stay where they were put aside. */
export async function forgetWaiting(trx: DatabaseTransaction, draftId: string): Promise<void> {
  await trx.updateTable('inboundEvent').set({ waitsFor: null, work: null }).where('waitsFor', '=', draftId).execute();
}
