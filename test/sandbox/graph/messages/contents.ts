import { webhookError } from '../errors.ts';
import type { Chat, Message } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { react } from './reactions.ts';
import type { Content } from './receive.ts';
import type { Fields } from './types.ts';

export const textContent = (body: string): Content => ({ type: 'text', payload: { body }, text: body });

/** A part as it is given, for types without a form of their own. */
export function rawContent(message: Fields): Content {
  const { type: given = 'text', ...rest } = message;
  const type = String(given);
  const { [type]: payload, ...more } = rest;
  const { body, caption } = Object(payload) as Fields;
  const label = typeof caption === 'string' ? `[${type}] ${caption}` : `[${type}]`;
  return {
    type,
    payload,
    more,
    text: type === 'text' ? String(body ?? '') : label,
    isBubble: !['reaction', 'edit', 'revoke', 'system', 'request_welcome'].includes(type),
    ...(type === 'request_welcome' ? { opensWindow: true } : {}),
  };
}

export const locationContent = (payload: Fields): Content => ({
  type: 'location',
  payload,
  text: [payload.name, payload.address].filter((line) => typeof line === 'string').join(', '),
});

export const contactsContent = (cards: unknown[], origin: string): Content => ({
  type: 'contacts',
  payload: cards,
  more: { origin },
  text: cards.map((card) => String(Object(Object(card).name).formatted_name ?? '')).join(', '),
});

/** A tap on a reply button (`id`), or on a quick reply of a template (`payload`). */
export function buttonContent({ id, title, payload, text }: Fields): Content {
  if (id === undefined)
    return { type: 'button', payload: { payload, text: text ?? title }, text: String(text ?? title) };
  const buttonReply = { type: 'button_reply', button_reply: { id, title } };
  return { type: 'interactive', payload: buttonReply, text: String(title) };
}

/** A tap on a quick reply of a template that they have, by its place or its label. Undefined for what is none. */
export function tapContent(message: Message | undefined, button: unknown): Content | undefined {
  const buttons = message?.template?.buttons ?? [];
  const tapped = typeof button === 'number' ? buttons[button] : buttons.find(({ text }) => text === button);
  if (message === undefined || !message.reached || tapped?.type !== 'QUICK_REPLY') return undefined;
  const { text, payload = text } = tapped;
  return { type: 'button', payload: { payload, text }, text, quoted: message.id };
}

export const listContent = (reply: Fields): Content => ({
  type: 'interactive',
  payload: { type: 'list_reply', list_reply: reply },
  text: String(reply.title),
});

/** The answers to a Flow are text, and may be no JSON at all. */
export const flowContent = ({ responseJson, name = 'flow', body = 'Sent' }: Fields): Content => ({
  type: 'interactive',
  payload: { type: 'nfm_reply', nfm_reply: { name, body, response_json: responseJson } },
  text: String(body),
});

export const orderContent = (order: Fields): Content => ({
  type: 'order',
  payload: order,
  text: typeof order.text === 'string' ? order.text : '',
});

/** Removal has two encodings: no emoji, or an empty one (WhatsApp: types). */
export function reactionContent(
  world: GraphWorld,
  messageId: string,
  emoji: string | undefined,
  isEmptyText: boolean,
): Content {
  const none = isEmptyText ? { emoji: '' } : {};
  return {
    type: 'reaction',
    payload: { message_id: messageId, ...(emoji === undefined ? none : { emoji }) },
    text: emoji ?? '',
    isBubble: false,
    apply: (atMs) => react(world.messages.get(messageId), 'customer', emoji ?? '', atMs),
  };
}

/** An edit of a text or a caption. The chat shows the new words whether or not the business hears of it. */
export function editContent(world: GraphWorld, messageId: string, text: string): Content {
  const target = world.messages.get(messageId);
  const quoted = target?.quoted === undefined ? {} : { context: { id: target.quoted } };
  return {
    type: 'edit',
    payload: { original_message_id: messageId, message: { ...quoted, ...editedPart(target, text) } },
    text,
    isBubble: false,
    apply: () => {
      if (target === undefined) return;
      Object.assign(target, { text, payload: Object.values(editedPart(target, text))[1], isEdited: true });
    },
  };
}

/** What numbers that are not in the phone app hear of an edit. */
export const unsupportedEdit = ({ apply }: Content): Content => ({
  ...unsupportedContent('edit', 131051),
  isBubble: false,
  ...(apply === undefined ? {} : { apply }),
});

function editedPart(target: Message | undefined, text: string): Fields {
  if (target?.media === undefined) return { type: 'text', text: { body: text } };
  return { type: target.type, [target.type]: { ...Object(target.payload), caption: text } };
}

/** "Delete for everyone". */
export const revokeContent = (world: GraphWorld, messageId: string): Content => ({
  type: 'revoke',
  payload: { original_message_id: messageId },
  text: '',
  isBubble: false,
  apply: () => {
    const target = world.messages.get(messageId);
    if (target !== undefined)
      Object.assign(target, { isDeleted: true, text: '', payload: undefined, media: undefined });
  },
});

/** What this network cannot pass on. Without a type the part is absent (WhatsApp: types). */
export const unsupportedContent = (type: string | undefined, code: number): Content => ({
  type: 'unsupported',
  payload: type === undefined ? undefined : { type },
  more: { errors: [webhookError(code)] },
  text: '',
});

export const welcomeContent: Content = { type: 'request_welcome', text: '', isBubble: false, opensWindow: true };

/** News of the customer; an identity change is still told in the old way. */
export function systemContent(chat: Chat, system: Fields, nowMs: number): Content {
  const { type = 'customer_identity_changed', hash, body, ...more } = system;
  const isIdentity = type === 'customer_identity_changed';
  const identity = {
    acknowledged: false,
    created_timestamp: String(Math.floor(nowMs / 1_000)),
    hash: hash ?? 'c2FuZGJveA==',
  };
  return {
    type: 'system',
    payload: { body: body ?? `${chat.customer.name}: ${String(type)}`, type, ...more },
    more: isIdentity ? { identity } : {},
    text: '',
    isBubble: false,
  };
}
