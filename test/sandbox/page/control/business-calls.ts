import { call } from './client.ts';
import type { Fields } from './world.ts';

/** Something happens to an account at Meta, or on its owner's phone. */
export const accountEvent = (wabaId: string, event: Fields) =>
  call('POST', `graph/wabas/${encodeURIComponent(wabaId)}/events`, event);
