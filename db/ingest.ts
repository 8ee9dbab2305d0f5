import { v7 as uuidv7 } from 'uuid';
import { DRAFT_STATES } from '../workflows/domain/connection-state.ts';
import type { Run } from '../workflows/domain/ids.ts';
import { inBatches } from './batches.ts';
import { type ChannelAccountKey, touchTemplates } from './channel-accounts.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { noteProgress, type ProgressInput, requestImports } from './history-imports.ts';
import { learnAliases } from './identities.ts';
import { lockConversations } from './ingest-conversations.ts';
import { insertMessages, type MessageInput } from './ingest-messages.ts';
import { applyLinks, type LinkInput } from './link-events.ts';
import { type PreferenceInput, recordMarketingNews, resolvePreferences } from './marketing-news.ts';
import { applyStatuses, type StatusInput } from './statuses.ts';
import { inTransaction } from './transaction.ts';
import { makeDue, type Wake } from './wakes.ts';

/** What is to be done with an event of a connection. */
export type EventWork = {
  /** Why an event that is not worked on was put aside. */
  reason: string | undefined;
  message?: MessageInput;
  status?: StatusInput;
  preference?: PreferenceInput;
  /** Holds more than is taken in with the request: a run does it later. */
  isToImport?: true;
  historyProgress?: ProgressInput;
};

/** One item of a webhook body. `sourceId` is the connection's id, or the Meta app's where no connection is concerned. */
export type EventInput = EventWork & {
  sourceId: string;
  connectionId: string | undefined;
  eventKey: string;
  kind: string;
  /** The channel's message id that the event is about. */
  subject: string | undefined;
  raw: unknown;
  /** Templates of this account have changed. */
  touchesTemplatesOf?: ChannelAccountKey;
  link?: LinkInput;
  /** Put aside, since its number is only being connected: this is done once it is (`takeInWaiting`). */
  waiting?: { draftId: string; work: EventWork };
};

/** What events wait for is no draft any more: whoever stores them has to look again to whom they belong. */
export class DraftMoved extends Error {}

export type Ingested = { stored: number; repeated: number; wakes: Wake[]; runs: Run[] };

/**
 * Stores one webhook body in one transaction: all of it or nothing. Conflicts are repeats and are ignored. The wakes
 * are the lanes whose due time this transaction set; they are signalled after the commit, and by nobody else; so are the
 * runs. `now`: of a test; otherwise the clocks count.
 */
export async function storeEvents(db: Database, events: EventInput[], now?: Date): Promise<Ingested> {
  return inTransaction(db, async (trx) => {
    await holdDrafts(
      trx,
      events.flatMap((event) => event.waiting?.draftId ?? []),
    );
    return takeIn(trx, events, () => insertEvents(trx, events), now);
  });
}

/**
 * Does what is to be done with events. `store` makes their rows, under the locks that come first, and tells which are new
 * (`source|event`).
 */
export async function takeIn(
  trx: DatabaseTransaction,
  events: EventInput[],
  store: () => Promise<Set<string>>,
  now?: Date,
): Promise<Ingested> {
  const messages = events.flatMap((event) => (event.message ? [event.message] : []));
  const statuses = events.flatMap((event) => (event.status ? [event.status] : []));
  const suspected = await learnAliases(
    trx,
    statuses.map(({ connectionId, channelMessageId, recipient, atMs: seenAtMs }) => ({
      connectionId,
      channelMessageId,
      recipient,
      seenAtMs,
    })),
  );
  const news = await resolvePreferences(
    trx,
    events.flatMap((event) => event.preference ?? []),
  );
  const conversations = await lockConversations(trx, messages);
  const wakes: Wake[] = [];
  for (const id of suspected) wakes.push(await makeDue(trx, id, 'to-planfix'));
  const fresh = await store();
  const isNew = (event: EventInput) => fresh.has(`${event.sourceId}|${event.eventKey}`);
  const newEvents = events.filter(isNew);
  const newMessages = newEvents.flatMap((event) => (event.message ? [event.message] : []));
  const runs: Run[] = await touchTemplates(
    trx,
    newEvents.flatMap((event) => event.touchesTemplatesOf ?? []),
  );
  runs.push(...(await takeHistory(trx, newEvents)));
  runs.push(
    ...(await applyLinks(
      trx,
      newEvents.flatMap((event) => event.link ?? []),
    )),
  );
  if (newMessages.length > 0) {
    const inserted = await insertMessages(trx, newMessages, (message) => conversations.get(message.sender), now);
    wakes.push(...inserted.wakes);
    runs.push(...inserted.runs);
    news.push(...inserted.news);
  }
  if (statuses.length > 0) wakes.push(...(await applyStatuses(trx, statuses)));
  await recordMarketingNews(trx, news);
  return { stored: fresh.size, repeated: events.length - fresh.size, wakes, runs };
}

/**
 * Keeps drafts what they are until what waits for them is stored: a draft that is connected meanwhile would never look
 * for it. Connections come before identities, as where a draft is connected.
 */
async function holdDrafts(trx: DatabaseTransaction, draftIds: readonly string[]): Promise<void> {
  if (draftIds.length === 0) return;
  const wanted = [...new Set(draftIds)];
  const held = await trx
    .selectFrom('connection')
    .where('id', 'in', wanted)
    .orderBy('id')
    .select('state')
    .forShare()
    .execute();
  if (held.length < wanted.length || !held.every(({ state }) => DRAFT_STATES.includes(state)))
    throw new DraftMoved('a draft is none any more');
}

/** What the business's own app hands over waits for its run; how far it has come is known at once. */
async function takeHistory(trx: DatabaseTransaction, events: EventInput[]): Promise<Run[]> {
  const ofConnections = events.flatMap((event) =>
    event.connectionId === undefined ? [] : [{ ...event, connectionId: event.connectionId }],
  );
  for (const { connectionId, historyProgress } of ofConnections) {
    if (historyProgress) await noteProgress(trx, connectionId, historyProgress);
  }
  return requestImports(trx, [
    ...new Set(ofConnections.filter((event) => event.isToImport).map(({ connectionId }) => connectionId)),
  ]);
}

/** The keys (`source|event`) of those that were not stored before. */
async function insertEvents(trx: DatabaseTransaction, events: EventInput[]): Promise<Set<string>> {
  const rows = events
    .map((event) => ({
      id: uuidv7(),
      sourceId: event.sourceId,
      connectionId: event.connectionId ?? null,
      eventKey: event.eventKey,
      kind: event.kind,
      subject: event.subject ?? null,
      detail: event.status ? JSON.stringify(event.status) : null,
      raw: JSON.stringify(event.raw ?? null),
      reason: event.reason ?? null,
      waitsFor: event.waiting?.draftId ?? null,
      work: event.waiting ? JSON.stringify(event.waiting.work) : null,
    }))
    .sort((a, b) => (a.sourceId + a.eventKey < b.sourceId + b.eventKey ? -1 : 1));
  const fresh = new Set<string>();
  for (const batch of inBatches(rows)) {
    const inserted = await trx
      .insertInto('inboundEvent')
      .values(batch)
      .onConflict((conflict) => conflict.doNothing())
      .returning(['sourceId', 'eventKey'])
      .execute();
    for (const row of inserted) fresh.add(`${row.sourceId}|${row.eventKey}`);
  }
  return fresh;
}
