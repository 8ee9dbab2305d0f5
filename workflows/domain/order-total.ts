import type { OrderItem } from './message-content.ts';

/** Prices in units small enough for every currency, so that sums of decimals are exact. */
const DIGITS = 6;
const NUMBER = /^(?<whole>\d{1,12})(?:\.(?<fraction>\d{1,6}))?$/;

/** What the order costs, or undefined where an item has no plain price or the currencies differ. */
export function orderTotal(items: readonly OrderItem[]): { amount: string; currency: string } | undefined {
  const currency = items[0]?.currency;
  if (currency === undefined) return undefined;
  let sum = 0n;
  let places = 0;
  for (const item of items) {
    const price = item.currency === currency ? NUMBER.exec(item.price ?? '')?.groups : undefined;
    if (price === undefined || !/^\d{1,9}$/.test(item.quantity ?? '')) return undefined;
    const fraction = price.fraction ?? '';
    places = Math.max(places, fraction.length);
    sum += BigInt(`${price.whole}${fraction.padEnd(DIGITS, '0')}`) * BigInt(item.quantity ?? '');
  }
  const written = sum.toString().padStart(DIGITS + 1, '0');
  const fraction = written.slice(-DIGITS).slice(0, places);
  return { amount: `${written.slice(0, -DIGITS)}${fraction && `.${fraction}`}`, currency };
}

/** A price with the decimals of its currency, `decimal` between them; what is no plain price stays as it is. */
export function writePrice(price: string, currency: string | undefined, decimal: string): string {
  const { whole, fraction = '' } = NUMBER.exec(price)?.groups ?? {};
  const written = whole === undefined ? price : [whole, fraction.padEnd(decimalsOf(currency), '0')].filter(Boolean);
  return [typeof written === 'string' ? written : written.join(decimal), currency].filter(Boolean).join(' ');
}

/** None for what is no currency. */
function decimalsOf(currency: string | undefined): number {
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) return 0;
  const { maximumFractionDigits = 0 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return maximumFractionDigits;
}
