import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CountryCode } from 'libphonenumber-js/max';
import { formatPhone, parseTypedPhone, writablePhone } from '../../../../activities/channels/phone-number.ts';

describe('parseTypedPhone', () => {
  it.each([
    ['+49 (1512) 345-67-89', undefined, '4915123456789'],
    ['0049 1512 3456789', undefined, '4915123456789'],
    [' +7 900 123-45-67 ', undefined, '79001234567'],
    ['8 900 123-45-67', 'RU', '79001234567'],
    ['01512 3456789', 'DE', '4915123456789'],
    ['+55 11 98765-4321', 'RU', '5511987654321'],
    ['151 23456789', 'DE', '4915123456789'],
    ['79001234567', 'RU', '79001234567'],
    ['1 415 555 2671', 'US', '14155552671'],
    ['80 29 123-45-67', 'BY', '375291234567'],
    ['+49 (0) 151 23456789', undefined, '4915123456789'],
    ['tel:+49-1512-3456789', undefined, '4915123456789'],
    ['\u202a+49\u00a01512\u00a03456789\u202c', undefined, '4915123456789'],
    ['٠١٥١٢٣٤٥٦٧٨٩', 'DE', '4915123456789'],
    ['+55 11 8765-4321', undefined, '551187654321'],
    ['11 8765-4321', 'BR', '5511987654321'],
    ['011 15-2345-6789', 'AR', '5491123456789'],
    ['+52 1 55 1234 5678', undefined, '525512345678'],
    ['55 1234 5678', 'MX', '525512345678'],
    ['+79001234567', 'ZZ', '79001234567'],
  ] as const)('reads %s (%s)', (typed, country, digits) => {
    expect(parseTypedPhone(typed, country as CountryCode | undefined)).toEqual({ kind: 'phone', digits });
  });

  it.each([
    ['', undefined, 'empty'],
    [' \u200e ', 'DE', 'empty'],
    ['01512 3456789', undefined, 'country-missing'],
    ['4915123456789', undefined, 'country-missing'],
    ['01512 3456789', 'ZZ', 'country-missing'],
    ['+999 123456789', undefined, 'country-missing'],
    ['+1', undefined, 'too-short'],
    ['+49 12', undefined, 'too-short'],
    ['112', 'DE', 'too-short'],
    ['+7 900 123-45-6', undefined, 'too-short'],
    [`+49${'1'.repeat(20)}`, undefined, 'too-long'],
    ['044 55 1234 5678', 'MX', 'too-long'],
    ['+7 900 123-45-678', undefined, 'impossible'],
    ['8 900 123-45-6', 'RU', 'impossible'],
    ['4915123456789', 'DE', 'ambiguous'],
    ['call me', undefined, 'not-a-number'],
    ['+1-800-FLOWERS', undefined, 'not-a-number'],
    ['+49 30 123456 ext. 5', undefined, 'not-a-number'],
    ['+49 1512 3456789 or +49 1512 3456780', undefined, 'not-a-number'],
  ] as const)('refuses %s (%s): %s', (typed, country, reason) => {
    expect(parseTypedPhone(typed, country as CountryCode)).toEqual({ kind: 'invalid', reason });
  });

  it('reads again what it wrote, with and without a country', () => {
    const digits = fc.stringMatching(/^(55119|5255|54911|4915|7900|1415)[2-9]\d{7,8}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom<CountryCode>('DE', 'RU', 'BR', 'US'), (number, country) => {
        const first = parseTypedPhone(`+${number}`);
        if (first.kind === 'invalid') return true;
        const again = parseTypedPhone(formatPhone(first.digits), country);
        return again.kind === 'phone' && again.digits === first.digits;
      }),
    );
  });
});

it('writes a number for people', () => {
  expect(formatPhone('4915123456789')).toBe('+49 1512 3456789');
  expect(formatPhone('1')).toBe('+1');
});

describe('a phone to write to first', () => {
  const german = { country: 'DE', ownNumber: '+49 1512 0000001' };
  it.each([
    ['+49 1512 3456789', { kind: 'phone', digits: '4915123456789' }],
    ['0151 23456789', { kind: 'phone', digits: '4915123456789' }],
    // In some countries nobody can tell the two apart.
    ['+1 212 555 2368', { kind: 'phone', digits: '12125552368' }],
    ['+49 30 901820', { kind: 'invalid', reason: 'landline' }],
    ['+7 495 123-45-67', { kind: 'invalid', reason: 'landline' }],
    ['+49 1512 0000001', { kind: 'invalid', reason: 'own-number' }],
    ['', { kind: 'invalid', reason: 'empty' }],
  ])('%s', (typed, expected) => {
    expect(writablePhone(typed, german)).toEqual(expected);
  });

  it('needs a country where the connection has none', () => {
    const anywhere = { country: undefined, ownNumber: null };
    expect(writablePhone('0151 23456789', anywhere)).toEqual({ kind: 'invalid', reason: 'country-missing' });
  });
});
