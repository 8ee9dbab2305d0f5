import {
  aCustomer,
  type ChatMessage,
  type Company,
  type CompanyOptions,
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  type PlanfixComment,
  type PlanfixTask,
  planfixOf,
  writeAs,
} from './parley.ts';

/** One customer who wrote once, and the task that came of it. */
export type Dialogue = {
  parley: Parley;
  company: Company;
  customer: Customer;
  task: number;
  contact: `contact:${number}`;
};

/** A company of its own with one customer in it, the task already there. */
export async function startDialogue(parley: Parley, options: CompanyOptions = {}): Promise<Dialogue> {
  return startDialogueIn(parley, await connectCompany(parley, options));
}

export async function startDialogueIn(
  parley: Parley,
  company: Company,
  extra: Record<string, unknown> = {},
): Promise<Dialogue> {
  const customer = aCustomer();
  const before = new Set((await planfixOf(parley, company)).tasks.map((task) => task.id));
  await writeAs(parley, company, customer, 'Hello', extra);
  const task = await eventually('the task', async () => {
    const { tasks } = await planfixOf(parley, company);
    return tasks.find((entry) => !before.has(entry.id));
  });
  const contact = task.counterparty?.id as `contact:${number}`;
  // The task is in Planfix before its number is with us, and a comment on it counts only afterwards.
  await eventually('the first message as posted', async () =>
    (await messagesOf({ parley, company }, { state: 'posted' })).find((message) => message.planfixTask === task.id),
  );
  return { parley, company, customer, task: task.id, contact };
}

export type AgentComment = {
  html: string;
  author?: string;
  /** The customer unless told otherwise. */
  notify?: string[];
  task?: number;
  [option: string]: unknown;
};

/** An employee comments; returns the comment's number. */
export async function commentOn(dialogue: Dialogue, comment: AgentComment): Promise<number> {
  const { parley, company, task, contact } = dialogue;
  const body = { task, author: 'user:3', notify: [contact], ...comment };
  const created = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/comments`, body);
  return created.id;
}

/** What the business sent to this customer, as their network took it, oldest first. */
export async function sentTo({ parley, company, customer }: Dialogue): Promise<ChatMessage[]> {
  return (await chatOf(parley, company, customer)).filter((message) => message.from === 'business');
}

export const textsTo = async (dialogue: Dialogue) => (await sentTo(dialogue)).map((message) => message.text);

/** Waits until this many messages of the business are in the chat, and gives their texts. */
export const textsOnceThereAre = (dialogue: Dialogue, count: number, withinMs?: number) =>
  eventually(
    `${count} messages in the chat`,
    async () => {
      const texts = await textsTo(dialogue);
      return texts.length >= count ? texts : undefined;
    },
    withinMs,
  );

/** A message as `GET /v1/messages` shows it. */
export type ShownMessage = {
  id: string;
  conversationId: string;
  direction: 'inbound' | 'outbound' | 'echo' | 'note';
  state: string;
  text: string;
  reason: string | null;
  reasonCode: number | null;
  channelMessageId: string | null;
  planfixTask: number | null;
  planfixComment: number | null;
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  failedAt: string | null;
};

type Place = Pick<Dialogue, 'parley' | 'company'>;

/** Messages of the company's connection, newest first. */
export async function messagesOf(
  { parley, company }: Place,
  filter: Record<string, string> = {},
): Promise<ShownMessage[]> {
  const query = new URLSearchParams({ connectionId: company.connectionId, limit: '100', ...filter });
  return (await parley.rest<{ items: ShownMessage[] }>('GET', `/v1/messages?${query}`)).items;
}

/** The only outbound message with this text, once it is in one of these states. */
export const messageOnce = (place: Place, text: string, states: string[], withinMs?: number) =>
  eventually(
    `"${text}" as ${states.join(' or ')}`,
    async () => {
      const found = (await messagesOf(place, { direction: 'outbound' })).filter((message) => message.text === text);
      return found.length === 1 && states.includes(found[0]?.state ?? '') ? found[0] : undefined;
    },
    withinMs,
  );

/** What `POST /v1/messages` answers to a program. */
export type SendAnswer = {
  status: number;
  location: string | null;
  body: { id: string; state: string; reason: string | null; text: string };
};

export async function sendThroughApi(parley: Parley, message: Record<string, unknown>): Promise<SendAnswer> {
  const response = await fetch(`${parley.api.url}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${parley.world.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });
  const location = response.headers.get('location');
  return { status: response.status, location, body: (await response.json()) as SendAnswer['body'] };
}

