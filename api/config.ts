import { z } from 'zod';
import { databaseConfigSchema } from '../db/config.ts';
import { encryptionKeysSchema } from '../db/secrets.ts';
import { type Waits, waitsFromEnvironment } from '../workflows/domain/waits.ts';
import { isAddressRange } from './address-list.ts';
import { singleSignOnProblems, singleSignOnVariables } from './single-sign-on-config.ts';

const ADMIN_KEY_LENGTH = 32;

const configSchema = databaseConfigSchema.extend({
  PARLEY_ENCRYPTION_KEYS: encryptionKeysSchema,
  PARLEY_ADMIN_KEY: z.string().min(ADMIN_KEY_LENGTH, `must have at least ${ADMIN_KEY_LENGTH} characters`),
  PARLEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .transform((url) => url.replace(/\/+$/, '')),
  PARLEY_HOST: z.string().min(1).default('0.0.0.0'),
  PARLEY_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Calls of `/v1` per key and minute. */
  PARLEY_API_RATE: z.coerce.number().int().min(1).default(6_000),
  /** Proxies in front of the api, whose word counts for whence a call comes. */
  PARLEY_TRUST_PROXY: z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isAddressRange), 'must be addresses like 10.0.0.0/8 with commas between')
    .optional(),
  /** Calls of each route that is open to whoever comes, per address and minute. */
  PARLEY_OPEN_RATE: z.coerce.number().int().min(1).default(60),
  META_GRAPH_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must be a version like v26.0')
    .default('v26.0'),
  META_SDK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .default('https://connect.facebook.net/en_US/sdk.js'),
  /** Where operators look at workflows; the console links to it. */
  PARLEY_TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  ...singleSignOnVariables,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type ApiConfig = z.infer<typeof configSchema> & { waits: Partial<Waits> };

/** A wrong environment; the message lists every problem by its variable, and quotes no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the api's environment. Temporal's part of it is read by its own library. Throws ConfigError. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ApiConfig {
  const parsed = configSchema.safeParse(environment);
  const problems = (parsed.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return environment[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
  });
  problems.push(...singleSignOnProblems(environment));
  let waits: Partial<Waits> = {};
  try {
    waits = waitsFromEnvironment(environment);
  } catch (error) {
    problems.push((error as Error).message);
  }
  if (!parsed.success || problems.length > 0) {
    throw new ConfigError(
      `The environment of the api is not right:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  return { ...parsed.data, waits };
}
