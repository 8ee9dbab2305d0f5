import { type PlanfixTurn, recordShownDeliveryState } from '../db/planfix-turn.ts';
import { openProblem } from '../db/problems.ts';
import type { Language, MessageState } from '../workflows/domain/message.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { PlanfixAccount } from './planfix-account.ts';
import type { PlanfixAttempt, RowOutcome } from './to-planfix.ts';

const WORDS: Readonly<Record<Language, Readonly<Partial<Record<MessageState, string>>>>> = {
  en: {
    ready: 'on its way',
    sending: 'on its way',
    waiting: 'waits for the customer to write',
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    failed: 'not delivered',
    refused: 'not delivered',
    unknown: 'not known',
  },
  ru: {
    ready: 'отправляется',
    sending: 'отправляется',
    waiting: 'ждёт сообщения клиента',
    sent: 'отправлено',
    delivered: 'доставлено',
    read: 'прочитано',
    failed: 'не доставлено',
    refused: 'не доставлено',
    unknown: 'неизвестно',
  },
};

/** Writes how the last message to the customer fared into the task's own field: newest state only, without an event. */
export async function showDeliveryState(
  { dependencies, attempt }: PlanfixAttempt,
  account: PlanfixAccount,
  turn: PlanfixTurn,
): Promise<RowOutcome> {
  const { db } = dependencies;
  const state = turn.staleDeliveryState as MessageState;
  const { deliveryStateField: fieldId, language } = turn.settings;
  const taskId = turn.task?.planfixTask;
  if (taskId != null && fieldId !== undefined) {
    try {
      const value = WORDS[language][state] ?? state;
      await account.client.setTaskField({ taskId, fieldId, value, silent: true });
    } catch (error) {
      if (!(error instanceof PlanfixError) || error.refusal !== 'custom-field') throw error;
      const { planfixAccountId, connectionId } = turn;
      await openProblem(db, { kind: 'fields-refused', planfixAccountId, connectionId, detail: error.detail });
    }
  }
  await recordShownDeliveryState(db, attempt.conversationId, state);
  return 'next';
}
