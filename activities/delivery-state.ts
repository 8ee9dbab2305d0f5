import type { Database } from '../db/database.ts';
import { type PlanfixTurn, recordShownDeliveryState } from '../db/planfix-turn.ts';
import { openProblem } from '../db/problems.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import type { Language, MessageState } from '../workflows/domain/message.ts';
import { type Told, tell } from '../workflows/domain/problem-findings.ts';
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

export const deliveryWord = (state: MessageState, language: Language) => WORDS[language][state] ?? state;

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
      const field = { taskId, fieldId };
      await account.client.setTaskField({ ...field, value: deliveryWord(state, language), silent: true });
      if (turn.isDeliveryStateNew) await verifyKept(db, account, turn, field);
    } catch (error) {
      if (!(error instanceof PlanfixError) || RETRY_CLASS[error.kind] !== 'give-up') throw error;
      // The next state may be taken, or not: in either case this one is not tried again and again.
      if (error.refusal === 'custom-field') await sayRefused(db, turn, error.told);
    }
  }
  await recordShownDeliveryState(db, attempt.conversationId, state);
  return 'next';
}

/** Planfix takes a field that is not on the task's template, and keeps nothing of it. */
async function verifyKept(
  db: Database,
  account: PlanfixAccount,
  turn: PlanfixTurn,
  field: { taskId: number; fieldId: number },
): Promise<void> {
  const { fieldText } = await account.client.readStored(field);
  if (fieldText) return;
  await sayRefused(db, turn, tell(['field-not-kept', { field: field.fieldId }]));
}

const sayRefused = (db: Database, { planfixAccountId, connectionId }: PlanfixTurn, told: Told) =>
  openProblem(db, { kind: 'fields-refused', planfixAccountId, connectionId, ...told });
