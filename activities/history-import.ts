import { storeContacts } from '../db/contact-sync.ts';
import { storeHistory } from '../db/history.ts';
import {
  beginImport,
  type EventToImport,
  endImport,
  type HistoryPlace,
  readEventToImport,
} from '../db/history-imports.ts';
import type { ProviderKind } from '../workflows/domain/message.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import type { ChannelWebhook } from './channels/channel.ts';
import type { HistoryMessage } from './channels/history.ts';
import { channelWebhooks } from './channels/webhooks.ts';
import type { Dependencies } from './dependencies.ts';

export type HistoryImportActivities = {
  /** Takes in stored pieces of history and address book until there are none, or the time is up. */
  importHistoryPage: (input: { importId: string }) => Promise<{ isDue: boolean }>;
};

/** Each piece is one transaction: a page that was lost is followed by another one, which finds what is left. */
export function createHistoryImportActivities({ db, waits }: Dependencies): HistoryImportActivities {
  return {
    importHistoryPage: ({ importId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const endsAtMs = Date.now() + waits.bulkPageMs;
        const place = await beginImport(db, importId, waits.bulkPageTimeoutMs);
        if (!place) return { isDue: false };
        while (Date.now() < endsAtMs && !isCancelled()) {
          const event = await readEventToImport(db, place.connectionId);
          if (!event) break;
          await takeIn(db, place, event);
        }
        return { isDue: await endImport(db, place) };
      }),
  };
}

async function takeIn(db: Dependencies['db'], place: HistoryPlace, event: EventToImport): Promise<void> {
  const webhook: ChannelWebhook = channelWebhooks[place.provider as ProviderKind];
  if (event.kind === 'contact-sync') {
    const { items, unreadable } = webhook.readContactSync?.(event.raw) ?? { items: [], unreadable: 0 };
    const contacts = items.map(({ customer, isRemoved, atMs }) => ({ customer, isRemoved, atMs }));
    return storeContacts(db, place, event, { contacts, unreadable });
  }
  // What is not wanted is not even read.
  const isWanted = place.historyDays > 0;
  const { items, unreadable } = (isWanted && webhook.readHistory?.(event.raw)) || { items: [], unreadable: 0 };
  return storeHistory(db, place, event, { messages: items.map(toInput), unreadable });
}

const toInput = ({ messageKind, media, ...message }: HistoryMessage) => ({
  ...message,
  kind: messageKind,
  files: media === undefined ? [] : [media],
  sentAtMs: message.sentAtMs,
  quotedChannelMessageId: message.targetChannelMessageId ?? message.quotedChannelMessageId,
});
