/**
 * What a message holds, by its kind, in neutral terms. The customer's own words come through untouched and alone: what
 * Parley says of a message is made where it is shown. (WhatsApp: inbound types)
 */
import type { MessageKind } from '../../../workflows/domain/message.ts';
import type { KindDetails, MediaReference } from '../../../workflows/domain/message-content.ts';
import { readContactCards } from './contact-cards.ts';
import {
  buttonSchema,
  editSchema,
  interactiveSchema,
  locationSchema,
  mediaSchema,
  orderSchema,
  reactionSchema,
  revokeSchema,
  systemSchema,
  textSchema,
  unsupportedSchema,
} from './content-schemas.ts';
import { readForm } from './read-form.ts';
import { readMedia } from './read-media.ts';
import { describeSystem } from './read-system.ts';

export type ContentReading = {
  text?: string;
  details?: KindDetails;
  media?: MediaReference;
  viewOnce?: true;
  targetChannelMessageId?: string;
};

/** A word of the network's that is kept for people to read, not to branch on. */
const MAX_WORD_LENGTH = 40;

type ContentReader = (content: unknown) => ContentReading | undefined;

const READERS: Readonly<Record<Exclude<MessageKind, 'contacts'>, ContentReader>> = {
  text: (content) => {
    const parsed = textSchema.safeParse(content);
    return parsed.success ? { text: parsed.data.body } : undefined;
  },
  image: (content) => readFile(content),
  video: (content) => readFile(content),
  document: (content) => readFile(content),
  sticker: (content) => readFile(content),
  audio: (content) => readFile(content),
  location: readLocation,
  interactive: readInteractive,
  button: (content) => {
    const { text, payload } = buttonSchema.safeParse(content).data ?? {};
    const title = text || payload;
    if (!title) return undefined;
    return { text: title, details: { type: 'choice', title, ...(payload ? { id: payload } : {}) } };
  },
  reaction: (content) => {
    const parsed = reactionSchema.safeParse(content);
    if (!parsed.success) return undefined;
    // Taking a reaction back comes as no emoji or as an empty one.
    const emoji = parsed.data.emoji?.trim();
    return { details: { type: 'reaction', ...(emoji ? { emoji } : {}) }, ...target(parsed.data.message_id) };
  },
  order: readOrder,
  system: (content) => {
    const system = systemSchema.safeParse(content).data;
    return system && { details: describeSystem(system) };
  },
  edit: readEdit,
  revoke: (content) => ({
    details: { type: 'revoke' },
    ...target(revokeSchema.safeParse(content).data?.original_message_id),
  }),
  request_welcome: () => ({}),
  // Only ever sent.
  template: () => undefined,
  unsupported: (content) => describeUnsupported(unsupportedSchema.safeParse(content).data?.type),
};

/** `item` is the whole message; undefined: what its kind promises is not there. */
export function readContent(
  kind: MessageKind,
  providerKind: string,
  item: Readonly<Record<string, unknown>>,
): ContentReading | undefined {
  const content = item[providerKind];
  if (kind === 'contacts') {
    const contacts = readContactCards(content);
    const asked = item.origin === 'contact_request' ? ({ asked: true } as const) : {};
    return contacts && { details: { type: 'contacts', contacts, ...asked } };
  }
  // The older name of a recorded message has no flag that says so.
  if (providerKind === 'voice') return readFile(content, true);
  return READERS[kind](content);
}

/** A kind that Parley has no reader for, or that the network keeps to itself. */
export function describeUnsupported(subtype: string | undefined): ContentReading {
  const word = subtype === undefined || subtype === 'unknown' ? undefined : shorten(subtype);
  return {
    details: { type: 'unsupported', ...(word ? { subtype: word } : {}) },
    ...(word?.startsWith('view_once') ? { viewOnce: true } : {}),
  };
}

function readFile(content: unknown, isVoice = false): ContentReading | undefined {
  const parsed = mediaSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { caption, voice, view_once: viewOnce } = parsed.data;
  const media = readMedia({ ...parsed.data, voice: isVoice || voice });
  return {
    ...(caption ? { text: caption } : {}),
    ...(media ? { media } : {}),
    ...(viewOnce ? { viewOnce } : {}),
  };
}

function readLocation(content: unknown): ContentReading | undefined {
  const parsed = locationSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { latitude, longitude, name, address, url } = parsed.data;
  return {
    details: {
      type: 'location',
      latitude,
      longitude,
      ...(name ? { name } : {}),
      ...(address ? { address } : {}),
      ...(url ? { url } : {}),
    },
  };
}

function readInteractive(content: unknown): ContentReading | undefined {
  const parsed = interactiveSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { type, button_reply: button, list_reply: list, nfm_reply: form, call_permission_reply: call } = parsed.data;
  const choice = button?.title ? button : list;
  if (choice?.title) {
    const { title, id } = choice;
    const description = list?.description;
    const more = { ...(description ? { description } : {}), ...(id ? { id } : {}) };
    return { text: title, details: { type: 'choice', title, ...more } };
  }
  if (form !== undefined) return { details: readForm(form) };
  if (call !== undefined) {
    const lasting = call.is_permanent ? ({ lasting: true } as const) : {};
    return { details: { type: 'call-permission', granted: call.response === 'accept', ...lasting } };
  }
  return type ? describeUnsupported(type) : undefined;
}

function readOrder(content: unknown): ContentReading | undefined {
  const parsed = orderSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { text, catalog_id: catalogId, product_items: products } = parsed.data;
  const items = (products ?? []).map((product) => ({
    product: product.product_retailer_id,
    ...(product.quantity === undefined ? {} : { quantity: product.quantity }),
    ...(product.item_price === undefined ? {} : { price: product.item_price }),
    ...(product.currency ? { currency: product.currency } : {}),
  }));
  if (items.length === 0 && !text) return undefined;
  return {
    ...(text ? { text } : {}),
    details: { type: 'order', items, ...(catalogId === undefined ? {} : { catalogId }) },
  };
}

/** An edit holds a whole message of its own, one level deep; its file is the one that was sent before. */
function readEdit(content: unknown): ContentReading | undefined {
  const parsed = editSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const { message, original_message_id: original } = parsed.data;
  const of = typeof message?.type === 'string' ? message.type : undefined;
  const caption = of === undefined ? undefined : mediaSchema.safeParse(message?.[of]).data?.caption;
  const text = textSchema.safeParse(message?.text).data?.body ?? caption;
  return {
    ...(text ? { text } : {}),
    details: { type: 'edit', ...(of ? { of: shorten(of) } : {}) },
    ...target(original),
  };
}

function target(id: string | undefined): Pick<ContentReading, 'targetChannelMessageId'> {
  return id === undefined ? {} : { targetChannelMessageId: id };
}

function shorten(word: string): string {
  return word.slice(0, MAX_WORD_LENGTH).toWellFormed();
}
