import type { FileContent } from './file-content.ts';
import type { HintStream } from './hints.ts';
import type { CallMeter } from './meter.ts';
import type { PostResult, PostStream } from './posts.ts';
import type { PlanfixSettings } from './settings.ts';

/** A prefixed person: `user:5` or `contact:12`. */
export type PersonRef = string;

export type People = { users: PersonRef[]; groups: number[] };

export type Recipients = People & { roles: string[] };

export type Phone = { number: string; type: number };

type UserRole = 'Admin' | 'User' | 'Robot';

export type User = {
  id: number;
  name: string;
  lastname: string;
  email: string;
  role: UserRole;
  status: 'Active' | 'Inactive';
  groups: number[];
  phones: Phone[];
  timeZone: string;
  languageCode: 'En' | 'Ru';
};

export type Group = { id: number; name: string };

export type Status = { id: number; name: string; color: string; isActive: boolean; hasDeadline: boolean };

export type Process = { id: number; name: string; statusIds: number[] };

/** A task template; in Planfix's newer words an object. Both are read and filtered by the same number here. */
export type TaskTemplate = {
  id: number;
  name: string;
  processId: number;
  statusId: number;
  assignees: People;
  participants: People;
  auditors: People;
  customFieldIds: number[];
};

export type ContactTemplate = {
  id: number;
  name: string;
  canBeParticipant: boolean;
  canBeCounterparty: boolean;
  customFieldIds: number[];
};

/** `type` 0 is a line of text, 1 a number, 7 a checkbox; `objectType` 0 is a task's field, 1 a contact's. */
export type CustomField = { id: number; name: string; type: number; objectType: 0 | 1 };

export type QuickReply = { id: number; language: 'en' | 'ru'; name: string; text: string };

/** What a button asks of the agent who presses it; with `choices` one of these. */
export type ButtonQuestion = { name: string; label: string; value: string; choices: string[]; required: boolean };

/** A button of an administrator's making on the card of a task or a contact: one HTTP request. */
export type Button = {
  id: number;
  name: string;
  place: 'task' | 'contact';
  url: string;
  headers: Record<string, string>;
  questions: ButtonQuestion[];
  /** Sent as a form; values may hold variables. */
  parameters: { name: string; value: string }[];
  answerAsComment: boolean;
};

/** The newest five hundred of an account are kept. */
export type ButtonPress = {
  id: number;
  button: number;
  name: string;
  task: number | undefined;
  contact: number | undefined;
  by: PersonRef;
  atMs: number;
  form: Record<string, string>;
  state: 'waiting' | PostResult['outcome'];
  status: number | null;
  answer: string;
  /** The comment that the answer became. */
  comment: number | undefined;
};

export type StoredFile = {
  id: number;
  /** As it was given, path and control characters included. */
  name: string;
  /** The content type that the upload stated. Planfix tells nobody. */
  type: string | undefined;
  sizeBytes: number;
  sha256: string;
  content: FileContent;
  addedAtMs: number;
};

/** A call of a storage link. */
export type Download = { file: number; atMs: number; status: number; withBearer: boolean };

/** An update as REST made it: `fields` are the keys of its body. */
export type TaskUpdate = { atMs: number; isSilent: boolean; fields: string[] };

/** What a comment said before it was changed. */
export type CommentEdit = {
  atMs: number;
  by: 'rest' | 'agent';
  isSilent: boolean;
  description: string;
  files: number[];
};

export type Task = {
  id: number;
  sourceObjectId: string | undefined;
  sourceDataVersion: string | undefined;
  name: string;
  description: string;
  additionalDescriptionData: string;
  priority: string;
  statusId: number;
  processId: number;
  templateId: number | undefined;
  parentId: number | undefined;
  projectId: number | undefined;
  assigner: PersonRef;
  counterparty: PersonRef | undefined;
  assignees: People;
  participants: People;
  auditors: People;
  createdAtMs: number;
  changedAtMs: number;
  lastCommentAtMs: number | undefined;
  isDeleted: boolean;
  custom: Map<number, unknown>;
  /** Those of the description. */
  files: number[];
  updates: TaskUpdate[];
  comments: Comment[];
};

