/**
 * For 24 hours after the customer's last message the business may write freely; later only approved templates. The
 * network counts by its own clock on the customer's message, so its time counts here too, never the time of arrival. It
 * may still refuse a message inside the window, for a moment on its way or for clocks that differ: such a message waits
 * for the customer like one that came too late. (WhatsApp: the 24-hour window)
 */
export const SERVICE_WINDOW_MS = 24 * 60 * 60 * 1_000;

export type WindowDecision = 'free-form' | 'template-required';

/** `windowExpiresAtMs`: undefined when the customer never wrote. At that very millisecond the window is closed. */
export function decideWindow(at: { windowExpiresAtMs: number | undefined; nowMs: number }): WindowDecision {
  return at.windowExpiresAtMs !== undefined && at.nowMs < at.windowExpiresAtMs ? 'free-form' : 'template-required';
}
