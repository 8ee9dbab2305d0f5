/**
 * The parts of a WhatsApp webhook that Parley reads, one schema per item. There is none for the whole envelope: up to
 * 1,000 updates share one body, and an item that does not fit must not take the others with it. Unknown keys are
 * dropped here and survive in the event's raw slice. (WhatsApp: webhooks, inbound messages, status webhooks)
 */
import { z } from 'zod';

/** Ids become index keys, and an index has a limit of its own; ids in the wild are below 130. */
const MAX_ID_LENGTH = 250;

/** Meta sends times and ids as strings, and has been seen to send either as numbers. */
const textual = z.union([z.string().min(1).max(MAX_ID_LENGTH), z.number().transform(String)]);

/** Unix seconds; beyond the year 3000 it is no time. */
const unixSeconds = z.coerce.number().int().positive().max(32_503_680_000);

/** A value of the wrong type counts as absent, for fields that a message can do without. */
function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

const errorCode = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

/** Only the code is read: titles and details may quote the recipient, and Meta asks to branch on the code alone. */
export const webhookErrorSchema = z.object({ code: errorCode });

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
});

export const messageSchema = z.object({
  id: textual,
  from: lenient(textual),
  from_user_id: lenient(textual),
  from_parent_user_id: lenient(textual),
  group_id: lenient(textual),
  timestamp: unixSeconds,
  type: z.string().min(1),
  context: lenient(contextSchema),
  errors: lenient(z.array(z.unknown())),
});
export type WhatsAppMessage = z.infer<typeof messageSchema>;

export const statusSchema = z.object({
  id: textual,
  status: z.string().min(1),
  timestamp: unixSeconds,
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
  errors: lenient(z.array(z.unknown())),
});
export type WhatsAppStatus = z.infer<typeof statusSchema>;

const text = lenient(z.string());

/** The content under the key that is named like the type; every field is optional because every one has been missing. */
export const contentSchemas = {
  text: z.object({ body: z.string().min(1) }),
  media: z.object({ caption: text, filename: text, voice: lenient(z.boolean()) }),
  location: z.object({
    latitude: z.coerce.number(),
    longitude: z.coerce.number(),
    name: text,
    address: text,
    url: text,
  }),
  contactCard: z.object({
    name: lenient(z.object({ formatted_name: text, first_name: text, last_name: text })),
    phones: lenient(z.array(z.object({ phone: text, wa_id: text }))),
    emails: lenient(z.array(z.object({ email: text }))),
  }),
  interactive: z.object({
    type: text,
    button_reply: lenient(z.object({ title: text })),
    list_reply: lenient(z.object({ title: text, description: text })),
    nfm_reply: lenient(z.object({ name: text, body: text, response_json: text })),
    call_permission_reply: lenient(z.object({ response: text })),
  }),
  button: z.object({ text, payload: text }),
  reaction: z.object({ message_id: textual, emoji: text }),
  order: z.object({
    text,
    product_items: lenient(
      z.array(
        z.object({
          product_retailer_id: lenient(textual),
          quantity: lenient(textual),
          item_price: lenient(textual),
          currency: text,
        }),
      ),
    ),
  }),
  system: z.object({
    body: text,
    type: text,
    wa_id: lenient(textual),
    user_id: lenient(textual),
    parent_user_id: lenient(textual),
  }),
  unsupported: z.object({ type: text }),
  edit: z.object({ original_message_id: textual, message: lenient(z.record(z.string(), z.unknown())) }),
  revoke: z.object({ original_message_id: textual }),
};
