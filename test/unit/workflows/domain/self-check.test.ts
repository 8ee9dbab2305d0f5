import { describe, expect, it } from '@jest/globals';
import {
  type Finding,
  type HealthEntry,
  higherLimit,
  judgeAccountEvents,
  judgeClocks,
  judgeStanding,
  judgeSubscription,
  judgeToken,
  mergeHealth,
  sendingOfBanned,
} from '../../../../workflows/domain/self-check.ts';
import { HEALTH_CHECKS, HEALTH_PROBLEMS, wordsOf } from '../../../../workflows/domain/self-check-words.ts';

const OURS = 'https://parley.example/webhooks/meta/1';
const NOW = new Date('2026-11-26T12:00:00Z');
const LATER = new Date('2026-11-26T12:04:00Z');
const aFault = (code: number) => ({ code, isPending: false, isPayment: false });
const GOOD = { status: 'CONNECTED', platform: 'CLOUD_API', quality: 'GREEN', nameStatus: 'APPROVED', faults: [] };
const DAY_MS = 24 * 60 * 60_000;

const codesOf = (findings: readonly Finding[]) => findings.map(({ name, code }) => `${name}: ${code}`);
const MINUTE_MS = 60_000;

describe('how a number fares', () => {
  it('says what is wrong with it, and nothing of what the network does not state', () => {
    expect(codesOf(judgeStanding(GOOD, undefined))).toEqual([
      'number: connected',
      'quality: quality-good',
      'display-name: name-accepted',
      'sending: sending-available',
    ]);
    expect(codesOf(judgeStanding({}, undefined))).toEqual(['number: connected']);
    const worst = { ...GOOD, status: 'BANNED', quality: 'RED', nameStatus: 'DECLINED' };
    expect(codesOf(judgeStanding({ ...worst, faults: [aFault(131031)] }, undefined))).toEqual([
      'number: number-not-connected',
      'quality: quality-low',
      'display-name: display-name-declined',
      'sending: sending-limited',
    ]);
  });

  it('does not ask for a registration of a number that is in the phone app and pending', () => {
    const pending = { ...GOOD, status: 'PENDING' };
    expect(codesOf(judgeStanding({ ...pending, onBusinessApp: true }, undefined))[0]).toBe('number: connected');
    // Control: one that is not in the app is to be registered, and a ban is one everywhere.
    expect(codesOf(judgeStanding(pending, undefined))[0]).toBe('number: number-not-connected');
    const banned = { ...GOOD, status: 'BANNED', onBusinessApp: true };
    expect(codesOf(judgeStanding(banned, undefined))[0]).toBe('number: number-not-connected');
  });

  it('takes what passes by itself for no fault, and knows a missing payment', () => {
    const sending = (...faults: ReturnType<typeof aFault>[]) =>
      judgeStanding({ ...GOOD, faults }, undefined).find(({ name }) => name === 'sending')?.code;
    expect(sending({ ...aFault(1), isPending: true })).toBe('sending-available');
    expect(sending(aFault(1))).toBe('sending-limited');
    expect(sending({ ...aFault(2), isPayment: true })).toBe('payment-missing');
    expect(sending(aFault(1), { ...aFault(2), isPayment: true })).toBe('payment-missing');
    expect(sending(aFault(1), { ...aFault(2), isPayment: true, isPending: true })).toBe('sending-limited');
  });

  it('takes a banned account to send again only where its number does, too', () => {
    const said = (more: object) => sendingOfBanned({ ...GOOD, accountSending: 'AVAILABLE', ...more });
    expect(said({})).toBe('AVAILABLE');
    expect(said({ status: 'PENDING', onBusinessApp: true })).toBe('AVAILABLE');
    // Controls.
    expect(said({ status: 'BANNED' })).toBeUndefined();
    expect(said({ platform: 'NOT_APPLICABLE' })).toBeUndefined();
    expect(said({ status: 'BANNED', accountSending: 'BLOCKED' })).toBe('BLOCKED');
    expect(sendingOfBanned(GOOD)).toBeUndefined();
  });

  it('compares the limit with the best that was known', () => {
    const limit = (now: string, before?: string) =>
      judgeStanding({ messagingLimit: now }, before).find(({ name }) => name === 'limit')?.code;
    expect(limit('TIER_250')).toBe('limit-kept');
    expect(limit('TIER_250', 'TIER_2K')).toBe('limit-lowered');
    expect(limit('TIER_UNLIMITED', 'TIER_100K')).toBe('limit-kept');
    expect(limit('TIER_100K', 'TIER_UNLIMITED')).toBe('limit-lowered');
    expect(higherLimit('TIER_250', 'TIER_10K')).toBe('TIER_10K');
    expect(higherLimit(undefined, undefined)).toBeUndefined();
  });
});

