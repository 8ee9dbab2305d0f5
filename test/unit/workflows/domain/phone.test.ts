import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPhone, isSamePhone, phoneSpellings } from '../../../../workflows/domain/phone.ts';

describe('canonicalPhone', () => {
  it.each([
    ['Brazil, mobile without its 9', '551187654321', '5511987654321'],
    ['Brazil, mobile with its 9', '5511987654321', '5511987654321'],
    ['Brazil, landline', '551132654321', '551132654321'],
    ['Mexico, with the old 1', '5215512345678', '525512345678'],
    ['Mexico, without it', '525512345678', '525512345678'],
    ['Argentina, mobile from abroad', '5491123456789', '541123456789'],
    ['Argentina, at home', '541123456789', '541123456789'],
    ['Germany', '4915112345678', '4915112345678'],
    ['a number with signs', '+49 (151) 123-45.678', '4915112345678'],
    ['a Turkish number that begins like a Mexican one does not', '905512345678', '905512345678'],
  ])('%s', (_name, phone, expected) => {
    expect(canonicalPhone(phone)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    const digits = fc.stringMatching(/^(55|52|54|7|49)\d{8,12}$/);
    fc.assert(fc.property(digits, (phone) => canonicalPhone(canonicalPhone(phone)) === canonicalPhone(phone)));
  });
});

describe('isSamePhone', () => {
  it('sees through spellings and never through numbers', () => {
    expect(isSamePhone('+55 11 8765-4321', '5511987654321')).toBe(true);
    expect(isSamePhone('5511987654321', '5511987654322')).toBe(false);
    expect(isSamePhone('', '')).toBe(false);
  });

  it('knows every spelling it lists', () => {
    expect(phoneSpellings('5215512345678')).toEqual(['525512345678', '5215512345678']);
    expect(phoneSpellings('4915112345678')).toEqual(['4915112345678']);
    const digits = fc.stringMatching(/^(55|521?|549?|7|49)\d{8,11}$/);
    fc.assert(fc.property(digits, (phone) => phoneSpellings(phone).every((spelling) => isSamePhone(spelling, phone))));
  });
});
