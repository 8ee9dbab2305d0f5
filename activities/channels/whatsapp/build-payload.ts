/** Outbound messages → the bodies of `POST /messages`. (WhatsApp: sending, request and response) */
import type { Recipient } from '../../../workflows/domain/identity.ts';
import type { OutgoingText } from '../channel.ts';

/** Meta's limit, counted here in UTF-16 units because it does not say what a character is. */
export const MAX_TEXT_LENGTH = 4_096;
export const MAX_CALLBACK_DATA_LENGTH = 512;

type TextPayload = {
  messaging_product: 'whatsapp';
  recipient_type: 'individual';
  to?: string;
  recipient?: string;
  type: 'text';
  text: { body: string; preview_url?: boolean };
  context?: { message_id: string };
  biz_opaque_callback_data: string;
};

export function buildTextPayload(message: OutgoingText): TextPayload {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...addressOf(message.to),
    type: 'text',
    text: { body: message.text, ...(message.previewUrl === undefined ? {} : { preview_url: message.previewUrl }) },
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
