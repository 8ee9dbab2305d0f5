import { z } from 'zod';
import { databaseConfigSchema } from '../db/config.ts';
import { encryptionKeysSchema } from '../db/secrets.ts';
import { waitsFromEnvironment } from '../workflows/domain/waits.ts';

const hosts = (text: string) =>
  text
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');

const addressSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const schema = databaseConfigSchema.extend({
  PARLEY_ENCRYPTION_KEYS: encryptionKeysSchema,
  META_GRAPH_URL: addressSchema.default('https://graph.facebook.com'),
  META_GRAPH_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/)
    .default('v26.0'),
  DIALOG360_URL: addressSchema.default('https://waba-v2.360dialog.io'),
  PARLEY_PUBLIC_URL: addressSchema,
  PARLEY_ALLOWED_HOSTS: z.string().default('').transform(hosts),
  PARLEY_WORKER_PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  PARLEY_LIVE_ACTIVITIES: z.coerce.number().int().min(1).default(100),
  /** Files that are moved at once; each needs about 2 MB of memory, however large it is. */
  PARLEY_TRANSFERS: z.coerce.number().int().min(1).default(8),
  PARLEY_PLANFIX_MAX_FILE_MB: z.coerce.number().int().min(1).default(100),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
});

export type WorkerConfig = z.infer<typeof schema> & { waits: ReturnType<typeof waitsFromEnvironment> };

/** A wrong environment; the message lists every problem by its variable, and quotes no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the worker's environment. Temporal's part of it is read by its own library. Throws ConfigError. */
export function readConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const problems: string[] = [];
  let waits: WorkerConfig['waits'] = {};
  try {
    waits = waitsFromEnvironment(environment);
  } catch (error) {
    problems.push((error as Error).message);
  }
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  if (problems.length > 0 || !parsed.success)
    throw new ConfigError(`The environment of the worker is not right:\n${problems.join('\n')}`);
  return { ...parsed.data, waits };
}
