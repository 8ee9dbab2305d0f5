export type FaultTarget = 'graph' | 'planfix';

/** One request of the product, as it was answered. `status` is 0 when there was no answer. */
export type LoggedRequest = {
  seq: number;
  /** The sandbox's time. */
  atMs: number;
  target: FaultTarget;
  account?: string | undefined;
  phoneNumberId?: string | undefined;
  method: string;
  /** Without the query: tokens can be in there. */
  path: string;
  status: number;
  /** Parsed where it is JSON. */
  body: unknown;
  /** The kind of the fault that struck. */
  fault?: string | undefined;
};

export type RequestFilter = {
  target?: string | undefined;
  account?: string | undefined;
  phoneNumberId?: string | undefined;
  method?: string | undefined;
  /** A part of the path. */
  path?: string | undefined;
  /** Only requests after that one. */
  sinceSeq?: number | undefined;
  /** The newest so many. */
  limit?: number | undefined;
};

export type RequestLog = {
  add: (request: Omit<LoggedRequest, 'seq'>) => void;
  /** Oldest first. */
  find: (filter: RequestFilter) => LoggedRequest[];
  /** How many there have been, those included that are no longer kept. */
  count: () => number;
  clear: () => void;
};

const keptRequests = 20_000;

/** Keeps the newest requests in a ring, so that adding one costs the same however many there were. */
export function createRequestLog(): RequestLog {
  let ring: LoggedRequest[] = [];
  let nextSeq = 1;

  const matches = (request: LoggedRequest, filter: RequestFilter): boolean =>
    (filter.target === undefined || request.target === filter.target) &&
    (filter.account === undefined || request.account === filter.account) &&
    (filter.phoneNumberId === undefined || request.phoneNumberId === filter.phoneNumberId) &&
    (filter.method === undefined || request.method === filter.method) &&
    (filter.path === undefined || request.path.includes(filter.path));

  return {
    add: (request) => {
      ring[nextSeq % keptRequests] = { seq: nextSeq, ...request };
      nextSeq += 1;
    },
    find: (filter) => {
      const found: LoggedRequest[] = [];
      const first = Math.max(1, nextSeq - keptRequests, (filter.sinceSeq ?? 0) + 1);
      for (let seq = first; seq < nextSeq; seq += 1) {
        const request = ring[seq % keptRequests];
        if (request?.seq === seq && matches(request, filter)) found.push(request);
      }
      return filter.limit === undefined ? found : found.slice(-filter.limit);
    },
    count: () => nextSeq - 1,
    clear: () => {
      // Numbers go on, so that a reader's position stays valid.
      ring = [];
    },
  };
}
