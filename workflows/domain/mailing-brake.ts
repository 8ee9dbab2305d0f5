/** When a mailing that runs must pause by itself, because going on would cost the number its good name. */

/** What the network says of a number, worst last; an unknown word says nothing. */
const QUALITIES = ['GREEN', 'YELLOW', 'RED'];

/** The network's codes that the brake looks for; in neutral words they are all refusals of one message. */
export const SPAM_LIMIT_CODE = 131048;
export const HELD_BACK_CODE = 131049;
export const MARKETING_STOPPED_CODE = 131050;

/** So many of the last messages are looked at, and fewer than the least of them prove nothing. */
export const BRAKE_LOOKS_AT = 1_000;
const LEAST = 50;
const MOST_HELD_BACK = 0.2;
const MOST_UNREACHABLE = 0.3;
const MOST_OPT_OUTS = 0.05;

/** `recent`: of the last messages since the mailing began or was resumed. */
export type BrakeFacts = {
  recent: { settled: number; spamLimited: number; heldBack: number; unreachable: number; optOuts: number };
  quality: { atStart: string | null; now: string | null };
};

export const BRAKE_REASONS = ['quality', 'spam-limit', 'held-back', 'unreachable', 'opt-outs'] as const;
export type BrakeReason = (typeof BRAKE_REASONS)[number];

/** Why the mailing must pause; undefined: it may go on. */
export function decideBrake({ recent, quality }: BrakeFacts): BrakeReason | undefined {
  if (recent.spamLimited > 0) return 'spam-limit';
  if (isWorse(quality.atStart, quality.now)) return 'quality';
  const isMuch = (count: number, share: number) => recent.settled >= LEAST && count / recent.settled > share;
  if (isMuch(recent.heldBack, MOST_HELD_BACK)) return 'held-back';
  if (isMuch(recent.unreachable, MOST_UNREACHABLE)) return 'unreachable';
  return isMuch(recent.optOuts, MOST_OPT_OUTS) ? 'opt-outs' : undefined;
}

/** Red is never good enough; else it must not have become worse. */
function isWorse(atStart: string | null, now: string | null): boolean {
  const [before, after] = [atStart, now].map((word) => QUALITIES.indexOf(word?.toUpperCase() ?? ''));
  if (after === QUALITIES.length - 1) return true;
  return before !== undefined && after !== undefined && before >= 0 && after > before;
}
