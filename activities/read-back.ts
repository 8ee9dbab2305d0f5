import type { Waits } from '../workflows/domain/waits.ts';

/**
 * An open intent: a call was decided and its answer was lost, or whoever decided it died. It is looked for, never
 * simply called again: the first look when the call can no longer take effect, the second a little later, and only
 * two completed looks that found nothing allow the call again. (A failed look is not "absent".)
 */
export type OpenIntent = { intentMsAgo: number | null; cleanLooks: number };

export type ReadBackStep = { kind: 'wait'; waitMs: number } | { kind: 'look' } | { kind: 'absent' };

export const CLEAN_LOOKS_NEEDED = 2;

export function nextReadBackStep(intent: OpenIntent, waits: Waits): ReadBackStep {
  if (intent.cleanLooks >= CLEAN_LOOKS_NEEDED) return { kind: 'absent' };
  const firstLookMs = waits.callDeadlineMs + waits.readBackFirstMs;
  const lookAtMs = intent.cleanLooks === 0 ? firstLookMs : firstLookMs + waits.readBackSecondMs;
  const waitMs = lookAtMs - (intent.intentMsAgo ?? 0);
  return waitMs > 0 ? { kind: 'wait', waitMs } : { kind: 'look' };
}
