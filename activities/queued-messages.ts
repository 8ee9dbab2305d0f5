import { dropUndecided } from '../db/queued-messages.ts';
import { isCancelled } from './attempt.ts';
import type { Dependencies } from './dependencies.ts';

const DROPPED_TOGETHER = 200;

/** Whatever has not left a number that ends never will; its tasks are told. */
export async function dropQueued({ db, wake }: Dependencies, connectionId: string): Promise<void> {
  for (let more = true; more && !isCancelled(); ) {
    const dropped = await dropUndecided(db, connectionId, DROPPED_TOGETHER);
    await wake(dropped.wakes);
    more = dropped.more;
  }
}
