import { randomUUID } from 'node:crypto';
import { listAll, listedOnce, meet, type Person, type ShownTask, say } from './chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, planfixOf } from './parley.ts';
import { type Dialogue, sendCalls } from './reply-world.ts';

/** A person whose BSUID for this company's portfolio is known to the test; nothing of them was told to Parley. */
export type Known = Person & { bsuid: string };

/** The customer has written to the number before Parley was listening: the sandbox's window is open. */
export async function knowing(person: Person): Promise<Known> {
  await say(person, { text: 'before', deliver: false });
  const path = `graph/customers/${person.phone}/messages?phoneNumberId=${person.company.phoneNumberId}`;
  type Shown = { customer: { userIds: Record<string, string> } };
  const { customer } = await person.parley.sandbox.control<Shown>('GET', path);
  return { ...person, bsuid: Object.values(customer.userIds)[0] as string };
}

/** A signed text as the network would tell it, with just these ids in it; the message's id. */
export async function tell(
  { parley, company, name }: Person,
  ids: { phone?: string; bsuid?: string },
  text: string,
  sentAtMs = Date.now(),
): Promise<string> {
  const id = `wamid.${randomUUID()}`;
  const wa = { ...(ids.phone ? { wa_id: ids.phone } : {}), ...(ids.bsuid ? { user_id: ids.bsuid } : {}) };
  const message = {
    ...(ids.phone ? { from: ids.phone } : {}),
    ...(ids.bsuid ? { from_user_id: ids.bsuid } : {}),
    id,
    timestamp: String(Math.floor(sentAtMs / 1_000)),
    type: 'text',
    text: { body: text },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { phone_number_id: company.phoneNumberId },
    contacts: [{ profile: { name }, ...wa }],
    messages: [message],
  };
  const body = {
    object: 'whatsapp_business_account',
    entry: [{ id: company.wabaId, changes: [{ field: 'messages', value }] }],
  };
  const { statuses } = await parley.sandbox.control<{ statuses: number[] }>('POST', 'graph/webhooks', {
    appId: company.appId,
    body,
  });
  if (statuses[0] !== 200) throw new Error(`the webhook was answered ${statuses}`);
  return id;
}

/** Where a message stands, once it does. */
export const placeOf = async (person: Pick<Person, 'parley' | 'company'>, wamid: string) => {
  const { conversationId, planfixTask } = await listedOnce(person, wamid, 'posted');
  return { conversationId, planfixTask };
};

export const dialogueOf = (person: Person, task: ShownTask): Dialogue => ({
  parley: person.parley,
  company: person.company,
  customer: person,
  task: task.id,
  contact: task.assigner?.id as `contact:${number}`,
});

export const taskByNumber = async ({ parley, company }: Person, number: number | null): Promise<ShownTask> =>
  eventually(`task ${number}`, async () => {
    const { tasks } = await planfixOf(parley, company);
    return tasks.find((task) => task.id === number) as ShownTask | undefined;
  });

/** To whom this text was sent, as the call named them. */
export const addressOnce = (dialogue: Dialogue, text: string) =>
  eventually(`"${text}" as sent`, async () => {
    const calls = await sendCalls(dialogue);
    const bodies = calls.filter(({ status }) => status === 200).map(({ body }) => body as unknown as SentBody);
    const sent = bodies.find((body) => body.text?.body === text);
    return sent && (sent.recipient ?? sent.to);
  });
type SentBody = { to?: string; recipient?: string; text?: { body: string } };

/** Contacts in the company's Planfix that are not deleted. */
export async function contactsIn(parley: Parley, company: Company): Promise<number[]> {
  const { contacts } = await planfixOf(parley, company);
  return contacts.map(({ id }) => id);
}

export type Problem = {
  kind: string;
  state: string;
  conversationId: string | null;
  reason: string | null;
  detail: string | null;
};

/** All problems of a kind on this connection, settled ones included. */
export const problemsLike = ({ parley, company }: Person, kind: string, state = 'open') =>
  listAll<Problem>(parley, '/v1/problems', { connectionId: company.connectionId, kind, state });

/** Somebody whom nobody recognised: two conversations and tasks, by phone alone and by id alone. */
export async function meetTwice(parley: Parley) {
  const company = await connectCompany(parley);
  const person = await knowing(await meet(parley, company));
  const byPhone = await placeOf(person, await tell(person, { phone: person.phone }, 'By phone'));
  const byId = await placeOf(person, await tell(person, { bsuid: person.bsuid }, 'By id'));
  if (byId.conversationId === byPhone.conversationId) throw new Error('they were recognised');
  const tasks = {
    byPhone: await taskByNumber(person, byPhone.planfixTask),
    byId: await taskByNumber(person, byId.planfixTask),
  };
  return { company, person, byPhone, byId, tasks };
}

/** The two were found to be one person: only somebody in Planfix can merge the contacts. */
export const twoContactsOnce = (person: Person) =>
  eventually('the problem of two contacts', async () => (await problemsLike(person, 'two-contacts'))[0]);
