/**
 * The channel contract, in two halves: what the api may use (pure: verify, challenge, parse) and what activities use
 * (I/O). A new provider is one folder with both halves, one line in `webhooks.ts` and `clients.ts`, its traits in
 * `workflows/domain/providers.ts`, and one entry in the suite that runs over all of them.
 */

import type { Readable } from 'node:stream';
import type { DeliveryStatus } from '../../workflows/domain/delivery-status.ts';
import type { Recipient, Sender } from '../../workflows/domain/identity.ts';
import type { MediaKind } from '../../workflows/domain/media-limits.ts';
import type { MessageKind } from '../../workflows/domain/message.ts';
import type { ContactCard, MediaReference, MessageContent, Template } from '../../workflows/domain/message-content.ts';
import type { TemplateDefinition } from '../../workflows/domain/template-definition.ts';
import type { ChannelFailure } from './errors.ts';
import type { CheckResult } from './findings.ts';
import type { HistoryMessage, Read, SyncedContact } from './history.ts';

/** Header names in lower case, as Node gives them. */
export type WebhookHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * `body` is exactly the bytes that came: signatures are over them, never over a re-serialised value. `addressSecret`:
 * what stood in the address where a secret belongs.
 */
export type WebhookRequest = { headers: WebhookHeaders; body: Uint8Array; addressSecret?: string | undefined };

/**
 * Pure: the api has no other part of a provider. Which of it is used, and where its requests come in, is told by
 * `webhookAuthenticity` of the provider's traits.
 */
export type ChannelWebhook = {
  /**
   * True if one of the secrets proves the request: by a signature over these bytes, or because it was sent along. Two
   * secrets are valid while one replaces the other. Nothing is proven by an empty secret, or by none.
   */
  verify(request: WebhookRequest, secrets: readonly string[]): boolean;
  /** The text to answer a subscription check with, or undefined to refuse it. */
  challenge?(query: Readonly<Record<string, unknown>>, verifyToken: string): string | undefined;
  /**
   * Every event in the order it came, what is skipped or unreadable included. Never throws: whatever an authentic
   * sender sent becomes events, since a refusal would only make it come again for days.
   */
  parse(body: Uint8Array): ChannelEvent[];
  /** The messages of a stored `history` event. Never throws; only of providers that have such events. */
  readHistory?(raw: unknown): Read<HistoryMessage>;
  /** The people of a stored `contact-sync` event. Never throws; only of providers that have such events. */
  readContactSync?(raw: unknown): Read<SyncedContact>;
};

type EventBase = {
  /**
   * Deterministic, ≤ 300 characters: the same happening, delivered twice, has the same key. Unique within a connection
   * (or account, where there is no connection).
   */
  eventKey: string;
  /** The provider's id of the business number; absent where the event concerns the whole account or is unreadable. */
  connectionKey?: string;
  /** The provider's id of the business account (Meta: WABA). */
  accountKey?: string;
  /**
   * The slice of the body that this event came from, in the provider's own envelope: parsing it again gives this event
   * again. Safe to store as jsonb: no NUL, no lone surrogates, no bottomless nesting. Personal data.
   */
  raw: unknown;
};

export type MessageEvent = EventBase & {
  kind: 'message';
  /** `echo`: a colleague wrote it in the business's own app, and it has reached the customer already. */
  direction: 'inbound' | 'echo';
  connectionKey: string;
  channelMessageId: string;
  /** Who wrote it, or whom an echo was written to. */
  customer: Sender;
  /** Absent where the network's time cannot be believed: the time of arrival takes its place. */
  sentAtMs?: number;
  messageKind: MessageKind;
  /** The provider's word for the kind, where it differs from ours or is unknown to us. */
  providerKind: string;
  /** Words only (text, caption, the title of a tapped button), untouched; empty for kinds without words. */
  text: string;
  content: MessageContent;
  media?: MediaReference;
  /** Why a message is `unsupported`, or lacks its content; a sentence of ours. */
  reason?: string;
  quotedChannelMessageId?: string;
  /** The earlier message that a reaction, edit or deletion is about. */
  targetChannelMessageId?: string;
  /** Set on the system message about a changed number or id: the new identities of the person who is `customer`. */
  changedTo?: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>;
};

