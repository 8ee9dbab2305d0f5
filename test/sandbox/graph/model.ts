import type { Bucket } from './buckets.ts';
import type { Registration } from './onboarding/registration.ts';
import type { HealthIssue } from './onboarding/standing.ts';
import type { PhoneSync } from './onboarding/sync.ts';
import type { Traffic } from './traffic.ts';

/** A Meta app: whose secret signs, and where its webhooks go. */
export type App = {
  appId: string;
  appSecret: string;
  verifyToken: string | undefined;
  /** Several stand for one address behind a load balancer: deliveries alternate. */
  callbacks: Callback[];
  nextCallback: number;
  /** The portfolio of whoever made the app: the partner. */
  businessId: string;
  /** The fields it subscribed to; undefined: all. */
  fields: string[] | undefined;
  /** Nothing is told to it, and nobody says so. */
  isMuted: boolean;
};

/** Nothing is delivered to an address that has not passed the verification. */
export type Callback = { url: string; verified: boolean };

export type Token = {
  accessToken: string;
  appId: string;
  wabaIds: Set<string>;
  scopes: string[];
  issuedAtMs: number;
  /** On the sandbox's clock; 0 means never. */
  expiresAtMs: number;
  /** The subcode of whatever ended it early. */
  revokedAs: number | undefined;
};

/** A WhatsApp Business account. `subscriptions` are the apps that hear of it, with their own address if they set one. */
export type Waba = {
  wabaId: string;
  name: string;
  businessId: string;
  businessName: string;
  reviewStatus: string;
  numbers: BusinessNumber[];
  subscriptions: Map<string, Callback | undefined>;
  /** Apps that it was ever shared with by Embedded Signup. */
  sharedWith: Set<string>;
  isBanned: boolean;
  restrictions: Restriction[];
  /** By name and language. */
  templates: Map<string, Template>;
  /** Until when a name cannot be used again, because an approved template of that name was deleted. */
  deletedNames: Map<string, number>;
};

/** On the sandbox's clock; `untilMs` undefined: until it is lifted. */
export type Restriction = { type: string; untilMs: number | undefined };

export type TemplateButton = {
  type: string;
  text: string;
  url?: string;
  phone_number?: string;
  example?: unknown;
};

/** The parts of a template as Meta writes them (WhatsApp: templates). */
export type TemplateComponent =
  | { type: 'HEADER'; format: string; text?: string; example?: unknown }
  | { type: 'BODY'; text: string; example?: unknown }
  | { type: 'FOOTER'; text: string }
  | { type: 'BUTTONS'; buttons: TemplateButton[] };

export type ParameterFormat = 'POSITIONAL' | 'NAMED';

export type PauseStage = 'first' | 'second' | 'pacing';

/** What can be sent outside the window, once it is approved. */
export type Template = {
  id: string;
  waba: Waba;
  name: string;
  language: string;
  category: string;
  previousCategory: string | undefined;
  /** What Meta is about to make of it. */
  correctCategory: string | undefined;
  status: string;
  rejectedReason: string;
  parameterFormat: ParameterFormat;
  components: TemplateComponent[];
  quality: { score: string; atMs: number };
  /** How often it was paused for its quality. */
  pauses: number;
  pause: { stage: PauseStage; untilMs: number | undefined } | undefined;
  changedAtMs: number;
  /** When it was edited while approved. */
  editsAtMs: number[];
};

/** A template as it was sent: what the customer's phone shows. */
export type FilledTemplate = {
  name: string;
  language: string;
  category: string;
  header: { format: string; text?: string; link?: string; filename?: string } | undefined;
  body: string;
  footer: string | undefined;
  buttons: FilledButton[];
};

export type FilledButton = {
  type: string;
  text: string;
  url?: string;
  phoneNumber?: string;
  code?: string;
  /** What a tap on a quick reply tells the business. */
  payload?: string;
};

