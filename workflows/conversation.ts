import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  condition,
  continueAsNew,
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
import { createLane, type LaneRun, runLane } from './conversation-lane.ts';
import { fileTransferWorkflowId, LANES, type Lane, taskCreationWorkflowId } from './domain/ids.ts';
import type { TurnResult } from './domain/turn-results.ts';
import { waitsOf } from './domain/waits.ts';
import { fileTransferWorkflow } from './file-transfer.ts';
import { type ConversationInput, conversationViewQuery, laneDueSignal } from './messages.ts';
import { planfixTaskAttribute } from './search-attributes.ts';
import { taskCreationWorkflow } from './task-creation.ts';

type Lanes = Record<Lane, LaneRun>;

/**
 * One customer on one connection. Two lanes that do not wait for each other; all state is in rows, so the run may end,
 * continue as new or be lost at any moment, and the next signal or sweep goes on from the rows.
 */
export async function conversationWorkflow(input: ConversationInput): Promise<void> {
  const lanes = openLanes(input);
  const waits = waitsOf(input.waits);
  const { postToPlanfix, sendToCustomer } = proxyActivities<LiveActivities>(liveOptions(waits));
  const target = { conversationId: input.conversationId };
  const showTask = taskDisplay();

  const deadline: Deadline = { at: undefined };

  const retryMs = waits.retryLongestMs;
  const running = Promise.all([
    runLane(lanes['to-planfix'], {
      takeTurn: () => postToPlanfix(target),
      follow: async (result) => {
        deadline.at = result.deadlineInMs === undefined ? undefined : Date.now() + result.deadlineInMs;
        await moveFiles(input, result);
        if (result.kind === 'needs-task') await createTask(input, result.conversationTaskId);
        else showTask(result);
      },
      retryMs,
    }),
    runLane(lanes['to-customer'], {
      takeTurn: () => sendToCustomer(target),
      follow: (result) => moveFiles(input, result),
      retryMs,
    }),
  ]);
  await Promise.race([untilEnd(lanes, deadline, waits.idleMs), running]);
  // What a lane waits for is due again at the start of the next run: its rows say until when.
  const isWaiting = (lane: Lane) => lanes[lane].view.due || lanes[lane].view.state === 'waiting';
  const due = LANES.filter((lane) => isWaiting(lane) || (lane === 'to-planfix' && deadline.at !== undefined));
  for (const lane of LANES) lanes[lane].isClosing = true;
  if (workflowInfo().continueAsNewSuggested) {
    const { conversationId, waits: changed } = input;
    await continueAsNew<typeof conversationWorkflow>({ conversationId, ...(changed ? { waits: changed } : {}), due });
  }
}

/** The handlers come first, so that no signal of the first task is missed; they only enqueue. */
function openLanes(input: ConversationInput): Lanes {
  const lanes: Lanes = {
    'to-planfix': createLane(input.due?.includes('to-planfix') ?? false),
    'to-customer': createLane(input.due?.includes('to-customer') ?? false),
  };
  setHandler(laneDueSignal, (lane) => {
    if (LANES.includes(lane)) lanes[lane].view.due = true;
  });
  setHandler(conversationViewQuery, () => ({
    'to-planfix': lanes['to-planfix'].view,
    'to-customer': lanes['to-customer'].view,
    turns: LANES.reduce((turns, lane) => turns + lanes[lane].turns, 0),
  }));
  return lanes;
}

/** When the conversation must be looked at although nothing happens: a window is about to close. */
type Deadline = { at: number | undefined };

/**
 * Until nothing was done for the idle time, nothing waits and no deadline is ahead, or the history is long and no lane
 * is at work.
 */
async function untilEnd(lanes: Lanes, deadline: Deadline, idleMs: number): Promise<void> {
  const isIdle = () => LANES.every((lane) => lanes[lane].view.state === 'idle' && !lanes[lane].view.due);
  const isFull = () =>
    workflowInfo().continueAsNewSuggested && LANES.every((lane) => lanes[lane].view.state !== 'working');
  let restMs = idleMs;
  // One timer, armed again when it fires, not per message.
  for (;;) {
    const armedUntil = Date.now() + restMs;
    await condition(() => isFull() || (deadline.at ?? armedUntil) < armedUntil, restMs);
    if (isFull()) return;
    if (deadline.at !== undefined && deadline.at <= Date.now()) {
      deadline.at = undefined;
      lanes['to-planfix'].view.due = true;
    }
    const idleSince = Math.max(...LANES.map((lane) => lanes[lane].lastWorkAt));
    const idleRestMs = isIdle() ? idleSince + idleMs - Date.now() : idleMs;
    if (deadline.at === undefined && idleRestMs <= 0) return;
    const deadlineRestMs = deadline.at === undefined ? idleRestMs : deadline.at - Date.now();
    restMs = idleRestMs <= 0 ? deadlineRestMs : Math.min(idleRestMs, deadlineRestMs);
  }
}

/** Shows operators the task that the conversation writes into, each number once. */
function taskDisplay(): (result: TurnResult) => void {
  let shown: number | undefined;
  return (result) => {
    if (result.kind === 'needs-task' || result.planfixTask === undefined || result.planfixTask === shown) return;
    shown = result.planfixTask;
    upsertSearchAttributes([{ key: planfixTaskAttribute, value: String(shown) }]);
    setCurrentDetails(`Planfix task ${shown}`);
  };
}

const carried = ({ waits }: ConversationInput) => (waits ? { waits } : {});

/** A child outlives this run; its result is rows and a wake. "Already running" is what a repeat finds. */
async function unlessRunning(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

const createTask = (input: ConversationInput, conversationTaskId: string) =>
  unlessRunning(
    startChild(taskCreationWorkflow, {
      workflowId: taskCreationWorkflowId(conversationTaskId),
      args: [{ conversationId: input.conversationId, conversationTaskId, ...carried(input) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    }),
  );

async function moveFiles(input: ConversationInput, { files = [] }: TurnResult): Promise<void> {
  const starts = files.map((attachmentId) =>
    unlessRunning(
      startChild(fileTransferWorkflow, {
        workflowId: fileTransferWorkflowId(attachmentId),
        args: [{ attachmentId, ...carried(input) }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      }),
    ),
  );
  await Promise.all(starts);
}
