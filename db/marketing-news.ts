import { sql } from 'kysely';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';
import { resolveCustomers, type SenderInput } from './identities.ts';
import { recordOptOut, revokeOptOut } from './opt-outs.ts';

/** A customer told the network, not us, that they want marketing from this business, or none. */
export type PreferenceInput = {
  connectionId: string;
  sender: SenderInput;
  marketing: 'stopped' | 'allowed';
  atMs: number;
};

/** One word of a customer about marketing, whichever way it came. */
export type MarketingNews = {
  customerId: string;
  planfixAccountId: string;
  connectionId: string;
  says: 'stop' | 'start';
  source: 'stop-word' | 'preference';
  messageId?: string;
  at: Date;
};

/** Who they are. Locks identities: to be called before a conversation is locked. */
export async function resolvePreferences(
  trx: DatabaseTransaction,
  preferences: readonly PreferenceInput[],
): Promise<MarketingNews[]> {
  if (preferences.length === 0) return [];
  const resolved = await resolveCustomers(
    trx,
    preferences.map(({ sender, connectionId, atMs }) => ({ ...sender, connectionId, seenAtMs: atMs })),
  );
  return preferences.map(({ sender, connectionId, marketing, atMs }, index) => ({
    customerId: resolved[index]?.customerId as string,
    planfixAccountId: sender.planfixAccountId,
    connectionId,
    says: marketing === 'stopped' ? 'stop' : 'start',
    source: 'preference',
    at: new Date(atMs),
  }));
}

/** A message that is nothing but a word about marketing. */
export type MarketingWord = { messageId: string; conversationId: string; says: 'stop' | 'start'; at: Date };

export async function resolveWords(
  trx: DatabaseTransaction,
  words: readonly MarketingWord[],
): Promise<MarketingNews[]> {
  if (words.length === 0) return [];
  const rows = words.map(({ messageId, conversationId }) => ({ message: messageId, conversation: conversationId }));
  const { rows: found } = await sql<
    { messageId: string } & Pick<MarketingNews, 'customerId' | 'planfixAccountId' | 'connectionId'>
  >`
    select w.message as "messageId", c.customer_id as "customerId", c.planfix_account_id as "planfixAccountId",
           c.connection_id as "connectionId"
      from ${recordset(rows, 'message uuid, conversation uuid')} join conversation c on c.id = w.conversation`.execute(
    trx,
  );
  const places = new Map(found.map((row) => [row.messageId, row]));
  return words.flatMap(({ messageId, says, at }) => {
    const place = places.get(messageId);
    return place ? [{ ...place, says, at, source: 'stop-word' as const }] : [];
  });
}

/** Writes them into the ledger, oldest first. Called last in a transaction, so that few wait for its locks. */
export async function recordMarketingNews(trx: DatabaseTransaction, news: readonly MarketingNews[]): Promise<void> {
  for (const { says, ...word } of [...news].sort((one, other) => +one.at - +other.at)) {
    if (says === 'stop') await recordOptOut(trx, word);
    else await revokeOptOut(trx, word);
  }
}
