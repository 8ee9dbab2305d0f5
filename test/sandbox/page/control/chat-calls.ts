import { call, upload } from './client.ts';
import type { ChatMessage, Fields } from './world.ts';

/** Whose chat with which business number. */
export type ChatAddress = { phoneNumberId: string; customer: string };

/** Whoever holds the pen: the customer, or a colleague with the business's number in the WhatsApp Business app. */
export type Writer = 'customer' | 'colleague';

/** What is said, in the form that the control API takes; exactly one key. */
export type Content =
  | { text: string }
  | { media: Fields }
  | { location: Fields }
  | { contacts: Fields[] }
  | { button: Fields }
  | { list: Fields }
  | { flow: Fields }
  | { order: Fields }
  | { unsupported: Fields }
  | { message: Fields }
  | { requestWelcome: true };

/** What stands beside it. */
export type Beside = { quoted?: string | undefined; forwarded?: 'once' | 'often'; referral?: Fields };

/** Either of the two writes into the chat. */
export const write = (writer: Writer, chat: ChatAddress, content: Content, beside: Beside = {}) =>
  send(writer, chat, { ...content, ...beside });

const send = (writer: Writer, { phoneNumberId, customer }: ChatAddress, said: Fields) =>
  writer === 'customer'
    ? call('POST', 'graph/messages', { phoneNumberId, from: customer, ...said })
    : call('POST', 'graph/echoes', { phoneNumberId, to: customer, ...said });

const writerOf = ({ origin }: ChatMessage): Writer => (origin === 'app' ? 'colleague' : 'customer');

export const editMessage = (chat: ChatAddress, message: ChatMessage, text: string) =>
  send(writerOf(message), chat, { edit: { messageId: message.id, text } });

/** For everyone. */
export const deleteMessage = (chat: ChatAddress, message: ChatMessage) =>
  send(writerOf(message), chat, { revoke: { messageId: message.id } });

/** Null takes the customer's reaction back. */
export const react = (chat: ChatAddress, message: ChatMessage, emoji: string | null) =>
  send('customer', chat, { reaction: { messageId: message.id, emoji } });

/** The label tells which of a template's quick replies. */
export const tapTemplateButton = (chat: ChatAddress, message: ChatMessage, button: string) =>
  send('customer', chat, { tap: { messageId: message.id, button } });

export const openChat = ({ phoneNumberId, customer }: ChatAddress) =>
  call('POST', 'graph/read', { customer, phoneNumberId });

/** Puts a file where a message can refer to it. */
export function putMedia({ phoneNumberId }: ChatAddress, file: File, mimeType = file.type) {
  const query = new URLSearchParams({ phoneNumberId, filename: file.name, ...(mimeType === '' ? {} : { mimeType }) });
  return upload<{ mediaId: string; sha256: string }>(`graph/media?${query}`, file);
}
