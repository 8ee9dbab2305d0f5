import type { FaultTarget } from './requests.ts';

/** What goes wrong, and for which calls. Parameters beyond these belong to the kind. */
export type FaultRule = {
  id: string;
  target: FaultTarget;
  kind: string;
  /** Calls that are still to be struck; 0: until the rule is removed. */
  times: number;
  /** Matching calls that pass before the first is struck. */
  skip: number;
  /** Share of matching calls that are struck, 0 to 1; the others pass uncounted. */
  chance: number;
  account?: string | undefined;
  phoneNumberId?: string | undefined;
  method?: string | undefined;
  /** Part of the path, or a regular expression for it. */
  path?: string | undefined;
  /** What the call is for: `send`, `receipt`, `upload`, `download`. */
  purpose?: string | undefined;
  /** The type of the message that is sent. */
  messageType?: string | undefined;
  delayMs?: number | undefined;
  [parameter: string]: unknown;
};

export type FaultedCall = {
  target: FaultTarget;
  account?: string | undefined;
  phoneNumberId?: string | undefined;
  method: string;
  /** Without the query. */
  path: string;
  purpose?: string | undefined;
  messageType?: string | undefined;
};

export type Faults = {
  /** @throws RangeError for an unknown target or kind, or a path that is no regular expression */
  add: (rule: Record<string, unknown>) => FaultRule;
  /** The first rule that strikes this call. Using up a rule removes it from the list. */
  take: (call: FaultedCall) => FaultRule | undefined;
  list: () => FaultRule[];
  /** Also lets go of the calls that the rule holds. Resolves to whether there was anything to remove. */
  remove: (id: string) => boolean;
  clear: () => void;
  /** Keeps a hanging call's ending until the rule is removed. Resolves to a function that forgets it. */
  hold: (id: string, end: () => void) => () => void;
};

/** Kinds that concern the connection, and those that each emulator carries out itself. A misspelt one would strike nothing. */
const connectionKinds = ['drop-before', 'drop-after', 'status', 'slow', 'slow-after', 'hang', 'hang-after'];
const sendKinds = ['async-error', 'status-before-response', 'no-status'];
const downloadKinds = ['wrong-digest', 'short', 'redirect', 'expired', 'throttle', 'stall'];
const kindsOf: Record<FaultTarget, string[]> = {
  graph: [...connectionKinds, 'error', ...sendKinds, ...downloadKinds],
  planfix: [
    ...connectionKinds,
    ...['locked-202', 'failures', 'quota-200', 'quota-403', 'throttle', 'wrong-content-type'],
    ...['refuse-owner', 'refuse-assigner', 'refuse-status'],
  ],
};

const purposes = ['send', 'receipt', 'upload', 'download'];

/** Kinds of the Graph API that only some calls can carry out; the others pass them by. */
const purposeOf = new Map([
  ...sendKinds.map((kind) => [kind, 'send'] as const),
  ...downloadKinds.map((kind) => [kind, 'download'] as const),
]);

type Matcher = { rule: FaultRule; matchesPath: (path: string) => boolean };

export function createFaults(): Faults {
  let nextId = 1;
  let rules: Matcher[] = [];
  const held = createHeldCalls();

  const use = (matcher: Matcher): FaultRule => {
    const { rule } = matcher;
    if (rule.times > 0) {
      rule.times -= 1;
      if (rule.times === 0) rules = rules.filter((one) => one !== matcher);
    }
    return rule;
  };

  return {
    add: (input) => {
      const rule = readRule(String(nextId), input);
      rules.push({ rule, matchesPath: pathMatcher(rule.path) });
      nextId += 1;
      return rule;
    },
    take: (call) => {
      for (const matcher of rules) {
        if (!matches(matcher, call)) continue;
        if (matcher.rule.skip === 0) return use(matcher);
        matcher.rule.skip -= 1;
      }
      return undefined;
    },
    list: () => rules.map(({ rule }) => rule),
    remove: (id) => {
      const left = rules.filter(({ rule }) => rule.id !== id);
      const wasListed = left.length < rules.length;
      rules = left;
      return held.letGo(id) || wasListed;
    },
    clear: () => {
      rules = [];
      held.letAllGo();
    },
    hold: held.hold,
  };
}

/** The calls that hang, by the rule that holds them; a rule that is used up may still hold some. */
function createHeldCalls() {
  const endings = new Map<string, Set<() => void>>();

  const letGo = (id: string): boolean => {
    const ofRule = endings.get(id);
    endings.delete(id);
    for (const end of ofRule ?? []) end();
    return ofRule !== undefined;
  };

  return {
    letGo,
    letAllGo: (): void => {
      for (const id of [...endings.keys()]) letGo(id);
    },
    hold: (id: string, end: () => void): (() => void) => {
      const ofRule = endings.get(id) ?? new Set();
      endings.set(id, ofRule.add(end));
      return () => {
        ofRule.delete(end);
        if (ofRule.size === 0 && endings.get(id) === ofRule) endings.delete(id);
      };
    },
  };
}

function matches({ rule, matchesPath }: Matcher, call: FaultedCall): boolean {
  return (
    rule.target === call.target &&
    (rule.account === undefined || rule.account === call.account) &&
    (rule.phoneNumberId === undefined || rule.phoneNumberId === call.phoneNumberId) &&
    (rule.method === undefined || rule.method === call.method) &&
    (rule.purpose === undefined || rule.purpose === call.purpose) &&
    (rule.messageType === undefined || rule.messageType === call.messageType) &&
    (rule.target !== 'graph' || !purposeOf.has(rule.kind) || purposeOf.get(rule.kind) === call.purpose) &&
    matchesPath(call.path) &&
    (rule.chance >= 1 || Math.random() < rule.chance)
  );
}

function readRule(id: string, input: Record<string, unknown>): FaultRule {
  const { target, kind } = input;
  if (target !== 'graph' && target !== 'planfix') throw new RangeError('target must be graph or planfix');
  if (typeof kind !== 'string' || !kindsOf[target].includes(kind)) {
    throw new RangeError(`kind must be one of ${kindsOf[target].join(', ')}`);
  }
  const text = (name: string): string | undefined => (input[name] === undefined ? undefined : String(input[name]));
  if (input.purpose !== undefined && !purposes.includes(String(input.purpose))) {
    throw new RangeError(`purpose must be one of ${purposes.join(', ')}`);
  }
  return {
    ...input,
    id,
    target,
    kind,
    times: readNumber(input, 'times', 1),
    skip: readNumber(input, 'skip', 0),
    chance: readNumber(input, 'chance', 1),
    account: text('account'),
    phoneNumberId: text('phoneNumberId'),
    method: text('method')?.toUpperCase(),
    path: text('path'),
    purpose: text('purpose'),
    messageType: text('messageType'),
  };
}

function readNumber(input: Record<string, unknown>, name: string, otherwise: number): number {
  const value = input[name] ?? otherwise;
  if (typeof value !== 'number' || !(value >= 0)) throw new RangeError(`${name} must be a number, at least 0`);
  return value;
}

function pathMatcher(path: string | undefined): (path: string) => boolean {
  if (path === undefined) return () => true;
  let pattern: RegExp | undefined;
  try {
    pattern = new RegExp(path);
  } catch {
    throw new RangeError('path must be a part of a path or a regular expression');
  }
  return (given) => given.includes(path) || pattern.test(given);
}