/** The same for a caller with more patience than the api, which a busy machine asks for. */
export async function sendPatiently(parley: Parley, message: Record<string, unknown>): Promise<SendAnswer> {
  const answer = await sendThroughApi(parley, message);
  if (answer.status !== 202) return answer;
  return eventually('what became of the message', async () => {
    const body = await parley.rest<SendAnswer['body']>('GET', String(answer.location));
    return ['ready', 'sending'].includes(body.state) ? undefined : { ...answer, status: 201, body };
  });
}

/** Puts a conversation into a task, however long the worker takes to look at it. @throws where it is refused */
export const putIntoTask = (parley: Parley, conversationId: string | undefined, planfixTask: number) =>
  eventually(`a conversation in task ${planfixTask}`, async () => {
    const path = `/v1/conversations/${conversationId}/planfix-task`;
    const { state } = await parley.rest<{ state: string }>('PUT', path, { planfixTask });
    return state === 'linked' || undefined;
  });

export type ShownProblem = { id: string; kind: string; state: string; reason: string | null; messageId: string | null };

export async function problemsOf(
  { parley, company }: Place,
  filter: Record<string, string> = {},
): Promise<ShownProblem[]> {
  const query = new URLSearchParams({ connectionId: company.connectionId, ...filter });
  return (await parley.rest<{ items: ShownProblem[] }>('GET', `/v1/problems?${query}`)).items;
}

/** The first open problem of a kind, once there is one. */
export const problemOnce = (place: Place, kind: string) =>
  eventually(`a problem of kind ${kind}`, async () => (await problemsOf(place, { kind }))[0]);

/** A fault of the next sends of this company's number; its id, to remove it. */
export async function faultOfSends(dialogue: Dialogue, fault: Record<string, unknown>): Promise<string> {
  const { parley, company } = dialogue;
  const { phoneNumberId } = company;
  const rule = { target: 'graph', purpose: 'send', phoneNumberId, ...fault };
  return (await parley.sandbox.control<{ id: string }>('POST', 'faults', rule)).id;
}

/** Every attempt of the product to send something from this number, oldest first; read receipts are no messages. */
export type SendCall = { seq: number; atMs: number; status: number; body: { status?: string } | null };

export async function sendCalls({ parley, company }: Place): Promise<SendCall[]> {
  const query = new URLSearchParams({
    target: 'graph',
    phoneNumberId: company.phoneNumberId,
    method: 'POST',
    path: '/messages',
  });
  const { items } = await parley.sandbox.control<{ items: SendCall[] }>('GET', `requests?${query}`);
  return items.filter(({ body }) => body?.status !== 'read');
}

export async function taskOf(dialogue: Dialogue, number = dialogue.task): Promise<PlanfixTask | undefined> {
  return (await planfixOf(dialogue.parley, dialogue.company)).tasks.find((task) => task.id === number);
}

/** What Parley itself wrote on the task (the token's employee is the robot), once there is something. */
export const noteOnce = (dialogue: Dialogue, containing = '') =>
  eventually(`a note with "${containing}" on the task`, async () =>
    (await notesOn(dialogue)).find((note) => note.description.includes(containing)),
  );

export async function notesOn(dialogue: Dialogue): Promise<PlanfixComment[]> {
  return ((await taskOf(dialogue))?.comments ?? []).filter((comment) => comment.owner.id === 'user:9');
}

/** When, by the sandbox's clock, the poll asked for the task's comments. */
export async function readsOf({ parley, company, task }: Dialogue): Promise<number[]> {
  const query = new URLSearchParams({
    target: 'planfix',
    account: company.account,
    path: `/task/${task}/comments/list`,
  });
  const { items } = await parley.sandbox.control<{ items: { status: number; atMs: number }[] }>(
    'GET',
    `requests?${query}`,
  );
  return items.filter((request) => request.status === 200).map((request) => request.atMs);
}

/**
 * Waits until the poll has read the task's comments from this moment on. It does after each new comment, until the
 * minute of that is over; without one it may never do so again.
 */
export async function untilReadAgain(dialogue: Dialogue): Promise<void> {
  const { nowMs } = await dialogue.parley.sandbox.control<{ nowMs: number }>('GET', 'clock');
  await eventually('another read of the comments', async () => {
    return (await readsOf(dialogue)).some((atMs) => atMs > nowMs) || undefined;
  });
}
