type Target = 'graph' | 'planfix';

/** One entry of the list of common faults; `rule` is what the control API takes. */
export type FaultChoice = {
  value: string;
  target: Target;
  kind: string;
  rule: { target: Target; kind: string; times: number; [parameter: string]: unknown };
};

const choice = (target: Target, kind: string, more: Record<string, unknown> = {}): FaultChoice => ({
  value: [target, kind, more.code].filter((part) => part !== undefined).join(':'),
  target,
  kind,
  rule: { target, kind, times: 1, ...more },
});

const errorPage = { status: 502, contentType: 'text/html', body: '<html><body>502 Bad Gateway</body></html>' };

/** The faults a person is likely to try; each meets one call, save a hang, which lasts until it is removed. */
export const faultChoices: FaultChoice[] = [
  choice('graph', 'drop-after'),
  choice('graph', 'drop-before'),
  choice('graph', 'status', errorPage),
  choice('graph', 'slow-after', { delayMs: 15_000 }),
  choice('graph', 'hang', { times: 0 }),
  choice('graph', 'error', { code: 131_056 }),
  choice('graph', 'error', { code: 190 }),
  choice('graph', 'async-error', { code: 131_047 }),
  choice('graph', 'async-error', { code: 131_026 }),
  choice('graph', 'async-error', { code: 131_053 }),
  choice('graph', 'wrong-digest'),
  choice('graph', 'short'),
  choice('graph', 'expired'),
  choice('graph', 'redirect'),
  choice('graph', 'status-before-response'),
  choice('graph', 'no-status'),
  choice('planfix', 'drop-after'),
  choice('planfix', 'drop-before'),
  choice('planfix', 'status', errorPage),
  choice('planfix', 'slow-after', { delayMs: 15_000 }),
  choice('planfix', 'hang', { times: 0 }),
  choice('planfix', 'locked-202'),
  choice('planfix', 'quota-200'),
  choice('planfix', 'throttle'),
  choice('planfix', 'refuse-owner'),
  choice('planfix', 'refuse-assigner'),
  choice('planfix', 'refuse-status'),
];
