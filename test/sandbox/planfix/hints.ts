import type { Post, PostResult, PostStream } from './posts.ts';
import type { PlanfixSettings } from './settings.ts';

type HintTarget = { url: string; secret: string; retryDelaysMs: number[] };

type HintLogEntry = Pick<PostResult, 'attempt' | 'outcome' | 'status' | 'error'> & {
  task: number;
  comment: number;
  atMs: number;
};

export type HintStream = {
  log: HintLogEntry[];
  target: () => HintTarget | undefined;
  setTarget: (target: HintTarget | undefined) => void;
  push: (task: number, comment: number) => void;
};

type HintHost = { now: () => number; settings: () => PlanfixSettings; posts: PostStream };

const minuteMs = 60_000;
const keptEntries = 1_000;

/** The two published retry tables, which contradict each other; without "repeat" ticked there is no retry at all. */
export const retryTables: Record<string, number[]> = {
  ru: [15, 30, 60, 60].map((minutes) => minutes * minuteMs),
  en: [5, 15, 30, 60, 60].map((minutes) => minutes * minuteMs),
};

/** The requests of an account's scenario "comment added", in the account's one stream of requests. */
export function createHintStream({ now, settings, posts }: HintHost): HintStream {
  const log: HintLogEntry[] = [];
  const sent = new WeakSet<Post>();
  let target: HintTarget | undefined;

  const note = (task: number, comment: number, { text: _text, ...result }: PostResult): void => {
    log.push({ task, comment, atMs: now(), ...result });
    if (log.length > keptEntries) log.splice(0, log.length - keptEntries);
  };

  return {
    log,
    target: () => target,
    setTarget: (next) => {
      target = next;
      if (next === undefined) posts.remove((post) => sent.has(post));
    },
    push: (task, comment) => {
      if (target === undefined) return;
      for (let copy = 0; copy <= settings().hintDuplicates; copy += 1) {
        const post: Post = {
          address: () => target && { url: target.url, headers: { 'x-parley-secret': target.secret } },
          form: { task: String(task), comment: String(comment) },
          retryDelaysMs: () => target?.retryDelaysMs ?? [],
          told: (result) => note(task, comment, result),
        };
        sent.add(post);
        posts.push(post);
      }
    },
  };
}
