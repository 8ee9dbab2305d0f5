/** Answers of the Graph API, as far as Parley reads them; what it can do without is optional whatever its type. */
import { z } from 'zod';
import type { HttpResponse, NumberFacts } from '../channel.ts';
import { type CallKind, errorFromResponse, unreadableSuccess } from './errors.ts';

const id = z.union([z.string().min(1), z.number().transform(String)]);
const text = z.string().optional().catch(undefined);

export const sendAnswerSchema = z.object({
  messages: z.tuple([z.object({ id })], z.unknown()),
  contacts: z
    .array(z.object({ wa_id: text, user_id: text }))
    .optional()
    .catch(undefined),
});

export const numberSchema = z.object({
  id,
  display_phone_number: text,
  verified_name: text,
  quality_rating: text,
  status: text,
  platform_type: text,
  name_status: text,
  account_mode: text,
  is_on_biz_app: z.boolean().optional().catch(undefined),
  throughput: z.object({ level: text }).optional().catch(undefined),
});

export function numberFactsOf(number: z.infer<typeof numberSchema>): NumberFacts {
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

export const accountSchema = z.object({
  id,
  name: text,
  account_review_status: text,
  owner_business_info: z.object({ id: id.optional(), name: text }).optional().catch(undefined),
});

const paging = z
  .object({ next: text, cursors: z.object({ after: text }).optional().catch(undefined) })
  .optional()
  .catch(undefined);

export const numberListSchema = z.object({ data: z.array(z.object({ id })), paging });

/** Each template is read by itself, so that one of a new form does not hide the others. */
export const templateListSchema = z.object({ data: z.array(z.unknown()), paging });

export const subscribedAppsSchema = z.object({
  data: z.array(z.object({ whatsapp_business_api_data: z.object({ id }), override_callback_uri: text })),
});

/** Old versions answer with "true" as text. */
export const successSchema = z.object({ success: z.union([z.literal(true), z.literal('true')]) });

const count = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

export const mediaSchema = z.object({
  url: z.string().min(1),
  mime_type: text,
  sha256: text,
  file_size: count.optional().catch(undefined),
});

export const uploadedSchema = z.object({ id });

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
  // Graph has been seen to put an error object into a 200.
  if (typeof value === 'object' && value !== null && 'error' in value) throw errorFromResponse(kind, response);
  throw unreadableSuccess(kind);
}
