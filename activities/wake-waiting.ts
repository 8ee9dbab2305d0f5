import { wakeWaiting } from '../db/pauses.ts';
import type { Lane } from '../workflows/domain/ids.ts';
import type { Dependencies } from './dependencies.ts';

const WAKES_PER_PAGE = 200;

const usualLane = (subject: object): Lane => ('planfixAccountId' in subject ? 'to-planfix' : 'to-customer');

/** Wakes, page by page, every conversation that waited for an account or connection that is well again. */
export async function wakeAllWaiting(
  { db, wake }: Pick<Dependencies, 'db' | 'wake'>,
  subject: { planfixAccountId: string } | { connectionId: string },
  lane: Lane = usualLane(subject),
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await wakeWaiting(db, subject, lane, { after, limit: WAKES_PER_PAGE });
    await wake(page);
    after = page.length === WAKES_PER_PAGE ? page.at(-1)?.conversationId : undefined;
  } while (after !== undefined);
}
