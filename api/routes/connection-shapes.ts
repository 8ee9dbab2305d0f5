import { z } from 'zod';
import type { ConnectionRow } from '../../db/connections.ts';
import { PROVIDER_KINDS } from '../../workflows/domain/message.ts';
import { type ConnectionCheck, READ_RECEIPTS } from '../../workflows/domain/settings.ts';
import {
  assigneeSchema,
  checkSchema,
  employeeSchema,
  maybeTimeSchema,
  metaIdSchema,
  planfixNumberSchema,
  secretSchema,
  showMaybeTime,
  showTime,
  timeSchema,
  uuidSchema,
} from '../shapes.ts';

const LANGUAGES = ['en', 'ru'] as const;
const wordsSchema = z.array(z.string().trim().min(1).max(50)).max(50);
const countrySchema = z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, for example DE');
const assigneesSchema = z.array(assigneeSchema).max(50);

const settingsSchema = z.strictObject({
  taskTemplate: planfixNumberSchema.describe('Template of new tasks'),
  contactTemplate: planfixNumberSchema.optional().describe('Template of new contacts'),
  correlationField: planfixNumberSchema.optional().describe('A text field of the task template that carries our id'),
  initialStatus: planfixNumberSchema.optional().describe('For templates whose first status forbids comments'),
  additionalAssignees: assigneesSchema.default([]).describe('Beside those of the template'),
  newTaskWhenNoneActive: z
    .boolean()
    .default(true)
    .describe('A message makes a new task when the one before it is not active any more'),
  language: z.enum(LANGUAGES).default('en').describe('Of what Parley itself writes to employees'),
  echoAuthor: employeeSchema
    .optional()
    .describe('Writes the comments that show what a colleague wrote in the WhatsApp Business app'),
  openTaskForEchoes: z
    .boolean()
    .default(false)
    .describe("A colleague's message to somebody without a task opens one at once, not with the customer's answer"),
  readReceipts: z
    .enum(READ_RECEIPTS)
    .default('when-answered')
    .describe('When the customer is told that their message was read'),
  windowWarning: z
    .boolean()
    .default(true)
    .describe('Assignees are told an hour before the window closes over a customer who was not answered'),
  unnotifiedHints: z
    .boolean()
    .default(true)
    .describe("A comment after a customer's message that notifies nobody outside is listed as a problem"),
  reactionsFromComments: z
    .boolean()
    .default(false)
    .describe("A comment of one emoji that answers a customer's message becomes a reaction"),
  deliveryStateField: planfixNumberSchema
    .optional()
    .describe('A text field of the task template that shows how the last message to the customer fared'),
  bulkByTemplate: z
    .boolean()
    .default(false)
    .describe('Any two sends of one template count as identical, whatever its placeholders hold'),
  marketingStopWords: wordsSchema
    .optional()
    .describe('Words by which a customer stops marketing, beside the built-in ones'),
  marketingStartWords: wordsSchema.optional().describe('Words by which a customer allows marketing again'),
  defaultCountry: countrySchema.optional().describe('Of phones that are typed without "+"'),
});

export const newConnectionSchema = z
  .strictObject({
    provider: z.enum(PROVIDER_KINDS),
    planfixAccountId: uuidSchema,
    metaAppId: uuidSchema.describe('The Meta app, as known here, whose webhooks tell of this number'),
    phoneNumberId: metaIdSchema.describe('Phone number ID at Meta, not the number itself'),
    wabaId: metaIdSchema.describe('WhatsApp Business Account ID at Meta'),
    accessToken: secretSchema.describe('Token of a System User with whatsapp_business_messaging and _management'),
    configuredBy: employeeSchema.describe('Gets tasks when the primary admin is not there, as "user:<number>"'),
    settings: settingsSchema,
  })
  .meta({ id: 'NewConnection' });

export const changesSchema = z
  .strictObject({
    accessToken: secretSchema.optional(),
    configuredBy: employeeSchema.optional(),
    settings: z
      .strictObject({
        taskTemplate: planfixNumberSchema,
        contactTemplate: planfixNumberSchema.nullable(),
        correlationField: planfixNumberSchema.nullable(),
        initialStatus: planfixNumberSchema.nullable(),
        additionalAssignees: assigneesSchema,
        newTaskWhenNoneActive: z.boolean(),
        language: z.enum(LANGUAGES),
        echoAuthor: employeeSchema.nullable(),
        openTaskForEchoes: z.boolean(),
        readReceipts: z.enum(READ_RECEIPTS),
        windowWarning: z.boolean(),
        unnotifiedHints: z.boolean(),
        reactionsFromComments: z.boolean(),
        deliveryStateField: planfixNumberSchema.nullable(),
        bulkByTemplate: z.boolean(),
        marketingStopWords: wordsSchema.nullable(),
        marketingStartWords: wordsSchema.nullable(),
        defaultCountry: countrySchema.nullable(),
      })
      .partial()
      .optional()
      .describe('Only what changes; null takes an optional setting away'),
  })
  .meta({ id: 'ConnectionChanges' });

export const connectionSchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    planfixAccountId: z.uuid(),
    metaAppId: z.uuid(),
    phoneNumberId: z.string(),
    wabaId: z.string(),
    displayPhoneNumber: z.string().nullable(),
    verifiedName: z.string().nullable(),
    configuredBy: z.string(),
    settings: z.object(settingsSchema.shape),
    state: z.enum(['draft', 'checking', 'connected', 'paused', 'failed', 'disconnecting', 'disconnected']),
    checks: z.array(checkSchema).describe('What the last live check found; empty while one is under way'),
    pausedReason: z.string().nullable().describe('Why nothing is sent to customers just now: a kind of failure'),
    pausedAt: maybeTimeSchema,
    createdAt: timeSchema,
  })
  .meta({ id: 'Connection' });

const PATHS: Readonly<Record<string, string>> = {
  credentials: 'accessToken',
  account: 'wabaId',
  number: 'phoneNumberId',
  'number-in-account': 'phoneNumberId',
  subscription: 'accessToken',
  address: 'planfixAccountId',
  'planfix-credentials': 'planfixAccountId',
  configuredBy: 'configuredBy',
};
/** The field of the request that a check of the worker is about. */
export const pathOf = ({ name }: ConnectionCheck) =>
  PATHS[name] ?? (Object.hasOwn(settingsSchema.shape, name) ? `settings.${name}` : name);

export const show = (row: ConnectionRow) => ({
  ...row,
  state: row.state as z.infer<typeof connectionSchema>['state'],
  pausedAt: showMaybeTime(row.pausedAt),
  createdAt: showTime(row.createdAt),
});

/** Checks whose failure a new token may cause, but which may as well have failed with the old one. */
export const LASTING_CHECKS: ReadonlySet<string> = new Set(['account', 'number', 'number-in-account', 'subscription']);
/** Settings that nobody outside has to agree to. */
const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'language',
  'newTaskWhenNoneActive',
  'openTaskForEchoes',
  'readReceipts',
  'windowWarning',
  'unnotifiedHints',
  'reactionsFromComments',
  'bulkByTemplate',
  'marketingStopWords',
  'marketingStartWords',
  'defaultCountry',
]);

/** The checks that the changed fields can make fail. */
export function checksAbout(changes: z.infer<typeof changesSchema>): Set<string> {
  const settings = Object.keys(changes.settings ?? {}).filter((name) => !OWN_SETTINGS.has(name));
  return new Set([
    ...(changes.accessToken === undefined ? [] : ['credentials', ...LASTING_CHECKS]),
    ...(changes.configuredBy === undefined ? [] : ['configuredBy']),
    ...settings,
  ]);
}
