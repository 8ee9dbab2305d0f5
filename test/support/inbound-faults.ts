import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { type Company, type Customer, eventually, type Parley, planfixOf, writeAs } from './parley.ts';

/** Something that goes wrong in a company's Planfix, `times` times (once if not given). */
export type PlannedFault = {
  /** Until every call that it was planned for has been struck: from then on such a call is under way, or ended by it. */
  untilStruck(): Promise<void>;
};

/** Calls that create something, by what they create; the path is a regular expression. */
export const CREATES = {
  contact: { method: 'POST', path: '^/contact/$' },
  task: { method: 'POST', path: '^/task/$' },
  comment: { method: 'POST', path: '^/task/\\d+/comments/$' },
} as const;

export async function breakPlanfix(
  parley: Parley,
  company: Company,
  rule: Record<string, unknown>,
): Promise<PlannedFault> {
  const { control } = parley.sandbox;
  const fault = { target: 'planfix', account: company.account, ...rule };
  const { id } = await control<{ id: string }>('POST', 'faults', fault);
  return {
    untilStruck: async () => {
      await eventually(`${String(rule.kind)} strikes`, async () => {
        const { items } = await control<{ items: { id: string }[] }>('GET', 'faults');
        return items.some((item) => item.id === id) ? undefined : true;
      });
    },
  };
}

/** How often the product called for this, however it was answered; what it tries a token with can create nothing. */
export async function countCreates(parley: Parley, company: Company, what: keyof typeof CREATES): Promise<number> {
  const { method, path } = CREATES[what];
  const query = `requests?target=planfix&account=${company.account}&method=${method}`;
  const { items } = await parley.sandbox.control<{ items: { path: string; status: number }[] }>('GET', query);
  return items.filter((item) => new RegExp(path).test(item.path) && item.status !== 400).length;
}

/**
 * The customer writes these one after the other, each once the one before was answered; they are a second apart, since
 * the network tells whole seconds. Answers what the api said to each.
 */
export async function writeInOrder(
  parley: Parley,
  company: Company,
  customer: Customer,
  texts: string[],
  firstAtMs = Date.now() - 60_000,
): Promise<number[]> {
  const statuses: number[] = [];
  for (const [index, text] of texts.entries()) {
    const extra = { wait: true, timestampMs: firstAtMs + index * 1_000 };
    const answer = await writeAs(parley, company, customer, text, extra);
    statuses.push(...(answer as { wamid: string; statuses: number[] }).statuses);
  }
  return statuses;
}

/** Each task as a reader sees it: the description, then the comments in Planfix's order. */
export async function storiesOf(parley: Parley, company: Company): Promise<string[][]> {
  const { tasks } = await planfixOf(parley, company);
  return tasks.map((task) => [
    task.description,
    ...task.comments.toSorted((a, b) => a.id - b.id).map((comment) => comment.description),
  ]);
}

/** Until so many messages are in Planfix and the product has nothing left to do for this company. */
export async function settledStories(
  parley: Parley,
  company: Company,
  messages: number,
  withinMs = 90_000,
): Promise<string[][]> {
  const enough = async () => (await storiesOf(parley, company)).flat().length >= messages || undefined;
  await eventually(`${messages} messages in Planfix`, enough, withinMs);
  await withDatabase(parley, (db) =>
    eventually('nothing is left to do', async () => ((await countUnfinished(db, company)) === 0 ? true : undefined)),
  );
  return storiesOf(parley, company);
}

async function countUnfinished(db: Database, company: Company): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from conversation c
     where c.planfix_account_id = ${company.planfixAccountId}
       and (c.to_planfix_due_at is not null or exists (
         select from message m where m.conversation_id = c.id and m.direction <> 'outbound' and m.state = 'received'))
  `.execute(db);
  return rows[0]?.open ?? 0;
}

/** Looks into the product's own rows over a connection of its own. */
export async function withDatabase<T>(parley: Parley, work: (db: Database) => Promise<T>): Promise<T> {
  const db = createDatabase(parley.world.databaseUrl, 1);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** A webhook body with these texts for one number, as Meta builds it. */
export function aBodyOf(phoneNumberId: string, texts: { from: string; text: string; name?: string; id?: string }[]) {
  const timestamp = String(Math.trunc(Date.now() / 1_000));
  const contacts = texts.map(({ from, name = 'Jane Roe' }) => ({ wa_id: from, profile: { name } }));
  const messages = texts.map(({ from, text, id = `wamid.${randomUUID()}` }) => {
    return { from, id, timestamp, type: 'text', text: { body: text } };
  });
  const metadata = { display_phone_number: '15550000001', phone_number_id: phoneNumberId };
  const value = { messaging_product: 'whatsapp', metadata, contacts, messages };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  };
}

/** Delivers a signed body as it is, without redelivery; answers the statuses. */
export async function deliver(
  parley: Parley,
  company: Company,
  body: unknown,
  extra: Record<string, unknown> = {},
): Promise<number[]> {
  const request = { appId: company.appId, body, ...extra };
  const { statuses } = await parley.sandbox.control<{ statuses: number[] }>('POST', 'graph/webhooks', request);
  return statuses;
}
