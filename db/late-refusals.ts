import { sql } from 'kysely';
import type { DatabaseTransaction } from './database.ts';
import { addWaitingNote } from './notes.ts';
import { makeDue, type Wake } from './wakes.ts';

/**
 * The network took a message and says only now that the window was closed: it did not arrive, and waits for the customer
 * like one that came too late. Its id at the network is put aside, so that nothing more that is told of it counts; a
 * customer who has written since sets it free at once. The message is locked.
 */
export async function waitAfterAcceptance(
  trx: DatabaseTransaction,
  messageId: string,
  failure: { code: number | undefined; detail: string },
): Promise<Wake[]> {
  const hasWritten = sql<boolean>`exists (select from conversation c where c.id = message.conversation_id
    and c.last_inbound_at > message.sent_at and c.window_expires_at > clock_timestamp())`;
  const message = await trx
    .updateTable('message')
    .set((eb) => ({
      state: sql<'ready' | 'waiting'>`case when ${hasWritten} then 'ready' else 'waiting' end`,
      reason: 'template-required',
      reasonCode: failure.code ?? null,
      reasonDetail: failure.detail,
      formerChannelMessageId: eb.ref('channelMessageId'),
      channelMessageId: null,
      claimToken: null,
      claimedAt: null,
      sentAt: null,
    }))
    .where('id', '=', messageId)
    .returning(['id', 'state', 'conversationId', 'connectionId', 'planfixAccountId', 'planfixTask', 'planfixComment'])
    .executeTakeFirstOrThrow();
  if (message.state === 'ready') return [await makeDue(trx, message.conversationId, 'to-customer')];
  return addWaitingNote(trx, message);
}
