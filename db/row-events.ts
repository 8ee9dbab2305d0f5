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
  let client: pg.Client | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let retryMs = RECONNECT_FIRST_MS;
  let closed = false;

  const tell = (id: string, announced: boolean) => {
    for (const finish of [...(waiters.get(id) ?? [])]) finish(announced);
  };

  async function listen(): Promise<void> {
    const fresh = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
    client = fresh;
    fresh.on('notification', (message) => tell(message.payload ?? '', true));
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
    if (client !== broken || closed) return;
    client = undefined;
    broken.end().catch(() => undefined);
    retryTimer = setTimeout(() => void listen(), retryMs);
    retryTimer.unref();
    retryMs = Math.min(retryMs * 2, RECONNECT_LONGEST_MS);
  }

  return {
    next: (id, timeoutMs) => {
      if (closed) return Promise.resolve(false);
      if (!client && !retryTimer) void listen();
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
      if (closed) return;
      closed = true;
      clearTimeout(retryTimer);
      for (const id of [...waiters.keys()]) tell(id, false);
      await client?.end().catch(() => undefined);
    },
  };
}
