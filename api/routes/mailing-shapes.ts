import { z } from 'zod';
import type { MailingRow } from '../../db/mailing-list.ts';
import { MAILING_STATES } from '../../workflows/domain/message.ts';
import { maybeTimeSchema, showMaybeTime, showTime, timeSchema } from '../shapes.ts';

export const MAILING_ORIGINS = ['declared', 'detected'] as const;

const countsSchema = z.object({
  recipients: z.int().describe('Lines that were given; of a detected mailing, its messages'),
  bad: z.int().describe('Lines that cannot be sent to'),
  duplicate: z.int().describe('Lines whose recipient an earlier line names'),
  optedOut: z.int().describe('Set aside or refused because they want no marketing'),
  waiting: z.int().describe('Not sent yet'),
  accepted: z.int().describe('Taken by the network and not failed; delivered and read ones among them'),
  delivered: z.int().describe('Read ones among them'),
  read: z.int(),
  failed: z.int().describe('Refused at once, or failed later'),
  unknown: z.int().describe('The outcome is not known: never repeated, listed among the problems'),
  cancelled: z.int().describe('Left unsent by a cancellation, or after a month'),
  answered: z.int().describe('Recipients who have answered'),
  unsubscribed: z.int().describe('Recipients who have stopped marketing since it began'),
  failedByReason: z.record(z.string(), z.int()).describe('By kind of failure, with the code of the network if any'),
});

const badLineSchema = z.object({
  line: z.int().describe('In a file as a spreadsheet counts it, its header being line 1; in JSON counted from 1'),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
});

export const mailingSchema = z
  .object({
    id: z.uuid(),
    planfixAccountId: z.uuid(),
    connectionId: z.uuid(),
    origin: z.enum(MAILING_ORIGINS).describe('Declared by a caller, or detected as identical messages'),
    name: z.string().nullable(),
    state: z.enum(MAILING_STATES),
    reason: z.string().nullable().describe('Why it does not run'),
    reasonDetail: z.string().nullable().describe('The same in words, with the remedy'),
    template: z.object({ name: z.string(), language: z.string() }).nullable(),
    text: z.string(),
    isMarketing: z.boolean(),
    lines: z.int().describe('Lines that were given'),
    rate: z.number().nullable().describe('Messages a second at most'),
    startAt: maybeTimeSchema,
    counts: countsSchema,
    badLines: z.array(badLineSchema).describe('The first 1,000'),
    createdAt: timeSchema,
    startedAt: maybeTimeSchema,
    finishedAt: maybeTimeSchema,
  })
  .meta({ id: 'Mailing' });

/** In lists, lines are counted and not shown. */
export const listedMailingSchema = mailingSchema.omit({ badLines: true }).meta({ id: 'ListedMailing' });

/** As the list of the API shows it. */
export const showListedMailing = ({ content, ...row }: MailingRow): z.infer<typeof listedMailingSchema> => ({
  ...row,
  origin: row.origin as (typeof MAILING_ORIGINS)[number],
  template: content?.template ? { name: content.template.name, language: content.template.language } : null,
  startAt: showMaybeTime(row.startAt),
  createdAt: showTime(row.createdAt),
  startedAt: showMaybeTime(row.startedAt),
  finishedAt: showMaybeTime(row.finishedAt),
});
