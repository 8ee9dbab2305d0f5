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

type HintHost = {
  now: () => number;
  schedule: (dueMs: number, task: () => void) => () => void;
  settings: () => PlanfixSettings;
  post: PostForm;
};

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
export function createHintStream(host: HintHost): HintStream {
  const { log, note } = createHintLog(host);
  const queue = createHintQueue(host);
  const pause = createPause(host);
  let target: HintTarget | undefined;
  let running = false;
  let closed = false;

  const deliver = async (post: Post, to: HintTarget): Promise<void> => {
    const result = await postHint(host, post, to);
    const delivered = result.status === 200;
    note(post, { outcome: delivered ? 'delivered' : 'failed', ...result });
    if (!delivered) queue.failed(post, to.retryDelaysMs[post.attempt - 1]);
  };

  const run = async (): Promise<void> => {
    running = true;
    while (queue.length() > 0 && target !== undefined && !closed) {
      const post = queue.takeDue();
      if (post === undefined) await pause.until(queue.nextDueMs());
      else await deliver(post, target);
    }
    running = false;
  };

  return {
    log,
    target: () => target,
    setTarget: (next) => {
      target = next;
      if (next === undefined) queue.clear();
      pause.end();
    },
    push: (task, comment) => {
      if (target === undefined || closed) return;
      for (const post of queue.add(task, comment)) note(post, { outcome: 'dropped', status: null });
      if (running) pause.end();
      else void run();
    },
    frozenUntilMs: queue.frozenUntilMs,
    waiting: queue.length,
    thaw: () => {
      queue.thaw();
      pause.end();
    },
    wake: pause.end,
    close: () => {
      closed = true;
      queue.clear();
      pause.end();
    },
  };
}

function createHintLog({ now }: HintHost) {
  const log: HintLogEntry[] = [];
  return {
    log,
    note: (post: Post, result: Pick<HintLogEntry, 'outcome' | 'status' | 'error'>): void => {
      const { task, comment, attempt } = post;
      log.push({ task, comment, attempt, atMs: now(), ...result });
      if (log.length > keptEntries) log.splice(0, log.length - keptEntries);
    },
  };
}

/** What is still to be sent, and how long it is kept back. */
function createHintQueue({ now, settings }: HintHost) {
  const queue: Post[] = [];
  let frozenUntilMs = 0;
  return {
    length: (): number => queue.length,
    frozenUntilMs: (): number => frozenUntilMs,
    nextDueMs: (): number =>
      Math.max(
        frozenUntilMs,
        queue.reduce((earliest, post) => Math.min(earliest, post.dueMs), Number.POSITIVE_INFINITY),
      ),
    /** Resolves to the copies that a freeze swallowed. */
    add: (task: number, comment: number): Post[] => {
      const post = { task, comment, attempt: 1, dueMs: now() };
      const copies = Array.from({ length: 1 + settings().hintDuplicates }, () => post);
      if (now() < frozenUntilMs && settings().hintDuringFreeze === 'drop') return copies;
      queue.push(...copies);
      return [];
    },
    takeDue: (): Post | undefined => {
      const at = now();
      const index = at < frozenUntilMs ? -1 : queue.findIndex((post) => post.dueMs <= at);
      return index === -1 ? undefined : queue.splice(index, 1)[0];
    },
    failed: (post: Post, retryAfterMs: number | undefined): void => {
      frozenUntilMs = now() + settings().hintFreezeMs;
      if (retryAfterMs !== undefined) queue.push({ ...post, attempt: post.attempt + 1, dueMs: now() + retryAfterMs });
    },
    thaw: (): void => {
      frozenUntilMs = 0;
    },
    clear: (): void => {
      queue.length = 0;
    },
  };
}

/** A wait that can be cut short. */
function createPause({ schedule }: HintHost) {
  let end = (): void => {};
  return {
    until: async (dueMs: number): Promise<void> => {
      let cancel = (): void => {};
      await new Promise<void>((resolve) => {
        end = resolve;
        cancel = schedule(dueMs, resolve);
      });
      cancel();
    },
    end: (): void => end(),
  };
}

async function postHint(
  { post, settings }: HintHost,
  { task, comment }: Post,
  to: HintTarget,
): Promise<Pick<HintLogEntry, 'status' | 'error'>> {
  const form = { task: String(task), comment: String(comment) };
  try {
    return { status: await post(to.url, form, { 'x-parley-secret': to.secret }, settings().hintTimeoutMs) };
  } catch (cause) {
    return { status: null, error: cause instanceof Error ? cause.name : 'Error' };
  }
}
