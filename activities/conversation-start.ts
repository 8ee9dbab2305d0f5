import { type FoundRecipient, refuseStart, startFound } from '../db/conversation-starts.ts';
import { giveUpNote, type OpenStart, postponeStart, takeStart } from '../db/start-notes.ts';
import { RETRY_CLASS } from '../workflows/domain/failure-kinds.ts';
import type { StartRefusal } from '../workflows/domain/start-refusals.ts';
import type { StepResult } from '../workflows/domain/turn-results.ts';
import { withHeartbeat } from './attempt.ts';
import { firstWritablePhone } from './channels/phone-number.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff, NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { Task } from './planfix/tasks.ts';
import type { OpenPlanfixAccount, PlanfixAccount } from './planfix-account.ts';
import { noteOnTask } from './start-note.ts';

export type ConversationStartActivities = {
  /** Asks Planfix whom a request is for, begins the conversation, and says on the task if that cannot be. */
  settleConversationStart: (step: { startId: string; attempt: number }) => Promise<StepResult>;
};

export function createConversationStartActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): ConversationStartActivities {
  const { db, waits } = dependencies;
  return {
    settleConversationStart: ({ startId, attempt }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        for (;;) {
          const start = await takeStart(db, startId, waits.leaseMs);
          if (!start) return { kind: 'done' };
          const waitMs = await takeStep({ dependencies, openAccount }, start, attempt);
          if (waitMs === undefined) continue;
          await postponeStart(db, startId, waitMs);
          return { kind: 'not-before', waitMs };
        }
      }),
  };
}

/** Undefined: one step was done, and there may be another. A number: look again after so many milliseconds. */
async function takeStep(
  { dependencies, openAccount }: { dependencies: Dependencies; openAccount: OpenPlanfixAccount },
  start: OpenStart,
  attempt: number,
): Promise<number | undefined> {
  const { waits } = dependencies;
  const account = await openAccount(start.planfixAccountId);
  if (account.access.state !== 'connected') return waits.probeLongestMs;
  try {
    if (start.state === 'refused') return await noteOnTask(dependencies, account, start);
    await askPlanfix(dependencies, account, start);
    return undefined;
  } catch (error) {
    if (error instanceof NotNow) return error.waitMs;
    if (!(error instanceof PlanfixError)) throw error;
    if (await account.pauseIfDown(error)) return waits.probeFirstMs;
    const isHopeless = error.scope === 'message' && RETRY_CLASS[error.kind] !== 'retry' && start.ageMs > waits.parkMs;
    if (!isHopeless) return error.retryAfterMs ?? backOff(attempt, waits.retryFirstMs, waits.retryLongestMs);
    await giveUp(dependencies, start);
    return undefined;
  } finally {
    await account.leaveGate();
  }
}

/** Planfix goes on refusing to say it, or to take the note. */
async function giveUp({ db }: Dependencies, start: OpenStart): Promise<void> {
  if (start.state === 'refused') return giveUpNote(db, start.id);
  const isAboutContact = start.recipient?.kind === 'contact';
  await refuseStart(db, start.id, isAboutContact ? 'no-such-contact' : 'no-such-task');
}

async function askPlanfix(dependencies: Dependencies, account: PlanfixAccount, start: OpenStart): Promise<void> {
  const { db, wake, lookAt } = dependencies;
  const found = await findWhom(account, start);
  if (typeof found === 'string') return refuseStart(db, start.id, found);
  const { wakes, runs } = await startFound(db, start.id, found);
  await wake(wakes);
  await lookAt(runs);
}

/** A task that is named must be there before anything leaves. */
async function findWhom(
  account: PlanfixAccount,
  { planfixTask, recipient, settings, displayPhoneNumber }: OpenStart,
): Promise<FoundRecipient | undefined | StartRefusal> {
  const asksContact = recipient?.kind === 'contact' || recipient?.kind === 'task';
  await account.enterGate((planfixTask === null ? 0 : 1) + (asksContact ? 1 : 0));
  const task = planfixTask === null ? undefined : await account.client.getTask(planfixTask);
  if (planfixTask !== null && (!task || task.isDeleted)) return 'no-such-task';
  if (!asksContact) return undefined;
  const number = recipient.kind === 'contact' ? recipient.contact : contactOf(task);
  if (number === undefined) return 'no-contact-in-task';
  const lookup = await account.client.getContact(number);
  if (lookup.kind === 'missing' || lookup.contact.isDeleted) return 'no-such-contact';
  const { id: contact, phones, name } = lookup.contact;
  const rules = { country: settings.defaultCountry, ownNumber: displayPhoneNumber };
  const first = firstWritablePhone(phones, rules);
  return { contact, digits: first?.kind === 'phone' ? first.digits : undefined, name };
}

/** Whom a task is of: who set it, else who it is about. */
function contactOf(task: Task | undefined): number | undefined {
  for (const person of [task?.assigner, task?.counterparty]) {
    const number = /^contact:(\d+)$/.exec(person ?? '')?.[1];
    if (number !== undefined) return Number(number);
  }
  return undefined;
}
