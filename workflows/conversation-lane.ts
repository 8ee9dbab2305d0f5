import { condition, isCancellation } from '@temporalio/workflow';
import type { TurnResult } from './domain/turn-results.ts';
import type { LaneView } from './messages.ts';

/** Where a lane of a running conversation stands; `lastWorkAt` is workflow time. */
export type LaneRun = { view: LaneView; turns: number; lastWorkAt: number; isClosing: boolean };

export const createLane = (isDue: boolean): LaneRun => ({
  view: { state: 'idle', due: isDue, lastResult: undefined },
  turns: 0,
  lastWorkAt: Date.now(),
  isClosing: false,
});

export type LaneSteps = {
  takeTurn(): Promise<TurnResult>;
  /** What the result of a turn asks of the workflow. */
  follow(result: TurnResult): Promise<void>;
  /** Before a turn that failed altogether is looked at again: its rows say where it stood. */
  retryMs: number;
};

/** Takes a turn whenever the lane is due or has waited long enough, until it is told to close. */
export async function runLane(lane: LaneRun, { takeTurn, follow, retryMs }: LaneSteps): Promise<void> {
  const { view } = lane;
  let waitMs: number | undefined;
  for (;;) {
    view.state = waitMs === undefined ? 'idle' : 'waiting';
    const isWoken = () => view.due || lane.isClosing;
    if (waitMs === undefined) await condition(isWoken);
    else if (waitMs > 0) await condition(isWoken, waitMs);
    if (lane.isClosing) return;
    view.due = false;
    view.state = 'working';
    const result = await orLater(takeTurn, retryMs);
    lane.turns += 1;
    lane.lastWorkAt = Date.now();
    view.lastResult = result.kind;
    await follow(result);
    waitMs = result.kind === 'not-before' ? result.waitMs : undefined;
  }
}

async function orLater(takeTurn: () => Promise<TurnResult>, retryMs: number): Promise<TurnResult> {
  try {
    return await takeTurn();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { kind: 'not-before', waitMs: retryMs };
  }
}
