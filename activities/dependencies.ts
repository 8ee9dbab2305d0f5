import type { Database } from '../db/database.ts';
import type { SecretBox } from '../db/secrets.ts';
import type { Wake } from '../db/wakes.ts';
import type { Run } from '../workflows/domain/ids.ts';
import type { Waits } from '../workflows/domain/waits.ts';
import type { ChannelAddresses } from './channels/clients.ts';
import type { FileTransport } from './file-http.ts';
import type { SendRequest } from './http.ts';

/** Everything that activities need of the outside; the worker puts it together. */
export type Dependencies = {
  db: Database;
  secrets: SecretBox;
  send: SendRequest;
  files: FileTransport;
  /** Planfix does not say what it takes at most. */
  planfixMaxFileBytes: number;
  waits: Waits;
  channels: ChannelAddresses;
  /** Where the network finds the api, without a slash at its end. */
  publicUrl: string;
  /** Signals each lane (signal-with-start). Best effort: what is lost, the sweep finds by its due time. */
  wake: (wakes: readonly Wake[]) => Promise<void>;
  /** Starts an account's workflow for hints that nobody reads. */
  wakePlanfixAccount: (planfixAccountId: string) => Promise<void>;
  /** Starts each run, or tells it to look at its row. Best effort, too: each row has a due time. */
  lookAt: (runs: readonly Run[]) => Promise<void>;
  log: ActivityLog;
};

/** Ids and words of ours only. */
export type ActivityLog = {
  info: (facts: object, message: string) => void;
  warn: (facts: object, message: string) => void;
  error: (facts: object, message: string) => void;
};
