import type { Sender } from '../../../workflows/domain/identity.ts';
import { MESSAGE_KINDS, type MessageKind } from '../../../workflows/domain/message.ts';
import type { MessageEvent } from '../channel.ts';
import { readSender } from './contacts.ts';
import { failureOfCode } from './error-codes.ts';
import type { Place, Reading } from './reading.ts';
import {
  contentSchemas,
  messageSchema,
  type WhatsAppContact,
  type WhatsAppMessage,
  webhookErrorSchema,
} from './schema.ts';
import { summarize } from './summarize.ts';

/** Older names of kinds that still occur. */
const KIND_ALIASES: Readonly<Record<string, MessageKind>> = { voice: 'audio', unknown: 'unsupported' };

const MAX_NAME_LENGTH = 200;

/** One item of `messages`. A message that cannot be attributed to a person and a number is unreadable. */
export function readMessage(item: Readonly<Record<string, unknown>>, place: Place): Reading {
  const parsed = messageSchema.safeParse(item);
  if (!parsed.success) {
    const fields = new Set(parsed.error.issues.map((issue) => issue.path.join('.')));
    return { kind: 'unreadable', reason: `a message with missing or invalid ${[...fields].join(', ')}` };
  }
  const message = parsed.data;
  const eventKey = `message:${message.id}`;
  if (place.connectionKey === undefined) {
    return { kind: 'unreadable', reason: 'a message without the id of the business number', eventKey };
  }
  if (message.group_id !== undefined) return { kind: 'ignored', reason: 'a message in a group', eventKey };
  const sender = senderOf(message, place.contacts.find(item));
  if (sender.phone === undefined && sender.bsuid === undefined && sender.parentBsuid === undefined) {
    return { kind: 'unreadable', reason: 'a message without a sender', eventKey };
  }
  return { ...describe(message, item), connectionKey: place.connectionKey, sender, eventKey };
}

function describe(message: WhatsAppMessage, item: Readonly<Record<string, unknown>>) {
  const known = kindOf(message.type);
  const kind = known ?? 'unsupported';
  const summary =
    known === undefined
      ? {
          text: `Unsupported message (${message.type.slice(0, 40)})`,
          reason: 'a kind of message that is not known yet',
        }
      : summarize(known, message.type, item);
  const reason = reasonOf(message) ?? summary.reason;
  const changedTo = kind === 'system' ? changeOf(item.system) : undefined;
  const { context } = message;
  return {
    kind: 'message',
    channelMessageId: message.id,
    sentAtMs: message.timestamp * 1_000,
    messageKind: kind,
    providerKind: message.type,
    text: summary.text,
    ...(reason === undefined ? {} : { reason }),
    ...(context?.id === undefined ? {} : { quotedChannelMessageId: context.id }),
    ...(context?.forwarded || context?.frequently_forwarded ? { forwarded: true } : {}),
    ...('targetChannelMessageId' in summary && summary.targetChannelMessageId !== undefined
      ? { targetChannelMessageId: summary.targetChannelMessageId }
      : {}),
    ...(changedTo === undefined ? {} : { changedTo }),
  } satisfies Omit<MessageEvent, 'connectionKey' | 'sender' | 'eventKey' | 'raw'>;
}

function kindOf(type: string): MessageKind | undefined {
  return (
    MESSAGE_KINDS.find((kind) => kind === type) ?? (Object.hasOwn(KIND_ALIASES, type) ? KIND_ALIASES[type] : undefined)
  );
}

function senderOf(message: WhatsAppMessage, card: WhatsAppContact | undefined): Sender {
  const name = card?.profile?.name?.trim().slice(0, MAX_NAME_LENGTH);
  const username = card?.profile?.username?.trim().replace(/^@/, '').slice(0, MAX_NAME_LENGTH);
  return {
    ...readSender({
      phones: [message.from, card?.wa_id],
      bsuids: [message.from_user_id, card?.user_id],
      parents: [message.from_parent_user_id, card?.parent_user_id],
    }),
    ...(name ? { name } : {}),
    ...(username ? { username } : {}),
  };
}

/** The new identities that a system message announces; the sender of that message still has the old ones. */
function changeOf(content: unknown): MessageEvent['changedTo'] {
  const system = contentSchemas.system.safeParse(content).data;
  if (system === undefined) return undefined;
  const changed = readSender({ phones: [system.wa_id], bsuids: [system.user_id], parents: [system.parent_user_id] });
  return Object.keys(changed).length === 0 ? undefined : changed;
}

function reasonOf(message: WhatsAppMessage): string | undefined {
  const codes = (message.errors ?? []).map((error) => webhookErrorSchema.safeParse(error).data?.code);
  const code = codes.find((candidate) => candidate !== undefined);
  return code === undefined ? undefined : `${failureOfCode(code).detail} (code ${code})`;
}
