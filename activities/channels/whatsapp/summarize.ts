/**
 * A readable line for every kind of inbound message, so that what Parley has no better way to show still reaches the
 * agent. The customer's own words come through untouched. (WhatsApp: inbound types, interactive, system)
 */
import type { MessageKind } from '../../../workflows/domain/message.ts';
import { contentSchemas } from './schema.ts';

export type Summary = {
  text: string;
  targetChannelMessageId?: string;
  /** Set when the content is missing or not of the known shape. */
  reason?: string;
};

type Content = unknown;

const SUMMARIZERS: Readonly<Record<MessageKind, (content: Content) => Summary | undefined>> = {
  text: (content) => {
    const parsed = contentSchemas.text.safeParse(content);
    return parsed.success ? { text: parsed.data.body } : undefined;
  },
  image: (content) => summarizeMedia('Image', content),
  video: (content) => summarizeMedia('Video', content),
  document: (content) => summarizeMedia('Document', content),
  sticker: (content) => summarizeMedia('Sticker', content),
  audio: (content) => {
    const parsed = contentSchemas.media.safeParse(content);
    return summarizeMedia(parsed.data?.voice === true ? 'Voice message' : 'Audio', content);
  },
  location: summarizeLocation,
  contacts: summarizeContacts,
  interactive: summarizeInteractive,
  button: (content) => {
    const parsed = contentSchemas.button.safeParse(content);
    const text = parsed.data?.text ?? parsed.data?.payload;
    return text === undefined ? undefined : { text };
  },
  reaction: (content) => {
    const parsed = contentSchemas.reaction.safeParse(content);
    if (!parsed.success) return undefined;
    // Taking a reaction back comes as no emoji or as an empty one.
    const text = parsed.data.emoji ? `Reaction: ${parsed.data.emoji}` : 'Reaction removed';
    return { text, targetChannelMessageId: parsed.data.message_id };
  },
  order: summarizeOrder,
  system: (content) => {
    const parsed = contentSchemas.system.safeParse(content);
    const text = parsed.data?.body ?? parsed.data?.type;
    return text === undefined ? undefined : { text };
  },
  edit: summarizeEdit,
  revoke: (content) => {
    const parsed = contentSchemas.revoke.safeParse(content);
    if (!parsed.success) return undefined;
    return { text: 'Message deleted by the customer', targetChannelMessageId: parsed.data.original_message_id };
  },
  request_welcome: () => ({ text: 'The customer opened the chat' }),
  unsupported: (content) => {
    const subtype = contentSchemas.unsupported.safeParse(content).data?.type;
    const text = subtype === undefined ? 'Unsupported message' : `Unsupported message (${subtype})`;
    return { text, reason: 'WhatsApp does not pass on messages of this kind' };
  },
};

/** `item` is the whole message; its content lies under the key named like the type. */
export function summarize(kind: MessageKind, providerKind: string, item: Readonly<Record<string, unknown>>): Summary {
  const summary = SUMMARIZERS[kind](item[providerKind]);
  if (summary !== undefined && summary.text.trim() !== '') return summary;
  return { text: `Message without content (${providerKind})`, reason: 'the content is missing or of an unknown shape' };
}

function summarizeMedia(label: string, content: Content): Summary | undefined {
  const parsed = contentSchemas.media.safeParse(content);
  if (!parsed.success) return undefined;
  const title = parsed.data.filename ? `${label}: ${parsed.data.filename}` : label;
  return { text: parsed.data.caption ? `${title}\n${parsed.data.caption}` : title };
}

function summarizeLocation(content: Content): Summary | undefined {
  const parsed = contentSchemas.location.safeParse(content);
  if (!parsed.success) return undefined;
  const { latitude, longitude, name, address, url } = parsed.data;
  const place = [name, address].filter(Boolean).join(', ');
  const point = `${latitude},${longitude}`;
  const lines = [place === '' ? 'Location' : `Location: ${place}`, url ?? `https://maps.google.com/?q=${point}`];
  return { text: lines.join('\n') };
}

function summarizeContacts(content: Content): Summary | undefined {
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const cards = content.map((card: unknown) => {
    const { name, phones, emails } = contentSchemas.contactCard.safeParse(card).data ?? {};
    const title = name?.formatted_name ?? [name?.first_name, name?.last_name].filter(Boolean).join(' ');
    const reachable = [
      ...(phones ?? []).map((phone) => phone.phone ?? phone.wa_id),
      ...(emails ?? []).map((email) => email.email),
    ];
    return [title, ...reachable].filter(Boolean).join(', ') || 'no details';
  });
  return { text: cards.map((card) => `Contact: ${card}`).join('\n') };
}

function summarizeInteractive(content: Content): Summary | undefined {
  const parsed = contentSchemas.interactive.safeParse(content);
  if (!parsed.success) return undefined;
  const { button_reply: button, list_reply: list, nfm_reply: form, call_permission_reply: call } = parsed.data;
  const choice = button?.title ?? [list?.title, list?.description].filter(Boolean).join('\n');
  if (choice !== '') return { text: choice };
  if (form !== undefined) return { text: ['Form', form.body, form.response_json].filter(Boolean).join('\n') };
  if (call?.response !== undefined) return { text: `Permission to call: ${call.response}` };
  return parsed.data.type === undefined ? undefined : { text: `Interactive message (${parsed.data.type})` };
}

function summarizeOrder(content: Content): Summary | undefined {
  const parsed = contentSchemas.order.safeParse(content);
  if (!parsed.success) return undefined;
  const lines = (parsed.data.product_items ?? []).map((item) => {
    const price = [item.item_price, item.currency].filter(Boolean).join(' ');
    return `${item.quantity ?? '?'} × ${item.product_retailer_id ?? '?'}${price === '' ? '' : ` at ${price}`}`;
  });
  return { text: ['Order', ...lines, parsed.data.text].filter(Boolean).join('\n') };
}

/** An edit holds a whole message of its own, one level deep. */
function summarizeEdit(content: Content): Summary | undefined {
  const parsed = contentSchemas.edit.safeParse(content);
  if (!parsed.success) return undefined;
  const inner = parsed.data.message;
  const innerText = contentSchemas.text.safeParse(inner?.text).data?.body;
  const innerType = typeof inner?.type === 'string' ? inner.type : undefined;
  const caption =
    innerType === undefined ? undefined : contentSchemas.media.safeParse(inner?.[innerType]).data?.caption;
  const text = innerText ?? caption;
  return {
    text: text ? `Edited: ${text}` : 'Message edited by the customer',
    targetChannelMessageId: parsed.data.original_message_id,
  };
}
