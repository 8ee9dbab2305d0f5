import { describe, expect, it } from '@jest/globals';
import {
  judgeLink,
  type LinkChange,
  mayBeNotApplicable,
  OWNER_STEP_PATHS,
  ownerStepsOf,
} from '../../../../workflows/domain/connection-state.ts';

const connected = { state: 'connected', pausedReason: null };
const pausedFor = (pausedReason: string) => ({ state: 'paused', pausedReason });
const kindsFrom = (from: { state: string; pausedReason: string | null }) => {
  const changes: LinkChange[] = ['suspended', 'resumed', 'ended', 'restricted', 'disabled', 'reinstated'];
  return Object.fromEntries(changes.map((change) => [change, judgeLink(from, change).kind]));
};

describe('news of a link', () => {
  it('pauses what is connected, and only restricts what is restricted', () => {
    expect(judgeLink(connected, 'suspended')).toEqual({ kind: 'pause', reason: 'suspended' });
    expect(judgeLink(connected, 'disabled')).toEqual({ kind: 'pause', reason: 'disabled' });
    expect(judgeLink(connected, 'ended')).toEqual({ kind: 'pause', reason: 'owner-disconnected' });
    expect(judgeLink(connected, 'restricted')).toEqual({ kind: 'restrict' });
    // Nothing to go on from.
    expect(judgeLink(connected, 'resumed').kind).toBe('none');
    expect(judgeLink(connected, 'reinstated').kind).toBe('none');
  });

  it('takes the place of a pause of ours', () => {
    expect(judgeLink(pausedFor('unavailable'), 'suspended')).toEqual({ kind: 'pause', reason: 'suspended' });
  });

  it('keeps the heavier of two pauses, whatever comes first', () => {
    expect(judgeLink(pausedFor('owner-disconnected'), 'suspended').kind).toBe('none');
    expect(judgeLink(pausedFor('owner-disconnected'), 'disabled').kind).toBe('none');
    expect(judgeLink(pausedFor('suspended'), 'ended')).toEqual({ kind: 'pause', reason: 'owner-disconnected' });
    // Control: the same two the other way round do change something.
    expect(judgeLink(pausedFor('suspended'), 'disabled').kind).toBe('pause');
  });

  it('ends a pause only by the word that belongs to it', () => {
    expect(judgeLink(pausedFor('suspended'), 'resumed').kind).toBe('resume');
    expect(judgeLink(pausedFor('owner-disconnected'), 'resumed').kind).toBe('resume');
    expect(judgeLink(pausedFor('disabled'), 'resumed').kind).toBe('none');
    expect(judgeLink(pausedFor('disabled'), 'reinstated').kind).toBe('resume');
    expect(judgeLink(pausedFor('suspended'), 'reinstated').kind).toBe('none');
    expect(judgeLink(pausedFor('credentials-rejected'), 'resumed').kind).toBe('none');
  });

  it('confirms a disconnection by its end alone, and moves nothing that is over', () => {
    expect(kindsFrom({ state: 'disconnecting', pausedReason: null })).toEqual({
      suspended: 'remember',
      resumed: 'none',
      restricted: 'restrict',
      disabled: 'remember',
      reinstated: 'none',
      ended: 'confirm-disconnect',
    });
    for (const state of ['draft', 'checking', 'failed', 'disconnected']) {
      expect(new Set(Object.values(kindsFrom({ state, pausedReason: null })))).toEqual(new Set(['none']));
    }
  });
});

describe('news of a link that is being disconnected', () => {
  it('changes what it goes back to, by the same weights as ever', () => {
    const from = (pausedReason: string | null, change: LinkChange) =>
      judgeLink({ state: 'disconnecting', pausedReason }, change);
    expect(from(null, 'suspended')).toEqual({ kind: 'remember', reason: 'suspended' });
    expect(from('suspended', 'disabled')).toEqual({ kind: 'remember', reason: 'disabled' });
    expect(from('suspended', 'resumed')).toEqual({ kind: 'remember', reason: null });
    expect(from('disabled', 'reinstated')).toEqual({ kind: 'remember', reason: null });
    // Control: what does not end it, or is lighter, changes nothing.
    expect(from('disabled', 'resumed').kind).toBe('none');
    expect(from('disabled', 'suspended').kind).toBe('none');
  });
});

describe('what the owner does', () => {
  it('begins on the phone where the number is used there, and is told the exact place', () => {
    expect(ownerStepsOf({ onBusinessApp: true, setsUpNumbers: true })).toEqual([
      'disconnect-in-phone-app',
      'disconnect-in-business-settings',
    ]);
    expect(ownerStepsOf({ onBusinessApp: false, setsUpNumbers: true })).toEqual(['disconnect-in-business-settings']);
    expect(ownerStepsOf({ onBusinessApp: false, setsUpNumbers: false })).toEqual(['disconnect-at-provider']);
    expect(OWNER_STEP_PATHS['disconnect-in-phone-app']).toContain('Settings → Account → WhatsApp Business Platform');
  });

  it('does not apply only to an app of the company itself', () => {
    const may = (onBusinessApp: boolean, setsUpNumbers: boolean) =>
      mayBeNotApplicable(ownerStepsOf({ onBusinessApp, setsUpNumbers }));
    expect(may(false, true)).toBe(true);
    expect(may(true, true)).toBe(false);
    expect(may(false, false)).toBe(false);
  });
});
