/**
 * The parts of a WhatsApp webhook that Parley reads, one schema per item; what a message holds by its kind is in
 * `content-schemas.ts`. There is none for the whole envelope: up to
 * 1,000 updates share one body, and an item that does not fit must not take the others with it. Unknown keys are
 * dropped here and survive in the event's raw slice. (WhatsApp: webhooks, inbound messages, status webhooks)
 */
import { z } from 'zod';

/** Ids become index keys, and an index has a limit of its own; ids in the wild are below 130. */
const MAX_ID_LENGTH = 250;

/** Meta sends times and ids as strings, and has been seen to send either as numbers. */
export const textual = z.union([z.string().min(1).max(MAX_ID_LENGTH), z.number().transform(String)]);

/** A value of the wrong type counts as absent, for fields that a message can do without. */
export function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

const errorCode = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

/** Only the code is read: titles and details may quote the recipient, and Meta asks to branch on the code alone. */
export const webhookErrorSchema = z.object({ code: errorCode });

export const errorsSchema = lenient(z.array(z.unknown()));

export const contactSchema = z.object({
  profile: lenient(z.object({ name: lenient(z.string()), username: lenient(z.string()) })),
  wa_id: lenient(textual),
  user_id: lenient(textual),
  parent_user_id: lenient(textual),
});
export type WhatsAppContact = z.infer<typeof contactSchema>;

const contextSchema = z.object({
  id: lenient(textual),
  forwarded: lenient(z.boolean()),
  frequently_forwarded: lenient(z.boolean()),
  referred_product: lenient(z.object({ product_retailer_id: textual, catalog_id: lenient(textual) })),
});

const referralSchema = z.object({
  source_url: lenient(z.string()),
  source_id: lenient(textual),
  source_type: lenient(z.string()),
  headline: lenient(z.string()),
  body: lenient(z.string()),
});
export type WhatsAppReferral = z.infer<typeof referralSchema>;

export const messageSchema = z.object({
  id: textual,
  from: lenient(textual),
  from_user_id: lenient(textual),
  from_parent_user_id: lenient(textual),
  to: lenient(textual),
  to_user_id: lenient(textual),
  to_parent_user_id: lenient(textual),
  group_id: lenient(textual),
  // Whatever it is, the message is not lost for it.
  timestamp: z.unknown().optional(),
  type: z.string().min(1),
  context: lenient(contextSchema),
  referral: lenient(referralSchema),
  errors: errorsSchema,
});
export type WhatsAppMessage = z.infer<typeof messageSchema>;

export const preferenceSchema = z.object({
  wa_id: lenient(textual),
  user_id: lenient(textual),
  parent_user_id: lenient(textual),
  category: z.string(),
  value: z.string(),
  timestamp: z.unknown().optional(),
});

export const statusSchema = z.object({
  id: textual,
  status: z.string().min(1),
  timestamp: z.unknown().optional(),
  recipient_id: lenient(textual),
  recipient_user_id: lenient(textual),
  recipient_parent_user_id: lenient(textual),
  // The name of the field above before May 2026.
  parent_recipient_user_id: lenient(textual),
  recipient_participant_id: lenient(textual),
  biz_opaque_callback_data: lenient(z.string()),
  pricing: lenient(
    z.object({
      billable: lenient(z.boolean()),
      pricing_model: lenient(z.string()),
      type: lenient(z.string()),
      category: lenient(z.string()),
    }),
  ),
  errors: errorsSchema,
});
export type WhatsAppStatus = z.infer<typeof statusSchema>;
