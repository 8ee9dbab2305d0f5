import type { PlanfixSettings } from './settings.ts';

/** Sends a form and resolves to the answer's status; rejects when there is no answer in time. */
export type PostForm = (
  url: string,
  form: Record<string, string>,
  headers: Record<string, string>,
  timeoutMs: number,
) => Promise<number>;

type HintTarget = { url: string; secret: string; retryDelaysMs: number[] };

type HintLogEntry = {
  task: number;
  comment: number;
  atMs: number;
  attempt: number;
  outcome: 'delivered' | 'failed' | 'dropped';
  status: number | null;
  error?: string;
};

export type HintStream = {
  log: HintLogEntry[];
  target: () => HintTarget | undefined;
  setTarget: (target: HintTarget | undefined) => void;
  push: (task: number, comment: number) => void;
  frozenUntilMs: () => number;
  waiting: () => number;
  thaw: () => void;
  /** Has it look anew at what is due, after the account's clock was set otherwise than by moving the sandbox's. */
  wake: () => void;
  close: () => void;
};

type Post = { task: number; comment: number; attempt: number; dueMs: number };

const minuteMs = 60_000;
const keptEntries = 1_000;

/** The two published retry tables, which contradict each other; without "repeat" ticked there is no retry at all. */
export const retryTables: Record<string, number[]> = {
  ru: [15, 30, 60, 60].map((minutes) => minutes * minuteMs),
  en: [5, 15, 30, 60, 60].map((minutes) => minutes * minuteMs),
};

/**
 * The requests of an account's scenario "comment added": one after the other, only HTTP 200 is success, and a failure or
 * silence keeps all of the account's requests back for `hintFreezeMs` (Planfix REST: events, delivery rules).
 * Times are the account's, so moving the sandbox's clock ends a freeze.
 */
export function createHintStream(host: {
  now: () => number;
  schedule: (dueMs: number, task: () => void) => () => void;
  settings: () => PlanfixSettings;
  post: PostForm;
}): HintStream {
  const log: HintLogEntry[] = [];
  const queue: Post[] = [];
  let target: HintTarget | undefined;
  let frozenUntilMs = 0;
  let running = false;
  let closed = false;
  let wake = (): void => {};

  const note = (post: Post, entry: Pick<HintLogEntry, 'outcome' | 'status' | 'error'>): void => {
    log.push({ task: post.task, comment: post.comment, attempt: post.attempt, atMs: host.now(), ...entry });
    if (log.length > keptEntries) log.splice(0, log.length - keptEntries);
  };

  const send = async (post: Post, to: HintTarget): Promise<void> => {
    const form = { task: String(post.task), comment: String(post.comment) };
    let status: number | null = null;
    let error: string | undefined;
    try {
      status = await host.post(to.url, form, { 'x-parley-secret': to.secret }, host.settings().hintTimeoutMs);
    } catch (cause) {
      error = cause instanceof Error ? cause.name : 'Error';
    }
    note(post, {
      outcome: status === 200 ? 'delivered' : 'failed',
      status,
      ...(error === undefined ? {} : { error }),
    });
    if (status === 200) return;
    frozenUntilMs = host.now() + host.settings().hintFreezeMs;
    const retryMs = to.retryDelaysMs[post.attempt - 1];
    if (retryMs !== undefined) queue.push({ ...post, attempt: post.attempt + 1, dueMs: host.now() + retryMs });
  };

  const takeDue = (): Post | undefined => {
    const now = host.now();
    const index = now < frozenUntilMs ? -1 : queue.findIndex((post) => post.dueMs <= now);
    return index === -1 ? undefined : queue.splice(index, 1)[0];
  };

  const sleep = async (): Promise<void> => {
    const earliest = Math.min(...queue.map((post) => post.dueMs));
    let cancel = (): void => {};
    await new Promise<void>((resolve) => {
      wake = resolve;
      cancel = host.schedule(Math.max(earliest, frozenUntilMs), resolve);
    });
    cancel();
  };

  const run = async (): Promise<void> => {
    running = true;
    while (queue.length > 0 && target !== undefined && !closed) {
      const post = takeDue();
      if (post === undefined) await sleep();
      else await send(post, target);
    }
    running = false;
  };

  const push = (task: number, comment: number): void => {
    if (target === undefined || closed) return;
    for (let copy = 0; copy <= host.settings().hintDuplicates; copy += 1) {
      const post = { task, comment, attempt: 1, dueMs: host.now() };
      if (host.now() < frozenUntilMs && host.settings().hintDuringFreeze === 'drop') {
        note(post, { outcome: 'dropped', status: null });
      } else queue.push(post);
    }
    if (running) wake();
    else void run();
  };

  return {
    log,
    target: () => target,
    setTarget: (next) => {
      target = next;
      if (next === undefined) queue.length = 0;
      wake();
    },
    push,
    frozenUntilMs: () => frozenUntilMs,
    waiting: () => queue.length,
    thaw: () => {
      frozenUntilMs = 0;
      wake();
    },
    wake: () => wake(),
    close: () => {
      closed = true;
      queue.length = 0;
      wake();
    },
  };
}
