import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type Company, type Connected, connectCompanies } from '../main-job/companies.ts';
import { readCalls, readPosition } from '../main-job/observations.ts';
import { isComment, isTask, runPhase } from '../main-job/phase.ts';
import { liveLines, type Phase } from '../main-job/report.ts';
import { type BenchServers, withServers } from '../servers.ts';
import { atMostLine, printTable, round, showMs } from '../table.ts';
import { startConversations, uploadMailing } from './api.ts';
import { sendEchoes } from './echoes.ts';
import { heapOfMessages, readHeld } from './held.ts';
import { insertRaw } from './raw-insert.ts';

/** Targets of the design: "100,000 held messages". */
const TARGETS = { seconds: 60, heapBytes: 300 };
const LIVE_RATE = 10;
const COMPANIES = 40;
const LIVE_SECONDS = 30;
/** Echoes of the first three are kept for a task, not for being bulk: nobody has one. */
const FREE = 3;

const USAGE = 'usage: npm run bench -- bulk [--count 100000] [--per-body 1000] [--starts 2000]';

/** A hundred thousand identical messages, through the signed route and through the API, beside live chats. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: 'string', default: '100000' },
      'per-body': { type: 'string', default: '1000' },
      starts: { type: 'string', default: '2000' },
    },
  });
  const [count, perBody, starts] = [values.count, values['per-body'], values.starts].map(Number) as [
    number,
    number,
    number,
  ];
  if (!(count > FREE && perBody > 0 && perBody <= 1_000 && starts >= 0)) throw new Error(USAGE);
  process.stdout.write(
    `load average at start: ${loadavg()
      .map((value) => value.toFixed(2))
      .join(' ')}\n`,
  );
  await withServers((servers) => measure(servers, { count, perBody, starts }));
}

type Options = { count: number; perBody: number; starts: number };

async function measure(servers: BenchServers, options: Options): Promise<void> {
  const client = new pg.Client({ connectionString: servers.world.databaseUrl });
  await client.connect();
  try {
    const connected = await connectCompanies(servers, COMPANIES + 1, { ownHints: false });
    const [bulk, ...live] = connected.companies as [Company, ...Company[]];
    await runPhase(servers, live, 'first', live.length, LIVE_RATE, isTask);
    const idle = await runPhase(servers, live, 'idle', LIVE_RATE * LIVE_SECONDS, LIVE_RATE, isComment);
    const rawMs = await insertRaw(client, options.count);
    await measureEchoes(servers, client, { connected, bulk, live, idle, rawMs }, options);
    await measureApi(servers, { bulk, live, idle }, options);
  } finally {
    await client.end();
  }
}

type Run = { connected: Connected; bulk: Company; live: Company[]; idle: Phase; rawMs: number };

async function measureEchoes(servers: BenchServers, client: pg.Client, run: Run, options: Options): Promise<void> {
  const { bulk, live, idle } = run;
  const before = await heapOfMessages(client);
  const sinceSeq = await readPosition(servers.sandbox);
  const startedAt = performance.now();
  let tookMs = 0;
  const [deliveries, during] = await Promise.all([
    sendEchoes(run.connected, bulk, options).then((sent) => {
      tookMs = performance.now() - startedAt;
      return sent;
    }),
    runPhase(servers, live, 'during-echoes', LIVE_RATE * LIVE_SECONDS, LIVE_RATE, isComment),
  ]);
  const { held, mailings, heapBytes } = await readHeld(client, bulk.phoneNumberId);
  const calls = (await readCalls(servers.sandbox, sinceSeq)).filter(
    ({ target, account, kind }) => target === 'planfix' && account === bulk.account && !kind.endsWith('/list'),
  );
  const refused = deliveries.filter(({ status }) => status !== 200).length;
  printTable(`${options.count} identical echoes through the signed route, ${options.perBody} in a body`, [
    { what: 'raw insert of as many rows', value: `${round(run.rawMs / 1_000)} s` },
    atMostLine(
      'until the last 200',
      tookMs / 1_000,
      TARGETS.seconds,
      ` s, ${round(options.count / (tookMs / 1_000))}/s`,
    ),
    { what: 'bodies not answered 200', value: `${refused}`, target: '0', met: refused === 0 },
    {
      what: 'held',
      value: `${held} in ${mailings} mailing`,
      target: `${options.count} in 1`,
      met: held === options.count && mailings === 1,
    },
    atMostLine('heap of held rows, bytes each', (heapBytes - before) / options.count, TARGETS.heapBytes),
    { what: 'workflows of its conversations', value: `${await countRuns(servers, client, bulk)}`, target: '0' },
    { what: 'Planfix calls for it', value: `${calls.length}`, target: '0', met: calls.length === 0 },
    ...liveLines(idle, during),
  ]);
}

/** Conversations of that number that Temporal knows. */
async function countRuns({ temporal }: BenchServers, client: pg.Client, { phoneNumberId }: Company): Promise<number> {
  const { rows } = await client.query<{ id: string }>('select id from connection where phone_number_id = $1', [
    phoneNumberId,
  ]);
  const query = `WorkflowType = "conversationWorkflow" and ConnectionId = "${rows[0]?.id}"`;
  return (await temporal.workflow.count(query)).count;
}

async function measureApi(
  servers: BenchServers,
  { bulk, live, idle }: Pick<Run, 'bulk' | 'live' | 'idle'>,
  options: Options,
): Promise<void> {
  const [uploaded, during] = await Promise.all([
    uploadMailing(servers, bulk, options.count),
    runPhase(servers, live, 'during-upload', LIVE_RATE * LIVE_SECONDS, LIVE_RATE, isComment),
  ]);
  printTable(`${options.count} recipients through POST /v1/mailings`, [
    { what: 'until the upload was answered', value: `${round(uploaded.answeredMs / 1_000)} s` },
    atMostLine('until all were looked at', uploaded.checkedMs / 1_000, TARGETS.seconds, ' s'),
    { what: 'good', value: `${uploaded.good}`, target: `${options.count}`, met: uploaded.good === options.count },
    ...liveLines(idle, during),
  ]);
  if (options.starts === 0) return;
  const starts = await startConversations(servers, bulk, options.starts);
  printTable(`${options.starts} identical messages through POST /v1/conversations`, [
    { what: 'rate', value: `${round(options.starts / (starts.tookMs / 1_000))}/s, ${showMs(starts.answersMs)}` },
    {
      what: 'held',
      value: `${starts.held}`,
      target: `${options.starts - FREE}`,
      met: starts.held === options.starts - FREE,
    },
  ]);
}
