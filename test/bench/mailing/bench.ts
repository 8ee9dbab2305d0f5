import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TestProcess } from '../../support/processes.ts';
import { type Company, connectCompanies } from '../main-job/companies.ts';
import { type BenchServers, callRest, withServers } from '../servers.ts';
import { atMostLine, printTable, round, showCounts } from '../table.ts';
import { approveTemplate, findConnection } from '../templates.ts';
import { readTemporalUsage } from '../temporal-usage.ts';
import { type Accepted, readAccepted } from './accepted.ts';

/** Target of the design: "Mailing: Temporal actions per message". */
const TARGETS = { actions: 0.05 };
const WORKFLOWS = ['mailingWorkflow', 'bulkHoldWorkflow', 'conversationWorkflow'];
const LOOK_EVERY_MS = 500;
/** The gate of a number leaves room for what its customers write. */
const GATE_SHARE = 0.97;
const ENDED: ReadonlySet<string> = new Set(['done', 'stopped', 'cancelled', 'refused', 'paused']);

const USAGE = 'usage: npm run bench -- mailing [--count 20000] [--rate 80] [--kills 0]';

/** A mailing of templates to the sandbox at a rate that it enforces, the worker killed meanwhile if wanted. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '20000' },
      rate: { type: 'string', default: '80' },
      kills: { type: 'string', default: '0' },
    },
  });
  const options = { count: Number(values.count), rate: Number(values.rate), kills: Number(values.kills) };
  if (!(options.count > 0 && options.rate > 0 && options.kills >= 0)) throw new Error(USAGE);
  process.stdout.write(
    `load average at start: ${loadavg()
      .map((value) => value.toFixed(2))
      .join(' ')}\n`,
  );
  const intervalMs = Math.max(1, Math.ceil(1_000 / (options.rate * GATE_SHARE)));
  await withServers((servers) => measure(servers, options), { PARLEY_WAIT_NUMBER_INTERVAL_MS: `${intervalMs}` });
}

type Options = { count: number; rate: number; kills: number };
type Mailing = {
  id: string;
  state: string;
  reason: string | null;
  counts: Record<string, unknown> & { unknown: number };
};

async function measure(servers: BenchServers, options: Options): Promise<void> {
  const { companies } = await connectCompanies(servers, 1, { ownHints: false });
  const [company] = companies as [Company];
  const connection = await findConnection(servers, company);
  const template = await approveTemplate(servers, company, connection.id);
  await introduceCustomers(servers, options.count);
  await servers.sandbox.control('PUT', 'graph/settings', {
    numberLimit: true,
    numberPerSecond: options.rate,
    pairLimit: true,
    batchWaitMs: 50,
    autoRead: false,
    batchSize: 200,
  });
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
  const [ended] = await Promise.all([untilEnded(servers, id), killWorkers(servers, id, options)]);
  const tookMs = performance.now() - startedAt;
  const accepted = await readAccepted(servers.sandbox, company);
  const usage = await readTemporalUsage(servers.temporal, WORKFLOWS, { all: { fromMs, toMs: Date.now() } });
  report(options, { ended, tookMs, accepted, usage: usage.all });
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
