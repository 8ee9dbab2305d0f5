import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import type { NewLine, NewMailing } from '../../db/mailings.ts';
import { readTemplate } from '../../db/templates.ts';
import { toLineParameters } from '../../workflows/domain/mailing-lines.ts';
import { checkTemplate } from '../../workflows/domain/template-check.ts';
import { examplePreview } from '../../workflows/domain/template-needs.ts';
import { Problem } from '../problem-details.ts';
import { nameSchema, uuidSchema } from '../shapes.ts';
import { readRecipientsFile } from './mailing-csv.ts';
import { checkedTemplate, templateParametersSchema, templateSchema } from './template-parameters.ts';

const MAX_TEXT = 4_096;
const MOST_IN_JSON = 100_000;
const LONGEST_LEAD_MS = 366 * 24 * 60 * 60_000;

/** What Postgres can keep. */
const storable = (text: string) => text.isWellFormed() && !text.includes('\0');
const isStorable = (value: unknown) => storable(JSON.stringify(value)) && !JSON.stringify(value).includes('\\u0000');

const recipientSchema = z.strictObject({
  to: z.string().max(200).refine(storable, 'holds what is no text').describe('A phone, or an id of WhatsApp'),
  name: nameSchema.refine(storable, 'holds what is no text').optional(),
  parameters: templateParametersSchema
    .refine(isStorable, 'holds what is no text')
    .optional()
    .describe("The recipient's own values; the others are the mailing's"),
});

export const newMailingSchema = z
  .strictObject({
    connectionId: uuidSchema,
    name: nameSchema.optional(),
    template: templateSchema.optional(),
    text: z
      .string()
      .trim()
      .min(1)
      .max(MAX_TEXT)
      .optional()
      .describe('Only reaches customers who wrote within 24 hours'),
    recipients: z.array(recipientSchema).min(1).max(MOST_IN_JSON).optional(),
    startAt: z.iso.datetime({ offset: true }).optional(),
    rate: z.number().min(0.01).max(1_000).optional().describe('Messages a second at most'),
    skipBadLines: z.boolean().default(false).describe('Send to the others when lines cannot be sent to'),
  })
  .refine((body) => (body.template === undefined) !== (body.text === undefined), {
    error: 'Give exactly one of template and text',
  })
  .refine((body) => body.startAt === undefined || +new Date(body.startAt) < Date.now() + LONGEST_LEAD_MS, {
    error: 'Start within a year',
    path: ['startAt'],
  })
  .meta({
    id: 'NewMailing',
    description: 'Recipients as JSON; or, as a form, this without recipients in the field "mailing" and a CSV file',
    examples: [
      {
        connectionId: '0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d',
        template: { name: 'order_ready', language: 'en_US' },
        recipients: [{ to: '+4915112345678', parameters: { body: ['A-17', 'Monday'] } }],
      },
    ],
  });
export type NewMailingBody = z.infer<typeof newMailingSchema>;

type SharedContent = Pick<NewMailing, 'kind' | 'text' | 'content' | 'parameters' | 'templateId' | 'isMarketing'>;

/** What all messages of the mailing share. A 422 problem when the template cannot be sent at all. */
export async function sharedContent(
  db: Database,
  connection: { provider: string; wabaId: string },
  { template, text = '' }: NewMailingBody,
): Promise<SharedContent> {
  if (!template) {
    return { kind: 'text', text, content: null, parameters: undefined, templateId: undefined, isMarketing: false };
  }
  const account = { provider: connection.provider, accountKey: connection.wabaId };
  const { name, language, parameters = {} } = template;
  const stored = await readTemplate(db, { ...account, name, language });
  const checked = stored?.status === 'approved' ? checkTemplate(stored, parameters) : undefined;
  if (!stored || !checked) {
    // It cannot be sent: this says why.
    await checkedTemplate(db, connection, template, 'template');
    throw new Problem('conflict', 'The template has just changed; send the request again');
  }
  const shared = {
    kind: 'template' as const,
    templateId: stored.id,
    isMarketing: stored.category === 'marketing',
    parameters: toLineParameters(parameters),
  };
  if ('template' in checked) return { ...shared, text: checked.preview, content: { template: checked.template } };
  // What is missing here, each line has to bring; what no line can put right is found with the first one.
  return { ...shared, text: examplePreview(stored), content: { template: { name, language } } };
}

/** The lines of a request, in its own order. */
export async function* linesOf(body: NewMailingBody, file: Buffer | null): AsyncGenerator<NewLine> {
  if (file !== null) {
    yield* readRecipientsFile(file);
    return;
  }
  for (const [index, { to, name, parameters }] of (body.recipients ?? []).entries()) {
    yield { line: index + 1, recipient: to, name, parameters: parameters && toLineParameters(parameters) };
  }
}
