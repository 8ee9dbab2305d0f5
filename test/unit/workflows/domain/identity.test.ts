import { describe, expect, it } from '@jest/globals';
import {
  chooseRecipient,
  decideLink,
  identitiesOf,
  isBsuid,
  isParentBsuid,
  type LinkDecision,
  type LinkEvidence,
  type LinkSide,
  namingOf,
} from '../../../../workflows/domain/identity.ts';

describe('isBsuid', () => {
  it.each([
    ['US.13491208655302741918', true, false],
    ['DE.ENT.11815799212886844830', true, true],
    ['de.123', false, false],
    ['4915100000002', false, false],
    ['US.', false, false],
    [`US.${'a'.repeat(129)}`, false, false],
    ['US.12 34', false, false],
  ])('%s', (value, expected, parent) => {
    expect(isBsuid(value)).toBe(expected);
    expect(isParentBsuid(value)).toBe(parent);
  });
});

describe('identitiesOf', () => {
  it('puts the strongest first and the phone in canonical form', () => {
    expect(identitiesOf({ phone: '551187654321', bsuid: 'BR.1', parentBsuid: 'BR.ENT.2', name: 'Bia' })).toEqual([
      { kind: 'bsuid', value: 'BR.1' },
      { kind: 'parent-bsuid', value: 'BR.ENT.2' },
      { kind: 'phone', value: '5511987654321', address: '551187654321' },
    ]);
  });

  it('does with what there is', () => {
    expect(identitiesOf({ bsuid: 'DE.1', username: 'anna' })).toEqual([{ kind: 'bsuid', value: 'DE.1' }]);
    expect(identitiesOf({ name: 'Nobody' })).toEqual([]);
    expect(identitiesOf({ bsuid: '', phone: '+' })).toEqual([]);
  });
});

describe('namingOf', () => {
  const before = { bsuid: 'DE.1', phone: '4915100000001' };

  it('keeps what a person was called until a change apart', () => {
    expect(namingOf(before, { bsuid: 'DE.2' })).toEqual({
      identities: [{ kind: 'bsuid', value: 'DE.2' }],
      former: [
        { kind: 'bsuid', value: 'DE.1' },
        { kind: 'phone', value: '4915100000001' },
      ],
    });
  });

  it.each([undefined, {}, { phone: '' }])('nothing changed: %j', (changedTo) => {
    expect(namingOf(before, changedTo)).toEqual({ identities: identitiesOf(before), former: [] });
  });
});

describe('decideLink', () => {
  const side = (customerId: string, values: Partial<LinkSide> = {}): LinkSide => ({
    ...{ customerId, createdAtMs: customerId === 'old' ? 1 : 2, contact: undefined, userIds: [] },
    ...values,
  });
  const known = (value: string, scope = 'here') => ({ userIds: [{ scope, value }] });
  const contact = (number: number, sinceMs: number) => ({ contact: { number, sinceMs } });
  const link = (stays: string, absorbed: string, twoContacts = false): LinkDecision => ({
    ...{ kind: 'link', stays, absorbed, twoContacts },
  });

  it.each<[string, LinkSide, LinkSide, LinkEvidence, LinkDecision]>([
    ['the same one', side('old'), side('old'), 'phone', { kind: 'same' }],
    ['the same one, whatever moved', side('old'), side('old'), 'phone-moved', { kind: 'same' }],
    ['phone only and user id', side('old'), side('new', known('Y1')), 'phone', link('old', 'new')],
    ['user id and phone only', side('new', known('Y1')), side('old'), 'phone', link('old', 'new')],
    ['other portfolios', side('old', known('Y1')), side('new', known('Y2', 'there')), 'phone', link('old', 'new')],
    ['two user ids', side('old', known('Y1')), side('new', known('Y2')), 'phone', { kind: 'conflict' }],
    [
      'two user ids that the network joins',
      side('old', known('Y1')),
      side('new', known('Y2')),
      'user-id',
      link('old', 'new'),
    ],
    ['a phone that went over', side('old'), side('new', known('Y1')), 'phone-moved', { kind: 'conflict' }],
    ['a contact beside none', side('old'), side('new', contact(7, 9)), 'phone', link('new', 'old')],
    ['the older contact', side('old', contact(8, 9)), side('new', contact(7, 3)), 'phone', link('new', 'old', true)],
    ['one contact twice', side('old', contact(7, 3)), side('new', contact(7, 9)), 'phone', link('old', 'new')],
  ])('%s', (_name, first, second, evidence, decision) => {
    expect(decideLink(first, second, evidence)).toEqual(decision);
    expect(decideLink(second, first, evidence)).toEqual(decision);
  });
});

describe('chooseRecipient', () => {
  it('prefers the phone, as the channel spells it', () => {
    expect(chooseRecipient({ phone: '551187654321', bsuid: 'BR.1' })).toEqual({ kind: 'phone', phone: '551187654321' });
  });

  it('falls back to the user id, then to the parent id, then to nobody', () => {
    expect(chooseRecipient({ bsuid: 'BR.1', parentBsuid: 'BR.ENT.2' })).toEqual({ kind: 'bsuid', bsuid: 'BR.1' });
    expect(chooseRecipient({ parentBsuid: 'BR.ENT.2' })).toEqual({ kind: 'bsuid', bsuid: 'BR.ENT.2' });
    expect(chooseRecipient({})).toBeUndefined();
  });
});
