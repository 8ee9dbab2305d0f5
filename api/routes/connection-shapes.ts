import { z } from 'zod';
import type { ConnectionRow } from '../../db/connections.ts';
import { ADDRESSED_PROVIDERS, SIGNED_PROVIDERS } from '../../workflows/domain/providers.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import { isAddressRange } from '../address-list.ts';
import {
  checkSchema,
  employeeSchema,
  findingSchema,
  maybeTimeSchema,
  metaIdSchema,
  secretSchema,
  showCheck,
  showMaybeTime,
  showTime,
  timeSchema,
  uuidSchema,
} from '../shapes.ts';
import { settingsSchema } from './connection-settings.ts';

/** Stored as the digits. */
export const phoneSchema = z
  .string()
  .regex(/^\+[\d\s().-]{7,30}$/, 'must be a phone with its country code, as +49 30 1234567')
  .transform((phone) => phone.replace(/\D/g, ''))
  .refine((digits) => digits.length >= 7 && digits.length <= 15, 'must have 7 to 15 digits');
export const pinSchema = z.string().regex(/^\d{6}$/, 'must be six digits');
const configuredBySchema = employeeSchema.describe(
  'Gets tasks when the primary admin is not there, as "user:<number>"',
);

const cloudConnectionSchema = z
  .strictObject({
    provider: z.enum(SIGNED_PROVIDERS),
    planfixAccountId: uuidSchema,
    metaAppId: uuidSchema.describe('The Meta app, as known here, whose webhooks tell of this number'),
    phoneNumberId: metaIdSchema.describe('Phone number ID at Meta, not the number itself'),
    wabaId: metaIdSchema.describe('WhatsApp Business Account ID at Meta'),
    accessToken: secretSchema
      .optional()
      .describe('Token of a System User with whatsapp_business_messaging and _management'),
    embeddedSignupId: uuidSchema.optional().describe('In place of the token: a sign-up that is ready'),
    pin: pinSchema
      .optional()
      .describe('Of two-step verification; without it a number that has none gets one, which is kept'),
    configuredBy: configuredBySchema,
    settings: settingsSchema,
  })
  .refine(({ accessToken, embeddedSignupId }) => (accessToken === undefined) !== (embeddedSignupId === undefined), {
    path: ['accessToken'],
    message: 'must be there, or embeddedSignupId in its place, and not both',
  });

/** A connection whose key stands for one number: the phone is all that names it. */
const keyConnectionSchema = z.strictObject({
  provider: z.enum(ADDRESSED_PROVIDERS),
  planfixAccountId: uuidSchema,
  phone: phoneSchema,
  apiKey: secretSchema.describe('Of this number, from the 360dialog Hub'),
  allowedAddresses: z
    .array(z.string().refine(isAddressRange, 'must be an address or a range, as 1.2.3.0/24'))
    .max(50)
    .optional()
    .describe('Whence webhooks may come; without it from anywhere, by their secret'),
  configuredBy: configuredBySchema,
  settings: settingsSchema,
});

export const newConnectionSchema = z
  .discriminatedUnion('provider', [cloudConnectionSchema, keyConnectionSchema])
  .meta({ id: 'NewConnection' });
export type NewConnectionBody = z.infer<typeof newConnectionSchema>;

const word = z.string().optional();
const factsSchema = z
  .object({
    quality: word,
    nameStatus: word,
    messagingLimit: word,
    throughput: word,
    status: word,
    platform: word,
  })
  .describe('What the network last said of the number, in its words');
const healthSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  isWarning: z.boolean(),
  code: z.string(),
  detail: z.string().nullable().describe('What the message names beside what the code says'),
  message: z.string(),
  remedy: z.string().nullable(),
  since: z.string(),
  checkedAt: z.string(),
});
const stepSchema = z.object({
  step: z.string(),
  state: z.enum(['waiting', 'called', 'done', 'failed', 'skipped']),
  code: z.string().nullable(),
  detail: z.string().nullable().describe('Why it failed'),
  because: findingSchema.nullable().describe('What `detail` says, by code'),
  deadlineAt: maybeTimeSchema,
  calledAt: maybeTimeSchema,
  settledAt: maybeTimeSchema,
});