export type BusinessNumber = {
  phoneNumberId: string;
  waba: Waba;
  displayPhoneNumber: string;
  digits: string;
  callingCode: string;
  verifiedName: string;
  appId: string;
  status: string;
  qualityRating: string;
  nameStatus: string;
  platformType: string;
  codeVerificationStatus: string;
  accountMode: string;
  throughputLevel: string;
  /** It is in the WhatsApp Business app; on the platform, too, when the platform is `CLOUD_API`. */
  isOnBizApp: boolean;
  /** It is in WhatsApp Messenger, and can never be on the platform as long as it is. */
  isPersonal: boolean;
  /** Its phone was changed: nothing goes in or out until it is back. */
  isSuspended: boolean;
  /** Nothing is told of it, and nobody says so. */
  isMuted: boolean;
  messagingLimit: string;
  /** What it asked to be called. */
  newName: { name: string; status: string } | undefined;
  hasPayment: boolean;
  health: HealthIssue[];
  registration: Registration;
  sync: PhoneSync;
  onboardedAtMs: number;
  override: Callback | undefined;
  bucket: Bucket;
  traffic: Traffic;
  chats: Map<Customer, Chat>;
};

/** A person on WhatsApp. `userId` names them in the sandbox and is their BSUID for the first portfolio they meet. */
export type Customer = {
  userId: string;
  phone: string;
  /** Without "@". Whoever has one hides the phone. */
  username: string | undefined;
  name: string;
  /** The BSUID for each business portfolio. */
  userIds: Map<string, string>;
  onWhatsApp: boolean;
  /** When they got marketing templates, of whatever business, in the last 24 hours. */
  marketingAtMs: number[];
};

export type Chat = {
  number: BusinessNumber;
  customer: Customer;
  windowEndsMs: number | undefined;
  /** Until when a customer with a username shows the phone to this number: the business wrote to it. */
  phoneShownUntilMs: number;
  /** Whether they asked this number to send them no marketing. */
  isMarketingStopped: boolean;
  messages: Message[];
  bucket: Bucket;
};

export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export type Reaction = { from: 'customer' | 'business'; emoji: string; atMs: number };

export type Message = {
  id: string;
  chat: Chat;
  from: 'customer' | 'business';
  /** `app`: typed by staff in the WhatsApp Business app. */
  origin: 'api' | 'app';
  type: string;
  /** What a person sees; empty for types without text. */
  text: string;
  /** The part under the key of its type, as it was sent. */
  payload: unknown;
  /** What stood beside the part: `referral`, `errors`, `group_id`, … */
  more: Record<string, unknown>;
  media: Media | undefined;
  /** Of a template, what became of its placeholders. */
  template: FilledTemplate | undefined;
  quoted: string | undefined;
  forwarded: 'once' | 'often' | undefined;
  reactions: Reaction[];
  isEdited: boolean;
  isDeleted: boolean;
  /** Whether it stands in the chat by itself; reactions, edits and the like do not. */
  isBubble: boolean;
  atMs: number;
  status: MessageStatus;
  /** Each status that was told, in the order of telling. */
  statuses: { status: string; atMs: number; code?: number }[];
  /** Whether the customer's phone shows it. */
  reached: boolean;
  reason: string | undefined;
  callbackData: string | undefined;
  addressedBy: 'to' | 'recipient';
  isPriced: boolean;
  /** As `pricing` states it. */
  category: string;
};

/** Where the bytes are. Large uploads leave nothing but their digest; what is made up can be made again. */
export type MediaContent =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'file'; path: string }
  | { kind: 'generated'; seed: string }
  | { kind: 'gone' };

export type Media = {
  id: string;
  number: BusinessNumber;
  origin: 'uploaded' | 'received';
  /** As declared. */
  mimeType: string;
  filename: string | undefined;
  size: number;
  /** Hexadecimal. */
  sha256: string;
  /** The first bytes, by which the real type is known. */
  head: Uint8Array;
  expiresAtMs: number;
  isDeleted: boolean;
  content: MediaContent;
};
