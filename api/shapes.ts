import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Page, PageRequest } from '../db/visibility.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';

/** Shapes that several routes share. Objects of requests are strict: an unknown key is refused with its path. */

/** The server as a routes plugin gets it: requests and answers are typed by the schemas of their route. */
export type ZodApp = Parameters<FastifyPluginAsyncZod>[0];

export const uuidSchema = z.uuid();
export const idParamsSchema = z.strictObject({ id: uuidSchema });

/** `cursor` is what the page before called `nextCursor`. */
export const pageQuery = {
  cursor: uuidSchema.optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

export const toPageRequest = ({ cursor, limit }: { cursor?: string | undefined; limit: number }): PageRequest => ({
  after: cursor,
  limit,
});

export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export const showPage = <T, U>({ items, nextCursor }: Page<T>, show: (item: T) => U) => ({
  items: items.map(show),
  nextCursor,
});

export const timeSchema = z.iso.datetime();
export const maybeTimeSchema = timeSchema.nullable();
export const showTime = (time: Date) => time.toISOString();
export const showMaybeTime = (time: Date | null) => time?.toISOString() ?? null;

/** An employee of Planfix. */
export const employeeSchema = z.string().regex(/^user:[1-9]\d{0,9}$/, 'must be an employee, as "user:<number>"');
/** A person or group of Planfix. */
export const assigneeSchema = z
  .string()
  .regex(/^(user|contact|group):[1-9]\d{0,9}$/, 'must be "user:<number>", "contact:<number>" or "group:<number>"');
/** A number that Planfix gave something. */
export const planfixNumberSchema = z.int().min(1).max(2_147_483_647);

export const nameSchema = z.string().trim().min(1).max(200);
/** Tokens and secrets: printable, without the white space that copying brings along. */
export const secretSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,1000}$/, 'must be 1 to 1000 visible ASCII characters');
/** Ids that Meta gives. */
export const metaIdSchema = z.string().regex(/^[\w-]{1,64}$/, 'must be an id from Meta');

export const findingSchema = z
  .object({
    code: z
      .string()
      .describe(
        'A stable word. `check:` goes before the codes of `checks` of connections and Planfix accounts, `health:` before ' +
          'those of `health`, `start:` before reasons for which a conversation is not started',
      ),
    values: z
      .record(z.string(), z.string())
      .describe(
        'What the sentence names: numbers, names, words of a network; `because` is the code of what `detail` says',
      ),
  })
  .meta({ id: 'Finding' });

/** The shape of every refusal (RFC 9457), as it stands in the OpenAPI document. */
const problemSchema = z
  .object({
    type: z.string().describe('urn:parley:problem:<word>'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          remedy: z.string(),
          code: z.string().optional().describe('A stable word for what a check found'),
          detail: z.string().optional().describe('What the message names beside what the code says'),
          because: findingSchema.optional().describe('What `detail` says, by code, where it is a sentence'),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });

/** Every refusal has this shape. */
export const refusal = {
  default: { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } },
};

export const checkSchema = z
  .object({
    name: z.string(),
    ok: z.boolean(),
    code: z.string().nullable().describe('A stable word for what was found; null: found before there were such words'),
    detail: z.string().optional().describe('What the message names beside what the code says'),
    because: findingSchema.optional().describe('What `detail` says, by code, where it is a sentence'),
    message: z.string(),
    remedy: z.string().optional(),
    about: z.string().optional().describe('Which person or group, where several checks have one name'),
  })
  .meta({ id: 'Check' });
export const showCheck = (check: ConnectionCheck) => ({ ...check, code: check.code ?? null });
