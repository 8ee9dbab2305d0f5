import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { findFreePort } from '../../../dev/waiting.ts';
import { startProcess, type TestProcess } from '../../support/processes.ts';
import { type Company, connectCompanies } from '../main-job/companies.ts';
import { rssGrowthDuring } from '../process-memory.ts';
import { type BenchServers, withServers } from '../servers.ts';
import { type Line, printTable } from '../table.ts';
import { sendIn, sendOut, taskOf, until } from './transfers.ts';

const MB = 1024 * 1024;
/** A file for each company, so that eight move at once although one account moves three. */
const COMPANIES = 8;
const WARM_UP_BYTES = 5 * MB;

const TARGETS = { one: 64 * MB, eight: 200 * MB };

type Measured = { growth: number; seconds: number; outcome: string };

/**
 * How far the worker's memory rises while files of a hundred megabytes pass through it, in both directions, beside a
 * process that only pipes.
 */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args, options: {} });
  const load = loadavg().map((value) => value.toFixed(2));
  process.stdout.write(`load average at start: ${load.join(' ')}\n`);
  await withServers(measure, { PARLEY_PLANFIX_MAX_FILE_MB: '300' });
}

async function measure(servers: BenchServers): Promise<void> {
  const { companies } = await connectCompanies(servers, COMPANIES, { ownHints: false });
  const [first] = companies as [Company];
  await Promise.all(companies.map((company) => openTask(servers, company)));
  for (const send of [sendIn, sendOut]) {
    await Promise.all(companies.map((company) => send(servers, company, WARM_UP_BYTES)));
  }
  const worker = { pid: servers.pids.worker };
  const lines: Line[] = [];
  for (const [direction, send] of [
    ['in', sendIn],
    ['out', sendOut],
  ] as const) {
    const one = await watch(worker, async () => [await send(servers, first, 100 * MB)]);
    lines.push(memoryLine(`1 × 100 MB ${direction}`, one, TARGETS.one));
    const large = await watch(worker, async () => [await send(servers, first, 200 * MB)]);
    lines.push(memoryLine(`1 × 200 MB ${direction}`, large));
    const eight = await watch(worker, () => Promise.all(companies.map((company) => send(servers, company, 100 * MB))));
    lines.push(memoryLine(`8 × 100 MB ${direction}, at once`, eight, TARGETS.eight));
  }
  await servers.sandbox.control('PUT', 'graph/settings', { mediaLimits: false });
  await servers.sandbox.control('PUT', `planfix/${first.account}/settings`, { maxUploadBytes: 300 * MB });
  const lifted = await watch(worker, async () => [await sendIn(servers, first, 200 * MB)]);
  lines.push(memoryLine('1 × 200 MB in, limits lifted', lifted, TARGETS.one));
  printTable("Growth of the worker's memory", lines);
  printTable('Growth of a process that only pipes', await measurePlainPipe(servers, first));
}

async function openTask(servers: BenchServers, company: Company): Promise<void> {
  const { phoneNumberId, customer: from } = company;
  await servers.sandbox.control('POST', 'graph/messages', { phoneNumberId, from, text: 'hello' });
  await until('the first task', () => taskOf(servers, company));
}

async function watch({ pid }: { pid: number }, work: () => Promise<unknown[]>): Promise<Measured> {
  const startedAt = performance.now();
  let outcomes: unknown[] = [];
  const growth = await rssGrowthDuring(pid, async () => {
    outcomes = await work();
  });
  const refusal = outcomes.find((outcome) => typeof outcome === 'string');
  return { growth, seconds: (performance.now() - startedAt) / 1_000, outcome: refusal === undefined ? '' : 'refused' };
}

function memoryLine(what: string, { growth, seconds, outcome }: Measured, target?: number): Line {
  const value = `+${Math.round(growth / MB)} MB in ${seconds.toFixed(1)} s${outcome === '' ? '' : `, ${outcome}`}`;
  return { what, value, ...(target === undefined ? {} : { target: `≤ +${target / MB} MB`, met: growth <= target }) };
}

async function measurePlainPipe(servers: BenchServers, company: Company): Promise<Line[]> {
  const port = await findFreePort();
  const pipe = await startProcess({
    name: 'plain pipe',
    script: 'test/bench/media/plain-pipe.ts',
    env: { PATH: process.env.PATH, PORT: `${port}` },
    port,
    readyPath: '/',
  });
  try {
    await movePlainly(servers, company, pipe, 1, WARM_UP_BYTES);
    const one = await watch(pipe, () => movePlainly(servers, company, pipe, 1, 100 * MB));
    const eight = await watch(pipe, () => movePlainly(servers, company, pipe, 8, 100 * MB));
    return [memoryLine('1 × 100 MB', one), memoryLine('8 × 100 MB at once', eight)];
  } finally {
    await pipe.stop('SIGTERM', 5_000);
  }
}

/** From the network's store to Planfix, as the worker does it, without the worker. */
async function movePlainly(
  { sandbox }: BenchServers,
  { account, phoneNumberId }: Company,
  pipe: TestProcess,
  count: number,
  size: number,
): Promise<number[]> {
  const fromToken = `token-${phoneNumberId}`;
  const moves = Array.from({ length: count }, async (_, seed) => {
    const media = { kind: 'document', size, seed: 1_000 + seed, mimeType: 'application/pdf', filename: 'plain.pdf' };
    const path = 'graph/messages';
    const body = { phoneNumberId, from: '4915100000000', media, deliver: false };
    const { wamid } = await sandbox.control<{ wamid: string }>('POST', path, body);
    const chat = `graph/customers/4915100000000/messages?phoneNumberId=${phoneNumberId}`;
    const { items } = await sandbox.control<{ items: { id: string; media: { id: string } }[] }>('GET', chat);
    const mediaId = items.find((item) => item.id === wamid)?.media.id;
    const facts = await fetch(`${sandbox.url}/graph/v26.0/${mediaId}`, {
      headers: { authorization: `Bearer ${fromToken}` },
    });
    const { url } = (await facts.json()) as { url: string };
    const to = `${sandbox.url}/planfix/${account}/rest/file/?targetType=task`;
    const move = { from: url, fromToken, to, toToken: `token-of-${account}`, size };
    const answer = await fetch(pipe.url, { method: 'POST', body: JSON.stringify(move) });
    if (!answer.ok) throw new Error(`the plain pipe failed with ${answer.status}`);
    return answer.status;
  });
  return Promise.all(moves);
}
