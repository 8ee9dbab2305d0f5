/** What we read of Planfix's answers, nothing more. Planfix REST: task, comments, contacts; unknown keys are dropped. */
import { z } from 'zod';
import { timePointSchema } from './time.ts';

/** `user:5`, `contact:12`; robots and the like have words behind the colon. */
export type PersonRef = `user:${string}` | `contact:${string}`;

/** An id that is a bare number, a number in a string, or `contact:12`. */
export const idSchema = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^(?:[a-z]+:)?\d+$/)
    .transform((text) => Number(text.slice(text.indexOf(':') + 1))),
]);

const personRefSchema = z.string().transform((text) => text as PersonRef);

/** People are prefixed strings; one without a prefix is not told apart from others, and is left out. */
const peopleSchema = z
  .array(z.object({ id: z.union([z.string(), z.number()]), name: z.string().nullish() }))
  .nullish()
  .transform((people) => (people ?? []).flatMap(({ id }) => (isPersonRef(id) ? [id] : [])));

const groupsSchema = z
  .array(z.object({ id: idSchema }))
  .nullish()
  .transform((groups) => (groups ?? []).map(({ id }) => id));

export function isPersonRef(value: unknown): value is PersonRef {
  return typeof value === 'string' && /^(?:user|contact):\S+$/.test(value);
}

export const participantsSchema = z
  .object({ users: peopleSchema, groups: groupsSchema })
  .nullish()
  .transform((value) => value ?? { users: [], groups: [] });

const refSchema = z.object({ id: idSchema }).nullish();

/** Of a person who may also be a word, such as a robot. */
const ownerSchema = z.object({ id: z.union([personRefSchema, z.number()]), name: z.string().nullish() }).nullish();

const statusSchema = z.object({ id: idSchema, name: z.string().nullish(), isActive: z.boolean().nullish() });

const customFieldsSchema = z
  .array(
    z.object({
      field: z.object({ id: idSchema }),
      value: z.unknown(),
      stringValue: z.string().nullish(),
    }),
  )
  .nullish();

export const taskSchema = z.object({
  id: idSchema,
  sourceObjectId: z.string().nullish(),
  isDeleted: z.boolean().nullish(),
  status: statusSchema.nullish(),
  template: refSchema,
  assigner: ownerSchema,
  counterparty: ownerSchema,
  assignees: participantsSchema,
  dateTime: timePointSchema.nullish(),
  dateOfLastComment: timePointSchema.nullish(),
  customFieldData: customFieldsSchema,
});

/** `size` is in KB in practice, whatever the description says. */
export const fileSchema = z.object({ id: idSchema, name: z.string().nullish(), size: z.number().nullish() });

export const commentSchema = z.object({
  id: idSchema,
  sourceObjectId: z.string().nullish(),
  dateTime: timePointSchema.nullish(),
  type: z.string().nullish(),
  fromType: z.string().nullish(),
  description: z.string().nullish(),
  task: refSchema,
  owner: ownerSchema,
  isDeleted: z.boolean().nullish(),
  isHidden: z.boolean().nullish(),
  recipients: z
    .object({
      users: peopleSchema,
      groups: groupsSchema,
      // An array in newer versions of the API, one word in older ones.
      roles: z.union([z.array(z.string()), z.string().transform((role) => [role])]).nullish(),
    })
    .nullish(),
  files: z.array(fileSchema).nullish(),
});

export const contactSchema = z.object({
  id: idSchema,
  sourceObjectId: z.string().nullish(),
  name: z.string().nullish(),
  midname: z.string().nullish(),
  lastname: z.string().nullish(),
  isCompany: z.boolean().nullish(),
  isDeleted: z.boolean().nullish(),
  phones: z
    .array(
      z.object({
        number: z.string().nullish(),
        maskedNumber: z.string().nullish(),
        type: z.number().nullish().catch(undefined),
      }),
    )
    .nullish(),
});

/** A create answers with an id; `failures` says what of it was refused. */
const failuresSchema = z
  .union([
    z.array(z.object({ field: z.unknown(), error: z.unknown() })),
    // The description's own example is an object where its schema says array.
    z.object({ field: z.unknown(), error: z.unknown() }).transform((failure) => [failure]),
  ])
  .nullish()
  .transform((failures) => (failures ?? []).map(({ field }) => fieldName(field)));

/** A field as a word: `assigner`, or `field 52` for a custom one. */
function fieldName(field: unknown): string {
  if (typeof field === 'string' && /^[\w.]{1,60}$/.test(field)) return field;
  if (typeof field === 'number') return `field ${field}`;
  if (typeof field === 'object' && field !== null && 'id' in field) return fieldName(field.id);
  return 'unknown';
}

export const createdSchema = z.object({ id: idSchema, failures: failuresSchema });
export const updatedSchema = z.object({ failures: failuresSchema });

export const userSchema = z.object({
  id: z.union([personRefSchema, z.number()]),
  name: z.string().nullish(),
  midname: z.string().nullish(),
  lastname: z.string().nullish(),
  status: z.string().nullish(),
  role: z.string().nullish(),
});

export const templateSchema = z.object({
  id: idSchema,
  name: z.string().nullish(),
  assignees: participantsSchema,
});

export const namedSchema = z.object({ id: idSchema, name: z.string().nullish() });
export const processStatusSchema = statusSchema;

export const customFieldSchema = z.object({
  id: idSchema,
  name: z.string().nullish(),
  type: z.union([z.number(), z.string(), z.object({ id: z.number() }).transform(({ id }) => id)]).nullish(),
});
