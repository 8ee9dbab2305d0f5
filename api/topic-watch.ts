import { PassThrough, type Readable } from 'node:stream';
import { listStillKnown } from '../db/callers.ts';
import type { Database } from '../db/database.ts';
import { readDigests } from '../db/topics.ts';
import type { Caller } from './authentication.ts';
import type { ApiLog } from './logger.ts';

/** A browser opens six connections to one address, over all of its pages. */
const MOST_STREAMS = 10;
/** Whoever reads slower than they are told comes again. */
const MOST_UNREAD_BYTES = 64 * 1024;
/** Between two attempts of a browser whose stream ended. */
const COME_AGAIN_MS = 3_000;

type Listener = { topics: ReadonlySet<string>; holder: Holder; stream: PassThrough; toldAtMs: number };
type Holder = { kind: 'session' | 'key' | 'bootstrap'; id: string };

/** Tells open pages what has changed: one look a second at what somebody listens to, whoever they are. */
export type TopicWatch = {
  /** Undefined: the caller has too many streams open. What changes from then on is told. */
  listen(caller: Caller, topics: ReadonlySet<string>): Promise<Readable | undefined>;
  /** Ends all streams. */
  close(): void;
};

type WatchOptions = {
  db: Database;
  log: ApiLog;
  times: { streamLookMs: number; streamCommentMs: number; sessionIdleMs: number };
};

export function createTopicWatch({ db, log, times }: WatchOptions): TopicWatch {
  const listeners = new Set<Listener>();
  const digests = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async () => {
    await endStreamsOfGone(db, listeners, times.sessionIdleMs);
    await tellChanges(db, listeners, digests);
    for (const listener of listeners) {
      if (Date.now() - listener.toldAtMs >= times.streamCommentMs) tell(listener, ': still here\n\n');
    }
  };
  const schedule = () => {
    if (timer !== undefined || isClosed || listeners.size === 0) return;
    timer = setTimeout(async () => {
      // The database is away: pages are told when it is back.
      await look().catch((error: unknown) => log.debug({ err: error }, 'changes could not be looked for'));
      timer = undefined;
      schedule();
    }, times.streamLookMs);
  };

  return {
    listen: async (caller, topics) => {
      const holder = holderOf(caller);
      if ([...listeners].filter((one) => one.holder.id === holder.id).length >= MOST_STREAMS) return undefined;
      const stream = new PassThrough();
      const listener = { topics, holder, stream, toldAtMs: 0 };
      // Counted before anything is waited for.
      listeners.add(listener);
      stream.once('close', () => listeners.delete(listener));
      const unknown = [...topics].filter((topic) => !digests.has(topic));
      const first = await readDigests(db, unknown).catch((error: unknown) => {
        stream.destroy();
        throw error;
      });
      for (const [topic, digest] of first) if (!digests.has(topic)) digests.set(topic, digest);
      tell(listener, `retry: ${COME_AGAIN_MS}\n: listening\n\n`);
      if (isClosed) stream.end();
      schedule();
      return stream;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      for (const { stream } of listeners) stream.end();
    },
  };
}

function holderOf({ id, session }: Caller): Holder {
  if (session) return { kind: 'session', id: session.id };
  return { kind: id === 'admin' ? 'bootstrap' : 'key', id };
}

function tell(listener: Listener, text: string): void {
  if (listener.stream.writableLength > MOST_UNREAD_BYTES) listener.stream.destroy();
  else listener.stream.write(text);
  listener.toldAtMs = Date.now();
}

/** Signed out, disabled, revoked: whoever is known no more hears no more. */
async function endStreamsOfGone(db: Database, listeners: Set<Listener>, sessionIdleMs: number): Promise<void> {
  const idsOf = (kind: Holder['kind']) => [
    ...new Set([...listeners].filter((one) => one.holder.kind === kind).map((one) => one.holder.id)),
  ];
  const listening = { sessionIds: idsOf('session'), keyIds: idsOf('key') };
  const known = await listStillKnown(db, listening, sessionIdleMs);
  const asked = new Set([...listening.sessionIds, ...listening.keyIds]);
  for (const { holder, stream } of listeners) if (asked.has(holder.id) && !known.has(holder.id)) stream.end();
}

async function tellChanges(db: Database, listeners: Set<Listener>, digests: Map<string, string>): Promise<void> {
  const wanted = new Set([...listeners].flatMap((listener) => [...listener.topics]));
  for (const topic of digests.keys()) if (!wanted.has(topic)) digests.delete(topic);
  for (const [topic, digest] of await readDigests(db, [...wanted])) {
    const before = digests.get(topic);
    digests.set(topic, digest);
    if (before === undefined || before === digest) continue;
    const event = `event: changed\ndata: ${JSON.stringify({ topic })}\n\n`;
    for (const listener of listeners) if (listener.topics.has(topic)) tell(listener, event);
  }
}
