import { describe, expect, it } from '@jest/globals';
import { chooseRecipient, identitiesOf, isBsuid, isParentBsuid } from '../../../../workflows/domain/identity.ts';

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
      { kind: 'phone', value: '5511987654321' },
    ]);
  });

  it('does with what there is', () => {
    expect(identitiesOf({ bsuid: 'DE.1', username: 'anna' })).toEqual([{ kind: 'bsuid', value: 'DE.1' }]);
    expect(identitiesOf({ name: 'Nobody' })).toEqual([]);
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
