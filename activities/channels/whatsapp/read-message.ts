import type { Sender } from '../../../workflows/domain/identity.ts';
import { MESSAGE_KINDS, type MessageKind } from '../../../workflows/domain/message.ts';
import type { MessageContent, Missing, Referral } from '../../../workflows/domain/message-content.ts';
import { shownName } from '../../../workflows/domain/shown-text.ts';
import type { MessageEvent } from '../channel.ts';
import { readSender } from './contacts.ts';
import { failureOfCode } from './error-codes.ts';
import { type ContentReading, describeUnsupported, readContent } from './read-content.ts';
import { readSystemIds } from './read-system.ts';
import { type Place, type Reading, readTime } from './reading.ts';
import {
  messageSchema,
  type WhatsAppContact,
  type WhatsAppMessage,
  type WhatsAppReferral,
  webhookErrorSchema,
} from './schema.ts';

/** Older names of kinds that still occur. */
const KIND_ALIASES: Readonly<Record<string, MessageKind>> = { voice: 'audio', unknown: 'unsupported' };
const FILE_KINDS: ReadonlySet<MessageKind> = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** The customer's file is larger than the network passes on. */
const FILE_TOO_LARGE = 131052;
/** The first message of a chat, or one from a device that the platform does not know: the phone app alone shows it. */
const IN_APP_ONLY = 131060;

/** One message, or echo of one; what cannot be attributed to a person and a number is unreadable. */
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
  const people = peopleOf(message, item, place);
  if (Object.keys(people.ids).length === 0 && !place.mayNameNobody) {
    const reason = place.direction === 'echo' ? 'an echo without a recipient' : 'a message without a sender';
    return { kind: 'unreadable', reason, eventKey };
  }
  const { ids, changedTo } = people;
  return {
    ...describe(message, item),
    connectionKey: place.connectionKey,
    direction: place.direction,
    customer: { ...ids, ...namesOf(place.contacts.find(item)) },
    ...(changedTo === undefined ? {} : { changedTo }),
    eventKey,
  };
}

function describe(message: WhatsAppMessage, item: Readonly<Record<string, unknown>>) {
  const known = kindOf(message.type);
  const kind = known ?? 'unsupported';
  const code = codeOf(message);
  const reading = known === undefined ? describeUnsupported(message.type) : readContent(known, message.type, item);
  const missing = missingOf(kind, reading, code);
  const sentAtMs = readTime(message.timestamp);
  const reason = reasonOf(known, code, missing);
  return {
    kind: 'message',
    channelMessageId: message.id,
    ...(sentAtMs === undefined ? {} : { sentAtMs }),
    messageKind: kind,
    providerKind: message.type,
    text: reading?.text ?? '',
    content: contentOf(message, reading, missing, code),
    ...(reading?.media === undefined ? {} : { media: reading.media }),
    ...(reason === undefined ? {} : { reason }),
    ...(message.context?.id === undefined ? {} : { quotedChannelMessageId: message.context.id }),
    ...(reading?.targetChannelMessageId === undefined
      ? {}
      : { targetChannelMessageId: reading.targetChannelMessageId }),
  } satisfies Omit<MessageEvent, 'connectionKey' | 'direction' | 'customer' | 'eventKey' | 'raw'>;
}

function kindOf(type: string): MessageKind | undefined {
  return (
    MESSAGE_KINDS.find((kind) => kind === type) ?? (Object.hasOwn(KIND_ALIASES, type) ? KIND_ALIASES[type] : undefined)
  );
}

function contentOf(
  message: WhatsAppMessage,
  reading: ContentReading | undefined,
  missing: Missing | undefined,
  code: number | undefined,
): MessageContent {
  const { context, referral } = message;
  const product = context?.referred_product;
  let details = reading?.details;
  if (details?.type === 'unsupported' && code !== undefined) {
    details = { ...details, code, ...(code === IN_APP_ONLY ? { readable: 'in-app' } : {}) };
  }
  return {
    ...(details === undefined ? {} : { details }),
    ...(context?.frequently_forwarded ? { forwarded: 'often' } : context?.forwarded ? { forwarded: 'once' } : {}),
    ...(reading?.viewOnce ? { viewOnce: true } : {}),
    ...(referral === undefined ? {} : { referral: readReferral(referral) }),
    ...(product === undefined
      ? {}
      : {
          product: {
            id: product.product_retailer_id,
            ...(product.catalog_id === undefined ? {} : { catalogId: product.catalog_id }),
          },
        }),
    ...(missing === undefined ? {} : { missing }),
  };
}

function readReferral(referral: WhatsAppReferral): Referral {
  const { source_type: source, source_id: adId, source_url: url, headline, body } = referral;
  return {
    source: source === 'ad' || source === 'post' ? source : 'other',
    ...(adId === undefined ? {} : { adId }),
    ...(url ? { url } : {}),
    ...(headline ? { headline } : {}),
    ...(body ? { body } : {}),
  };
}

function missingOf(
  kind: MessageKind,
  reading: ContentReading | undefined,
  code: number | undefined,
): Missing | undefined {
  const isThere = reading !== undefined && (reading.media !== undefined || !FILE_KINDS.has(kind));
  if (isThere) return undefined;
  if (code === FILE_TOO_LARGE) return 'too-large';
  return code === undefined ? 'unreadable' : 'withheld';
}

function reasonOf(
  kind: MessageKind | undefined,
  code: number | undefined,
  missing: Missing | undefined,
): string | undefined {
  if (code === IN_APP_ONLY) return `the message can be read in the phone app only (code ${code})`;
  if (code !== undefined) return `${failureOfCode(code).detail} (code ${code})`;
  if (kind === undefined) return 'a kind of message that is not known yet';
  if (kind === 'unsupported') return 'WhatsApp does not pass on messages of this kind';
  return missing === undefined ? undefined : 'the content is missing or of an unknown shape';
}

function codeOf(message: WhatsAppMessage): number | undefined {
  const codes = (message.errors ?? []).map((error) => webhookErrorSchema.safeParse(error).data?.code);
  return codes.find((code) => code !== undefined);
}

type People = { ids: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>; changedTo?: MessageEvent['changedTo'] };

/** Who wrote it or, of an echo, to whom; a notice is about the person as known before. */
function peopleOf(message: WhatsAppMessage, item: Readonly<Record<string, unknown>>, place: Place): People {
  const card = place.contacts.find(item);
  if (place.direction === 'echo') {
    return {
      ids: readSender({
        phones: [message.to, card?.wa_id],
        bsuids: [message.to_user_id, card?.user_id],
        parents: [message.to_parent_user_id, card?.parent_user_id],
      }),
    };
  }
  if (message.type === 'system') {
    const { before, after } = readSystemIds(message, item.system);
    return { ids: before, ...(Object.keys(after).length === 0 ? {} : { changedTo: after }) };
  }
  return {
    ids: readSender({
      phones: [message.from, card?.wa_id],
      bsuids: [message.from_user_id, card?.user_id],
      parents: [message.from_parent_user_id, card?.parent_user_id],
    }),
  };
}

/** They become names in Planfix and stand in sentences: on one line, without marks that turn the text around them. */
function namesOf(card: WhatsAppContact | undefined): Pick<Sender, 'name' | 'username'> {
  const name = shownName(card?.profile?.name);
  const username = shownName(card?.profile?.username?.trim().replace(/^@/, ''));
  return { ...(name ? { name } : {}), ...(username ? { username } : {}) };
}
