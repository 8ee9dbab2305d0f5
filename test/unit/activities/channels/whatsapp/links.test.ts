import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseEnvelope, parseWhatsAppBody } from '../../../../../activities/channels/whatsapp/parse-envelope.ts';
import { parseFixture } from './kinds/kind-case.ts';

const ACCOUNT = '102290129340398';
const AT = 1_793_000_300_000;

describe('news of the link to an account', () => {
  it.each<[string, object]>([
    [
      'account-partner-removed',
      { change: 'ended', phone: '15550000001', reason: 'PRIMARY_INACTIVITY', initiatedBy: 'SYSTEM' },
    ],
    ['account-partner-removed-by-partner', { change: 'ended' }],
    ['account-app-uninstalled', { change: 'ended', reason: 'PARTNER_APP_UNINSTALLED' }],
    ['account-deleted', { change: 'ended', reason: 'ACCOUNT_DELETED' }],
    ['account-offboarded', { change: 'suspended', reason: 'ACCOUNT_OFFBOARDED' }],
    ['account-reconnected', { change: 'resumed', reason: 'ACCOUNT_RECONNECTED' }],
    [
      'account-restricted',
      {
        change: 'restricted',
        reason: 'RESTRICTED_BIZ_INITIATED_MESSAGING, RESTRICTED_ADD_PHONE_NUMBER_ACTION',
      },
    ],
    ['account-violation', { change: 'restricted', reason: 'ADULT' }],
    ['account-disabled', { change: 'disabled', reason: 'DISABLE' }],
    ['account-reinstated', { change: 'reinstated', reason: 'REINSTATE' }],
  ])('%s', (name, expected) => {
    const events = parseFixture(name);
    const { raw, eventKey, ...event } = events[0] as (typeof events)[0];
    expect(event).toEqual({ kind: 'link', accountKey: ACCOUNT, atMs: AT, ...expected });
    expect(parseEnvelope(raw)).toEqual(events);
    expect(parseFixture(name)[0]?.eventKey).toBe(eventKey);
  });

  it('control: an event that says nothing of it stays an event of the account', () => {
    expect(parseFixture('account-update-unknown')).toEqual([
      expect.objectContaining({ kind: 'account-event', field: 'account_update', accountKey: ACCOUNT }),
    ]);
  });

  it.each(['ACCOUNT_DISMANTLED', 'constructor', '__proto__', 'toString'])(
    'takes a word that it does not know, %s, for an event of the account',
    (event) => {
      const entry = [{ id: ACCOUNT, changes: [{ field: 'account_update', value: { event } }] }];
      expect(parseEnvelope({ entry })).toEqual([expect.objectContaining({ kind: 'account-event' })]);
      const ban = { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: event } };
      const banned = [{ id: ACCOUNT, changes: [{ field: 'account_update', value: ban }] }];
      expect(parseEnvelope({ entry: banned })).toEqual([expect.objectContaining({ kind: 'account-event' })]);
    },
  );

  const restriction = (restriction_info: unknown) => {
    const value = { event: 'ACCOUNT_RESTRICTION', restriction_info };
    const [event] = parseEnvelope({ entry: [{ id: ACCOUNT, changes: [{ field: 'account_update', value }] }] });
    return event?.kind === 'link' ? event.change : event?.kind;
  };

  it.each([
    ['nothing', undefined],
    ['an empty list', []],
    ['no list', { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }],
    ['no type', [{ expiration: 1_793_000_300 }, {}, null, { restriction_type: '' }]],
  ])('takes no restriction from one that names %s', (_what, restriction_info) => {
    expect(restriction(restriction_info)).toBe('account-event');
  });

  it('control: takes one from a type that nobody has heard of, whatever stands beside it', () => {
    expect(restriction([{}, { restriction_type: 'RESTRICTED_SOMETHING_NEW' }])).toBe('restricted');
  });

  it('never throws, whatever stands in it', () => {
    const word = fc.constantFrom('PARTNER_REMOVED', 'DISABLED_UPDATE', 'ACCOUNT_RESTRICTION');
    const keys = ['phone_number', 'waba_info', 'disconnection_info', 'restriction_info', 'ban_info'];
    const value = fc.tuple(word, fc.dictionary(fc.constantFrom(...keys), fc.jsonValue(), { noNullPrototype: true }));
    fc.assert(
      fc.property(value, fc.jsonValue(), ([event, more], time) => {
        const body = {
          entry: [{ id: ACCOUNT, time, changes: [{ field: 'account_update', value: { event, ...more } }] }],
        };
        const events = parseWhatsAppBody(Buffer.from(JSON.stringify(body)));
        expect(events).toHaveLength(1);
        expect(['link', 'account-event']).toContain(events[0]?.kind);
        expect(events[0]?.eventKey.length).toBeLessThanOrEqual(300);
      }),
    );
  });
});
