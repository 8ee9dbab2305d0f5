/** How a connection is, from what was found out about it. Pure; times of our own clock. (onboarding: A.8, A.9, C.4) */
import { type Told, toldByChecks } from './problem-findings.ts';
import {
  HEALTH_CHECKS,
  type HealthCheckName,
  type HealthCode,
  type HealthProblem,
  isBad,
  wordsOf,
} from './self-check-words.ts';
import { missingFields } from './webhook-fields.ts';

/** What came for a number is written down this often, as a share of how long a status may be missing. */
export const SIGHTING_SHARE = 1 / 4;

export type Finding = { name: HealthCheckName; code: HealthCode; detail?: string };

/** One check as it stands: `since` when it is as it is now, `checkedAt` when that was last found out. */
export type HealthEntry = {
  name: HealthCheckName;
  ok: boolean;
  isWarning: boolean;
  code: string;
  /** What the message names beside what the code says; checks of former times did not keep it. */
  detail?: string | null;
  message: string;
  remedy: string | null;
  since: string;
  checkedAt: string;
};

export type HealthChange = {
  health: HealthEntry[];
  /** Found anew: a person who has settled such a problem meanwhile is not told of it again. */
  opened: ({ kind: HealthProblem; reason: string } & Told)[];
  settled: HealthProblem[];
};

/** What was found joins what is known; checks that were not made this time stay as they were. */
export function mergeHealth(previous: readonly HealthEntry[], found: readonly Finding[], now: Date): HealthChange {
  const known = new Map(previous.map((entry) => [entry.name, entry]));
  const opened: HealthChange['opened'] = [];
  const open = new Set<HealthProblem>();
  const judged = new Set<HealthProblem>();
  for (const { name, code, detail } of found) {
    const before = known.get(name);
    const { message, remedy, isWarning, problem } = wordsOf(code, detail);
    if (problem) open.add(problem);
    for (const kind of PROBLEMS_OF[name]) judged.add(kind);
    if (problem && before?.code !== code) {
      const told = toldByChecks('health', [{ code, detail, sentence: `${message}. ${remedy}` }]);
      opened.push({ kind: problem, reason: code, ...told });
    }
    const checkedAt = now.toISOString();
    const since = before?.code === code ? before.since : checkedAt;
    const ok = !isBad(code) || isWarning === true;
    known.set(name, {
      name,
      ok,
      isWarning: isWarning === true,
      code,
      detail: detail ?? null,
      message,
      remedy: remedy ?? null,
      since,
      checkedAt,
    });
  }
  const health = HEALTH_CHECKS.flatMap((name) => known.get(name) ?? []);
  return { health, opened, settled: [...judged].filter((kind) => !open.has(kind)) };
}

const PROBLEMS_OF: Readonly<Record<HealthCheckName, readonly HealthProblem[]>> = {
  number: ['number-unusable'],
  quality: ['quality-low'],
  'display-name': ['display-name-declined'],
  sending: ['sending-limited'],
  limit: ['limit-lowered'],
  subscription: ['subscription-lost', 'webhook-misdirected'],
  'account-events': ['account-events-missing'],
  fields: ['fields-missing'],
  webhook: ['webhook-silent'],
  statuses: ['statuses-missing'],
  token: ['token-expires'],
  hint: ['hint-never-seen'],
  planfix: [],
  clock: ['clock-wrong'],
};

/** What the network states of a number; what it does not state is no fault. */
export type NumberStanding = {
  status?: string;
  onBusinessApp?: boolean;
  platform?: string;
  quality?: string;
  nameStatus?: string;
  messagingLimit?: string;
  faults?: readonly StatedFault[];
};

type StatedFault = { code: number; isPending: boolean; isPayment: boolean };

const BAD_NAMES: ReadonlySet<string | undefined> = new Set(['DECLINED', 'EXPIRED', 'REJECTED']);

/** `highestLimit`: the best that was known before. */
export function judgeStanding(standing: NumberStanding, highestLimit: string | undefined): Finding[] {
  const { status, quality, nameStatus, messagingLimit, faults } = standing;
  const findings = [judgeNumber(standing)];
  if (status !== undefined && quality !== undefined) {
    findings.push({ name: 'quality', code: quality === 'RED' ? 'quality-low' : 'quality-good' });
  }
  if (nameStatus !== undefined) {
    const isBadName = BAD_NAMES.has(nameStatus);
    findings.push({
      name: 'display-name',
      code: isBadName ? 'display-name-declined' : 'name-accepted',
      detail: nameStatus,
    });
  }
  if (faults !== undefined) findings.push(judgeSending(faults));
  if (messagingLimit !== undefined) {
    const isLower = highestLimit !== undefined && limitRank(messagingLimit) < limitRank(highestLimit);
    findings.push({ name: 'limit', code: isLower ? 'limit-lowered' : 'limit-kept', detail: messagingLimit });
  }
  return findings;
}

/** What is in the phone app, too, is said to be pending for a while, and works: it must never be registered. */
const isShared = ({ onBusinessApp, status }: NumberStanding) => onBusinessApp === true && status === 'PENDING';

function judgeNumber(standing: NumberStanding): Finding {
  const { status, platform } = standing;
  if (platform !== undefined && platform !== 'CLOUD_API') {
    return { name: 'number', code: 'number-not-on-platform', detail: platform };
  }
  if (status !== undefined && status !== 'CONNECTED' && !isShared(standing)) {
    return { name: 'number', code: 'number-not-connected', detail: status };
  }
  return { name: 'number', code: 'connected' };
}

