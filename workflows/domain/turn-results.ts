/** What a turn of a lane, or a step of a task's creation, tells its workflow: ids, states and waits only. */

/**
 * `done`: nothing workable is left. `not-before`: look again after `waitMs`. `files` are attachments to be moved;
 * `deadlineInMs` is when the conversation must be looked at even if nothing happens until then.
 */
export type TurnResult = (
  | { kind: 'done' }
  | { kind: 'not-before'; waitMs: number }
  | { kind: 'needs-task'; conversationTaskId: string }
) & { planfixTask?: number; files?: string[]; deadlineInMs?: number };

/** `stopped`: the creation cannot go on, and the lane was told; whoever repairs the cause wakes the lane. */
export type StepResult = { kind: 'done' } | { kind: 'not-before'; waitMs: number } | { kind: 'stopped' };

/** `again`: there is more to do at once; `wait`: look again then, or when told; `over`: nothing before somebody tells. */
export type MailingStep = { kind: 'again' } | { kind: 'wait'; waitMs: number } | { kind: 'over' };
