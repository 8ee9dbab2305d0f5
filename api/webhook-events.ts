import type {
  ChannelEvent,
  LinkEvent,
  MessageEvent,
  PreferenceEvent,
  StatusEvent,
} from '../activities/channels/channel.ts';
import type { WebhookConnection } from '../db/connections.ts';
import type { EventInput, EventWork } from '../db/ingest.ts';
import type { FileInput, MessageInput } from '../db/ingest-messages.ts';
import type { LinkInput } from '../db/link-events.ts';
import type { StatusInput } from '../db/statuses.ts';
import { DRAFT_STATES } from '../workflows/domain/connection-state.ts';
import { namingOf } from '../workflows/domain/identity.ts';
import { inboundRule } from '../workflows/domain/inbound-rules.ts';
import { readMarketingWord } from '../workflows/domain/marketing-words.ts';
import { traitsOf } from '../workflows/domain/providers.ts';

/**
 * Where the events of one authentic body belong. `sourceId`: under which they are kept while no connection works for
 * them, so that the same event counts as new once one does.
 */
export type EventOrigin = {
  sourceId: string;
  provider: string;
  /** By the provider's id of the number; only those that the sender may speak for. */
  connections: ReadonlyMap<string, WebhookConnection>;
  /** To whom the address belongs, where it belongs to one connection: what names no number is about this one. */
  owner?: WebhookConnection;
};

/**
 * Connections whose messages are worked on. A paused one is: what a customer writes while sending is impossible must
 * reach the task all the same, and statuses settle what was sent before.
 */
const WORKING_STATES: ReadonlySet<string> = new Set(['connected', 'paused', 'disconnecting']);

/** Neutral events → rows, one each, in order: nothing is left out, and what is put aside says why. */
export function toEventInputs(events: readonly ChannelEvent[], origin: EventOrigin): EventInput[] {
  return events.map((event) => toEventInput(event, origin));
}

function toEventInput(event: ChannelEvent, origin: EventOrigin): EventInput {
  const connection = event.connectionKey === undefined ? origin.owner : origin.connections.get(event.connectionKey);
  const common = {
    eventKey: event.eventKey,
    kind: event.kind,
    subject: subjectOf(event),
    raw: event.raw,
    ...touched(event, origin),
    ...(event.kind === 'link' ? { link: toLink(event, origin) } : {}),
  };
  const work = connection && workOf(event, connection, traitsOf(origin.provider).network);
  if (work && WORKING_STATES.has(connection.state)) {
    return { ...common, sourceId: connection.id, connectionId: connection.id, ...work };
  }
  const isDraft = connection !== undefined && DRAFT_STATES.includes(connection.state);
  return {
    ...common,
    sourceId: origin.sourceId,
    // A draft may be deleted, so no event refers to it; what comes for it is kept until it is connected.
    connectionId: isDraft ? undefined : connection?.id,
    reason: reasonOf(event) ?? reasonWithoutConnection(event, connection, origin),
    ...(work && isDraft ? { waiting: { draftId: connection.id, work } } : {}),
  };
}

/** What is to be done with it where the connection works. */
function workOf(event: ChannelEvent, connection: WebhookConnection, network: string): EventWork {
  switch (event.kind) {
    case 'message':
      return workOfMessage(event, connection, network);
    case 'status':
      return { reason: undefined, status: toStatus(event, connection) };
    case 'preference':
      return workOfPreference(event, connection, network);
    case 'history':
    case 'contact-sync':
      return { reason: undefined, isToImport: true };
    case 'history-progress': {
      const { progress, declined = false } = event;
      return { reason: undefined, historyProgress: { progress, declined } };
    }
    case 'account-event':
    case 'channel-error':
    case 'link':
    case 'ignored':
    case 'unreadable':
      return { reason: reasonOf(event) };
    default:
      return assertNever(event);
  }
}

function workOfMessage(event: MessageEvent, connection: WebhookConnection, network: string): EventWork {
  const naming = namingOf(event.customer, event.changedTo);
  if (naming.identities.length === 0) return { reason: 'the sender has no id that is known here' };
  const { opensWindow, startsTask } = inboundRule(event.messageKind);
  const isInbound = event.direction === 'inbound';
  const message: MessageInput = {
    connectionId: connection.id,
    direction: event.direction,
    sender: senderOf(event.customer, naming, connection, network),
    channelMessageId: event.channelMessageId,
    quotedChannelMessageId: event.targetChannelMessageId ?? event.quotedChannelMessageId,
    kind: event.messageKind,
    text: event.text,
    content: event.content,
    files: filesOf(event),
    sentAtMs: event.sentAtMs,
    reason: event.reason,
    opensWindow: isInbound && opensWindow,
    startsTask,
    holdWithoutTask: !isInbound && !connection.opensTaskForEchoes,
    marketing: isInbound && WORD_KINDS.has(event.messageKind) ? wordOf(event.text, connection) : undefined,
  };
  return { reason: undefined, message };
}