const STATES = ['draft', 'checking', 'connected', 'paused', 'failed', 'disconnecting', 'disconnected'] as const;
export const connectionFilter = {
  state: z.enum(STATES).optional(),
  planfixAccountId: uuidSchema.optional(),
  search: z.string().trim().min(1).max(100).optional().describe('Part of the number or of its name'),
};

export const connectionSchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    planfixAccountId: z.uuid(),
    metaAppId: z.uuid().nullable().describe('Null where no Meta app tells of the number'),
    phoneNumberId: z.string(),
    wabaId: z.string(),
    displayPhoneNumber: z.string().nullable(),
    verifiedName: z.string().nullable(),
    configuredBy: z.string(),
    settings: z.object(settingsSchema.shape),
    state: z.enum(STATES),
    checks: z.array(checkSchema).describe('What the last live check found; empty while one is under way'),
    pausedReason: z.string().nullable().describe('Why nothing is sent to customers just now: a kind of failure'),
    pausedAt: maybeTimeSchema,
    createdAt: timeSchema,
    onBusinessApp: z.boolean().describe('The number is used in the WhatsApp Business app, too'),
    facts: factsSchema,
    health: z.array(healthSchema).describe('What the self-check last found'),
    steps: z.array(stepSchema).describe('What is done once to connect or disconnect the number'),
    tokenExpiresAt: maybeTimeSchema.describe('Null: it never expires, or nobody knows (tokenCheckedAt is null, too)'),
    tokenCheckedAt: maybeTimeSchema.describe(
      'When the network last said when the token expires; null: never, so that its end is not known',
    ),
    webhookSeenAt: maybeTimeSchema.describe(
      'When a message, a status or other news of this number last came, to half a minute; null: none yet. Whether ' +
        'the address can be called is what the check "webhook" tells',
    ),
    disconnectingAt: maybeTimeSchema,
    disconnectedAt: maybeTimeSchema,
    openProblems: z.int(),
    queued: z.int().describe('Messages to customers that wait to be sent'),
    historyProgress: z.int().nullable().describe("How much of the business app's chats has come, of 100"),
  })
  .meta({ id: 'Connection' });

const PATHS: Readonly<Record<string, string>> = {
  credentials: 'accessToken',
  token: 'accessToken',
  metaApp: 'metaAppId',
  account: 'wabaId',
  number: 'phoneNumberId',
  'number-in-account': 'phoneNumberId',
  subscription: 'accessToken',
  // The address that Meta calls is the app's.
  webhook: 'metaAppId',
  fields: 'metaAppId',
  registration: 'phoneNumberId',
  address: 'planfixAccountId',
  'planfix-credentials': 'planfixAccountId',
  configuredBy: 'configuredBy',
};
/** Where the credentials are a key and a phone. */
const KEY_PATHS: Readonly<Record<string, string>> = { accessToken: 'apiKey', wabaId: 'phone', phoneNumberId: 'phone' };

/** The field of the request that a check of the worker is about. */
export const pathOf = ({ name }: ConnectionCheck) =>
  PATHS[name] ?? (Object.hasOwn(settingsSchema.shape, name) ? `settings.${name}` : name);
export const keyPathOf = (path: string) => KEY_PATHS[path] ?? path;

export const show = ({ steps, ...row }: ConnectionRow) => ({
  ...row,
  steps: steps as z.infer<typeof stepSchema>[],
  checks: row.checks.map(showCheck),
  health: row.health.map(({ detail = null, ...entry }) => ({ ...entry, detail })),
  state: row.state as z.infer<typeof connectionSchema>['state'],
  pausedAt: showMaybeTime(row.pausedAt),
  createdAt: showTime(row.createdAt),
  tokenExpiresAt: showMaybeTime(row.tokenExpiresAt),
  tokenCheckedAt: showMaybeTime(row.tokenCheckedAt),
  webhookSeenAt: showMaybeTime(row.webhookSeenAt),
  disconnectingAt: showMaybeTime(row.disconnectingAt),
  disconnectedAt: showMaybeTime(row.disconnectedAt),
});
