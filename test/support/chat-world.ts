import { randomInt } from 'node:crypto';
import { type Company, eventually, type Parley, type PlanfixComment, type PlanfixTask, planfixOf } from './parley.ts';

/** Everything that one body of `POST /control/graph/messages` can hold beside number and sender. */
export type Content = Record<string, unknown>;

/** A customer whose name nobody else has, so that their task is found by it. */
export type Person = { parley: Parley; company: Company; name: string; phone: string };

let people = 0;

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

/** The sandbox knows them; nothing was written yet. */
export async function meet(
  parley: Parley,
  company: Company,
  phone: string | undefined = `4915${digits(9)}`,
): Promise<Person> {
  people += 1;
  const name = `Person ${String.fromCharCode(65 + (people % 26))}${people}`;
  await parley.sandbox.control('POST', 'graph/customers', { phone, name });
  return { parley, company, name, phone };
}

/** Staff may edit and delete, and customers' edits are told: the number is in the phone app, too. */
export const putInPhoneApp = ({ sandbox }: Parley, { phoneNumberId }: Company) =>
  sandbox.control('POST', `graph/numbers/${phoneNumberId}`, { isOnBizApp: true });

/** The customer sends something; the receiver has answered when this resolves to the message's id. */
export async function say({ parley, company, phone }: Person, content: Content): Promise<string> {
  const { wamid, statuses = [200] } = await parley.sandbox.control<{ wamid: string; statuses?: number[] }>(
    'POST',
    'graph/messages',
    { phoneNumberId: company.phoneNumberId, from: phone, wait: true, ...content },
  );
  if (statuses.some((status) => status !== 200)) throw new Error(`the webhook was answered ${statuses}`);
  return wamid;
}

/** A colleague writes to them on the phone. */
export async function echo({ parley, company, phone, name }: Person, content: Content): Promise<string> {
  const body = { phoneNumberId: company.phoneNumberId, to: phone, name, wait: true, ...content };
  return (await parley.sandbox.control<{ wamid: string }>('POST', 'graph/echoes', body)).wamid;
}

export type ShownFile = { name: string; sizeBytes: number; type: string };
export type ShownComment = PlanfixComment & { files: ShownFile[]; editCount: number };
export type ShownTask = Omit<PlanfixTask, 'comments'> & { files: ShownFile[]; comments: ShownComment[] };

/** Their tasks, the oldest first. */
export async function tasksOf({ parley, company, name }: Person): Promise<ShownTask[]> {
  const { tasks } = await planfixOf(parley, company);
  const own = tasks.filter((task) => task.name.startsWith(`${name} (`)) as unknown as ShownTask[];
  return own.sort((one, other) => one.id - other.id);
}

export const taskOnce = (person: Person, count = 1): Promise<ShownTask> =>
  eventually(`task ${count} of ${person.name}`, async () => (await tasksOf(person))[count - 1]);

/** All comments on all of their tasks, oldest first. */
export const commentsOf = async (person: Person): Promise<ShownComment[]> =>
  (await tasksOf(person)).flatMap((task) => task.comments);

/** The newest comment that holds these words, once there is one. */
export const commentOnce = (person: Person, words: string): Promise<ShownComment> =>
  eventually(`a comment with "${words}" for ${person.name}`, async () =>
    (await commentsOf(person)).findLast((comment) => comment.description.includes(words)),
  );

/** A message as the API shows it, with what only these tests look at. */
export type ListedMessage = {
  id: string;
  conversationId: string;
  direction: string;
  kind: string;
  state: string;
  hold: string | null;
  text: string;
  content: Record<string, unknown> | null;
  reason: string | null;
  channelMessageId: string | null;
  quotedChannelMessageId: string | null;
  planfixTask: number | null;
  planfixComment: number | null;
  channelAt: string | null;
  receivedAt: string;
  expiresAt: string | null;
  files: { name: string | null; state: string; reason: string | null }[];
};

/** All items of a list of the API. */
export async function listAll<T>(parley: Parley, path: string, query: Record<string, string>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const parameters = new URLSearchParams({ ...query, limit: '100', ...(cursor === null ? {} : { cursor }) });
    const page: { items: T[]; nextCursor: string | null } = await parley.rest('GET', `${path}?${parameters}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

const idsOfWamids = new Map<string, string>();

/** What the API shows of the message with this channel id. */
export async function listed(
  { parley, company }: Pick<Person, 'parley' | 'company'>,
  wamid: string,
): Promise<ListedMessage | undefined> {
  const known = idsOfWamids.get(wamid);
  if (known !== undefined) return parley.rest('GET', `/v1/messages/${known}`);
  const messages = await listAll<ListedMessage>(parley, '/v1/messages', { connectionId: company.connectionId });
  const found = messages.find((message) => message.channelMessageId === wamid);
  if (found) idsOfWamids.set(wamid, found.id);
  return found;
}

/** The message once it is in this state. */
export const listedOnce = (place: Pick<Person, 'parley' | 'company'>, wamid: string, state: string) =>
  eventually(`${wamid} as ${state}`, async () => {
    const message = await listed(place, wamid);
    return message?.state === state ? message : undefined;
  });

/** The conversation of a message as the API shows it. */
export type ListedConversation = {
  id: string;
  customerId: string;
  planfixContact: number | null;
  windowClosesAt: string | null;
  tasks: { planfixTask: number | null; isCurrent: boolean }[];
};

export const conversationOfId = (parley: Parley, id: string) =>
  parley.rest<ListedConversation>('GET', `/v1/conversations/${id}`);
