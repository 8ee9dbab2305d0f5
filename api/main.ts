import { createDatabase } from '../db/database.ts';
import { createRowEvents } from '../db/row-events.ts';
import { createSecretBox } from '../db/secrets.ts';
import { waitsOf } from '../workflows/domain/waits.ts';
import { buildServer } from './build-server.ts';
import { type ApiConfig, ConfigError, readConfig } from './config.ts';
import { announceFirstOperator } from './first-operator.ts';
import { createLog } from './logger.ts';
import { singleSignOnOf } from './single-sign-on-config.ts';
import { createTemporalSignals } from './temporal.ts';

/** The whole stop: no new requests, the open ones finished, wakes sent, connections closed. */
const STOP_MS = 9_000;

async function run(config: ApiConfig): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  const db = createDatabase(config.DATABASE_URL, config.PARLEY_DB_POOL);
  const rowEvents = createRowEvents(config.DATABASE_URL);
  const signals = createTemporalSignals(config.waits);
  const waits = waitsOf(config.waits);
  const app = await buildServer({
    db,
    secrets: createSecretBox(config.PARLEY_ENCRYPTION_KEYS),
    rowEvents,
    signals,
    log,
    adminKey: config.PARLEY_ADMIN_KEY,
    publicUrl: config.PARLEY_PUBLIC_URL,
    trustProxy: config.PARLEY_TRUST_PROXY,
    ratePerMinute: config.PARLEY_API_RATE,
    openRatePerMinute: config.PARLEY_OPEN_RATE,
    waits,
    singleSignOn: singleSignOnOf(config),
    console: consoleOf(config),
  });
  let stopAnnouncing = () => {};
  const stop = async () => {
    stopAnnouncing();
    setTimeout(() => process.exit(1), STOP_MS).unref();
    log.info('stopping');
    await app.close();
    await Promise.allSettled([rowEvents.close(), signals.close(), db.destroy()]);
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  await app.listen({ host: config.PARLEY_HOST, port: config.PARLEY_PORT });
  stopAnnouncing = announceFirstOperator({
    db,
    publicUrl: config.PARLEY_PUBLIC_URL,
    firstOperatorMs: waits.firstOperatorMs,
    log,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  log.info({ startMs: Math.round(performance.now()) }, 'api listens');
}

const consoleOf = (config: ApiConfig) => ({
  graphVersion: config.META_GRAPH_VERSION,
  metaSdkUrl: config.META_SDK_URL,
  temporalUiUrl: config.PARLEY_TEMPORAL_UI_URL ?? null,
});

try {
  await run(readConfig(process.env));
} catch (error) {
  const text = error instanceof ConfigError ? error.message : (error as Error).stack;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
