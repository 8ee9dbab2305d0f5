import type { FaultChoice } from './fault-choices.ts';
import type { NotifyProposal, QuickReply } from './world.ts';

/** The page is served at the sandbox's root; relative addresses keep working behind a path prefix. */
export async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`control/${path}`, { method, ...bodyOf(body) });
  return readAnswer(response);
}

function bodyOf(body: unknown): Pick<RequestInit, 'body' | 'headers'> {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Bytes go as they are, from the browser's own stream of the file. */
export async function upload<Answer>(path: string, file: Blob): Promise<Answer> {
  const headers = { 'content-type': file.type || 'application/octet-stream' };
  return readAnswer(await fetch(`control/${path}`, { method: 'POST', headers, body: file }));
}

async function readAnswer<Answer>(response: Response): Promise<Answer> {
  const text = await response.text();
  if (!response.ok) throw new Error(readReason(text) || `HTTP ${response.status}`);
  return (text === '' ? {} : JSON.parse(text)) as Answer;
}

type Refusal = Record<'message' | 'error' | 'detail' | 'title', unknown> & {
  errors?: { path?: string; message?: string; remedy?: string }[];
};

/** The sandbox's own words, or a problem as the product states one, with every field and its remedy. */
function readReason(text: string): string {
  try {
    const { message, error, detail, title, errors = [] } = JSON.parse(text) as Refusal;
    const whole = [message, error, detail, title].find((value) => typeof value === 'string') ?? text;
    const parts = errors.map((one) => `${one.path ?? ''}: ${one.message ?? ''} ${one.remedy ?? ''}`.trim());
    return [whole, ...parts].join('\n');
  } catch {
    return text.slice(0, 200);
  }
}

export const advanceClock = (advanceMs: number) => call('POST', 'clock', { advanceMs });

export const addFault = (choice: FaultChoice) => call('POST', 'faults', choice.rule);

export const removeFault = (id: string) => call('DELETE', `faults/${encodeURIComponent(id)}`);

/** Without a phone the customer is one who hides it behind a username. */
export const createCustomer = (customer: { name: string; phone?: string; username: boolean }) =>
  call<{ userId: string }>('POST', 'graph/customers', customer);

/** `files` are numbers that `putFile` gave. */
export type AgentComment = {
  task: number;
  author: string;
  html: string;
  notify: string[];
  files: { id: number }[];
  answersComment?: number;
};

export type CommentChange = Pick<AgentComment, 'html' | 'notify' | 'files'>;

const accountPath = (account: string) => `planfix/${encodeURIComponent(account)}`;

/** Puts a file into Planfix; it shows once a comment has it. */
export const putFile = (account: string, file: File) =>
  upload<{ id: number }>(`${accountPath(account)}/files?${new URLSearchParams({ name: file.name })}`, file);

export const addComment = (account: string, comment: AgentComment) =>
  call<{ id: number }>('POST', `${accountPath(account)}/comments`, comment);

export const editComment = (account: string, id: number, change: CommentChange) =>
  call('POST', `${accountPath(account)}/comments/${id}/edit`, change);

export const deleteComment = (account: string, id: number) => call('DELETE', `${accountPath(account)}/comments/${id}`);

export type TaskChange = { status: number } | { isDeleted: true } | { restore: true } | { purge: true };

export const changeTask = (account: string, id: number, change: TaskChange) =>
  call('POST', `${accountPath(account)}/tasks/${id}`, change);

/** Whom Planfix would preselect for this author, when answering that comment if there is one. */
export function proposeNotified(account: string, task: number, author: string, replyTo?: number) {
  const query = new URLSearchParams({ author, ...(replyTo === undefined ? {} : { replyTo: String(replyTo) }) });
  return call<NotifyProposal>('GET', `${accountPath(account)}/tasks/${task}/notify-default?${query}`);
}

export async function findQuickReplies(account: string, typed: string, lang: string): Promise<QuickReply[]> {
  const query = new URLSearchParams({ q: typed, lang });
  const { items } = await call<{ items: QuickReply[] }>('GET', `${accountPath(account)}/quick-replies?${query}`);
  return items;
}

type NewPerson = { name: string; phone: string };

export const createCustomers = (customers: NewPerson[]) =>
  call<{ customers: { userId: string }[] }>('POST', 'graph/customers', { customers });

/** Everybody in the sandbox, also those whom the page does not show. */
export const listCustomers = async () =>
  (await call<{ customers: { phone?: string; name: string }[] }>('GET', 'graph/customers')).customers;
