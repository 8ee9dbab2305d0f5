import { isStartRefusal, startRefusalSentence } from '../workflows/domain/start-refusals.ts';
import type { DatabaseTransaction } from './database.ts';
import { openProblem } from './problems.ts';

/** What was to be sent, as far as it is a number in Planfix: phones and names have no place in a problem. */
export type UntoldStart = {
  planfixAccountId: string;
  connectionId: string;
  reason: string | null;
  planfixTask: number | null;
  contact?: number | undefined;
};

/** Somebody in Planfix asked for a message that was not sent, and there is no task to say so on. */
export async function openStartProblem(
  trx: DatabaseTransaction,
  { planfixAccountId, connectionId, reason, planfixTask, contact }: UntoldStart,
): Promise<void> {
  const numbers = [
    ...(contact === undefined ? [] : [`contact ${contact}`]),
    ...(planfixTask === null ? [] : [`task ${planfixTask}`]),
  ];
  const sentences = reason !== null && isStartRefusal(reason) ? startRefusalSentence(reason, 'en') : [];
  const about = numbers.length === 0 ? 'A request' : `A request for ${numbers.join(' and ')}`;
  await openProblem(trx, {
    kind: 'start-refused',
    planfixAccountId,
    connectionId,
    detail: [`${about} in Planfix`, ...sentences].map((sentence) => `${sentence}.`).join(' '),
    ...(reason === null ? {} : { reason }),
    ...(planfixTask === null ? {} : { planfixTask }),
  });
}
