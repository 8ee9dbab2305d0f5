import type { Bucket } from './buckets.ts';

/** A Meta app: whose secret signs, and where its webhooks go. */
export type App = {
  appId: string;
  appSecret: string;
  verifyToken: string | undefined;
  /** Several stand for one address behind a load balancer: deliveries alternate. */
  callbacks: Callback[];
  nextCallback: number;
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
  revoked: boolean;
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
  isOnBizApp: boolean;
  onboardedAtMs: number;
  override: Callback | undefined;
  bucket: Bucket;
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
};

export type Chat = {
  number: BusinessNumber;
  customer: Customer;
  windowEndsMs: number | undefined;
  /** Until when a customer with a username shows the phone to this number: the business wrote to it. */
  phoneShownUntilMs: number;
  messages: Message[];
  bucket: Bucket;
};

export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export type Message = {
  id: string;
  chat: Chat;
  from: 'customer' | 'business';
  type: string;
  /** What a person sees; empty for types without text. */
  text: string;
  /** The part under the key of its type, as it was sent. */
  payload: unknown;
  quoted: string | undefined;
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
};
