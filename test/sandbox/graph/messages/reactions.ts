import type { Chat, Message } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import type { Failure } from './types.ts';

const reactableMs = 30 * 24 * 3_600_000;

/** A message of this chat that can still be quoted or reacted to: for thirty days, unless it was deleted. */
export function livingMessage(world: GraphWorld, chat: Chat, id: unknown): Message | undefined {
  const message = typeof id === 'string' ? world.messages.get(id) : undefined;
  const isLiving =
    message?.chat === chat &&
    message.isBubble &&
    !message.isDeleted &&
    message.atMs > world.core.clock.now() - reactableMs;
  return isLiving ? message : undefined;
}

/** Why a reaction of the business fails after the 200 (WhatsApp: types and limits). */
export function reactionFailure(world: GraphWorld, chat: Chat, messageId: unknown): Failure | undefined {
  if (livingMessage(world, chat, messageId) !== undefined) return undefined;
  return { code: 131009, details: 'The message that is reacted to does not exist, or not any more.' };
}

/** One reaction for each side: another replaces it, none removes it. */
export function react(target: Message | undefined, from: 'customer' | 'business', emoji: string, atMs: number): void {
  if (target === undefined) return;
  target.reactions = target.reactions.filter((reaction) => reaction.from !== from);
  if (emoji !== '') target.reactions.push({ from, emoji, atMs });
}
