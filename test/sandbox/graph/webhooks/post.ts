import { Agent, request as sendRequest } from 'undici';

/** What a receiver made of a POST. `status` is 0 when there was no answer; `error` then says why. */
export type PostOutcome = { status: number; tookMs: number; error?: string };

export type Poster = {
  post: (url: string, body: Buffer, headers: Record<string, string>, timeoutMs: number) => Promise<PostOutcome>;
  get: (url: string, timeoutMs: number) => Promise<{ status: number; text: string }>;
  /** Lets what is under way end. */
  retire: () => Promise<void>;
  close: () => Promise<void>;
};

/** Sends over kept-alive connections, at most so many to one receiver; further requests wait. */
export function createPoster(connections: number): Poster {
  const agent = new Agent({ connections, keepAliveTimeout: 4_000 });
  return {
    post: async (url, body, headers, timeoutMs) => {
      const startedMs = performance.now();
      const took = () => Math.round(performance.now() - startedMs);
      try {
        const answer = await sendRequest(url, {
          dispatcher: agent,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': 'facebookexternalua', ...headers },
          body,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        await answer.body.dump();
        return { status: answer.statusCode, tookMs: took() };
      } catch (error) {
        return { status: 0, tookMs: took(), error: nameOf(error) };
      }
    },
    get: async (url, timeoutMs) => {
      const { statusCode, body } = await sendRequest(url, {
        dispatcher: agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: statusCode, text: await body.text() };
    },
    retire: () => agent.close(),
    close: () => agent.destroy(),
  };
}

/** The code without the message: a message would hold the address. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
