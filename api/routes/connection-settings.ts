import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { FALLBACK_ASSIGNEES, READ_RECEIPTS } from '../../workflows/domain/settings.ts';
import { assigneeSchema, employeeSchema, planfixNumberSchema, secretSchema } from '../shapes.ts';

const LANGUAGES = ['en', 'ru'] as const;
const wordsSchema = z.array(z.string().trim().min(1).max(50)).max(50);
const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be two capital letters, for example DE')
  .refine((code): boolean => isSupportedCountry(code), 'must be a country that has phone numbers');
const assigneesSchema = z.array(assigneeSchema).max(50);
const fallbackOrderSchema = z
  .array(z.enum(FALLBACK_ASSIGNEES))
  .min(1)
  .refine((order) => new Set(order).size === order.length, 'must name nobody twice');
/** The network keeps no more than 180 days. (coexistence: history) */
const historyDaysSchema = z.int().min(0).max(180);

export const settingsSchema = z.strictObject({
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
  fallbackOrder: fallbackOrderSchema
    .default(['primary-admin', 'configured-by'])
    .describe('Who gets tasks that nobody else gets'),
  historyDays: historyDaysSchema
    .default(30)
    .describe("Days of the WhatsApp Business app's chats that are taken over on connecting; 0: none"),
});

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
        fallbackOrder: fallbackOrderSchema,
        historyDays: historyDaysSchema,
      })
      .partial()
      .optional()
      .describe('Only what changes; null takes an optional setting away'),
  })
  .meta({ id: 'ConnectionChanges' });

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
  'fallbackOrder',
  'historyDays',
]);

/** While Planfix does not answer, nobody knows whether what was named in it is there: such a change is refused. */
const PLANFIX_CHECKS = ['address', 'planfix-credentials'] as const;

/** The checks that the changed fields can make fail. */
export function checksAbout(changes: z.infer<typeof changesSchema>): Set<string> {
  const settings = Object.keys(changes.settings ?? {}).filter((name) => !OWN_SETTINGS.has(name));
  return new Set([
    ...(changes.accessToken === undefined ? [] : ['credentials', 'token', ...LASTING_CHECKS]),
    ...(changes.configuredBy === undefined ? [] : ['configuredBy', ...PLANFIX_CHECKS]),
    ...settings,
    ...(settings.length === 0 ? [] : PLANFIX_CHECKS),
  ]);
}
