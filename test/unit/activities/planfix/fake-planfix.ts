import type { AnswerFacts, HttpAnswer, SendRequest } from '../../../../activities/planfix/call.ts';
import { createPlanfixClient } from '../../../../activities/planfix/client.ts';

export type Sent = Parameters<SendRequest>[0];
export type Reply = { status?: number; body?: unknown; headers?: HttpAnswer['headers'] } | Error;

export const NOW_MS = Date.parse('2026-11-22T13:00:00Z');
export const TOKEN = 'token-that-must-not-leak';

/** No answer came; `reached` as the HTTP function reports it. */
export function noAnswer(reached: 'never' | 'maybe', reason = 'deadline'): Error {
  return Object.assign(new Error('no answer'), { name: 'HttpFailure', reached, reason });
}

/** A client whose requests are answered by `replies` in turn; a function answers every request. */
export function aPlanfix(replies: Reply[] | ((request: Sent) => Reply), timeZone = 'UTC') {
  const sent: Sent[] = [];
  const facts: AnswerFacts[] = [];
  let gates = 0;
  const send: SendRequest = async (request) => {
    sent.push(request);
    const reply = Array.isArray(replies) ? replies.shift() : replies(request);
    if (reply === undefined) throw new Error('one request too many');
    if (reply instanceof Error) throw reply;
    const { status = 200, body = '', headers = {} } = reply;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, headers, body: text, sentAtMs: NOW_MS, receivedAtMs: NOW_MS + 100 };
  };
  const client = createPlanfixClient({
    baseUrl: 'https://acme.planfix.test/rest/',
    token: TOKEN,
    send,
    gate: async () => {
      gates += 1;
    },
    timeZone,
    onAnswer: (fact) => facts.push(fact),
  });
  return { client, sent, facts, gates: () => gates };
}

/** The JSON that was sent. */
export function bodyOf(request: Sent | undefined): Record<string, unknown> {
  return JSON.parse(request?.body ?? '{}') as Record<string, unknown>;
}

/** What the call rejects with; fails when it does not. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected a failure');
}

/** Planfix's usual answer. */
export const success = (rest: object, status = 200): Reply => ({ status, body: { result: 'success', ...rest } });

/** Whole numbers from `from` up to, and without, `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

/** The items of all pages. */
export async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
