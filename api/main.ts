import { createDatabase } from '../db/database.ts';
import { createRowEvents } from '../db/row-events.ts';
import { createSecretBox } from '../db/secrets.ts';
import { waitsOf } from '../workflows/domain/waits.ts';
import { buildServer } from './build-server.ts';
import { type ApiConfig, ConfigError, readConfig } from './config.ts';
import { createLog } from './logger.ts';
import { createTemporalSignals } from './temporal.ts';

/** The whole stop: no new requests, the open ones finished, wakes sent, connections closed. */
const STOP_MS = 9_000;

async function run(config: ApiConfig): Promise<void> {
  const log = createLog(config.LOG_LEVEL);
  const db = createDatabase(config.DATABASE_URL, config.PARLEY_DB_POOL);
  const rowEvents = createRowEvents(config.DATABASE_URL);
  const signals = createTemporalSignals(config.waits);
  const app = await buildServer({
    db,
    secrets: createSecretBox(config.PARLEY_ENCRYPTION_KEYS),
    rowEvents,
    signals,
    log,
    adminKey: config.PARLEY_ADMIN_KEY,
    publicUrl: config.PARLEY_PUBLIC_URL,
    ratePerMinute: config.PARLEY_API_RATE,
    liveCheckMs: waitsOf(config.waits).liveCheckMs,
    formRepeatMs: waitsOf(config.waits).formRepeatMs,
  });
  const stop = async () => {
    setTimeout(() => process.exit(1), STOP_MS).unref();
    log.info('stopping');
    await app.close();
    await Promise.allSettled([rowEvents.close(), signals.close(), db.destroy()]);
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  await app.listen({ host: config.PARLEY_HOST, port: config.PARLEY_PORT });
  log.info({ startMs: Math.round(performance.now()) }, 'api listens');
}

try {
  await run(readConfig(process.env));
} catch (error) {
  const text = error instanceof ConfigError ? error.message : (error as Error).stack;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
