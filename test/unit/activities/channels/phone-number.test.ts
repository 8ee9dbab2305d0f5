import { describe, expect, it } from '@jest/globals';
import { formatPhone, parseTypedPhone } from '../../../../activities/channels/phone-number.ts';

describe('parseTypedPhone', () => {
  it.each([
    ['+49 (1512) 345-67-89', undefined, '4915123456789'],
    ['0049 1512 3456789', undefined, '4915123456789'],
    [' +7 900 123-45-67 ', undefined, '79001234567'],
    ['8 900 123-45-67', 'RU', '79001234567'],
    ['01512 3456789', 'DE', '4915123456789'],
    ['+55 11 98765-4321', 'RU', '5511987654321'],
  ] as const)('reads %s (%s)', (typed, country, digits) => {
    expect(parseTypedPhone(typed, country)).toEqual({ kind: 'phone', digits });
  });

  it.each([
    ['', 'empty'],
    ['01512 3456789', 'country-missing'],
    ['4915123456789', 'country-missing'],
    ['+49 12', 'impossible'],
    ['+1', 'too-short'],
    [`+49${'1'.repeat(20)}`, 'too-long'],
    ['call me', 'not-a-number'],
    ['+49 1512 3456789 or +49 1512 3456780', 'not-a-number'],
    ['+999 123456789', 'country-missing'],
  ] as const)('refuses %s: %s', (typed, reason) => {
    expect(parseTypedPhone(typed)).toEqual({ kind: 'invalid', reason });
  });
});

it('writes a number for people', () => {
  expect(formatPhone('4915123456789')).toBe('+49 1512 3456789');
  expect(formatPhone('1')).toBe('+1');
});
