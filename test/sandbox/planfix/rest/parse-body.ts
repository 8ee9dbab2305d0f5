import { PlanfixFailure } from '../failure.ts';

/** Broken JSON is code 30; lists report every failure as 500. */
export function parseBody(text: string, status: number): Record<string, unknown> {
  if (text.trim() === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new PlanfixFailure(status, 30, 'JSON parse error');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new PlanfixFailure(status, 30, 'JSON object expected');
  }
  return body as Record<string, unknown>;
}
