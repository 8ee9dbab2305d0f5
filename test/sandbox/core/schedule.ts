/** What the schedule needs of a clock. */
export type ScheduleClock = { now: () => number; isFrozen: () => boolean };

export type Schedule = {
  /** Resolves to a function that cancels the task. */
  add: (dueMs: number, task: () => void) => () => void;
  /** Runs what is due, and waits for the next; called whenever the clock was moved. */
  run: () => void;
  /** Waits for nothing until the clock is moved. */
  pause: () => void;
  clear: () => void;
};

type Entry = { dueMs: number; task: () => void; isCancelled: boolean };

/** Node's timers overflow at 2^31 ms; a longer wait is taken in steps. */
const longestTimerMs = 2 ** 31 - 1;

/** Tasks by the time of a clock, with one of Node's timers for the earliest of them all. */
export function createSchedule(clock: ScheduleClock): Schedule {
  const entries = createHeap();
  let timer: NodeJS.Timeout | undefined;
  let timerDueMs = Number.POSITIVE_INFINITY;

  const pause = (): void => {
    clearTimeout(timer);
    timerDueMs = Number.POSITIVE_INFINITY;
  };

  const waitFor = (dueMs: number): void => {
    if (clock.isFrozen() || dueMs >= timerDueMs) return;
    clearTimeout(timer);
    timerDueMs = dueMs;
    timer = setTimeout(run, Math.min(Math.max(0, dueMs - clock.now()), longestTimerMs));
    timer.unref();
  };

  const run = (): void => {
    pause();
    for (const entry of entries.takeDue(clock.now())) if (!entry.isCancelled) entry.task();
    const next = entries.earliest();
    if (next !== undefined) waitFor(next.dueMs);
  };

  return {
    add: (dueMs, task) => {
      const entry = { dueMs, task, isCancelled: false };
      entries.push(entry);
      waitFor(dueMs);
      return () => {
        entry.isCancelled = true;
      };
    },
    run,
    pause,
    clear: () => {
      for (const entry of entries.takeDue(Number.POSITIVE_INFINITY)) entry.isCancelled = true;
      pause();
    },
  };
}

/** A binary heap, so that thousands of waiting redeliveries cost little each. Cancelled entries leave at their time. */
function createHeap() {
  const heap: Entry[] = [];
  const due = (index: number): number => heap[index]?.dueMs ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]];
    if (a === undefined || b === undefined) return;
    heap[one] = b;
    heap[other] = a;
  };

  const push = (entry: Entry): void => {
    let index = heap.push(entry) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && due(index) < due(parent); parent = (index - 1) >> 1) {
      swap(index, parent);
      index = parent;
    }
  };

  const takeEarliest = (): Entry | undefined => {
    swap(0, heap.length - 1);
    const earliest = heap.pop();
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const smaller = due(left + 1) < due(left) ? left + 1 : left;
      if (!(due(smaller) < due(index))) return earliest;
      swap(index, smaller);
      index = smaller;
    }
  };

  return {
    push,
    earliest: (): Entry | undefined => heap[0],
    /** All that are due, earliest first, before any of them runs: what they add is for the next time. */
    takeDue: (nowMs: number): Entry[] => {
      const taken: Entry[] = [];
      while (heap.length > 0 && due(0) <= nowMs) {
        const entry = takeEarliest();
        if (entry !== undefined) taken.push(entry);
      }
      return taken;
    },
  };
}