export type Comment = {
  id: number;
  taskId: number;
  sourceObjectId: string | undefined;
  sourceDataVersion: string | undefined;
  atMs: number;
  owner: PersonRef;
  description: string;
  fromType: string;
  recipients: Recipients;
  files: number[];
  isPinned: boolean;
  isHidden: boolean;
  /** Created with `silent`. */
  isSilent: boolean;
  isDeleted: boolean;
  isEdited: boolean;
  edits: CommentEdit[];
  /** The comment that an agent chose to answer; REST has no field for it. */
  answersComment: number | undefined;
  /** Committed: visible to REST. A comment's number is given before it is, as in any system with transactions. */
  visible: boolean;
};

export type Contact = {
  id: number;
  sourceObjectId: string | undefined;
  sourceDataVersion: string | undefined;
  templateId: number;
  name: string;
  midname: string;
  lastname: string;
  description: string;
  email: string;
  languageCode: string | undefined;
  phones: Phone[];
  isCompany: boolean;
  isDeleted: boolean;
  groupId: number | undefined;
  addedBy: PersonRef;
  createdAtMs: number;
  changedAtMs: number;
  custom: Map<number, unknown>;
};

/** Work that takes effect once the account's time has come: queued updates, comments that become visible later. */
type Pending = { dueMs: number; apply: () => void };

export type Account = {
  name: string;
  token: string;
  scopes: Set<string>;
  tokenUserId: number;
  ownerUserId: number;
  settings: PlanfixSettings;
  users: Map<number, User>;
  groups: Map<number, Group>;
  statuses: Map<number, Status>;
  processes: Map<number, Process>;
  taskTemplates: Map<number, TaskTemplate>;
  contactTemplates: Map<number, ContactTemplate>;
  defaultContactTemplateId: number;
  customFields: Map<number, CustomField>;
  quickReplies: QuickReply[];
  buttons: Map<number, Button>;
  presses: ButtonPress[];
  tasks: Map<number, Task>;
  comments: Map<number, Comment>;
  contacts: Map<number, Contact>;
  files: Map<number, StoredFile>;
  /** The newest thousand. */
  downloads: Download[];
  contactsByEmail: Map<string, number>;
  /** Merged contacts: old number → survivor. */
  mergedInto: Map<number, number>;
  nextTaskId: number;
  nextCommentId: number;
  nextContactId: number;
  nextFileId: number;
  nextButtonId: number;
  nextPressId: number;
  pending: Pending[];
  meter: CallMeter;
  /** Every request that leaves the account. */
  posts: PostStream;
  hints: HintStream;
  /** Calls whose path had or lacked a slash that the specification writes otherwise; the newest hundred. */
  wrongForms: string[];
  /** The account's clock: sandbox time plus its skew. */
  now: () => number;
  /** Runs a task once the account's clock is that far. Resolves to a function that cancels it. */
  schedule: (dueMs: number, task: () => void) => () => void;
  /** Tells the page and other listeners that something changed. */
  emit: (event: { kind: string } & Record<string, unknown>) => void;
};

/** One authenticated REST call, ready for its handler. */
export type Call = {
  account: Account;
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: Record<string, unknown>;
  /** The file that came with the call, where the method takes one. */
  received: ReceivedFile | undefined;
  /** Scheme and host that the caller reached the sandbox by. */
  origin: string;
  /** What a fault or a setting makes Planfix refuse in this call. */
  refuse: { owner: boolean; assigner: boolean; status: boolean };
};

/** A file's bytes and what was said of them, not yet a file of the account. */
export type ReceivedFile = Pick<StoredFile, 'name' | 'type' | 'sizeBytes' | 'sha256' | 'content'>;

/** A handler's answer; without a body an empty one is sent. A body that is text is a page of the server before Planfix. */
export type Answer = {
  status: number;
  body?: Record<string, unknown> | string;
  headers?: Record<string, string>;
  /** What the log of requests shows of a body that was no text. */
  logged?: unknown;
};