export type Pricing = { model?: string; type?: string; category?: string; billable?: boolean };

export type StatusEvent = EventBase & {
  kind: 'status';
  connectionKey: string;
  channelMessageId: string;
  status: DeliveryStatus;
  /** Absent where the network's time cannot be believed. */
  atMs?: number;
  /** What was given as `callbackData` with the send. */
  callbackData?: string;
  /** Whom the message went to, as far as the provider says. */
  recipient: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>;
  /** At least one for `failed`. */
  errors: ChannelFailure[];
  pricing?: Pricing;
};

/** Anything about the account or number itself: templates, quality, reviews, and fields that are not known yet. */
export type AccountEvent = EventBase & {
  kind: 'account-event';
  field: string;
  /** Templates of the account have changed, in whatever way: they are to be read again. */
  touches?: 'templates';
};

/** A customer tells the network that they want marketing from this business, or none. */
export type PreferenceEvent = EventBase & {
  kind: 'preference';
  connectionKey: string;
  customer: Sender;
  marketing: 'stopped' | 'allowed';
  atMs?: number;
};

/** An error that the provider reports without naming a message. */
export type ChannelErrorEvent = EventBase & { kind: 'channel-error'; failure: ChannelFailure };

/** Understood and of no use: group messages, clicks on links. */
export type IgnoredEvent = EventBase & { kind: 'ignored'; reason: string };

/** Not understood: kept for a person to look at. `reason` names the place, never the content. */
export type UnreadableEvent = EventBase & { kind: 'unreadable'; reason: string };

/**
 * A piece of the chat history of the business's own app, from before it was connected: so many messages as the worker
 * takes at once, since one body may hold thousands. What is in it, `readHistory` reads from the stored `raw`.
 */
export type HistoryEvent = EventBase & { kind: 'history'; connectionKey: string; items: number };

/** How far the history has come, or that the business declined to share it. */
export type HistoryProgressEvent = EventBase & {
  kind: 'history-progress';
  connectionKey: string;
  /** Of 100; absent where the network does not say. */
  progress?: number;
  declined?: boolean;
};

/** A piece of the address book of the business's own app; what is in it, `readContactSync` reads from the stored `raw`. */
export type ContactSyncEvent = EventBase & { kind: 'contact-sync'; connectionKey: string; items: number };

/** What becomes of the link between the business's number and Parley, told by the network. */
export type LinkEvent = EventBase & {
  kind: 'link';
  /** `suspended` is a pause (the phone is being changed); `ended` is the end, by the owner or by inactivity. */
  change: 'suspended' | 'resumed' | 'ended' | 'restricted' | 'disabled' | 'reinstated';
  /** Digits, where the network names the number and not its id. */
  phone?: string;
  /** The network's word for why. */
  reason?: string;
  initiatedBy?: string;
  /** When a restriction ends by itself, where the network says so of all that it restricts. */
  untilMs?: number;
  atMs?: number;
};

export type ChannelEvent =
  | HistoryEvent
  | HistoryProgressEvent
  | ContactSyncEvent
  | LinkEvent
  | MessageEvent
  | StatusEvent
  | AccountEvent
  | PreferenceEvent
  | ChannelErrorEvent
  | IgnoredEvent
  | UnreadableEvent;

/** One HTTP exchange; `deadlineMs` counts from the call, `notAfterMs` is a wall-clock time after which nothing is sent. */
export type HttpRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: string;
  deadlineMs: number;
  notAfterMs?: number;
};
export type HttpResponse = {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  receivedAtMs: number;
};
/** Throws an error with `reached: 'never' | 'maybe'` when there is no answer. Never follows redirects. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

export type OutgoingContent =
  /** In the network's own formatting, already within its limit. */
  | { type: 'text'; text: string; previewUrl?: boolean }
  /** `mediaId` is what `uploadMedia` gave; audio and stickers take no caption, only documents a name. */
  | { type: 'media'; media: MediaKind; mediaId: string; caption?: string; name?: string; voice?: boolean }
  /** An empty emoji takes the reaction back. */
  | { type: 'reaction'; emoji: string; targetChannelMessageId: string }
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { type: 'contacts'; contacts: readonly ContactCard[] }
  | ({ type: 'template' } & Template);

