/** Phones that people type, read with each country's rules. Comparing phones is `workflows/domain/phone.ts`. */
import { type CountryCode, ParseError, parsePhoneNumberWithError } from 'libphonenumber-js';

export type TypedPhone =
  | { kind: 'phone'; digits: string }
  | { kind: 'invalid'; reason: 'empty' | 'country-missing' | 'not-a-number' | 'too-short' | 'too-long' | 'impossible' };

const REASONS: Readonly<Record<string, Extract<TypedPhone, { kind: 'invalid' }>['reason']>> = {
  NOT_A_NUMBER: 'not-a-number',
  INVALID_COUNTRY: 'country-missing',
  TOO_SHORT: 'too-short',
  TOO_LONG: 'too-long',
};

/**
 * International digits without "+". Without a country, a number must begin with "+" or "00": guessing would write to a
 * stranger. With one, the country's own way of writing is read too ("8 900 …" in Russia, "0151 …" in Germany). Judges
 * length by country, not whether the number is in use: ranges are assigned faster than any table is renewed.
 */
export function parseTypedPhone(typed: string, country?: CountryCode): TypedPhone {
  const text = typed.trim().replace(/^00(?=[1-9])/, '+');
  if (text === '') return { kind: 'invalid', reason: 'empty' };
  try {
    const phone = parsePhoneNumberWithError(text, { ...(country ? { defaultCountry: country } : {}), extract: false });
    if (!phone.isPossible()) return { kind: 'invalid', reason: 'impossible' };
    return { kind: 'phone', digits: phone.number.slice(1) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'invalid', reason: REASONS[error.message] ?? 'not-a-number' };
  }
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
