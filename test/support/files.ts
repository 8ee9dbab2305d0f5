import { randomUUID } from 'node:crypto';
import {
  aCustomer,
  type Company,
  type Customer,
  chatOf,
  eventually,
  type Parley,
  type PlanfixComment,
  type PlanfixTask,
  planfixOf,
  writeAs,
} from './parley.ts';
import { commentOn, type Dialogue, messagesOf, type ShownMessage } from './reply-world.ts';

/** A file as Planfix holds it; `type` is what its upload called it. */
export type FileInPlanfix = { id: number; name: string; type: string; sizeBytes: number; sha256: string };
export type CommentWithFiles = PlanfixComment & { files: FileInPlanfix[]; editCount: number };
export type TaskWithFiles = Omit<PlanfixTask, 'comments'> & { files: FileInPlanfix[]; comments: CommentWithFiles[] };

/** A file as the customer's phone holds it. */
export type FileInChat = { id: string; mimeType: string; filename?: string; size: number; sha256: string };
export type MessageWithFile = { from: string; text: string; type: string; media?: FileInChat; status: string };

type Place = Pick<Dialogue, 'parley' | 'company' | 'customer'>;

/** What a customer sends; see the sandbox's README. */
export type SentMedia = { kind: string; caption?: string; filename?: string; [property: string]: unknown };

let people = 0;

/** Somebody whose task can be told by its name. */
export function aSender(): Customer {
  people += 1;
  return aCustomer(`Sender ${people}`);
}

/** Ends when the webhook is answered: of two in the same second, what arrives first is the first. */
export const sendFile = (
  { parley, company, customer }: Place,
  media: SentMedia,
  extra: Record<string, unknown> = {},
): Promise<{ wamid: string }> =>
  writeAs(parley, company, customer, '', {
    text: undefined,
    media: { size: 20_000, seed: randomUUID(), ...media },
    wait: true,
    ...extra,
  });

/** The only task of this customer; fails when there are more. */
export async function taskOfSender({ parley, company, customer }: Place): Promise<TaskWithFiles | undefined> {
  const { tasks } = await planfixOf(parley, company);
  const own = tasks.filter((task) => task.name.startsWith(`${customer.name} (`));
  if (own.length > 1) throw new Error(`${customer.name} has ${own.length} tasks`);
  return own[0] as TaskWithFiles | undefined;
}

/** The customer's task once it is as wanted. */
export const taskOnce = (place: Place, what: string, isWanted: (task: TaskWithFiles) => boolean) =>
  eventually(`the task of ${place.customer.name} with ${what}`, async () => {
    const task = await taskOfSender(place);
    return task && isWanted(task) ? task : undefined;
  });

/** The comments of the customer's task, in Planfix's order, once there are that many. */
export async function commentsOnce(place: Place, count: number): Promise<CommentWithFiles[]> {
  const task = await taskOnce(place, `${count} comments`, ({ comments }) => comments.length >= count);
  return task.comments.toSorted((a, b) => a.id - b.id);
}

/** A customer with a task that they opened by a text of their own. */
export async function aDialogueOf(parley: Parley, company: Company): Promise<Place> {
  const place = { parley, company, customer: aSender() };
  await writeAs(parley, company, place.customer, 'Hello');
  await taskOnce(place, 'a description', () => true);
  await messageOnceOf(place, (message) => message.state === 'posted');
  return place;
}

const messageOnceOf = (place: Place, isWanted: (message: ShownWithFiles) => boolean) =>
  eventually('the message', async () => {
    const task = await taskOfSender(place);
    const messages = (await messagesOf(place)) as ShownWithFiles[];
    return messages.find((message) => message.planfixTask === task?.id && isWanted(message));
  });

export type ShownWithFiles = ShownMessage & {
  kind: string;
  part: number;
  files: { name: string | null; state: string; reason: string | null; sizeBytes: number | null }[];
};

/** All messages of the business's number, newest first, with their files. */
export const shownFiles = async (place: Pick<Dialogue, 'parley' | 'company'>, filter: Record<string, string> = {}) =>
  (await messagesOf(place, filter)) as ShownWithFiles[];

/** What the customer has sent, by the sandbox's own digest of it; oldest first. */
export async function filesOfCustomer(place: Place): Promise<FileInChat[]> {
  const chat = (await chatOf(place.parley, place.company, place.customer)) as unknown as MessageWithFile[];
  return chat.flatMap(({ from, media }) => (from === 'customer' && media ? [media] : []));
}

/** What the business sent, oldest first, once there is that much. */
export const receivedOnce = (place: Place, count: number, withinMs?: number) =>
  eventually(
    `${count} messages at the customer`,
    async () => {
      const received = await receivedBy(place);
      return received.length >= count ? received : undefined;
    },
    withinMs,
  );

