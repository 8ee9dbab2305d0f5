import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** An inbound event as the API shows it: what came and why it was put aside, never its content. */
export type EventRow = {
  id: string;
  kind: string;
  connectionId: string | null;
  subject: string | null;
  reason: string | null;
  receivedAt: Date;
};

export type EventFilter = {
  kind?: string | undefined;
  connectionId?: string | undefined;
  /** Only those that nothing was done for. */
  putAside?: boolean | undefined;
};

/**
 * Newest first. A bound caller sees the events of its account and of its connections; those of numbers that nobody has
 * connected belong to no account.
 */
export async function listEvents(
  db: Database,
  { kind, connectionId, putAside }: EventFilter,
  { planfixAccountId }: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<EventRow>> {
  let query = db
    .selectFrom('inboundEvent')
    .select(['id', 'kind', 'connectionId', 'subject', 'reason', 'receivedAt'])
    .$if(planfixAccountId !== undefined, (bound) =>
      bound.where((eb) =>
        eb.or([
          eb('sourceId', '=', planfixAccountId as string),
          eb(
            'connectionId',
            'in',
            eb
              .selectFrom('connection')
              .select('connection.id')
              .where('connection.planfixAccountId', '=', planfixAccountId as string),
          ),
        ]),
      ),
    );
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (connectionId !== undefined) query = query.where('connectionId', '=', connectionId);
  if (putAside === true) query = query.where('reason', 'is not', null);
  if (after !== undefined) query = query.where('id', '<', after);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}
