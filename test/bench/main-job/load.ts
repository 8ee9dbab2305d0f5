import { setTimeout as delay } from 'node:timers/promises';
import type { TestSandbox } from '../../support/sandbox.ts';
import type { Company } from './companies.ts';
import { type Call, markOf, readCalls } from './observations.ts';

/** The text of the n-th message of a phase, by which it is found again at Planfix and in WhatsApp. */
export const markedText = (phase: string, index: number) => `bench ${phase}-${index}`;

/** How long the last messages may take to arrive before they count as lost. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/** Starts `count` sends at a fixed rate, whether or not the former ones are through; resolves when all were taken. */
export async function sendAtRate(
  count: number,
  rate: number,
  send: (index: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  const sends: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const waitMs = startedAt + (index * 1_000) / rate - performance.now();
    if (waitMs > 0) await delay(waitMs);
    sends.push(send(index));
  }
  await Promise.all(sends);
}

/** Customers write at a fixed rate, one after the other, each company's in its turn. */
export function writeAtRate(
  sandbox: TestSandbox,
  companies: Company[],
  phase: { name: string; count: number; rate: number },
): Promise<void> {
  return sendAtRate(phase.count, phase.rate, (index) => {
    const { phoneNumberId, customer } = companies[index % companies.length] as Company;
    const text = markedText(phase.name, index);
    return sandbox.control('POST', 'graph/messages', { phoneNumberId, from: customer, text });
  });
}

/**
 * Waits until every message of the phase has been accepted, or patience is over; gives all calls since.
 * Looks late and reads each call once: reading keeps the sandbox from answering.
 */
export async function untilArrived(
  sandbox: TestSandbox,
  phase: { name: string; count: number; sinceSeq: number },
  isArrival: (call: Call) => boolean,
): Promise<Call[]> {
  const calls: Call[] = [];
  const arrived = new Set<number>();
  const endsAtMs = Date.now() + PATIENCE_MS;
  while (arrived.size < phase.count && Date.now() < endsAtMs) {
    await delay(LOOK_EVERY_MS);
    const fresh = await readCalls(sandbox, calls.at(-1)?.seq ?? phase.sinceSeq);
    calls.push(...fresh);
    for (const call of fresh.filter(isArrival)) {
      const index = markOf(call.text, phase.name);
      if (index !== undefined) arrived.add(index);
    }
  }
  return calls;
}