export async function receivedBy({ parley, company, customer }: Place): Promise<MessageWithFile[]> {
  const chat = (await chatOf(parley, company, customer)) as unknown as MessageWithFile[];
  return chat.filter((message) => message.from === 'business');
}

/** Removes the fault; what it holds is let go. */
export type FaultHandle = { remove: () => Promise<void>; hasStruck: () => Promise<boolean> };

async function addFault(parley: Parley, rule: Record<string, unknown>): Promise<FaultHandle> {
  const { control } = parley.sandbox;
  const { id } = await control<{ id: string }>('POST', 'faults', rule);
  return {
    remove: () => control('DELETE', `faults/${id}`).then(() => undefined),
    hasStruck: async () => {
      const { items } = await control<{ items: { id: string }[] }>('GET', 'faults');
      return !items.some((item) => item.id === id);
    },
  };
}

/** Something that goes wrong when files of this company's customers are fetched. */
export const breakDownloads = ({ parley, company }: Pick<Place, 'parley' | 'company'>, fault: object) =>
  addFault(parley, { target: 'graph', phoneNumberId: company.phoneNumberId, purpose: 'download', ...fault });

/** The same for uploads to the network. */
export const breakUploads = ({ parley, company }: Pick<Place, 'parley' | 'company'>, fault: object) =>
  addFault(parley, { target: 'graph', phoneNumberId: company.phoneNumberId, purpose: 'upload', ...fault });

/** Something that goes wrong in this company's Planfix. */
export const breakFilesOfPlanfix = ({ parley, company }: Pick<Place, 'parley' | 'company'>, fault: object) =>
  addFault(parley, { target: 'planfix', account: company.account, ...fault });

export type Request = { seq: number; atMs: number; method: string; path: string; status: number; body: unknown };

/** Fetches of the bytes of files from the network, and uploads to it, of this company's number. */
export const downloadsOf = (place: Pick<Place, 'parley' | 'company'>) =>
  graphRequests(place, { method: 'GET', path: '/media-host/' });
export const uploadsOf = async (place: Pick<Place, 'parley' | 'company'>) =>
  (await graphRequests(place, { method: 'POST', path: '/media' })).filter(({ path }) => path.endsWith('/media'));

async function graphRequests({ parley, company }: Pick<Place, 'parley' | 'company'>, filter: Record<string, string>) {
  const query = new URLSearchParams({
    target: 'graph',
    phoneNumberId: company.phoneNumberId,
    limit: '20000',
    ...filter,
  });
  return (await parley.sandbox.control<{ items: Request[] }>('GET', `requests?${query}`)).items;
}

/** Waits until a fetch of a file has begun that a fault holds. */
export const untilFetched = (place: Pick<Place, 'parley' | 'company'>, times = 1) =>
  eventually(`${times} fetches`, async () => (await downloadsOf(place)).length >= times || undefined);

/** All files of the company's Planfix, attached or not. */
export const filesInPlanfix = async ({ parley, company }: Pick<Place, 'parley' | 'company'>) =>
  (await parley.sandbox.control<{ items: FileInPlanfix[] }>('GET', `planfix/${company.account}/files`)).items;

/** A file that an agent attaches: made up from a seed, beginning with these bytes. */
export const aFile = (name: string, size: number, head: Buffer | string = '') => ({
  name,
  size,
  seed: randomUUID(),
  head: Buffer.from(head as string, 'latin1').toString('base64'),
});

/** What files of these types begin with. */
export const HEADS = {
  jpg: '\xff\xd8\xff\xe0\0\x10JFIF\0',
  png: '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\b\x06\0\0\0\0\0\0\0\0\0\0\x01IDAT',
  pdf: '%PDF-1.7\n',
  mp4: '\0\0\0\x18ftypmp42\0\0\0\0isommp42',
  mp3: 'ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64\0\0',
  m4a: '\0\0\0\x18ftypM4A \0\0\0\0M4A mp42',
  webp: 'RIFF\x24\0\0\0WEBPVP8 ',
  opus: `OggS\0\x02${'\0'.repeat(20)}\x01\x13OpusHead\x01\x01`,
  exe: `MZ\x90\0\x03${'\0'.repeat(59)}`,
} as const;

export type AgentFile = ReturnType<typeof aFile> | { id: number };

/** An employee comments with files, for the customer. */
export const commentWithFiles = (dialogue: Dialogue, files: AgentFile[], html = '', extra: object = {}) =>
  commentOn(dialogue, { html, files, ...extra });
