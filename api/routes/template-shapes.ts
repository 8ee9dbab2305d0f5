import { z } from 'zod';
import type { TemplateRow } from '../../db/templates.ts';
import { PROVIDER_KINDS } from '../../workflows/domain/message.ts';
import { exampleParameters, examplePreview, templateNeeds } from '../../workflows/domain/template-needs.ts';
import { whyNotSendable } from '../../workflows/domain/template-state.ts';
import { maybeTimeSchema, showMaybeTime, showTime, timeSchema } from '../shapes.ts';

const valueNeedSchema = z.object({
  placeholder: z.string().describe('A name, or a position counted from "1"'),
  example: z.string().optional(),
});

const needsSchema = z
  .object({
    format: z.enum(['positional', 'named']).describe('Lists of values, or objects by name'),
    header: z.array(valueNeedSchema),
    headerMedia: z
      .enum(['image', 'video', 'document'])
      .optional()
      .describe('The header is a file, given as { "link": "https://…", "name"?: "…" }'),
    body: z.array(valueNeedSchema),
    buttons: z
      .array(
        z.object({
          index: z.int().describe('Among all buttons, from 0'),
          type: z.enum(['url', 'copy-code', 'quick-reply']),
          label: z.string(),
          required: z.boolean().describe('A quick reply goes without a value'),
          example: z.string().optional(),
        }),
      )
      .describe('Those that take a value, in the order of the values'),
  })
  .meta({ id: 'TemplateNeeds', description: 'What whoever sends it has to fill in' });

const componentsSchema = z
  .object({
    header: z
      .object({
        format: z.enum(['text', 'image', 'video', 'document', 'other']),
        text: z.string().optional(),
        name: z.string().optional(),
        example: z.string().optional(),
      })
      .optional(),
    body: z.object({ text: z.string(), example: z.record(z.string(), z.string()).optional() }),
    footer: z.string().optional(),
    buttons: z.array(
      z.object({
        type: z.enum(['quick-reply', 'url', 'copy-code', 'plain', 'other']),
        name: z.string().optional().describe("The network's word for its kind"),
        text: z.string(),
        url: z.string().optional(),
        example: z.string().optional(),
      }),
    ),
    others: z.array(z.string()).optional().describe('Parts that Parley does not send yet'),
  })
  .meta({ id: 'TemplateComponents', description: 'The template as the network has it, with its placeholders' });

const EXAMPLE = {
  id: '0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d',
  provider: PROVIDER_KINDS[0],
  wabaId: '102290129340398',
  connectionIds: ['0192f0c4-1111-7cc2-9b1e-5d1f2a3b4c5d'],
  channelTemplateId: '1689556908129832',
  name: 'order_ready',
  language: 'en_US',
  category: 'utility',
  status: 'approved',
  statusReason: null,
  statusChangedAt: '2026-11-26T17:00:00.000Z',
  sendable: true,
  notSendableBecause: null,
  quality: 'GREEN',
  version: 1,
  createdAt: '2026-11-26T17:00:00.000Z',
  replacedAt: null,
  components: {
    body: { text: 'Your order {{1}} is ready on {{2}}.', example: { 1: 'A-17', 2: 'Monday' } },
    buttons: [],
  },
  needs: {
    format: 'positional' as const,
    header: [],
    body: [
      { placeholder: '1', example: 'A-17' },
      { placeholder: '2', example: 'Monday' },
    ],
    buttons: [],
  },
  preview: 'Your order A-17 is ready on Monday.',
  example: { name: 'order_ready', language: 'en_US', parameters: { body: ['A-17', 'Monday'] } },
};

export const templateRowSchema = z
  .object({
    id: z.uuid().describe('Of this version: a newer one has another id'),
    provider: z.string(),
    wabaId: z.string(),
    connectionIds: z.array(z.uuid()).describe('Connections that can send it'),
    channelTemplateId: z.string().describe("The network's own id"),
    name: z.string(),
    language: z.string(),
    category: z.string().describe('marketing, utility or authentication'),
    status: z.string().describe("The network's state in small letters; only approved ones can be sent"),
    statusReason: z.string().nullable().describe("In the network's words"),
    statusChangedAt: timeSchema.describe('When Parley saw the state for the first time'),
    sendable: z.boolean(),
    notSendableBecause: z.string().nullable().describe('What it is, and what to do about it'),
    quality: z.string().nullable().describe("In the network's words: GREEN, YELLOW or RED"),
    version: z.int().describe('Counts changes of words, placeholders and category'),
    createdAt: timeSchema,
    replacedAt: maybeTimeSchema.describe('A newer version took its place, or the network has it no more'),
    components: componentsSchema,
    needs: needsSchema,
    preview: z.string().describe('As the recipient sees it, filled with the examples'),
    example: z
      .object({ name: z.string(), language: z.string(), parameters: z.record(z.string(), z.unknown()).optional() })
      .describe('Ready to be the `template` of a message, with values of your own'),
  })
  .meta({ id: 'Template', examples: [EXAMPLE] });

/** As the API shows it, with what a caller needs to fill it in. */
export function showTemplate(row: TemplateRow): z.infer<typeof templateRowSchema> {
  const { name, language, statusChangedAt, createdAt, replacedAt, parameterFormat: _, ...rest } = row;
  const why = whyNotSendable(row);
  const parameters = exampleParameters(row);
  return {
    ...rest,
    name,
    language,
    statusChangedAt: showTime(statusChangedAt),
    createdAt: showTime(createdAt),
    replacedAt: showMaybeTime(replacedAt),
    sendable: why === undefined && replacedAt === null,
    notSendableBecause: why ? `${why.message}. ${why.remedy}.` : null,
    components: row.components as z.infer<typeof componentsSchema>,
    needs: templateNeeds(row) as z.infer<typeof needsSchema>,
    preview: examplePreview(row),
    example: { name, language, ...(parameters ? { parameters: { ...parameters } } : {}) },
  };
}
