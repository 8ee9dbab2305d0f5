import { z } from 'zod';
import { readTemplateSync } from '../../db/channel-accounts.ts';
import type { Database } from '../../db/database.ts';
import { readApprovedNames, readTemplate, readTemplateLanguages, type StoredTemplate } from '../../db/templates.ts';
import type { Template } from '../../workflows/domain/message-content.ts';
import { checkTemplate } from '../../workflows/domain/template-check.ts';
import { type TemplateProblem, templateProblem } from '../../workflows/domain/template-problem.ts';
import { whyNotSendable } from '../../workflows/domain/template-state.ts';
import { Problem } from '../problem-details.ts';

/** Lengths are checked with the template: what is too long is then told with its place and remedy. */
const valuesSchema = z.union([z.array(z.string()), z.record(z.string(), z.string())]);

export const templateParametersSchema = z
  .strictObject({
    body: valuesSchema.optional().describe('A list for {{1}}, {{2}}, …; an object for {{name}}'),
    header: valuesSchema
      .optional()
      .describe('As the body; of a picture, video or document { "link": "https://…", "name"?: "…" }'),
    buttons: z
      .array(z.string())
      .optional()
      .describe('In order, one for each button that needs a value: the end of an address, a code to copy'),
  })
  .meta({ id: 'TemplateParameters' });

/** The `template` field of every send. */
export const templateSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be small letters, digits and "_"'),
    language: z
      .string()
      .regex(/^[A-Za-z_]{2,15}$/, 'must be a language code, for example en_US')
      .describe('Exactly the code of the approved translation: "en" is not "en_US"'),
    parameters: templateParametersSchema.optional().describe('`needs` of GET /v1/templates tells what is wanted'),
  })
  .meta({
    id: 'TemplateToSend',
    examples: [{ name: 'order_ready', language: 'en_US', parameters: { body: ['A-17', 'Monday'] } }],
  });

export type GivenTemplate = z.infer<typeof templateSchema>;

export type TemplateToSend = {
  template: Template;
  /** What the recipient will read; the text of the message. */
  preview: string;
  /** The version that was checked. */
  templateId: string;
  category: string;
};

/** `checkTemplateToSend` for callers of the API: throws a 422 that names every field (below `path`) with its remedy. */
export async function checkedTemplate(
  db: Database,
  connection: { provider: string; wabaId: string },
  given: GivenTemplate,
  path: string,
): Promise<TemplateToSend> {
  const checked = await checkTemplateToSend(db, connection, given);
  if ('problems' in checked) throw refused(checked.problems, path);
  return checked;
}

/** Finds everything that the network would refuse, before anything is stored or sent. */
export async function checkTemplateToSend(
  db: Database,
  connection: { provider: string; wabaId: string },
  given: GivenTemplate,
): Promise<TemplateToSend | { problems: readonly TemplateProblem[] }> {
  const account = { provider: connection.provider, accountKey: connection.wabaId };
  const stored = await readTemplate(db, { ...account, name: given.name, language: given.language });
  if (!stored) return { problems: [await whyMissing(db, account, given)] };
  const checked = checkStored(stored, given);
  return 'problems' in checked ? checked : { ...checked, templateId: stored.id, category: stored.category };
}

function checkStored(stored: StoredTemplate, { parameters = {} }: GivenTemplate) {
  const why = whyNotSendable(stored);
  return why ? { problems: [why] } : checkTemplate(stored, parameters);
}

const NAME = { path: 'name', field: 'template' } as const;
/** As many approved templates are named; whoever has more looks them up. */
const NAMES_NAMED = 10;

async function whyMissing(
  db: Database,
  account: { provider: string; accountKey: string },
  { name, language }: GivenTemplate,
): Promise<TemplateProblem> {
  const languages = await readTemplateLanguages(db, account, name);
  if (languages.length > 0) {
    const known = languages.join(', ');
    return templateProblem(
      { path: 'language', field: 'language' },
      {
        en: [`There is no translation of this template into "${language}"`, `Use one of: ${known}`],
        ru: [`Перевода этого шаблона на «${language}» нет`, `Укажите один из этих: ${known}`],
      },
    );
  }
  const sync = await readTemplateSync(db, account);
  if (!sync?.syncedAt) {
    const message = 'The templates of this connection have not been read yet';
    return templateProblem(NAME, {
      en: [message, 'Try again in a minute, or call POST /v1/templates/sync'],
      form: [message, 'Try again in a minute'],
      ru: ['Шаблоны этого номера ещё не прочитаны', 'Повторите через минуту'],
    });
  }
  const approved = await readApprovedNames(db, account, NAMES_NAMED + 1);
  const isShort = approved.length > 0 && approved.length <= NAMES_NAMED;
  const message = `There is no template "${name}"`;
  return templateProblem(NAME, {
    en: [message, 'Use a name from GET /v1/templates; one made just now is known after POST /v1/templates/sync'],
    form: [message, isShort ? `These are approved: ${approved.join(', ')}` : 'Use the name of an approved template'],
    ru: [`Шаблона «${name}» нет`, isShort ? `Одобрены: ${approved.join(', ')}` : 'Укажите имя одобренного шаблона'],
  });
}

function refused(problems: readonly TemplateProblem[], below: string): Problem {
  const errors = problems.map(({ path, message, remedy }) => ({ path: `${below}.${path}`, message, remedy }));
  return new Problem('invalid-fields', errors[0]?.message ?? 'The template cannot be sent', { errors });
}
