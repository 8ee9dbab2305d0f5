import { z } from 'zod';
import type { Call, CallOptions } from './call.ts';

/** Whether Planfix answers and knows the token; throws PlanfixError when it does not. */
export function pingCall(call: Call): { ping: (options?: CallOptions) => Promise<void> } {
  return {
    ping: async (options) => {
      const schema = z.object({ result: z.string() });
      await call({ method: 'GET', path: '/ping', effect: 'read', subject: 'other', schema }, options);
    },
  };
}
