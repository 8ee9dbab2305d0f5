/** What the page shows, as the sandbox's control API gives it. Times are milliseconds of the sandbox's clock. */
export type World = {
  nowMs: number;
  /** A frozen clock moves by hand only. */
  isFrozen: boolean;
  numbers: BusinessNumber[];
  customers: Customer[];
  chats: Chat[];
  accounts: Account[];
  faults: Fault[];
  /** Undefined until the sandbox was told where the product is. */
  parley: { url: string } | undefined;
};

export type BusinessNumber = {
  phoneNumberId: string;
  wabaId: string;
  displayPhoneNumber: string;
  verifiedName: string;
  appId: string;
  /** Where it stands: `registered`, `linked`, `business-app`, `unregistered`, `unverified`, `personal`. */
  kind: string;
  isSuspended: boolean;
  pin: string | null;
  /** Apps that can see its account. */
  partners: string[];
  tokens: string[];
  /** Of 360dialog, where that hosts the number: whoever connects it knows nothing else of it but the phone. */
  apiKey?: string;
};

/** Whoever has a username hides the phone. */
export type Customer = { userId: string; phone?: string; username?: string; name: string };

/** What one customer's phone shows of one business number. */
export type Chat = {
  customer: string;
  phoneNumberId: string;
  windowEndsMs: number | undefined;
  messages: ChatMessage[];
};

export type ChatStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** A file as either half shows it; `url` is relative to the page. */
export type ShownFile = { name: string; mimeType: string; size: number; url: string };

/** Of what was too large to keep, only the description is left. */
export type Media = ShownFile & { id: string; voice: boolean; isKept: boolean };

export type Reaction = { from: 'customer' | 'business'; emoji: string };

/** A part of a message as the network carries it, whatever is in it. */
export type Fields = Record<string, unknown>;

export type FilledTemplate = {
  name: string;
  header?: { format: string; text?: string; link?: string; filename?: string };
  body: string;
  footer?: string;
  buttons: { type: string; text: string; url?: string; code?: string }[];
};

export type ChatMessage = {
  id: string;
  from: 'customer' | 'business';
  /** `app`: typed by a colleague in the WhatsApp Business app. */
  origin: 'api' | 'app';
  type: string;
  /** Text or caption. */
  text: string;
  /** What stands under the key of the type. */
  payload: unknown;
  media: Media | undefined;
  /** What a template looks like once it is filled. */
  template: FilledTemplate | undefined;
  quoted: string | undefined;
  forwarded: 'once' | 'often' | undefined;
  reactions: Reaction[];
  referral: Fields | undefined;
  /** What the network says instead of a part. */
  errors: unknown[] | undefined;
  isEdited: boolean;
  isDeleted: boolean;
  atMs: number;
  status: ChatStatus;
  /** Why it failed: Meta's code and words. */
  reason: string | undefined;
};

export type Person = { id: string; name: string };

export type Employee = Person & { active: boolean; robot: boolean };

export type TaskStatus = { id: number; name: string; isActive: boolean };

export type QuickReply = { id: number; language: string; name: string; text: string };

export type Account = {
  account: string;
  employees: Employee[];
  statuses: TaskStatus[];
  tasks: Task[];
  contacts: Contact[];
  taskTemplates: { id: number; name: string }[];
  buttons: CardButton[];
  presses: Press[];
  /** Until then no request leaves the account; 0 if none has failed. */
  frozenUntilMs: number;
};

export type Contact = Person & { number: number; phones: string[] };

/** With `choices` the answer is one of these. */
export type Question = { name: string; label: string; value: string; choices: string[]; required: boolean };

export type CardButton = { id: number; name: string; place: 'task' | 'contact'; questions: Question[] };

/** What became of a request that a button has made. */
export type Press = {
  id: number;
  name: string;
  task?: number;
  contact?: number;
  atMs: number;
  state: 'waiting' | 'delivered' | 'failed' | 'dropped';
  status: number | null;
  answer: string;
};

export type Task = {
  id: number;
  name: string;
  descriptionHtml: string;
  /** System text below the description that nobody can edit, such as the link to the previous task. */
  systemHtml: string;
  files: TaskFile[];
  /** Custom fields that hold something. */
  custom: { name: string; value: string }[];
  status: TaskStatus;
  assigner: Person;
  assignees: Person[];
  isDeleted: boolean;
  createdAtMs: number;
  comments: Comment[];
};

export type TaskFile = ShownFile & { id: number };

export type Comment = {
  id: number;
  owner: Person;
  html: string;
  files: TaskFile[];
  /** The number of the comment that this one answers. */
  answersComment: number | undefined;
  atMs: number;
  notified: Person[];
  isHidden: boolean;
  isEdited: boolean;
  isDeleted: boolean;
};

/** Whom Planfix proposes to notify, and who else can be chosen. */
export type NotifyProposal = { preselected: Person[]; candidates: Person[] };

export type Fault = { id: string; target: 'graph' | 'planfix'; kind: string; code: number | undefined; times: number };

export const isContact = (person: Person): boolean => person.id.startsWith('contact:');

export const asFields = (value: unknown): Fields => Object(value) as Fields;
