import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TestProcess } from '../../support/processes.ts';
import { type Company, connectCompanies } from '../main-job/companies.ts';
import { isComment, isTask, runPhase } from '../main-job/phase.ts';
import { liveLines } from '../main-job/report.ts';
import { type BenchServers, callRest, withServers } from '../servers.ts';
import { atMostLine, printTable, round, showCounts } from '../table.ts';
import { approveTemplate, findConnection } from '../templates.ts';
import { readTemporalUsage } from '../temporal-usage.ts';
import { type Accepted, readAccepted } from './accepted.ts';

/** Target of the design: "Mailing: Temporal actions per message". */
const TARGETS = { actions: 0.05 };
const MAILING_WORKFLOWS = ['mailingWorkflow', 'bulkHoldWorkflow'];
const LOOK_EVERY_MS = 500;
/** The gate of a number leaves room for what its customers write. */
const GATE_SHARE = 0.97;
const ENDED: ReadonlySet<string> = new Set(['done', 'stopped', 'cancelled', 'refused', 'paused']);

const LIVE_COMPANIES = 40;
const LIVE_RATE = 10;
const LIVE_SECONDS = 60;

const USAGE = 'usage: npm run bench -- mailing [--count 20000] [--rate 80] [--kills 0] [--live]';

/** A mailing of templates to the sandbox at a rate that it enforces; killed workers or live chats beside it if wanted. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '20000' },
      rate: { type: 'string', default: '80' },
      kills: { type: 'string', default: '0' },
      live: { type: 'boolean', default: false },
    },
  });
  const { live } = values;
  const options = { count: Number(values.count), rate: Number(values.rate), kills: Number(values.kills), live };
  if (!(options.count > 0 && options.rate > 0 && options.kills >= 0)) throw new Error(USAGE);
  process.stdout.write(
    `load average at start: ${loadavg()
      .map((value) => value.toFixed(2))
      .join(' ')}\n`,
  );
  const intervalMs = Math.max(1, Math.ceil(1_000 / (options.rate * GATE_SHARE)));
  await withServers((servers) => measure(servers, options), { PARLEY_WAIT_NUMBER_INTERVAL_MS: `${intervalMs}` });
}

/** `live`: chats of other numbers go on beside it, ten messages a second. */
type Options = { count: number; rate: number; kills: number; live: boolean };
type Mailing = {
  id: string;
  state: string;
  reason: string | null;
  counts: Record<string, unknown> & { unknown: number };
};

async function measure(servers: BenchServers, options: Options): Promise<void> {
  const number = options.live ? LIVE_COMPANIES + 1 : 1;
  const { companies } = await connectCompanies(servers, number, { ownHints: false });
  const [company, ...live] = companies as [Company, ...Company[]];
  const chat = (name: string) => runPhase(servers, live, name, LIVE_RATE * LIVE_SECONDS, LIVE_RATE, isComment);
  await servers.sandbox.control('PUT', 'graph/settings', {
    numberLimit: true,
    numberPerSecond: options.rate,
    pairLimit: true,
    batchWaitMs: 50,
    autoRead: false,
    batchSize: 200,
  });
  if (options.live) await runPhase(servers, live, 'first', live.length, LIVE_RATE, isTask);
  const idle = options.live ? await chat('idle') : undefined;
  const connection = await findConnection(servers, company);
  const template = await approveTemplate(servers, company, connection.id);
  await introduceCustomers(servers, options.count);
  const recipients = Array.from({ length: options.count }, (_, index) => ({
    to: phoneOf(index),
    parameters: { body: [`friend ${index}`] },
  }));
  const startedAt = performance.now();
  const fromMs = Date.now();
  const { id } = await callRest<Mailing>(servers.world, 'POST', '/v1/mailings', {
    connectionId: connection.id,
    template,
    recipients,
    rate: options.rate,
  });
  const [ended, during] = await Promise.all([
    untilEnded(servers, id),
    options.live ? chat('beside') : undefined,
    killWorkers(servers, id, options),
  ]);
  const tookMs = performance.now() - startedAt;
  const accepted = await readAccepted(servers.sandbox, company);
  // Chats beside it have conversations of their own; else there must be none.
  const types = options.live ? MAILING_WORKFLOWS : [...MAILING_WORKFLOWS, 'conversationWorkflow'];
  const usage = await readTemporalUsage(servers.temporal, types, { all: { fromMs, toMs: Date.now() } });
  report(options, { ended, tookMs, accepted, usage: usage.all });
  if (idle && during) printTable('Live chats beside it', liveLines(idle, during));
}

