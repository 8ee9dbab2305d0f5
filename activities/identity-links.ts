import { readSuspectedLinks, settleSuspectedLink } from '../db/customer-links.ts';
import type { Database } from '../db/database.ts';
import type { Wake } from '../db/wakes.ts';

/**
 * Decides about everybody who may be the same person as this conversation's customer. Called by the to-Planfix lane
 * after it has read its rows, which may have brought such a pair; without one it is one look.
 */
export async function settleIdentityLinks(db: Database, conversationId: string): Promise<Wake[]> {
  const wakes: Wake[] = [];
  for (const linkId of await readSuspectedLinks(db, conversationId)) {
    wakes.push(...(await settleSuspectedLink(db, linkId)).wakes);
  }
  return wakes;
}
