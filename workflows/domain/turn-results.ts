/** What a turn of a lane, or a step of a task's creation, tells its workflow: ids, states and waits only. */

/** `done`: nothing workable is left. `not-before`: look again after `waitMs`. */
export type TurnResult =
  | { kind: 'done'; planfixTask?: number }
  | { kind: 'not-before'; waitMs: number; planfixTask?: number }
  | { kind: 'needs-task'; conversationTaskId: string };

/** `stopped`: the creation cannot go on, and the lane was told; whoever repairs the cause wakes the lane. */
export type StepResult = { kind: 'done' } | { kind: 'not-before'; waitMs: number } | { kind: 'stopped' };