describe('where webhooks go', () => {
  it("is the number's own address before the account's and the app's", () => {
    const code = (addresses: object, isSubscribed?: boolean) => judgeSubscription(addresses, isSubscribed, OURS).code;
    expect(code({ application: OURS })).toBe('subscribed');
    expect(code({ application: 'https://other.example', account: `${OURS}/` })).toBe('subscribed');
    expect(code({ application: OURS, account: 'https://other.example' })).toBe('webhook-misdirected');
    expect(code({ account: OURS, number: 'https://other.example' })).toBe('webhook-misdirected');
    expect(code({ application: OURS }, false)).toBe('not-subscribed');
  });

  it("tells of the account only at the app's own address", () => {
    expect(judgeAccountEvents({ account: OURS }, OURS).code).toBe('account-events-missing');
    expect(judgeAccountEvents({ application: OURS }, OURS).code).toBe('account-events-arrive');
  });
});

describe('a token', () => {
  it('is warned of fourteen days ahead, and not before', () => {
    const now = +NOW;
    const code = (expiresAtMs?: number, isRefused = false) => judgeToken({ isRefused, expiresAtMs }, now).code;
    expect(code()).toBe('token-good');
    expect(code(now + 14 * DAY_MS + 1)).toBe('token-good');
    expect(code(now + 14 * DAY_MS)).toBe('token-expires');
    expect(code(now)).toBe('token-expired');
    expect(code(now + 90 * DAY_MS, true)).toBe('token-refused');
  });
});

describe('clocks', () => {
  const ahead = (database: number, network?: number, planfix?: number) =>
    judgeClocks({
      database: database * MINUTE_MS,
      network: network === undefined ? undefined : network * MINUTE_MS,
      planfix: planfix === undefined ? undefined : planfix * MINUTE_MS,
    });

  it('are right within minutes', () => {
    expect(ahead(0, 0, 0).code).toBe('clocks-agree');
    expect(ahead(4, -4, 4).code).toBe('clocks-agree');
    expect(ahead(0).code).toBe('clocks-agree');
  });

  it('name the one that is wrong', () => {
    expect(ahead(0, 10, 0)).toEqual({ name: 'clock', code: 'network-clock', detail: '10' });
    expect(ahead(0, 0, -10)).toEqual({ name: 'clock', code: 'planfix-clock', detail: '10' });
    expect(ahead(10, 0, 0).code).toBe('database-clock');
    // Two of the outside against ours, whether the database shares our machine or not.
    expect(ahead(0, 10, 10).code).toBe('server-clock');
    expect(ahead(10, 10, 10).code).toBe('server-clock');
    // Control: they do not agree with each other, so they prove nothing together.
    expect(ahead(0, 10, -10).code).toBe('network-clock');
  });
});

describe('what is known of a connection', () => {
  const low: Finding = { name: 'quality', code: 'quality-low' };
  const good: Finding = { name: 'quality', code: 'quality-good' };

  it('opens a problem once, keeps since when it is so, and settles it', () => {
    const first = mergeHealth([], [low], NOW);
    expect(first.opened).toEqual([
      {
        kind: 'quality-low',
        reason: 'quality-low',
        detail: expect.stringContaining('Send less that nobody asked for'),
        findings: [{ code: 'health:quality-low', values: {} }],
      },
    ]);
    const second = mergeHealth(first.health, [low], LATER);
    expect(second.opened).toEqual([]);
    expect(second.settled).toEqual([]);
    expect(second.health).toEqual([{ ...first.health[0], checkedAt: LATER.toISOString() }]);
    const third = mergeHealth(second.health, [good], LATER);
    expect(third.settled).toEqual(['quality-low']);
    expect(third.health[0]).toMatchObject({ ok: true, isWarning: false, since: LATER.toISOString(), remedy: null });
    // Control: it opens again when it comes back.
    expect(mergeHealth(third.health, [low], LATER).opened).toHaveLength(1);
  });

  it('leaves alone what was not looked at', () => {
    const before = mergeHealth([], [low], NOW).health;
    const after = mergeHealth(before, [{ name: 'number', code: 'connected' }], LATER);
    expect(after.health.map((entry: HealthEntry) => entry.name)).toEqual(['number', 'quality']);
    expect(after.settled).not.toContain('quality-low');
  });

  it('settles one kind when a check finds another', () => {
    const lost = mergeHealth([], [{ name: 'subscription', code: 'not-subscribed' }], NOW);
    const taken = mergeHealth(lost.health, [{ name: 'subscription', code: 'webhook-misdirected' }], LATER);
    expect(taken.opened.map(({ kind }) => kind)).toEqual(['webhook-misdirected']);
    expect(taken.settled).toEqual(['subscription-lost']);
  });

  it('has a remedy for whatever is wrong', () => {
    const bad = ['number-not-connected', 'token-expires', 'webhook-silent', 'server-clock', 'limit-lowered'] as const;
    for (const code of bad) expect(wordsOf(code, 'x').remedy).toMatch(/\w{3}/);
    expect(new Set(HEALTH_PROBLEMS).size).toBe(HEALTH_PROBLEMS.length);
    expect(new Set(HEALTH_CHECKS).size).toBe(HEALTH_CHECKS.length);
  });
});
