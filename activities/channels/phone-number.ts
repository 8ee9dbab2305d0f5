/** Phones that people type, read with each country's rules. Comparing phones is `workflows/domain/phone.ts`. */
import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import { isSamePhone, phoneSpellings } from '../../workflows/domain/phone.ts';

export type TypedPhone =
  | { kind: 'phone'; digits: string }
  | {
      kind: 'invalid';
      reason: 'empty' | 'country-missing' | 'not-a-number' | 'too-short' | 'too-long' | 'impossible' | 'ambiguous';
    };
type Reason = Extract<TypedPhone, { kind: 'invalid' }>['reason'];

const REASONS: Readonly<Record<string, Reason>> = {
  NOT_A_NUMBER: 'not-a-number',
  INVALID_COUNTRY: 'country-missing',
  TOO_SHORT: 'too-short',
  TOO_LONG: 'too-long',
  INVALID_LENGTH: 'impossible',
};

const invalid = (reason: Reason): TypedPhone => ({ kind: 'invalid', reason });

/**
 * International digits without "+". Without a country, a number must begin with "+" or "00": guessing would write to a
 * stranger. With one, the country's own way of writing is read too ("8 900 …" in Russia, "0151 …" in Germany), if there
 * are such numbers; what can be read in two ways is refused. Of a number with "+" only the length is judged: ranges are
 * assigned faster than any table is renewed.
 */
export function parseTypedPhone(typed: string, country?: CountryCode): TypedPhone {
  // Phones come with invisible marks of direction when they are copied from a phone's address book.
  const text = typed
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^00(?=[1-9])/, '+');
  if (text === '') return invalid('empty');
  const national =
    country !== undefined && isSupportedCountry(country) && !/^[+\uFF0B]/.test(text) ? country : undefined;
  const options = { ...(national ? { defaultCountry: national } : {}), extract: false };
  try {
    const phone = parsePhoneNumberWithError(text, options);
    if (phone.ext !== undefined) return invalid('not-a-number');
    const digits = believable(phone, national !== undefined);
    if (digits === undefined) return invalid(REASONS[validatePhoneNumberLength(text, options) ?? ''] ?? 'impossible');
    return national && isInternationalToo(phone, national) ? invalid('ambiguous') : { kind: 'phone', digits };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return invalid(REASONS[error.message] ?? 'not-a-number');
  }
}

/** As it is, or in its country's other spelling, which the tables may know alone. */
function believable(phone: PhoneNumber, isGuess: boolean): string | undefined {
  return phoneSpellings(phone.number)
    .sort((one) => (`+${one}` === phone.number ? -1 : 1))
    .find((digits) => {
      const spelling = parsePhoneNumberWithError(`+${digits}`);
      return isGuess ? spelling.isValid() : spelling.isPossible();
    });
}

/** Typed without "+", yet with the country's code in front, where longer numbers exist as well: "49 151 …" in Germany. */
function isInternationalToo(phone: PhoneNumber, country: CountryCode): boolean {
  const { nationalNumber } = phone;
  if (!nationalNumber.startsWith(getCountryCallingCode(country))) return false;
  const other = parsePhoneNumberWithError(`+${nationalNumber}`);
  return other.country === country && other.isValid();
}

/** For people to read: "+49 1512 3456789". What cannot be read comes back as "+" and its digits. */
export function formatPhone(digits: string): string {
  try {
    return parsePhoneNumberWithError(`+${digits}`).formatInternational();
  } catch (error) {
    if (error instanceof ParseError) return `+${digits}`;
    throw error;
  }
}

/** A landline for sure: there are no mobile phones among such numbers. */
function isLandline(digits: string): boolean {
  try {
    return parsePhoneNumberWithError(`+${digits}`).getType() === 'FIXED_LINE';
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

/** What stands against writing to a phone first. */
type UnwritableReason = Reason | 'landline' | 'own-number';

type WritablePhone = { kind: 'phone'; digits: string } | { kind: 'invalid'; reason: UnwritableReason };
/** Of the connection: the country of phones without "+", and its own number in whatever form. */
type WritingRules = { country: string | undefined; ownNumber: string | null };

/**
 * A phone that a message can go to: one that can be read, is no landline, and is not the number that it would leave
 * from. `country`: of phones without "+".
 */
export function writablePhone(typed: string, { country, ownNumber }: WritingRules): WritablePhone {
  const phone = parseTypedPhone(typed, country as CountryCode | undefined);
  if (phone.kind === 'invalid') return phone;
  const own = ownNumber?.replace(/\D/g, '') ?? '';
  if (own !== '' && isSamePhone(own, phone.digits)) return { kind: 'invalid', reason: 'own-number' };
  return isLandline(phone.digits) ? { kind: 'invalid', reason: 'landline' } : phone;
}

/** The first of somebody's phones that can be written to, else what is wrong with the first; undefined: there is none. */
export function firstWritablePhone(typed: readonly string[], rules: WritingRules): WritablePhone | undefined {
  const phones = typed.map((phone) => writablePhone(phone, rules));
  return phones.find(({ kind }) => kind === 'phone') ?? phones[0];
}
