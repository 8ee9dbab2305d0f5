import type { Chat, Media, Message } from '../model.ts';

/** A message as the customer's phone shows it, with what the network knows of it. */
export function showMessage(message: Message) {
  const { chat, callbackData, isPriced: _priced, isBubble: _bubble, more, media, ...plain } = message;
  const { referral, group_id: groupId, errors } = more;
  return {
    ...plain,
    ...(media === undefined ? { media: undefined } : { media: showMedia(media, message) }),
    referral,
    groupId,
    errors,
    readByBusiness: message.from === 'customer' && message.status === 'read',
    phoneNumberId: chat.number.phoneNumberId,
    callbackData,
  };
}

/** `url` is a path of the control API: the bytes for a person or a test, without token or time limit. */
export function showMedia(media: Media, message?: Message) {
  const { voice, animated, filename } = Object(message?.payload) as Record<string, unknown>;
  return {
    id: media.id,
    mimeType: media.mimeType,
    filename: typeof filename === 'string' ? filename : media.filename,
    size: media.size,
    sha256: media.sha256,
    voice: voice === true,
    animated: animated === true,
    isKept: media.content.kind !== 'gone',
    url: `/control/graph/media/${media.id}/bytes`,
  };
}

/** For the page: the newest messages, without what only tests look at. */
export const showChat = (chat: Chat, newest: number) => ({
  customer: chat.customer.userId,
  phoneNumberId: chat.number.phoneNumberId,
  windowEndsMs: chat.windowEndsMs,
  messages: chat.messages.slice(-newest).map((message) => {
    const { statuses, callbackData, addressedBy, category, reached, phoneNumberId, ...shown } = showMessage(message);
    return shown;
  }),
});
