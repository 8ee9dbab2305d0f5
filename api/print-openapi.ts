import { createDatabase } from '../db/database.ts';
import { createRowEvents } from '../db/row-events.ts';
import { createSecretBox, encryptionKeysSchema } from '../db/secrets.ts';
import { waitsOf } from '../workflows/domain/waits.ts';
import { buildServer } from './build-server.ts';
import { createLog } from './logger.ts';
import { createTemporalSignals } from './temporal.ts';

// Prints the OpenAPI document of a server that is built and never opened: it reaches neither Postgres nor Temporal.
const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';
const UNUSED_KEY = `none:${Buffer.alloc(32).toString('base64')}`;

const app = await buildServer({
  db: createDatabase(NOWHERE, 1),
  secrets: createSecretBox(encryptionKeysSchema.parse(UNUSED_KEY)),
  rowEvents: createRowEvents(NOWHERE),
  signals: createTemporalSignals({}),
  log: createLog('silent'),
  adminKey: 'x'.repeat(32),
  publicUrl: 'http://localhost:3000',
  ratePerMinute: 1,
  openRatePerMinute: 1,
  waits: waitsOf({}),
  singleSignOn: undefined,
  console: { graphVersion: 'v26.0', metaSdkUrl: 'http://localhost:3000/sdk.js', temporalUiUrl: null },
});
await app.ready();
process.stdout.write(JSON.stringify(app.swagger()), () => process.exit());
