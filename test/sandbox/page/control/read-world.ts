import type {
  Account,
  BusinessNumber,
  CardButton,
  Chat,
  ChatMessage,
  Comment,
  Customer,
  Fault,
  Media,
  Person,
  Press,
  Task,
  TaskFile,
  TaskStatus,
  World,
} from './world.ts';

export type RawState = {
  clock: { nowMs: number; frozen: boolean };
  faults: { id: string; target: 'graph' | 'planfix'; kind: string; code?: number; times: number }[];
  graph: { numbers: BusinessNumber[]; customers: Customer[]; chats: RawChat[] };
  dialog360: { numbers: { phoneNumberId: string; apiKey: string }[] };
  planfix: { accounts: RawAccount[] };
  parley: { url: string } | null;
};

type RawChat = Omit<Chat, 'messages'> & { messages: RawMessage[] };
type RawMessage = Omit<ChatMessage, 'media'> & { media?: RawMedia };
type RawMedia = Omit<Media, 'name'> & { filename?: string };
type RawFile = { id: number; name: string; type?: string; sizeBytes: number; url: string };

type RawAccount = {
  account: string;
  customFields: { id: number; name: string }[];
  users: { ref: string; fullName: string; role: string; status: string }[];
  statuses: TaskStatus[];
  tasks: RawTask[];
  contacts: { id: number; ref: string; fullName: string; phones: { number: string }[]; isDeleted: boolean }[];
  templates: { id: number; name: string }[];
  buttons: CardButton[];
  presses: Press[];
  frozenUntilMs: number;
};

type RawTask = {
  id: number;
  name: string;
  description: string;
  additionalDescriptionData: string;
  status: TaskStatus;
  assigner: Person;
  assignees: RawPeople;
  participants: RawPeople;
  isDeleted: boolean;
  createdAtMs: number;
  custom: Record<string, unknown>;
  files: RawFile[];
  comments: RawComment[];
};

type RawPeople = { users: Person[]; groups: { id: number; name: string }[] };

type RawComment = {
  id: number;
  owner: Person;
  description: string;
  files: RawFile[];
  answersComment?: number;
  atMs: number;
  recipients: RawPeople & { roles: string[] };
  isHidden: boolean;
  isEdited: boolean;
  isDeleted: boolean;
  visible: boolean;
};

/** Turns the sandbox's own view of itself into what the page shows. */
export function readWorld(raw: RawState): World {
  const keys = new Map(raw.dialog360.numbers.map(({ phoneNumberId, apiKey }) => [phoneNumberId, { apiKey }]));
  return {
    nowMs: raw.clock.nowMs,
    isFrozen: raw.clock.frozen,
    numbers: raw.graph.numbers.map((number) => ({ ...number, ...keys.get(number.phoneNumberId) })),
    customers: raw.graph.customers,
    chats: raw.graph.chats.map((chat) => ({ ...chat, messages: chat.messages.map(readMessage) })),
    accounts: raw.planfix.accounts.map(readAccount),
    faults: raw.faults.map(readFault),
    parley: raw.parley ?? undefined,
  };
}

const readMessage = ({ media, ...message }: RawMessage): ChatMessage => ({
  ...message,
  media: media === undefined ? undefined : readMedia(media),
});

const readMedia = ({ filename = '', url, ...media }: RawMedia): Media => ({
  ...media,
  name: filename,
  url: relativeUrl(url),
});

const readFile = ({ id, name, type = '', sizeBytes, url }: RawFile): TaskFile => ({
  id,
  name,
  mimeType: type,
  size: sizeBytes,
  url: relativeUrl(url),
});

/** Relative addresses keep working behind a path prefix. */
const relativeUrl = (url: string): string => url.replace(/^\//, '');

const readFault = (raw: RawState['faults'][number]): Fault => ({
  id: raw.id,
  target: raw.target,
  kind: raw.kind,
  code: raw.code,
  times: raw.times,
});

function readAccount(raw: RawAccount): Account {
  return {
    account: raw.account,
    employees: raw.users.map((user) => ({
      id: user.ref,
      name: user.fullName,
      active: user.status === 'Active',
      robot: user.role === 'Robot',
    })),
    statuses: raw.statuses,
    tasks: raw.tasks.map((task) => readTask(task, raw)),
    contacts: raw.contacts.flatMap(({ id, ref, fullName, phones, isDeleted }) =>
      isDeleted ? [] : [{ id: ref, number: id, name: fullName, phones: phones.map(({ number }) => number) }],
    ),
    taskTemplates: raw.templates.map(({ id, name }) => ({ id, name })),
    buttons: raw.buttons,
    presses: raw.presses,
    frozenUntilMs: raw.frozenUntilMs,
  };
}

function readTask(raw: RawTask, { customFields }: RawAccount): Task {
  return {
    id: raw.id,
    name: raw.name,
    descriptionHtml: raw.description,
    systemHtml: raw.additionalDescriptionData,
    files: raw.files.map(readFile),
    custom: customFields.flatMap(({ id, name }) => {
      const value = raw.custom[id];
      return typeof value === 'string' && value !== '' ? [{ name, value }] : [];
    }),
    status: raw.status,
    assigner: raw.assigner,
    assignees: readPeople(raw.assignees),
    isDeleted: raw.isDeleted,
    createdAtMs: raw.createdAtMs,
    comments: raw.comments.filter((comment) => comment.visible).map((comment) => readComment(comment, raw)),
  };
}

const readComment = (raw: RawComment, task: RawTask): Comment => ({
  id: raw.id,
  owner: raw.owner,
  html: raw.description,
  files: raw.files.map(readFile),
  answersComment: raw.answersComment,
  atMs: raw.atMs,
  notified: distinct([...readPeople(raw.recipients), ...raw.recipients.roles.flatMap((role) => peopleIn(task, role))]),
  isHidden: raw.isHidden,
  isEdited: raw.isEdited,
  isDeleted: raw.isDeleted,
});

/** Groups stand beside people, as in Planfix. */
const readPeople = (raw: RawPeople): Person[] => [
  ...raw.users,
  ...raw.groups.map((group) => ({ id: `group:${group.id}`, name: group.name })),
];

/** Whoever has the role in the task when it is shown. */
function peopleIn(task: RawTask, role: string): Person[] {
  if (role === 'assigner') return [task.assigner];
  if (role === 'assignee') return readPeople(task.assignees);
  return role === 'participant' ? readPeople(task.participants) : [];
}

const distinct = (people: Person[]): Person[] => [...new Map(people.map((person) => [person.id, person])).values()];
