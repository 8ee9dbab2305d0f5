/** Answers that are the same wherever Meta's Cloud API is spoken; what Parley can do without is optional whatever its type. */
import { z } from 'zod';
import type { HttpResponse, NumberFacts } from '../channel.ts';
import { type CallKind, errorFromResponse, unreadableSuccess } from './answer-errors.ts';

export const idSchema = z.union([z.string().min(1), z.number().transform(String)]);
export const textSchema = z.string().optional().catch(undefined);

export const sendAnswerSchema = z.object({
  messages: z.tuple([z.object({ id: idSchema })], z.unknown()),
  contacts: z
    .array(z.object({ wa_id: textSchema, user_id: textSchema }))
    .optional()
    .catch(undefined),
});

/** Old versions answer with "true" as text. */
export const successSchema = z.object({ success: z.union([z.literal(true), z.literal('true')]) });

/** What an API says of a number, and the names under which it is asked. */
export const numberFactsSchema = z.object({
  display_phone_number: textSchema,
  verified_name: textSchema,
  quality_rating: textSchema,
  status: textSchema,
  platform_type: textSchema,
  throughput: z.object({ level: textSchema }).optional().catch(undefined),
  name_status: textSchema,
  account_mode: textSchema,
  is_on_biz_app: z.boolean().optional().catch(undefined),
});
export const NUMBER_FIELDS = Object.keys(numberFactsSchema.shape).join(',');

export function numberFactsOf(number: z.infer<typeof numberFactsSchema>): NumberFacts {
  const facts = {
    displayPhone: number.display_phone_number,
    verifiedName: number.verified_name,
    quality: number.quality_rating,
    status: number.status,
    platform: number.platform_type,
    nameStatus: number.name_status,
    accountMode: number.account_mode,
    throughput: number.throughput?.level,
    onBusinessApp: number.is_on_biz_app,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

const count = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

export const mediaSchema = z.object({
  url: z.string().min(1),
  mime_type: textSchema,
  sha256: textSchema,
  file_size: count.optional().catch(undefined),
});

export const uploadedSchema = z.object({ id: idSchema });

/** Throws what the answer means if it is not of that form. */
export function parseAnswer<T>(schema: z.ZodType<T>, response: HttpResponse, kind: CallKind): T {
  let value: unknown;
  try {
    value = JSON.parse(response.body);
  } catch {
    throw unreadableSuccess(kind);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // An error object has been seen in a 200.
  if (typeof value === 'object' && value !== null && 'error' in value) throw errorFromResponse(kind, response);
  throw unreadableSuccess(kind);
}
