import type { Chat, Customer } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import type { Failure, ReadPart } from './types.ts';

const dayMs = 24 * 3_600_000;

export const isMarketing = ({ template }: ReadPart): boolean => template?.category === 'MARKETING';

/** Why a marketing template does not reach them: they stopped this number's, or have had enough of everybody's. */
export function marketingFailure({ core, settings }: GraphWorld, chat: Chat): Failure | undefined {
  if (chat.isMarketingStopped) return { code: 131050 };
  if (settings.marketingCap === 0) return undefined;
  const sinceMs = core.clock.now() - dayMs;
  const recent = chat.customer.marketingAtMs.filter((atMs) => atMs > sinceMs);
  return recent.length >= settings.marketingCap ? { code: 131049 } : undefined;
}

/** One more that reached them. */
export function noteMarketing(customer: Customer, nowMs: number): void {
  customer.marketingAtMs = [...customer.marketingAtMs.filter((atMs) => atMs > nowMs - dayMs), nowMs];
}
