import { describe, expect, it } from '@jest/globals';
import type { ChannelSetup, TokenFacts } from '../../../activities/channels/channel.ts';
import { ChannelError, type ChannelFailure } from '../../../activities/channels/errors.ts';
import { daysLeft, inspectToken, judgeToken } from '../../../activities/onboarding-token.ts';

const NOW_MS = Date.UTC(2026, 10, 26);
const DAY_MS = 86_400_000;
const APP = { appId: '42', nowMs: NOW_MS };
const SOUND: TokenFacts = {
  isValid: true,
  appId: '42',
  scopes: ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'],
  accountIds: [],
};
const codes = (facts: TokenFacts) => judgeToken(facts, APP).map(({ outcome, code }) => `${outcome}: ${code}`);

describe('a token', () => {
  it('that is good is of this app, has both rights and never ends', () => {
    expect(codes(SOUND)).toEqual([
      'passed: token-of-this-app',
      'passed: scopes-granted',
      'passed: token-never-expires',
    ]);
  });

  it.each<[string, Partial<TokenFacts>, string]>([
    ['has ended', { expiresAtMs: NOW_MS, isValid: false }, 'failed: token-expired'],
    ['was withdrawn', { isValid: false }, 'failed: token-rejected'],
    ['is of another app', { appId: '43' }, 'failed: token-of-another-app'],
    ['lacks a right', { scopes: ['whatsapp_business_messaging'] }, 'failed: scopes-missing'],
    ['ends in two weeks', { expiresAtMs: NOW_MS + 14 * DAY_MS }, 'warning: token-expires-soon'],
    ['ends later than in two weeks', { expiresAtMs: NOW_MS + 14 * DAY_MS + 1 }, 'passed: token-expires'],
  ])('that %s is known', (_what, change, code) => {
    expect(codes({ ...SOUND, ...change })).toContain(code);
    expect(codes(SOUND)).not.toContain(code);
  });

  it('has whole days left', () => {
    expect([0, DAY_MS - 1, DAY_MS, 3.9 * DAY_MS].map((ms) => daysLeft(NOW_MS + ms, NOW_MS))).toEqual([0, 0, 1, 3]);
    expect(daysLeft(NOW_MS - DAY_MS, NOW_MS)).toBe(0);
  });
});

describe('a look at a token that is refused', () => {
  const refusing = (kind: ChannelError['kind'], more: Partial<ChannelFailure> = {}) =>
    ({
      readToken: () => Promise.reject(new ChannelError({ kind, scope: 'connection', detail: 'no', ...more })),
    }) as unknown as ChannelSetup;
  const found = async (setup: ChannelSetup, appId: string | undefined) =>
    (await inspectToken(setup, { appId, nowMs: NOW_MS })).findings.map(({ about, code }) => `${about}: ${code}`);

  it('is the fault of the app where its secret was used, else of the token', async () => {
    const setup = refusing('credentials-rejected');
    expect(await found(setup, '42')).toEqual(['app: app-secret-wrong']);
    expect(await found(setup, undefined)).toEqual(['token: token-rejected']);
    expect(await found(refusing('invalid-request', { setupRefusal: 'token-of-another-app' }), '42')).toEqual([
      'token: token-of-another-app',
    ]);
    expect(await found(refusing('unexpected-response'), '42')).toEqual(['token: token-not-inspected']);
  });

  it('is no finding while the network is away', async () => {
    await expect(found(refusing('unavailable'), '42')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
