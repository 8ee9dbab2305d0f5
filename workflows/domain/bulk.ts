/** When messages are a bulk mailing (design, "Bulk, exactly"). Decisions are taken one by one and are final. */
import type { MessageContent } from './message-content.ts';

/** So many identical messages stay as they are; the next one is bulk. */
export const BULK_FREE = 3;

/** Both sides count; exactly the window is outside. */
export const isNear = (atMs: number, otherMs: number, windowMs: number) => Math.abs(otherMs - atMs) < windowMs;

/** `near`: how many identical messages that are decided already lie near it. */
export const isBulk = (near: number) => near >= BULK_FREE;

/** What a message of a mailing keeps for itself, or the mailing for all of them. */
type Said = { text: string; content: MessageContent | null };

/** A message of a mailing as it was said: one without words of its own says what all say. */
export function memberAsSaid(own: Said, shared: Said): Said {
  if (own.text !== '') return { text: own.text, content: own.content };
  return { text: shared.text, content: own.content ?? shared.content };
}
