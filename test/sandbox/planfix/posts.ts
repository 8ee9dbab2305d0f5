import type { PlanfixSettings } from './settings.ts';

/** Sends a form and resolves to what was answered; rejects when there is no answer in time. */
export type PostForm = (
  url: string,
  form: Record<string, string>,
  headers: Record<string, string>,
  timeoutMs: number,
) => Promise<{ status: number; text: string }>;

export type PostResult = {
  outcome: 'delivered' | 'failed' | 'dropped';
  /** Null without an answer. */
  status: number | null;
  /** The body of the answer. */
  text: string;
  error?: string;
  attempt: number;
};

export type Post = {
  /** Read when its turn has come; undefined: it is not sent any more. */
  address: () => { url: string; headers: Record<string, string> } | undefined;
  form: Record<string, string>;
  /** Waits before further attempts; none: a failed request is gone. */
  retryDelaysMs: () => number[];
  told: (result: PostResult) => void;
};

export type PostStream = {
  push: (post: Post) => void;
  /** Takes back what has not been sent. */
  remove: (isMeant: (post: Post) => boolean) => void;
  frozenUntilMs: () => number;
  waiting: () => number;
  thaw: () => void;
  /** Has it look anew at what is due, after the account's clock was set otherwise than by moving the sandbox's. */
  wake: () => void;
  close: () => void;
};

type Queued = { post: Post; attempt: number; dueMs: number };

type PostHost = {
  now: () => number;
  schedule: (dueMs: number, task: () => void) => () => void;
  settings: () => PlanfixSettings;
  post: PostForm;
  /** Told that the account keeps its requests back from now on. */
  frozen: () => void;
};

/**
 * All POST requests that leave an account, whatever made them: one after the other, only HTTP 200 is success, and a
 * failure or silence keeps the others back for `hintFreezeMs` (Planfix REST: events, delivery rules). Times are the
 * account's, so moving the sandbox's clock ends a freeze.
 */
export function createPostStream(host: PostHost): PostStream {
  const queue = createQueue(host);
  const pause = createPause(host);
  let running = false;
  let closed = false;

  const deliver = async ({ post, attempt }: Queued): Promise<void> => {
    const address = post.address();
    if (address === undefined) return;
    const answer = await send(host, address, post.form);
    const outcome = answer.status === 200 ? 'delivered' : 'failed';
    if (outcome === 'failed') queue.failed(post, attempt, post.retryDelaysMs()[attempt - 1]);
    post.told({ ...answer, outcome, attempt });
    if (outcome === 'failed') host.frozen();
  };

  const run = async (): Promise<void> => {
    running = true;
    while (queue.length() > 0 && !closed) {
      const next = queue.takeDue();
      if (next === undefined) await pause.until(queue.nextDueMs());
      else await deliver(next);
    }
    running = false;
  };

  return {
    push: (post) => {
      if (closed) return;
      if (!queue.add(post)) post.told({ outcome: 'dropped', status: null, text: '', attempt: 1 });
      else if (running) pause.end();
      else void run();
    },
    remove: (isMeant) => {
      queue.remove(isMeant);
      pause.end();
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
      queue.remove(() => true);
      pause.end();
    },
  };
}

/** What is still to be sent, and how long it is kept back. */
function createQueue({ now, settings }: PostHost) {
  let queue: Queued[] = [];
  let frozenUntilMs = 0;
  return {
    length: (): number => queue.length,
    frozenUntilMs: (): number => frozenUntilMs,
    nextDueMs: (): number => Math.max(frozenUntilMs, Math.min(...queue.map(({ dueMs }) => dueMs))),
    /** False if a freeze swallows it. */
    add: (post: Post): boolean => {
      if (now() < frozenUntilMs && settings().hintDuringFreeze === 'drop') return false;
      queue.push({ post, attempt: 1, dueMs: now() });
      return true;
    },
    takeDue: (): Queued | undefined => {
      const at = now();
      const index = at < frozenUntilMs ? -1 : queue.findIndex(({ dueMs }) => dueMs <= at);
      return index === -1 ? undefined : queue.splice(index, 1)[0];
    },
    failed: (post: Post, attempt: number, retryAfterMs: number | undefined): void => {
      frozenUntilMs = now() + settings().hintFreezeMs;
      if (retryAfterMs !== undefined) queue.push({ post, attempt: attempt + 1, dueMs: now() + retryAfterMs });
    },
    thaw: (): void => {
      frozenUntilMs = 0;
    },
    remove: (isMeant: (post: Post) => boolean): void => {
      queue = queue.filter(({ post }) => !isMeant(post));
    },
  };
}

/** A wait that can be cut short. */
function createPause({ schedule }: PostHost) {
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

async function send(
  { post, settings }: PostHost,
  { url, headers }: { url: string; headers: Record<string, string> },
  form: Record<string, string>,
): Promise<Pick<PostResult, 'status' | 'text' | 'error'>> {
  try {
    return await post(url, form, headers, settings().hintTimeoutMs);
  } catch (cause) {
    return { status: null, text: '', error: cause instanceof Error ? cause.name : 'Error' };
  }
}
