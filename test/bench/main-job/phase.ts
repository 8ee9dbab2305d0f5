import { loadavg } from 'node:os';
import { cpuBetween, readCpu } from '../process-cpu.ts';
import type { BenchServers } from '../servers.ts';
import type { Company } from './companies.ts';
import { untilArrived, writeAtRate } from './load.ts';
import { type Call, follow, readPosition, readWebhooks } from './observations.ts';
import type { Phase } from './report.ts';

export const isTask = (call: Call) => call.accepted && call.kind === 'POST /task/';
export const isComment = (call: Call) => call.accepted && call.kind === 'POST /task/*/comments/';

/** Sends a phase's messages at their rate and waits until all have arrived. */
export async function runPhase(
  { sandbox, pids }: BenchServers,
  companies: Company[],
  name: string,
  count: number,
  rate: number,
  isArrival: (call: Call) => boolean,
): Promise<Phase> {
  const load = loadavg()[0]?.toFixed(2);
  process.stderr.write(`${name}: ${count} messages at ${rate}/s, load average ${load}\n`);
  const sinceSeq = await readPosition(sandbox);
  const fromMs = Date.now();
  const before = readCpu(pids);
  await writeAtRate(sandbox, companies, { name, count, rate });
  const cpu = cpuBetween(before, readCpu(pids));
  const sentMs = Date.now() - fromMs;
  const calls = await untilArrived(sandbox, { name, count, sinceSeq }, isArrival);
  const sent = await readWebhooks(sandbox, name);
  const outcome = follow(name, sent, calls, isArrival);
  return { count, sent: [...sent.values()], outcome, calls, cpu, sentMs, period: { fromMs, toMs: Date.now() } };
}