export type OutgoingMessage = {
  to: Recipient;
  content: OutgoingContent;
  /** Comes back with every status: the only thing that settles a send whose answer was lost. ≤ 512 characters. */
  callbackData: string;
  /** Reactions and templates cannot quote. */
  quotedChannelMessageId?: string;
  /** Wall-clock time after which the request must not leave any more, because its claim has run out. */
  notAfterMs?: number;
};

/** What the provider says of a file that it keeps; `url` is good for minutes. `sha256` is hex. */
export type MediaFacts = { url: string; mime?: string; sha256?: string; size?: number };

/** A body that has begun to arrive; whoever holds it must read it to its end or destroy it. */
export type MediaStream = { body: Readable; mime?: string; size?: number };

export type MediaUpload = { name: string; mime: string; size: number | undefined; body: Readable };

/** Streams, for files: nothing is kept in memory. Both throw like `Http`. */
export type FileHttp = {
  /**
   * Follows redirects to hosts that are allowed, without the headers of the request. `redirects`: `listed`
   * keeps to the hosts that the operator or the provider names, `public` allows any public https address.
   */
  download(request: {
    url: string;
    headers: Record<string, string>;
    redirects: 'listed' | 'public';
    signal?: AbortSignal;
  }): Promise<{ status: number; headers: Readonly<Record<string, string | string[] | undefined>>; body: Readable }>;
  /** One multipart request; names beyond ASCII are written as RFC 5987 says, too. */
  upload(request: {
    url: string;
    headers: Record<string, string>;
    fields: Readonly<Record<string, string>>;
    file: MediaUpload & { part: string };
    signal?: AbortSignal;
  }): Promise<HttpResponse>;
};

/** "Accepted", nothing more: whether it arrives is told by statuses. `toPhone` is the digits the network resolved. */
export type SendReceipt = { channelMessageId: string; toPhone?: string; toBsuid?: string };

/** What the provider says about the number; every field may be missing. */
export type NumberFacts = {
  displayPhone?: string;
  verifiedName?: string;
  quality?: string;
  status?: string;
  platform?: string;
  nameStatus?: string;
  accountMode?: string;
  throughput?: string;
  onBusinessApp?: boolean;
};
/** `portfolioId` is the scope in which a BSUID is unique. */
export type AccountFacts = { name?: string; portfolioId?: string; portfolioName?: string; reviewStatus?: string };
/** `id`: the network's own of this translation; `quality` and `statusReason` in its words. */
export type NetworkTemplate = TemplateDefinition & { id: string; statusReason?: string; quality?: string };

export type ConnectionReport = {
  checks: CheckResult[];
  number?: NumberFacts;
  account?: AccountFacts;
};

/** What is known of an access token; `expiresAtMs` undefined: never. */
export type TokenFacts = {
  isValid: boolean;
  appId?: string;
  scopes: readonly string[];
  expiresAtMs?: number;
  /** Accounts that it reaches, in no order. */
  accountIds: readonly string[];
  /** It reaches whatever its owner does, and the accounts are not named. */
  isUnbounded?: true;
};

/** A number of an account, to choose from, and what decides how it can be connected; every fact may be missing. */
export type ListedNumber = NumberFacts & { id: string; codeVerification?: string; hasPin?: boolean };

/**
 * What keeps a number from sending, in the network's code. `isPending`: it passes by itself; `isPayment`: only a payment
 * method mends it.
 */
export type HealthFault = { about: string; code: number; isPending: boolean; isPayment: boolean };

/**
 * How a number fares; `faults` absent: the network does not say. `accountSending`: its word for whether the account may
 * send. `addresses`: where its webhooks go.
 */
export type Standing = NumberFacts & {
  faults?: HealthFault[];
  accountSending?: string;
  messagingLimit?: string;
  addresses?: { application?: string; account?: string; number?: string };
};

