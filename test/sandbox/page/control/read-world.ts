import type {
  Account,
  BusinessNumber,
  Chat,
  Comment,
  Customer,
  Fault,
  Person,
  Task,
  TaskStatus,
  World,
} from './world.ts';

export type RawState = {
  clock: { nowMs: number; frozen: boolean };
  faults: { id: string; target: 'graph' | 'planfix'; kind: string; code?: number; times: number }[];
  graph: { numbers: BusinessNumber[]; customers: Customer[]; chats: Chat[] };
  planfix: { accounts: RawAccount[] };
};

type RawAccount = {
  account: string;
  users: { ref: string; fullName: string; role: string; status: string }[];
  statuses: TaskStatus[];
  tasks: RawTask[];
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
  comments: RawComment[];
};

type RawPeople = { users: Person[]; groups: { id: number; name: string }[] };

type RawComment = {
  id: number;
  owner: Person;
  description: string;
  atMs: number;
  recipients: RawPeople & { roles: string[] };
  isHidden: boolean;
  isEdited: boolean;
  isDeleted: boolean;
  visible: boolean;
};

/** Turns the sandbox's own view of itself into what the page shows. */
export function readWorld(raw: RawState): World {
  return {
    nowMs: raw.clock.nowMs,
    isFrozen: raw.clock.frozen,
    numbers: raw.graph.numbers,
    customers: raw.graph.customers,
    chats: raw.graph.chats,
    accounts: raw.planfix.accounts.map(readAccount),
    faults: raw.faults.map(readFault),
  };
}

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
    tasks: raw.tasks.map(readTask),
  };
}

function readTask(raw: RawTask): Task {
  return {
    id: raw.id,
    name: raw.name,
    descriptionHtml: raw.description,
    systemHtml: raw.additionalDescriptionData,
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
