import { createHash, timingSafeEqual } from 'node:crypto';

/** In constant time: digests have one length whatever was sent, which the comparison needs. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
