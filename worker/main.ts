import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createHttp } from '../activities/http.ts';
import { createActivities } from '../activities/index.ts';
import { createDatabase } from '../db/database.ts';
import { createSecretBox } from '../db/secrets.ts';
import { BULK_QUEUE, CONVERSATIONS_QUEUE } from '../workflows/domain/ids.ts';
import { waitsOf } from '../workflows/domain/waits.ts';
import { readConfig, type WorkerConfig } from './config.ts';
import { serveHealth } from './health.ts';
import { createLog, temporalLogger } from './log.ts';
import { ensureSchedules } from './schedules.ts';
import { createWakes } from './wakes.ts';
import { buildWorkflowBundle } from './workflow-bundle.ts';

const SHUTDOWN_GRACE = '20 s';
const SHUTDOWN_FORCE = '25 s';

async function run(config: WorkerConfig): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  const logger = temporalLogger(log);
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} } },
  });
  const states = { temporal: false, workers: false };
  const health = await serveHealth(config.PARLEY_WORKER_PORT, () => states);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const db = createDatabase(config.DATABASE_URL, config.PARLEY_DB_POOL);
  const graphHost = new URL(config.META_GRAPH_URL).host;
  const http = createHttp({ allowedHosts: [...config.PARLEY_ALLOWED_HOSTS, graphHost] });
  const [codePath, native, connection] = await Promise.all([
    buildWorkflowBundle(logger),
    NativeConnection.connect(connectionOptions),
    Connection.connect(connectionOptions),
  ]);
  states.temporal = true;
  const client = new Client({ connection, namespace });
  const dependencies: Dependencies = {
    db,
    secrets: createSecretBox(config.PARLEY_ENCRYPTION_KEYS),
    send: http.send,
    waits: waitsOf(config.waits),
    graph: { url: config.META_GRAPH_URL, version: config.META_GRAPH_VERSION },
    log,
    ...createWakes(client, config.waits, log),
  };
  const activities = createActivities(dependencies);
  const shared = {
    connection: native,
    namespace,
    shutdownGraceTime: SHUTDOWN_GRACE,
    shutdownForceTime: SHUTDOWN_FORCE,
  };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: CONVERSATIONS_QUEUE,
      workflowBundle: { codePath },
      activities: activities.live,
      maxConcurrentActivityTaskExecutions: config.PARLEY_LIVE_ACTIVITIES,
    }),
    Worker.create({
      ...shared,
      taskQueue: BULK_QUEUE,
      activities: activities.bulk,
      maxConcurrentActivityTaskExecutions: 10,
    }),
  ]);
  await ensureSchedules(client, config.waits);
  const stop = () => {
    states.workers = false;
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  states.workers = true;
  log.info({ port: config.PARLEY_WORKER_PORT }, 'worker ready');
  try {
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    health.close();
    await Promise.allSettled([native.close(), connection.close(), http.close(), db.destroy()]);
  }
}

try {
  await run(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
