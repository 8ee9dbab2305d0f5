import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type ChannelAddresses, channelFileHosts } from '../activities/channels/clients.ts';
import type { Dependencies } from '../activities/dependencies.ts';
import { createFileHttp } from '../activities/file-http.ts';
import { createHttp } from '../activities/http.ts';
import { createActivities } from '../activities/index.ts';
import { createDatabase } from '../db/database.ts';
import { createSecretBox } from '../db/secrets.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE, MEDIA_QUEUE } from '../workflows/domain/ids.ts';
import { waitsOf } from '../workflows/domain/waits.ts';
import { ConfigError, readConfig, type WorkerConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { createLog, temporalLogger, type WorkerLog } from './log.ts';
import { ensureSchedules } from './schedules.ts';
import { createWakes } from './wakes.ts';
import { buildWorkflowBundle } from './workflow-bundle.ts';

const SHUTDOWN_GRACE = '20 s';
const SHUTDOWN_FORCE = '25 s';
/** A run whose worker has gone is given to another one after this long; the default makes its customer wait for 10 s. */
const TAKEOVER = '3 s';
/** Pages of mailings and of schedules' work at once: many mailings must not keep a sweep or a poll waiting. */
const BULK_ACTIVITIES = 40;
/** gRPC's own longest pause is two minutes: after a long outage signals would fail for as much longer. */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000 };

async function run(config: WorkerConfig): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  installRuntime(log);
  const states = { temporal: false, workers: false };
  const health = await serveHealth(config.PARLEY_WORKER_PORT, () => states);
  const db = createDatabase(config.DATABASE_URL, config.PARLEY_DB_POOL);
  const channels = channelAddresses(config);
  const apiHosts = Object.values(channels).map(({ url }) => new URL(url).host);
  const allowedHosts = [...config.PARLEY_ALLOWED_HOSTS, ...apiHosts];
  const http = createHttp({ allowedHosts });
  const files = createFileHttp({
    allowedHosts,
    providerHosts: channelFileHosts,
    idleMs: waitsOf(config.waits).transferIdleMs,
  });
  const [codePath, temporal] = await Promise.all([buildWorkflowBundle(temporalLogger(log)), connectTemporal()]);
  states.temporal = true;
  const workers = await createWorkers(temporal, codePath, config, {
    db,
    secrets: createSecretBox(config.PARLEY_ENCRYPTION_KEYS),
    send: http.send,
    files,
    planfixMaxFileBytes: config.PARLEY_PLANFIX_MAX_FILE_MB * 1024 * 1024,
    waits: waitsOf(config.waits),
    channels,
    publicUrl: config.PARLEY_PUBLIC_URL,
    log,
    ...createWakes(temporal.client, db, config.waits, log),
  });
  await ensureSchedules(temporal.client, config.waits);
  const stop = () => {
    states.workers = false;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  states.workers = true;
  log.info({ port: config.PARLEY_WORKER_PORT }, 'worker ready');
  try {
    // One that fails takes the other along: half a worker would look alive and do half the work.
    await Promise.all(workers.map((worker) => worker.run().finally(stop)));
  } finally {
    health.close();
    await Promise.allSettled([temporal.close(), http.close(), files.close(), db.destroy()]);
  }
}

function channelAddresses(config: WorkerConfig): ChannelAddresses {
  return {
    'whatsapp-cloud': { url: config.META_GRAPH_URL, version: config.META_GRAPH_VERSION },
    dialog360: { url: config.DIALOG360_URL },
  };
}

function installRuntime(log: WorkerLog): void {
  Runtime.install({
    logger: temporalLogger(log),
    // The process listens itself: it must also stop what is not Temporal's.
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} } },
  });
}

/** Address, namespace, keys and certificates come from the environment as Temporal's own tools read it. */
async function connectTemporal() {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const [native, connection] = await Promise.all([
    NativeConnection.connect(connectionOptions),
    Connection.connect({ ...connectionOptions, channelArgs: CHANNEL }),
  ]);
  const client = new Client({ connection, namespace });
  const close = () => Promise.allSettled([native.close(), connection.close()]);
  return { native, namespace, client, close };
}

type Temporal = Awaited<ReturnType<typeof connectTemporal>>;

function createWorkers(temporal: Temporal, codePath: string, config: WorkerConfig, dependencies: Dependencies) {
  const activities = createActivities(dependencies);
  const shared = {
    connection: temporal.native,
    namespace: temporal.namespace,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
    stickyQueueScheduleToStartTimeout: TAKEOVER,
    // By default heartbeats leave at four fifths of their time-out: a healthy turn would be lost for a slow moment.
    maxHeartbeatThrottleInterval: waitsOf(config.waits).turnHeartbeatMs / 4,
  };
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue: CONVERSATIONS_QUEUE,
      workflowBundle: { codePath },
      activities: activities.live,
      maxConcurrentActivityTaskExecutions: config.PARLEY_LIVE_ACTIVITIES,
    }),
    Worker.create({
      ...shared,
      taskQueue: MEDIA_QUEUE,
      activities: activities.media,
      maxConcurrentActivityTaskExecutions: config.PARLEY_TRANSFERS,
    }),
    Worker.create({
      ...shared,
      taskQueue: BULK_QUEUE,
      activities: activities.bulk,
      maxConcurrentActivityTaskExecutions: BULK_ACTIVITIES,
    }),
  ]);
}

try {
  await run(readConfig(process.env));
} catch (error) {
  const text = error instanceof ConfigError ? error.message : (error as Error).stack;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
