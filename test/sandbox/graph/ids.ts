import { createHash, randomBytes } from 'node:crypto';

/**
 * A message id built like the real ones: base64 of the other side's phone, a direction mark and a random inner id, so
 * that ids vary in length and hold "+", "/" and "=" (WhatsApp: what a wamid looks like).
 */
export function createWamid(phone: string, sentBy: 'business' | 'customer'): string {
  const inner =
    sentBy === 'business'
      ? randomBytes(9).toString('hex').toUpperCase()
      : `3A${randomBytes(9).toString('hex').toUpperCase()}`;
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, phone.length]),
    Buffer.from(phone, 'ascii'),
    Buffer.from([0x15, 0x02, 0x00, sentBy === 'business' ? 0x11 : 0x12, 0x18, inner.length]),
    Buffer.from(inner, 'ascii'),
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString('base64')}`;
}

/** A business-scoped user id: the country, a dot, twenty digits. The same seed gives the same id. */
export function createUserId(country: string, seed: string = randomBytes(16).toString('hex')): string {
  const digest = createHash('sha256').update(seed).digest();
  const digits = digest.readBigUInt64BE(0) % 10n ** 18n;
  return `${country}.1${digits.toString().padStart(19, '3')}`;
}

export const looksLikeUserId = (value: string): boolean => /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(value);

export function createTraceId(): string {
  return `A${randomBytes(16).toString('base64url')}`;
}
