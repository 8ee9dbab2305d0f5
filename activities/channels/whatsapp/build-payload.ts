/** Outbound messages → the bodies of `POST /messages`. (WhatsApp: sending, request and response) */
import type { Recipient } from '../../../workflows/domain/identity.ts';
import type {
  ContactCard,
  TemplateButtonValue,
  TemplateMedia,
  TemplateParameters,
} from '../../../workflows/domain/message-content.ts';
import type { OutgoingContent, OutgoingMessage } from '../channel.ts';

type Payload = {
  messaging_product: 'whatsapp';
  recipient_type: 'individual';
  to?: string;
  recipient?: string;
  type: string;
  context?: { message_id: string };
  biz_opaque_callback_data: string;
  /** Under the name of the type. */
  [content: string]: unknown;
};

/** Of a message that `findFault` has passed. */
export function buildPayload(message: OutgoingMessage): Payload {
  const { type, body } = contentOf(message.content);
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...addressOf(message.to),
    type,
    [type]: body,
    ...(message.quotedChannelMessageId === undefined
      ? {}
      : { context: { message_id: message.quotedChannelMessageId } }),
    biz_opaque_callback_data: message.callbackData,
  };
}

/** Without "+", Meta takes a number as local to the business and writes to a stranger. */
function addressOf(recipient: Recipient): { to: string } | { recipient: string } {
  return recipient.kind === 'phone' ? { to: `+${recipient.phone}` } : { recipient: recipient.bsuid };
}

/** An agent's files go by id only: a link would be public, and Meta keeps what it found there for ten minutes. */
function contentOf(content: OutgoingContent): { type: string; body: unknown } {
  switch (content.type) {
    case 'text':
      return { type: 'text', body: defined({ body: content.text, preview_url: content.previewUrl }) };
    case 'media': {
      const { mediaId, caption, name, voice } = content;
      const isVoice = content.media === 'audio' ? voice : undefined;
      return { type: content.media, body: defined({ id: mediaId, caption, filename: name, voice: isVoice }) };
    }
    case 'reaction':
      return { type: 'reaction', body: { message_id: content.targetChannelMessageId, emoji: content.emoji } };
    case 'location': {
      const { latitude, longitude, name, address } = content;
      return { type: 'location', body: defined({ latitude, longitude, name, address }) };
    }
    case 'contacts':
      return { type: 'contacts', body: content.contacts.map(cardOf) };
    case 'template':
      return { type: 'template', body: templateOf(content) };
  }
}

/** Meta wants a name, and one part of it beside the whole. */
function cardOf(card: ContactCard): object {
  const name = contactName(card);
  return defined({
    name: { formatted_name: name, first_name: name },
    phones: some(card.phones.map(({ number, whatsapp, type }) => defined({ phone: number, wa_id: whatsapp, type }))),
    emails: some(card.emails.map((email) => ({ email }))),
    org: some([card.organization, card.title].filter((part) => part !== undefined)) && {
      ...defined({ company: card.organization, title: card.title }),
    },
    addresses: some(card.addresses.map((street) => ({ street }))),
    urls: some(card.urls.map((url) => ({ url }))),
    birthday: /^\d{4}-\d{2}-\d{2}$/.test(card.birthday ?? '') ? card.birthday : undefined,
  });
}

/** What a card is called; empty when it holds nothing that could be its name. */
export function contactName(card: ContactCard): string {
  return (card.name?.trim() || card.organization?.trim() || card.phones[0]?.number || card.emails[0]) ?? '';
}

type Template = Extract<OutgoingContent, { type: 'template' }>;

/** Components without variables are left out; a file in the header is always named. */
function templateOf({ name, language, parameters = {} }: Template): object {
  const { header, headerMedia, body, buttons = [] } = parameters;
  const lists = [
    { type: 'header', parameters: headerMedia ? [mediaParameter(headerMedia)] : textParameters(header) },
    { type: 'body', parameters: textParameters(body) },
  ];
  const components = [...lists.filter((list) => list.parameters.length > 0), ...buttons.map(buttonOf)];
  return { name, language: { code: language }, ...(components.length === 0 ? {} : { components }) };
}

function mediaParameter({ media, link, name }: TemplateMedia): object {
  return { type: media, [media]: defined({ link, filename: media === 'document' ? name : undefined }) };
}

function buttonOf({ index, type, value }: TemplateButtonValue): object {
  return {
    type: 'button',
    sub_type: BUTTON_TYPES[type],
    index: String(index),
    parameters: [buttonParameter(type, value)],
  };
}

const BUTTON_TYPES = { url: 'url', 'copy-code': 'copy_code', 'quick-reply': 'quick_reply' } as const;

function buttonParameter(type: TemplateButtonValue['type'], value: string): object {
  if (type === 'url') return { type: 'text', text: value };
  return type === 'copy-code' ? { type: 'coupon_code', coupon_code: value } : { type: 'payload', payload: value };
}

function textParameters(parameters: TemplateParameters = []): object[] {
  if (isPositional(parameters)) return parameters.map((text) => ({ type: 'text', text }));
  return Object.entries(parameters).map(([parameter_name, text]) => ({ type: 'text', parameter_name, text }));
}

const isPositional = (parameters: TemplateParameters): parameters is readonly string[] => Array.isArray(parameters);

const some = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);

function defined(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
