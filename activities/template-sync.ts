import {
  beginTemplateReading,
  postponeTemplateReading,
  recordTemplateFailure,
  type TemplateReading,
} from '../db/channel-accounts.ts';
import { storeTemplates } from '../db/template-sync.ts';
import { withHeartbeat } from './attempt.ts';
import type { OpenConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';
import { backOff } from './not-now.ts';

const LONGEST_RETRY_MS = 60 * 60_000;
/** So many readings in a row that failed are a problem for a person. */
const LASTING_FAILURES = 6;

export type TemplateSyncActivities = {
  /** Reads all templates of a business account and stores them. `isDue`: something has changed since the reading began. */
  syncTemplates: (input: { channelAccountId: string }) => Promise<{ isDue: boolean }>;
};

export function createTemplateSyncActivities(
  dependencies: Dependencies,
  openConnection: OpenConnection,
): TemplateSyncActivities {
  const { db, waits, lookAt } = dependencies;
  return {
    syncTemplates: ({ channelAccountId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const reading = await beginTemplateReading(db, channelAccountId, waits.turnTimeoutMs);
        if (!reading) return { isDue: false };
        const { connectionId } = reading;
        if (connectionId === undefined) {
          await postponeTemplateReading(db, channelAccountId, waits.templateSyncMs);
          return { isDue: false };
        }
        try {
          const { client } = await openConnection(connectionId);
          const templates = await client.readTemplates();
          const { runs, isDue } = await storeTemplates(db, reading, templates, waits.templateSyncMs);
          await lookAt(runs);
          return { isDue };
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          await keepFailure(dependencies, reading, error);
          return { isDue: false };
        }
      }),
  };
}

/** Never pauses the connection: a token that may not read templates can very well send. */
async function keepFailure(
  { db, waits, log }: Dependencies,
  { id, failures }: TemplateReading,
  error: ChannelError,
): Promise<void> {
  const { kind: reason, told } = error;
  const retryInMs = Math.max(error.retryAfterMs ?? 0, backOff(failures, waits.retryFirstMs, LONGEST_RETRY_MS));
  const isLasting = failures + 1 >= LASTING_FAILURES;
  log.warn({ channelAccountId: id, reason, code: error.code, failures: failures + 1 }, 'templates could not be read');
  await recordTemplateFailure(db, id, { reason, ...told, retryInMs, isLasting });
}
