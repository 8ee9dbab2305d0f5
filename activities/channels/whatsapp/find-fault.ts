/**
 * What WhatsApp would refuse, found before anything leaves: its own refusal costs a call, says less, and often comes
 * only after the message was accepted. (WhatsApp: sending, types and limits)
 */
import { isBsuid, type Recipient } from '../../../workflows/domain/identity.ts';
import type { ContactCard, TemplateParameters } from '../../../workflows/domain/message-content.ts';
import type { OutgoingContent, OutgoingMessage } from '../channel.ts';
import { contactName } from './build-payload.ts';

/** Meta's limits, counted here in UTF-16 units because it does not say what a character is. */
const MAX_TEXT_LENGTH = 4_096;
const MAX_CAPTION_LENGTH = 1_024;
const MAX_CALLBACK_DATA_LENGTH = 512;
/** Meta's page allows more and its own specification does not. */
const MAX_CONTACTS = 5;
/** Not documented; what file systems take. */
const MAX_FILE_NAME_LENGTH = 240;

/** A sentence about what is wrong with the message, without its content; undefined: nothing. */
export function findFault(message: OutgoingMessage): string | undefined {
  const { content, callbackData, quotedChannelMessageId: quoted } = message;
  if (callbackData.length > MAX_CALLBACK_DATA_LENGTH) return 'the callback data is too long';
  if (quoted === '') return 'the quoted message has no id';
  if (quoted !== undefined && content.type === 'reaction') return 'a reaction cannot quote';
  if (quoted !== undefined && content.type === 'template') return 'a template cannot quote';
  return faultOfAddress(message.to) ?? faultOfContent(content);
}

function faultOfAddress(to: Recipient): string | undefined {
  if (to.kind === 'bsuid') return isBsuid(to.bsuid) ? undefined : 'the user id has another form';
  return /^[1-9]\d{4,14}$/.test(to.phone) ? undefined : 'the phone is not an international number';
}

function faultOfContent(content: OutgoingContent): string | undefined {
  switch (content.type) {
    case 'text':
      if (content.text.trim() === '') return 'the message has no text';
      return content.text.length > MAX_TEXT_LENGTH ? 'the message is too long' : undefined;
    case 'media':
      return faultOfMedia(content);
    case 'reaction':
      if (content.targetChannelMessageId === '') return 'the reaction names no message';
      return content.emoji === '' || isOneEmoji(content.emoji) ? undefined : 'a reaction is exactly one emoji';
    case 'location': {
      const { latitude, longitude } = content;
      // False for what is no number, too.
      const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
      return isOnEarth ? undefined : 'the coordinates are not a place on earth';
    }
    case 'contacts':
      return faultOfContacts(content.contacts);
    case 'template':
      return faultOfTemplate(content);
  }
}

type Content<Type> = Extract<OutgoingContent, { type: Type }>;

function faultOfMedia({ media, mediaId, caption, name, voice }: Content<'media'>): string | undefined {
  if (mediaId === '') return 'the file has no id';
  if (caption !== undefined && (media === 'audio' || media === 'sticker')) return `a caption does not go with ${media}`;
  if (caption !== undefined && caption.length > MAX_CAPTION_LENGTH) return 'the caption is too long';
  if (name !== undefined && media !== 'document') return 'only a document has a name';
  if (name !== undefined && !isFileName(name)) return 'the name of the file cannot be used';
  return voice === true && media !== 'audio' ? 'only audio can be a voice message' : undefined;
}

function isFileName(name: string): boolean {
  const hasForbidden = /[\p{Cc}/\\\u202a-\u202e\u2066-\u2069]/u.test(name);
  return name.trim() !== '' && name.length <= MAX_FILE_NAME_LENGTH && !hasForbidden && name.isWellFormed();
}

function faultOfContacts(contacts: readonly ContactCard[]): string | undefined {
  if (contacts.length === 0) return 'there is no contact to send';
  if (contacts.length > MAX_CONTACTS) return 'there are too many contacts in one message';
  if (contacts.some((card) => contactName(card) === '')) return 'a contact has no name';
  const isIncomplete = contacts.some(({ phones }) => phones.some(({ number }) => number.trim() === ''));
  return isIncomplete ? 'a phone of a contact is empty' : undefined;
}

function faultOfTemplate({ name, language, parameters = {} }: Content<'template'>): string | undefined {
  if (!/^[a-z0-9_]{1,512}$/.test(name)) return 'the name of the template has another form';
  if (!/^[a-z]{2,3}(?:_[A-Za-z]{2,4})?$/.test(language)) return 'the language of the template has another form';
  const { header, body, headerMedia, buttons = [] } = parameters;
  const values = [...valuesOf(header), ...valuesOf(body), ...buttons.map(({ value }) => value)];
  if (values.some((value) => value.trim() === '')) return 'a field of the template is empty';
  if (headerMedia && !headerMedia.link.startsWith('https://')) return 'the file of the template has no web address';
  return undefined;
}

const valuesOf = (parameters: TemplateParameters = []): string[] => Object.values(parameters);

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One sign as a reader sees it, joined families and flags included. */
function isOneEmoji(text: string): boolean {
  if (text.length > 64 || [...segmenter.segment(text)].length !== 1) return false;
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|^[0-9#*]\ufe0f?\u20e3$/u.test(text);
}
