import { parsePhoneNumberWithError } from 'libphonenumber-js';

/** Country and calling code of an international number; invented ones fall back to their first digit. */
export function countryOf(digits: string): { country: string; callingCode: string } {
  try {
    const { country, countryCallingCode } = parsePhoneNumberWithError(`+${digits}`);
    return { country: country ?? mainCountry(countryCallingCode), callingCode: countryCallingCode };
  } catch {
    return { country: 'US', callingCode: digits.slice(0, 1) };
  }
}

/** Countries that share a calling code; the library names one only when the number is of a known range. */
const mainCountry = (callingCode: string): string =>
  ({ '1': 'US', '7': 'RU', '39': 'IT', '44': 'GB', '49': 'DE' })[callingCode] ?? 'US';

export const digitsOf = (text: string): string => text.replace(/\D/g, '');

/**
 * What the network makes of `to`: punctuation goes, and without "+" the business number's calling code is put in front,
 * even where that leads to a stranger (WhatsApp: request and response). Undefined for what is no number at all.
 */
export function normalizeTo(to: string, callingCode: string, missingPlus: 'prepend' | 'accept'): string | undefined {
  const text = to.trim();
  if (!/^\+?[\d\s()./-]+$/.test(text)) return undefined;
  const digits = digitsOf(text);
  const full = text.startsWith('+') || missingPlus === 'accept' ? digits : callingCode + digits;
  return full.length >= 7 && full.length <= 17 ? full : undefined;
}

/**
 * The spellings under which one person may be known: Brazil's ninth digit and Mexico's "1" after the country code come
 * and go between what is dialled and `wa_id`.
 */
export function spellingsOf(digits: string): string[] {
  const brazil = /^55(\d\d)(9?)(\d{8})$/.exec(digits);
  if (brazil !== null) return [digits, `55${brazil[1]}${brazil[2] === '9' ? '' : '9'}${brazil[3]}`];
  const mexico = /^52(1?)(\d{10})$/.exec(digits);
  if (mexico !== null) return [digits, `52${mexico[1] === '1' ? '' : '1'}${mexico[2]}`];
  return [digits];
}
