/**
 * For 24 hours after the customer's last message the business may write freely; later only approved templates. The
 * network counts by its own clock on the customer's message, so its time counts here too, never the time of arrival.
 * It may still refuse a message inside the window: that is its right and no defect. (WhatsApp: the 24-hour window)
 */
import type { MessageKind } from './message.ts';

export const SERVICE_WINDOW_MS = 24 * 60 * 60 * 1_000;

/** Kept free at the end for the way to the network and for clocks that differ. */
export const SERVICE_WINDOW_MARGIN_MS = 2 * 60 * 1_000;

export type WindowDecision = 'free-form' | 'template-required';

export function decideWindow(at: {
  /** The latest channel time of a message that opens the window; undefined: the customer never wrote. */
  lastInboundAtMs: number | undefined;
  nowMs: number;
  marginMs?: number;
}): WindowDecision {
  if (at.lastInboundAtMs === undefined) return 'template-required';
  const closesAtMs = serviceWindowEnd(at.lastInboundAtMs) - (at.marginMs ?? SERVICE_WINDOW_MARGIN_MS);
  return at.nowMs < closesAtMs ? 'free-form' : 'template-required';
}

export function serviceWindowEnd(lastInboundAtMs: number): number {
  return lastInboundAtMs + SERVICE_WINDOW_MS;
}

/**
 * Whether a message of this kind opens the window. Of reactions, edits and deletions it is not known, of notices about
 * a changed number it is not likely: believing it would cost a refused message, not believing it a template.
 */
const KINDS_NOT_OPENING: ReadonlySet<MessageKind> = new Set(['reaction', 'system', 'edit', 'revoke']);

export function opensServiceWindow(kind: MessageKind): boolean {
  return !KINDS_NOT_OPENING.has(kind);
}
