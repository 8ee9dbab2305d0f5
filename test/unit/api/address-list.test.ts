import { describe, expect, it } from '@jest/globals';
import { addressList, isAddressRange } from '../../../api/address-list.ts';

describe('what is an address or a range', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32', '::/0'])('%s is', (text) => {
    expect(isAddressRange(text)).toBe(true);
  });

  it.each(['', '203.0.113', '203.0.113.7/33', '203.0.113.7/', '203.0.113.7/-1', '1.2.3.4/8/9', '2001:db8::/129'])(
    '"%s" is not',
    (text) => {
      expect(isAddressRange(text)).toBe(false);
    },
  );

  it.each(['localhost', 'fe80::1%eth0', '203.0.113.7/2a', '*', ' 203.0.113.7'])('"%s" is not either', (text) => {
    expect(isAddressRange(text)).toBe(false);
  });
});

describe('who is on a list', () => {
  const isListed = addressList(['203.0.113.0/24', '198.51.100.7', '2001:db8::/32']);

  it.each(['203.0.113.0', '203.0.113.255', '198.51.100.7', '2001:db8:ffff::1', '::ffff:203.0.113.9'])(
    '%s',
    (address) => {
      expect(isListed(address)).toBe(true);
    },
  );

  it.each(['203.0.112.255', '203.0.114.0', '198.51.100.8', '2001:db9::1', '::ffff:203.0.114.9', 'nonsense', ''])(
    'not "%s"',
    (address) => {
      expect(isListed(address)).toBe(false);
    },
  );

  it('nobody, where there is nothing that is an address', () => {
    expect(addressList(['everybody'])('203.0.113.7')).toBe(false);
    expect(addressList([])('203.0.113.7')).toBe(false);
  });
});
