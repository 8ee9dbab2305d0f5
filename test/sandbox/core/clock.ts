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

type Entry = { dueMs: number; task: () => void };

/** Node's timers overflow at 2^31 ms; a longer wait is taken in steps. */
const longestTimerMs = 2 ** 31 - 1;

export function createClock(): SandboxClock {
  let offsetMs = 0;
  let frozenAtMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let timerDueMs = Number.POSITIVE_INFINITY;
  const entries = new Set<Entry>();

  const now = (): number => frozenAtMs ?? Date.now() + offsetMs;

  const runDue = (): void => {
    timerDueMs = Number.POSITIVE_INFINITY;
    const at = now();
    const due = [...entries].filter((entry) => entry.dueMs <= at).sort((a, b) => a.dueMs - b.dueMs);
    for (const entry of due) if (entries.delete(entry)) entry.task();
    arm();
  };

  const armFor = (dueMs: number): void => {
    if (frozenAtMs !== undefined || dueMs >= timerDueMs) return;
    clearTimeout(timer);
    timerDueMs = dueMs;
    timer = setTimeout(runDue, Math.min(Math.max(0, dueMs - now()), longestTimerMs));
    timer.unref();
  };

  const arm = (): void => {
    let earliest = Number.POSITIVE_INFINITY;
    for (const entry of entries) earliest = Math.min(earliest, entry.dueMs);
    if (earliest !== Number.POSITIVE_INFINITY) armFor(earliest);
  };

  const moved = (): void => {
    clearTimeout(timer);
    runDue();
  };

  const set = (ms: number): void => {
    if (frozenAtMs !== undefined) frozenAtMs = ms;
    offsetMs = ms - Date.now();
    moved();
  };

  return {
    now,
    skewMs: () => now() - Date.now(),
    isFrozen: () => frozenAtMs !== undefined,
    advance: (ms) => {
      if (frozenAtMs !== undefined) frozenAtMs += ms;
      offsetMs += ms;
      moved();
    },
    set,
    freeze: () => {
      frozenAtMs = now();
      clearTimeout(timer);
      timerDueMs = Number.POSITIVE_INFINITY;
    },
    unfreeze: () => {
      if (frozenAtMs === undefined) return;
      offsetMs = frozenAtMs - Date.now();
      frozenAtMs = undefined;
      moved();
    },
    reset: () => {
      entries.clear();
      frozenAtMs = undefined;
      offsetMs = 0;
      moved();
    },
    schedule: (dueMs, task) => {
      const entry = { dueMs, task };
      entries.add(entry);
      armFor(dueMs);
      return () => void entries.delete(entry);
    },
  };
}
