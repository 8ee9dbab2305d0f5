/**
 * The content of a message, under the key that is named like its type; every field is optional because every one has
 * been missing. (WhatsApp: inbound types, interactive, system)
 */
import { z } from 'zod';
import { lenient, textual } from './schema.ts';

const text = lenient(z.string());

/** A list from which what does not fit is left out, so that one odd entry does not take the others with it. */
function listOf<T extends z.ZodType>(schema: T) {
  return lenient(
    z.array(z.unknown()).transform((items) =>
      items.flatMap((item): z.output<T>[] => {
        const parsed = schema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );
}

/** Numbers, or numbers as text; never null or an empty text, which a coercion would make the point 0,0 of. */
function degrees(limit: number) {
  const number = z.number().min(-limit).max(limit);
  const written = z.string().regex(/^-?\d{1,3}(?:\.\d{1,20})?$/);
  return z.union([number, written.transform(Number).pipe(number)]);
}

export const textSchema = z.object({ body: z.string().min(1) });

export const mediaSchema = z.object({
  id: lenient(textual),
  mime_type: lenient(textual),
  sha256: text,
  caption: text,
  filename: text,
  voice: lenient(z.boolean()),
  animated: lenient(z.boolean()),
  // In no document: read where it would be expected.
  view_once: lenient(z.boolean()),
});

export const locationSchema = z.object({
  latitude: degrees(90),
  longitude: degrees(180),
  name: text,
  address: text,
  url: text,
});

export const contactCardSchema = z.object({
  name: lenient(
    z.object({
      formatted_name: text,
      prefix: text,
      first_name: text,
      middle_name: text,
      last_name: text,
      suffix: text,
    }),
  ),
  phones: listOf(z.object({ phone: lenient(textual), wa_id: lenient(textual), type: text })),
  emails: listOf(z.object({ email: text })),
  org: lenient(z.object({ company: text, department: text, title: text })),
  addresses: listOf(z.object({ street: text, city: text, state: text, zip: lenient(textual), country: text })),
  urls: listOf(z.object({ url: text })),
  birthday: text,
  vcard: text,
});

export const interactiveSchema = z.object({
  type: text,
  button_reply: lenient(z.object({ id: text, title: text })),
  list_reply: lenient(z.object({ id: text, title: text, description: text })),
  nfm_reply: lenient(z.object({ name: text, body: text, response_json: text })),
  call_permission_reply: lenient(z.object({ response: z.string(), is_permanent: lenient(z.boolean()) })),
});

export const buttonSchema = z.object({ text, payload: text });

export const reactionSchema = z.object({ message_id: lenient(textual), emoji: text });

export const orderSchema = z.object({
  text,
  catalog_id: lenient(textual),
  product_items: listOf(
    z.object({
      product_retailer_id: textual,
      quantity: lenient(textual),
      item_price: lenient(textual),
      currency: text,
    }),
  ),
});

/** `customer` and `new_wa_id` are the old and the new number in the legacy form. */
export const systemSchema = z.object({
  body: text,
  type: text,
  wa_id: lenient(textual),
  new_wa_id: lenient(textual),
  customer: lenient(textual),
  user_id: lenient(textual),
  parent_user_id: lenient(textual),
  previous_user_id: lenient(textual),
  previous_parent_user_id: lenient(textual),
});
export type WhatsAppSystem = z.infer<typeof systemSchema>;

export const unsupportedSchema = z.object({ type: text });

export const editSchema = z.object({
  original_message_id: lenient(textual),
  message: lenient(z.record(z.string(), z.unknown())),
});

export const revokeSchema = z.object({ original_message_id: lenient(textual) });
