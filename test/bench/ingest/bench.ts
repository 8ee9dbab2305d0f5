import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { findFreePort } from '../../../dev/waiting.ts';
import { startProcess } from '../../support/processes.ts';
import { type Connected, connectCompanies } from '../main-job/companies.ts';
import { type BenchServers, withServers } from '../servers.ts';
import { atLeastLine, atMostLine, type Line, printTable, round } from '../table.ts';
import { nextBody } from './bodies.ts';

const CONNECTIONS = 50;
const COMPANIES = 10;
/** The pool that the api has by default, so that both have the same. */
const POOL = 10;
const RATE = 320;
const WARM_UP_SECONDS = 3;

const TARGETS = { shareOfBare: 0.5, ackP99Ms: 250 };

/**
 * Webhooks as fast as fifty connections can send them: the api beside a bare server that only inserts; then a fixed
 * rate while the worker is busy with everything that came before.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '15' } } });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error('usage: npm run bench -- ingest [--seconds 15]');
  const load = loadavg().map((value) => value.toFixed(2));
  process.stdout.write(`load average at start: ${load.join(' ')}\n`);
  await withServers((servers) => measure(servers, seconds));
}

async function measure(servers: BenchServers, seconds: number): Promise<void> {
  const connected = await connectCompanies(servers, COMPANIES, { ownHints: false });
  await servers.worker.stop('SIGTERM', 35_000);
  const bare = await measureBare(servers, connected, seconds);
  await send(connected.webhookUrl, connected, { seconds: WARM_UP_SECONDS });
  const api = await send(connected.webhookUrl, connected, { seconds });
  const worker = await servers.worker.startAgain();
  const atRate = await send(connected.webhookUrl, connected, { seconds, rate: RATE });
  await worker.stop('SIGTERM', 35_000);
  printTable(`Durable ingest, ${CONNECTIONS} connections, ${seconds} s each`, [
    { what: 'bare Fastify with one INSERT', value: perSecond(bare) },
    { what: 'api, worker stopped', value: perSecond(api) },
    atLeastLine('share of bare', api.requests.average / bare.requests.average, TARGETS.shareOfBare),
  ]);
  printTable(`${RATE} webhooks/s while the worker works off what came before`, [
    { what: 'answered 200', value: perSecond(atRate) },
    atMostLine('ack p99, ms', atRate.latency.p99, TARGETS.ackP99Ms, `, p50 ${atRate.latency.p50}`),
    noFailures(atRate),
  ]);
}

async function measureBare({ world }: BenchServers, connected: Connected, seconds: number): Promise<autocannon.Result> {
  const port = await findFreePort();
  const server = await startProcess({
    name: 'bare server',
    script: 'test/bench/ingest/bare-server.ts',
    env: { PATH: process.env.PATH, DATABASE_URL: world.databaseUrl, PORT: `${port}`, POOL: `${POOL}` },
    port,
    readyPath: '/health/ready',
  });
  await send(server.url, connected, { seconds: WARM_UP_SECONDS });
  const result = await send(server.url, connected, { seconds });
  await server.stop('SIGTERM', 5_000);
  return result;
}

function send(
  url: string,
  { companies, appSecret }: Connected,
  { seconds, rate }: { seconds: number; rate?: number },
): Promise<autocannon.Result> {
  return autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [
      {
        method: 'POST',
        setupRequest: (request) => {
          const { body, signature } = nextBody(companies, appSecret);
          const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
          return { ...request, headers, body };
        },
      },
    ],
  });
}

const perSecond = (result: autocannon.Result) =>
  `${round(result.requests.average)}/s, p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms`;

function noFailures(result: autocannon.Result): Line {
  const failed = result.non2xx + result.errors + result.timeouts;
  return { what: 'not answered 200', value: `${failed}`, target: '0', met: failed === 0 };
}
