import { z } from 'zod';
import { ROLES } from '../db/operators.ts';
import type { SingleSignOnSettings } from './routes/single-sign-on.ts';

const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/]/;

/** An empty variable is none. */
const maybe = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema);

/** The identity provider's part of the api's environment; without an issuer there is none. */
export const singleSignOnVariables = {
  PARLEY_OIDC_ISSUER: maybe(
    z
      .url({ protocol: /^https?$/, error: 'must be the https address of an identity provider' })
      .refine((url) => url.startsWith('https:') || LOOPBACK.test(url), 'must be an https address')
      .optional(),
  ),
  PARLEY_OIDC_CLIENT_ID: maybe(z.string().optional()),
  PARLEY_OIDC_CLIENT_SECRET: maybe(z.string().optional()),
  /** On the button. */
  PARLEY_OIDC_NAME: maybe(z.string().max(60).default('Single sign-on')),
  PARLEY_OIDC_DEFAULT_ROLE: maybe(z.enum(ROLES).optional()),
};

type Environment = Readonly<Record<string, string | undefined>>;
const NEEDED = ['PARLEY_OIDC_CLIENT_ID', 'PARLEY_OIDC_CLIENT_SECRET'];

/** What an issuer needs beside it. */
export const singleSignOnProblems = (environment: Environment): string[] =>
  environment.PARLEY_OIDC_ISSUER
    ? NEEDED.filter((name) => !environment[name]).map((name) => `${name} is not set, though PARLEY_OIDC_ISSUER is`)
    : [];

const variables = z.object(singleSignOnVariables);

export function singleSignOnOf(config: z.infer<typeof variables>): SingleSignOnSettings | undefined {
  const { PARLEY_OIDC_ISSUER, PARLEY_OIDC_CLIENT_ID, PARLEY_OIDC_CLIENT_SECRET } = config;
  if (PARLEY_OIDC_ISSUER === undefined) return undefined;
  return {
    issuer: PARLEY_OIDC_ISSUER,
    clientId: PARLEY_OIDC_CLIENT_ID ?? '',
    clientSecret: PARLEY_OIDC_CLIENT_SECRET ?? '',
    name: config.PARLEY_OIDC_NAME,
    defaultRole: config.PARLEY_OIDC_DEFAULT_ROLE,
  };
}