/** Kinds whose text is the customer's own, or that of the button that they tapped. */
const WORD_KINDS: ReadonlySet<string> = new Set(['text', 'button', 'interactive']);

const wordOf = (text: string, { marketingStopWords, marketingStartWords }: WebhookConnection) =>
  readMarketingWord(text, {
    marketingStopWords: marketingStopWords ?? undefined,
    marketingStartWords: marketingStartWords ?? undefined,
  });

function senderOf(
  customer: MessageEvent['customer'],
  naming: ReturnType<typeof namingOf>,
  connection: WebhookConnection,
  network: string,
): MessageInput['sender'] {
  return {
    planfixAccountId: connection.planfixAccountId,
    network,
    // An account whose portfolio is not known is a scope of its own: too narrow is safe, too wide is not.
    portfolio: connection.portfolioId ?? connection.wabaId,
    ...naming,
    name: customer.name ?? customer.username,
  };
}

function workOfPreference(
  { customer, marketing, atMs = Date.now() }: PreferenceEvent,
  connection: WebhookConnection,
  network: string,
): EventWork {
  const naming = namingOf(customer);
  if (naming.identities.length === 0) return { reason: 'the customer has no id that is known here' };
  const sender = senderOf(customer, naming, connection, network);
  return { reason: undefined, preference: { connectionId: connection.id, sender, marketing, atMs } };
}

/**
 * An app may tell of any account: what is then read is read with a token of that account. To an address of one
 * connection only that connection's account can be meant, whatever the network calls it.
 */
function touched(event: ChannelEvent, { provider, owner }: EventOrigin): Pick<EventInput, 'touchesTemplatesOf'> {
  if (event.kind !== 'account-event' || event.touches !== 'templates') return {};
  const accountKey = owner?.wabaId ?? event.accountKey;
  return accountKey === undefined ? {} : { touchesTemplatesOf: { provider, accountKey } };
}

/** The network names the account, and the number where it is about one: which connections these are, ingest looks up. */
function toLink(event: LinkEvent, { sourceId, provider, owner }: EventOrigin): LinkInput {
  const { change, accountKey, connectionKey, phone, reason, initiatedBy, untilMs, atMs } = event;
  const about = { accountKey, connectionKey, phone, ownerId: owner?.id };
  return { sourceId, provider, ...about, change, reason, initiatedBy, untilMs, atMs };
}

/** A contact card becomes a file, too: agents keep it with one click. */
function filesOf({ media, content }: MessageEvent): FileInput[] {
  if (media) return [media];
  return content.details?.type === 'contacts' ? [{ mediaId: undefined, name: 'contacts.vcf', mime: 'text/vcard' }] : [];
}

function toStatus(event: StatusEvent, connection: WebhookConnection): StatusInput {
  const [failure] = event.errors;
  return {
    connectionId: connection.id,
    eventKey: event.eventKey,
    channelMessageId: event.channelMessageId,
    messageId: event.callbackData,
    status: event.status,
    // A time that cannot be believed must not cost the news.
    atMs: event.atMs ?? Date.now(),
    recipient: event.recipient,
    pricing: event.pricing,
    failure: failure && { kind: failure.kind, code: failure.code, detail: failure.detail },
  };
}

function subjectOf(event: ChannelEvent): string | undefined {
  return event.kind === 'message' || event.kind === 'status' ? event.channelMessageId : undefined;
}

function reasonOf(event: ChannelEvent): string | undefined {
  if (event.kind === 'ignored' || event.kind === 'unreadable') return event.reason;
  return event.kind === 'channel-error' ? event.failure.detail : undefined;
}

/** Events of the whole account need no number; anything else without a working connection is put aside. */
function reasonWithoutConnection(
  event: ChannelEvent,
  connection: WebhookConnection | undefined,
  { owner }: EventOrigin,
): string | undefined {
  if (connection) return `the connection of this number is ${connection.state}`;
  if (owner) return 'is about another number than that of this address';
  if (event.kind === 'account-event' || event.kind === 'link') return undefined;
  return event.connectionKey === undefined ? 'names no number' : 'no connection has this number';
}

function assertNever(event: never): never {
  throw new Error(`an event of unknown kind: ${(event as { kind: string }).kind}`);
}