const phoneOf = (index: number) => `+49172${String(index).padStart(8, '0')}`;

async function introduceCustomers({ sandbox }: BenchServers, count: number): Promise<void> {
  const perCall = 1_000;
  for (let from = 0; from < count; from += perCall) {
    const customers = Array.from({ length: Math.min(perCall, count - from) }, (_, offset) => ({
      phone: phoneOf(from + offset).slice(1),
      name: `Friend ${from + offset}`,
    }));
    await sandbox.control('POST', 'graph/customers', { customers });
  }
}

async function untilEnded({ world }: BenchServers, id: string): Promise<Mailing> {
  for (;;) {
    const mailing = await callRest<Mailing>(world, 'GET', `/v1/mailings/${id}`);
    if (ENDED.has(mailing.state)) return mailing;
    await delay(LOOK_EVERY_MS);
  }
}

/** Kills the worker in the middle of sending, at equal shares of the expected time, and starts it again. */
async function killWorkers(servers: BenchServers, id: string, { count, rate, kills }: Options): Promise<void> {
  const expectedMs = (count / rate) * 1_000;
  let worker: TestProcess = servers.worker;
  for (let kill = 1; kill <= kills; kill += 1) {
    await delay(expectedMs / (kills + 1));
    const { state } = await callRest<Mailing>(servers.world, 'GET', `/v1/mailings/${id}`);
    process.stderr.write(`kill ${kill}: the mailing is ${state}\n`);
    await worker.stop('SIGKILL', 5_000);
    worker = await worker.startAgain();
    servers.worker = worker;
  }
}

type Outcome = {
  ended: Mailing;
  tookMs: number;
  accepted: Accepted;
  usage: { actions: Record<string, number>; events: number };
};

function report(options: Options, { ended, tookMs, accepted, usage }: Outcome): void {
  const { count, rate, kills } = options;
  const limitMs = (count / rate) * 1_000;
  // A send that is listed as unknown may have been accepted, too.
  const missing = count - accepted.recipients - ended.counts.unknown;
  const actions = Object.values(usage.actions).reduce((sum, value) => sum + value, 0);
  printTable(`${count} templates at ${rate}/s, worker killed ${kills} times`, [
    { what: 'state at the end', value: `${ended.state}${ended.reason === null ? '' : ` (${ended.reason})`}` },
    {
      what: 'time',
      value: `${round(tookMs / 1_000)} s; the limit alone ${round(limitMs / 1_000)} s, × ${round(tookMs / limitMs)}`,
    },
    { what: 'accepted by the network', value: `${accepted.messages} to ${accepted.recipients} recipients` },
    { what: 'recipients with two', value: `${accepted.twice}`, target: '0', met: accepted.twice === 0 },
    {
      what: 'neither accepted nor listed as unknown',
      value: `${Math.max(0, missing)}`,
      target: '0',
      met: missing <= 0,
    },
    { what: 'most accepted in one second', value: `${accepted.highestPerSecond}` },
    { what: 'counts', value: JSON.stringify(ended.counts) },
    { what: 'refused for the rate', value: showCounts(accepted.refused, 1) },
    atMostLine('Temporal actions per message', actions / count, TARGETS.actions, `, ${showCounts(usage.actions, 1)}`),
  ]);
}
