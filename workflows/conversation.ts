import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { LiveActivities } from '../activities/index.ts';
import { liveOptions } from './activity-options.ts';
import { LANES, type Lane, taskCreationWorkflowId } from './domain/ids.ts';
import type { TurnResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import { type ConversationInput, type ConversationView, conversationViewQuery, laneDueSignal } from './messages.ts';
import { planfixTaskAttribute } from './search-attributes.ts';
import { taskCreationWorkflow } from './task-creation.ts';

/**
 * One customer on one connection. Two lanes that do not wait for each other; all state is in rows, so the run may end,
 * continue as new or be lost at any moment, and the next signal or sweep goes on from the rows.
 */
export async function conversationWorkflow(input: ConversationInput): Promise<void> {
  const waits = waitsOf(input.waits);
  const { postToPlanfix, sendToCustomer } = proxyActivities<LiveActivities>(liveOptions(waits));
  const turn = { 'to-planfix': postToPlanfix, 'to-customer': sendToCustomer };
  const due: Record<Lane, boolean> = { 'to-planfix': false, 'to-customer': false };
  const view: ConversationView = {
    'to-planfix': { state: 'idle', due: false, lastResult: undefined },
    'to-customer': { state: 'idle', due: false, lastResult: undefined },
    turns: 0,
  };
  let lastWorkAt = Date.now();
  let closing = false;
  let planfixTask: number | undefined;

  setHandler(laneDueSignal, (lane) => {
    due[lane] = true;
  });
  setHandler(conversationViewQuery, () => view);

  async function runLane(lane: Lane): Promise<void> {
    let waitMs: number | undefined;
    for (;;) {
      view[lane].state = waitMs === undefined ? 'idle' : 'waiting';
      const isDue = () => due[lane] || closing;
      if (waitMs === undefined) await condition(isDue);
      else if (waitMs > 0) await condition(isDue, waitMs);
      if (closing) return;
      due[lane] = false;
      view[lane].state = 'working';
      const result = await takeTurn(lane);
      view.turns += 1;
      view[lane].lastResult = result.kind;
      lastWorkAt = Date.now();
      waitMs = result.kind === 'not-before' ? result.waitMs : undefined;
      if (result.kind === 'needs-task') await createTask(input, result.conversationTaskId);
      else if (lane === 'to-planfix') showTask(result.planfixTask);
    }
  }

  /** A turn that failed altogether is looked at again: its rows say where it stood. */
  async function takeTurn(lane: Lane): Promise<TurnResult> {
    try {
      return await turn[lane]({ conversationId: input.conversationId });
    } catch (error) {
      if (isCancellation(error)) throw error;
      return { kind: 'not-before', waitMs: waits.retryLongestMs };
    }
  }

  function showTask(number: number | undefined): void {
    if (number === undefined || number === planfixTask) return;
    planfixTask = number;
    upsertSearchAttributes([{ key: planfixTaskAttribute, value: String(number) }]);
    setCurrentDetails(`Planfix task ${number}`);
  }

  const isIdle = () => LANES.every((lane) => view[lane].state === 'idle' && !due[lane]);
  const lanes = Promise.all(LANES.map(runLane));
  let idleMs = waits.idleMs;
  for (;;) {
    // One timer, armed again when it fires, not per message.
    await Promise.race([condition(() => workflowInfo().continueAsNewSuggested && isIdle(), idleMs), lanes]);
    if (!isIdle() || !allHandlersFinished()) {
      idleMs = waits.idleMs;
      continue;
    }
    const restMs = lastWorkAt + waits.idleMs - Date.now();
    const isFull = workflowInfo().continueAsNewSuggested;
    if (restMs > 0 && !isFull) {
      idleMs = restMs;
      continue;
    }
    closing = true;
    if (isFull) await continueAsNew<typeof conversationWorkflow>(input);
    return;
  }
}

/** The child outlives this run; its result is rows and a wake. "Already running" is what a repeat finds. */
async function createTask(input: ConversationInput, conversationTaskId: string): Promise<void> {
  try {
    await startChild(taskCreationWorkflow, {
      workflowId: taskCreationWorkflowId(conversationTaskId),
      args: [{ ...input, conversationTaskId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