/** Whether our app hears of the account, and where, if not at the app's own address. */
export type Subscription = { isSubscribed: boolean; overrideUrl?: string };

/** Where webhooks are to go; the network calls it at once to see whether it answers. */
export type WebhookAddress = { url: string; verifyToken: string };

/**
 * What connecting and disconnecting a number takes beside messages; only of providers that set up numbers
 * (`setsUpNumbers`). All of them throw ChannelError.
 */
export type ChannelSetup = {
  readToken(): Promise<TokenFacts>;
  /** Names of accounts that the token sees; the others are left out. */
  readAccounts(accountIds: readonly string[]): Promise<{ id: string; name?: string }[]>;
  listNumbers(): Promise<ListedNumber[]>;
  /** The connection's own number, and what keeps it from sending. */
  readNumber(): Promise<ListedNumber & { faults: HealthFault[] }>;
  /** The same as a self-check asks it: one call that sets nothing in motion. */
  readStanding(): Promise<Standing>;
  readSubscription(): Promise<Subscription>;
  /** The webhook fields that our app hears of; undefined: there is no secret of an app to ask with. */
  readAppFields(): Promise<readonly string[] | undefined>;
  /** Ten calls per number in 72 hours are allowed; never repeated by itself. `pin` is set where the number has none. */
  register(pin: string): Promise<void>;
  /** Messages of the account go to this address from now on. Safe to repeat; each call makes the network call it. */
  subscribeAt(address: WebhookAddress): Promise<void>;
  unsubscribe(): Promise<void>;
  /** Once each, within 24 hours of onboarding. */
  requestSync(kind: 'contacts' | 'history'): Promise<{ requestId?: string }>;
};

/** All of them throw ChannelError. */
export type ChannelClient = {
  setup?: ChannelSetup;
  /** One request, never repeated. Kind `outcome-unknown`: it may have been accepted. */
  send(message: OutgoingMessage): Promise<SendReceipt>;
  /** Tells the customer that this message and all before it were read. Safe to repeat. */
  markRead(channelMessageId: string): Promise<void>;
  /** Kind `file-rejected`, refusal `file-expired`, when the provider does not have it any more. */
  readMedia(mediaId: string): Promise<MediaFacts>;
  /** Begins to fetch it; `unavailable` when the address is too old, and then it has to be read anew. */
  openMedia(media: MediaFacts, signal?: AbortSignal): Promise<MediaStream>;
  /** Nothing is sent by this: an upload that was lost may be repeated. */
  uploadMedia(file: MediaUpload, signal?: AbortSignal): Promise<{ mediaId: string }>;
  /** Costs one call and no rights beside those for sending, so it also tells whether the connection works again. */
  readNumber(): Promise<NumberFacts>;
  /** All templates of the account, in every state that the network shows. */
  readTemplates(): Promise<NetworkTemplate[]>;
  /** What comes for the number is told to Parley from now on. Safe to repeat. */
  subscribe(): Promise<void>;
  /** The same taken back where each number has an address. `not-possible`: a person must do it at the provider. */
  unsubscribe?(): Promise<'removed' | 'not-ours' | 'not-possible'>;
  /** Looks at everything that must hold for the connection to work; refusals are findings, `unavailable` is thrown. */
  check(): Promise<ConnectionReport>;
};

/** Where a provider's API is: without a version, and without a slash at its end. */
export type ChannelAddress = { url: string; version?: string };

/**
 * `apiVersion`: of APIs that have one in their addresses. `appId` tells our own subscription from other apps', and with
 * `appSecret` the network tells what a token is. `webhookUrl`: where webhooks of this very connection are to go, for
 * providers that are told so for each number.
 */
export type ChannelCredentials = {
  apiUrl: string;
  apiVersion?: string;
  numberId: string;
  accountId: string;
  accessToken: string;
  appId?: string;
  appSecret?: string;
  webhookUrl?: string;
};

export type ClientOptions = { sendDeadlineMs?: number; readDeadlineMs?: number };

export type ConnectChannel = (
  credentials: ChannelCredentials,
  http: { send: Http; files: FileHttp },
  options?: ClientOptions,
) => ChannelClient;
