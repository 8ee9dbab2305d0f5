import { createSchedule, type ScheduleClock } from './schedule.ts';

/** The sandbox's time. It runs like real time until it is moved; every time that the emulators state comes from it. */
export type SandboxClock = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** How far it is ahead of real time, milliseconds. */
  skewMs: () => number;
  isFrozen: () => boolean;
  advance: (ms: number) => void;
  set: (ms: number) => void;
  freeze: () => void;
  unfreeze: () => void;
  /** Back to real time; what is scheduled is forgotten. */
  reset: () => void;
  /**
   * Runs a task once the clock has reached that time: by itself, or because the clock was moved. A frozen clock only
   * reaches it by being moved. Resolves to a function that cancels it.
   */
  schedule: (dueMs: number, task: () => void) => () => void;
};

export function createClock(): SandboxClock {
  const time = createTime();
  const schedule = createSchedule(time);
  return {
    now: time.now,
    skewMs: () => time.now() - Date.now(),
    isFrozen: time.isFrozen,
    advance: (ms) => {
      time.set(time.now() + ms);
      schedule.run();
    },
    set: (ms) => {
      time.set(ms);
      schedule.run();
    },
    freeze: () => {
      time.freeze();
      schedule.pause();
    },
    unfreeze: () => {
      time.unfreeze();
      schedule.run();
    },
    reset: () => {
      schedule.clear();
      time.unfreeze();
      time.set(Date.now());
    },
    schedule: schedule.add,
  };
}

type Time = ScheduleClock & { set: (ms: number) => void; freeze: () => void; unfreeze: () => void };

/** Real time with an offset, or a moment at which it was stopped. */
function createTime(): Time {
  let offsetMs = 0;
  let frozenAtMs: number | undefined;
  const now = (): number => frozenAtMs ?? Date.now() + offsetMs;
  return {
    now,
    isFrozen: () => frozenAtMs !== undefined,
    set: (ms) => {
      if (frozenAtMs !== undefined) frozenAtMs = ms;
      else offsetMs = ms - Date.now();
    },
    freeze: () => {
      frozenAtMs = now();
    },
    unfreeze: () => {
      if (frozenAtMs === undefined) return;
      offsetMs = frozenAtMs - Date.now();
      frozenAtMs = undefined;
    },
  };
}
