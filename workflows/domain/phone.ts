/**
 * When two phones are the same. A phone is held as international digits without "+". In a few countries one subscriber
 * has two spellings, and a network may use another than the one that was dialled: they are compared in one canonical
 * form, and never sent in it. (WhatsApp: request and response, `wa_id`)
 */

type CountryVariant = {
  country: string;
  /** Matches the spelling that is not canonical. */
  other: RegExp;
  toCanonical: string;
  canonical: RegExp;
  toOther: string;
};

const COUNTRY_VARIANTS: readonly CountryVariant[] = [
  {
    // Mobile numbers got a leading 9; WhatsApp ids of older accounts lack it. Landlines begin with 2 to 5.
    country: 'Brazil',
    other: /^55(?<area>\d{2})(?<subscriber>[6-9]\d{7})$/,
    toCanonical: '55$<area>9$<subscriber>',
    canonical: /^55(?<area>\d{2})9(?<subscriber>[6-9]\d{7})$/,
    toOther: '55$<area>$<subscriber>',
  },
  {
    // The 1 after the country code was dropped for dialling in 2019; WhatsApp ids keep it.
    country: 'Mexico',
    other: /^521(?<national>\d{10})$/,
    toCanonical: '52$<national>',
    canonical: /^52(?<national>\d{10})$/,
    toOther: '521$<national>',
  },
  {
    // The 9 marks a mobile number when dialled from abroad; at home it is left out.
    country: 'Argentina',
    other: /^549(?<national>\d{10})$/,
    toCanonical: '54$<national>',
    canonical: /^54(?<national>\d{10})$/,
    toOther: '549$<national>',
  },
];

/** Whatever was written around the digits, and a country's other spelling, is taken away. */
export function canonicalPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  for (const variant of COUNTRY_VARIANTS) {
    if (variant.other.test(digits)) return digits.replace(variant.other, variant.toCanonical);
  }
  return digits;
}

export function isSamePhone(left: string, right: string): boolean {
  const canonical = canonicalPhone(left);
  return canonical !== '' && canonical === canonicalPhone(right);
}

/** Every spelling under which a phone may have been stored elsewhere, the canonical one first. */
export function phoneSpellings(phone: string): string[] {
  const canonical = canonicalPhone(phone);
  const others = COUNTRY_VARIANTS.filter((variant) => variant.canonical.test(canonical)).map((variant) =>
    canonical.replace(variant.canonical, variant.toOther),
  );
  return [canonical, ...others];
}
