import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuBetween, readCpu } from '../process-cpu.ts';
import { type BenchServers, withServers } from '../servers.ts';
import { printTable } from '../table.ts';
import { readTemporalUsage } from '../temporal-usage.ts';
import { type Company, connectCompanies } from './companies.ts';
import { hangAccount, hangLines } from './hang.ts';
import { countKinds, readCalls, readPosition } from './observations.ts';
import { type Options, readOptions } from './options.ts';
import { isComment, isTask, runPhase } from './phase.ts';
import { measureReplies } from './replies.ts';
import { backgroundLines, firstContactLines, type Phase, steadyLines } from './report.ts';

/** Long enough to hold a poll of every account. */
const BACKGROUND_MS = 60_000;

const WORKFLOWS = ['conversationWorkflow', 'taskCreationWorkflow'];
const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Messages of as many customers as Planfix accounts, through the real processes: how long, and what each costs. */
export async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  const load = loadavg().map((value) => value.toFixed(2));
  process.stdout.write(`load average at start: ${load.join(' ')}\n`);
  await withServers((servers) => measure(servers, options));
}

async function measure(servers: BenchServers, options: Options): Promise<void> {
  const { sandbox } = servers;
  const setUpAt = performance.now();
  const { companies } = await connectCompanies(servers, options.accounts, options);
  say(`${companies.length} accounts connected through the API in ${seconds(setUpAt)} s`);

  const first = await runPhase(servers, companies, 'first', options.accounts, options.firstRate, isTask);
  say(`first contacts done; ${BACKGROUND_MS / 1_000} s of background only`);
  const quiet = await observeBackground(servers);
  const count = Math.round(options.rate * options.seconds);
  const steady = await runPhase(servers, shuffle(companies), 'steady', count, options.rate, isComment);
  say('reading histories');
  const usage = await readTemporalUsage(servers.temporal, WORKFLOWS, { first: first.period, steady: steady.period });

  const title = `${options.rate} messages/s for ${options.seconds} s, ${options.accounts} accounts and customers`;
  process.stdout.write(`\n${title}\n`);
  printTable('First contact (contact and task made)', firstContactLines(first, usage.first));
  printTable('Steady state', steadyLines(steady, usage.steady, quiet));
  printTable('Background', backgroundLines(quiet, options.accounts));
  if (options.hang > 0) await measureHang(servers, shuffle(companies), options, steady);
  if (options.replies > 0) {
    const replies = { count: options.replies, rate: options.rate };
    printTable('Replies', await measureReplies(sandbox, companies, replies));
  }
}

async function measureHang(servers: BenchServers, companies: Company[], options: Options, before: Phase) {
  const [hung, ...others] = companies as [Company, ...Company[]];
  await hangAccount(servers.sandbox, hung, options.hang);
  const during = await runPhase(servers, others, 'hanging', before.count, options.rate, isComment);
  printTable(`While one account hangs with ${options.hang} customers waiting`, hangLines(hung, before, during));
}

async function observeBackground({ sandbox, pids }: BenchServers) {
  const sinceSeq = await readPosition(sandbox);
  const before = readCpu(pids);
  const startedAt = performance.now();
  await delay(BACKGROUND_MS);
  const cpu = cpuBetween(before, readCpu(pids));
  const calls = await readCalls(sandbox, sinceSeq);
  return {
    cpu,
    ms: performance.now() - startedAt,
    kinds: countKinds(calls.filter((call) => call.target === 'planfix')),
  };
}

const seconds = (sinceMs: number) => ((performance.now() - sinceMs) / 1_000).toFixed(1);

/** In another order than they were created in, the same in every run. */
function shuffle<T>(items: readonly T[]): T[] {
  const step = 7_919;
  return Array.from(items, (_, index) => items[(index * step) % items.length] as T);
}
