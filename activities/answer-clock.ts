import type { HttpResponse, SendRequest } from './http.ts';
import { clockOffset } from './planfix/time.ts';

/** By how much the clock of whoever answers is ahead of ours; undefined: no answer has told its time yet. */
export type AnswerClock = { send: SendRequest; aheadMs: () => number | undefined };

/** The same calls, and what the `Date` of their answers tells. */
export function listenToClock(send: SendRequest): AnswerClock {
  let aheadMs: number | undefined;
  return {
    send: async (request) => {
      const response = await send(request);
      aheadMs = measure(response) ?? aheadMs;
      return response;
    },
    aheadMs: () => aheadMs,
  };
}

function measure({ headers, sentAtMs, receivedAtMs }: HttpResponse): number | undefined {
  const serverTimeMs = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(serverTimeMs) ? undefined : clockOffset({ sentAtMs, receivedAtMs, serverTimeMs });
}