/** What passes by itself is none. */
function judgeSending(faults: readonly StatedFault[]): Finding {
  const lasting = faults.filter((fault) => !fault.isPending);
  const [first] = lasting;
  if (!first) return { name: 'sending', code: 'sending-available' };
  if (lasting.some(({ isPayment }) => isPayment)) return { name: 'sending', code: 'payment-missing' };
  return { name: 'sending', code: 'sending-limited', detail: `${first.code}` };
}

/**
 * Whether an account may send that could not when it was last looked at: that ends a restriction of which the network
 * tells no end, and a ban whose end was not told. Only the account's own word counts; what its number, business or app
 * lack is something else.
 */
export const canSendAgain = (before: string | null, now: string | undefined): boolean =>
  now === 'AVAILABLE' && before !== null && before !== 'AVAILABLE';

/**
 * What the network says of a banned account. That it may send is said clearly only where nothing is wrong with its
 * number; else undefined.
 */
export function sendingOfBanned(standing: NumberStanding & { accountSending?: string }): string | undefined {
  const { accountSending } = standing;
  return accountSending === 'AVAILABLE' && judgeNumber(standing).code !== 'connected' ? undefined : accountSending;
}

/** Of "TIER_250", "TIER_2K", "TIER_UNLIMITED"; what cannot be read is no limit. */
function limitRank(limit: string): number {
  const [, count, thousands] = /^TIER_(\d+)(K?)$/.exec(limit) ?? [];
  return count === undefined ? Number.MAX_VALUE : Number(count) * (thousands ? 1_000 : 1);
}

export const higherLimit = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && limitRank(other) > limitRank(one)) ? other : one;

/** Where the network says that webhooks go; the number's own address counts before the account's and the app's. */
export type WebhookAddresses = { application?: string; account?: string; number?: string };

/** `isSubscribed` undefined: that webhooks come here is known without asking. */
export function judgeSubscription(
  { application, account, number }: WebhookAddresses,
  isSubscribed: boolean | undefined,
  ourUrl: string,
): Finding {
  if (isSubscribed === false) return { name: 'subscription', code: 'not-subscribed' };
  const address = number ?? account ?? application;
  const isElsewhere = address !== undefined && !isSameAddress(address, ourUrl);
  return { name: 'subscription', code: isElsewhere ? 'webhook-misdirected' : 'subscribed' };
}

/** News of the account goes to the app's own address, whatever overrides it. */
export function judgeAccountEvents({ application }: WebhookAddresses, ourUrl: string): Finding {
  const isOurs = application !== undefined && isSameAddress(application, ourUrl);
  return { name: 'account-events', code: isOurs ? 'account-events-arrive' : 'account-events-missing' };
}

/** Which webhooks the app hears of at all. */
export function judgeFields(subscribed: readonly string[], onBusinessApp: boolean): Finding {
  // Its history has come by now.
  const missing = missingFields(subscribed, { onBusinessApp, wantsHistory: false });
  if (missing.length === 0) return { name: 'fields', code: 'fields-subscribed' };
  return { name: 'fields', code: 'fields-missing', detail: missing.join(', ') };
}

export const isSameAddress = (one: string, other: string): boolean => trimmed(one) === trimmed(other);
const trimmed = (url: string) => url.replace(/\/+$/, '');

const DAY_MS = 24 * 60 * 60_000;
export const TOKEN_WARNING_MS = 14 * DAY_MS;

export function judgeToken(
  { isRefused, expiresAtMs }: { isRefused: boolean; expiresAtMs: number | undefined },
  nowMs: number,
): Finding {
  if (isRefused) return { name: 'token', code: 'token-refused' };
  if (expiresAtMs === undefined || expiresAtMs - nowMs > TOKEN_WARNING_MS) return { name: 'token', code: 'token-good' };
  const detail = new Date(expiresAtMs).toISOString().slice(0, 10);
  return { name: 'token', code: expiresAtMs <= nowMs ? 'token-expired' : 'token-expires', detail };
}

/** Beyond this a clock is wrong; headers have whole seconds, and answers take some. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const CLOCK_AGREEMENT_MS = 60_000;

/**
 * By how much each clock is ahead of ours; undefined: not known. Two of the outside that agree with each other and not
 * with us are right.
 */
export function judgeClocks(ahead: {
  database: number;
  network: number | undefined;
  planfix: number | undefined;
}): Finding {
  const isOff = (ms: number | undefined): ms is number => ms !== undefined && Math.abs(ms) > CLOCK_TOLERANCE_MS;
  const { database, network, planfix } = ahead;
  const agree = isOff(network) && isOff(planfix) && Math.abs(network - planfix) < CLOCK_AGREEMENT_MS;
  if (agree) return clockFinding('server-clock', network);
  if (isOff(database)) return clockFinding('database-clock', database);
  if (isOff(network)) return clockFinding('network-clock', network);
  if (isOff(planfix)) return clockFinding('planfix-clock', planfix);
  return { name: 'clock', code: 'clocks-agree' };
}

/** In whole minutes, so that it reads the same from check to check. */
const clockFinding = (code: HealthCode, ms: number): Finding => {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  return { name: 'clock', code, detail: `${minutes}` };
};
