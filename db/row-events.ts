import pg from 'pg';

/** The channel on which whoever settles a row says so; the payload is the row's id. */
const CHANNEL = 'parley_row';
const RECONNECT_FIRST_MS = 500;
const RECONNECT_LONGEST_MS = 10_000;

export type RowEvents = {
  /** True as soon as this row is announced, false after `timeoutMs`: a connection that is away hears nothing. */
  next(id: string, timeoutMs: number): Promise<boolean>;
  /** Ends every question; those that come later end at once. */
  close(): Promise<void>;
  isClosed(): boolean;
};

/** Listens on a connection of its own, opened with the first question and kept open from then on. */
export function createRowEvents(databaseUrl: string): RowEvents {
  const waiters = new Map<string, Set<(announced: boolean) => void>>();
  const tell = (id: string, announced: boolean) => {
    for (const finish of [...(waiters.get(id) ?? [])]) finish(announced);
  };
  const listener = createListener(databaseUrl, (id) => tell(id, true));
  let closed = false;

  return {
    next: (id, timeoutMs) => {
      if (closed) return Promise.resolve(false);
      listener.open();
      return new Promise((resolve) => {
        const set = waiters.get(id) ?? new Set();
        waiters.set(id, set);
        const finish = (announced: boolean) => {
          clearTimeout(timer);
          set.delete(finish);
          if (set.size === 0) waiters.delete(id);
          resolve(announced);
        };
        const timer = setTimeout(finish, timeoutMs, false);
        set.add(finish);
      });
    },
    isClosed: () => closed,
    close: async () => {
      closed = true;
      for (const id of [...waiters.keys()]) tell(id, false);
      await listener.close();
    },
  };
}

/** A connection that listens, and opens itself again when it breaks. */
function createListener(databaseUrl: string, onPayload: (payload: string) => void) {
  let state: 'new' | 'open' | 'closed' = 'new';
  let client: pg.Client | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let retryMs = RECONNECT_FIRST_MS;

  async function listen(): Promise<void> {
    const fresh = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, keepAlive: true });
    client = fresh;
    fresh.on('notification', (message) => onPayload(message.payload ?? ''));
    fresh.on('error', () => drop(fresh));
    fresh.on('end', () => drop(fresh));
    try {
      await fresh.connect();
      await fresh.query(`listen ${CHANNEL}`);
      retryMs = RECONNECT_FIRST_MS;
    } catch {
      drop(fresh);
    }
  }

  function drop(broken: pg.Client): void {
    if (client !== broken || state === 'closed') return;
    client = undefined;
    broken.end().catch(() => undefined);
    retryTimer = setTimeout(() => void listen(), retryMs);
    retryTimer.unref();
    retryMs = Math.min(retryMs * 2, RECONNECT_LONGEST_MS);
  }

  return {
    open: () => {
      if (state !== 'new') return;
      state = 'open';
      void listen();
    },
    close: async () => {
      state = 'closed';
      clearTimeout(retryTimer);
      await client?.end().catch(() => undefined);
    },
  };
}
