import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { LineParameters } from '../workflows/domain/mailing-lines.ts';
import { DUPLICATE } from '../workflows/domain/mailing-lines.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { oneMonthLater } from '../workflows/domain/retention.ts';
import { fingerprintOf } from './bulk.ts';
import { recordset, unguessed } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { networkOf, resolveCustomers } from './identities.ts';
import type { MailingLease } from './mailings.ts';
import { inTransaction } from './transaction.ts';

/** A line that is to become a message, and what of it is the recipient's own. */
export type QueuedLine = {
  line: number;
  person: string;
  address: string;
  name: string | null;
  text: string;
  content: MessageContent | null;
  /** What the recipient will read. */
  words: string;
};

export type GoodLine = Pick<QueuedLine, 'line' | 'person' | 'address' | 'name'> & { parameters: LineParameters | null };

export type QueueingMailing = MailingLease & {
  planfixAccountId: string;
  connectionId: string;
  provider: string;
  portfolio: string;
  kind: string;
  templateId: string | null;
  /** Where any two sends of one template count as identical. */
  templateName: string | undefined;
};

/** The next lines that are to become messages, in order. */
export async function readGoodLines(db: Database, mailingId: string, limit: number): Promise<GoodLine[]> {
  const rows = await db
    .selectFrom('mailingRecipient as r')
    .innerJoin('mailing as m', 'm.id', 'r.mailingId')
    .where('r.mailingId', '=', mailingId)
    .whereRef('r.line', '>', 'm.queuedLine')
    .where('r.state', '=', 'good')
    .orderBy('r.line')
    .limit(limit)
    .select(['r.line', 'r.person', 'r.address', 'r.name', 'r.parameters'])
    .execute();
  return rows.map((row) => ({ ...row, parameters: row.parameters as LineParameters | null }) as GoodLine);
}

/**
 * Makes messages of these lines, held out of tasks and ready to be sent; customers and conversations as needed. Each line
 * once: the mark in the mailing moves in the same transaction, and only for the attempt that holds it while it runs.
 */
export async function queueLines(
  db: Database,
  mailing: QueueingMailing,
  lines: readonly QueuedLine[],
): Promise<boolean> {
  const [first, last] = [lines[0]?.line, lines.at(-1)?.line];
  if (first === undefined || last === undefined) return true;
  return inTransaction(db, async (trx) => {
    const conversations = await findConversations(trx, mailing, lines);
    const taken = await readTaken(trx, mailing.id, [...new Set(conversations.values())]);
    const fresh = lines.filter((line) => {
      const conversation = conversations.get(line.line) as string;
      if (taken.has(conversation)) return false;
      taken.add(conversation);
      return true;
    });
    const messages = await insertMessages(trx, mailing, fresh, conversations);
    await countFingerprints(trx, mailing, fresh);
    await markQueued(trx, mailing.id, lines, messages);
    // Last, so that the row that a pause or a cancellation waits for is locked for a moment only.
    const { rows } = await sql<{ id: string }>`
      update mailing set queued_line = ${last}, queued_lines = queued_lines + ${fresh.length},
             duplicate_lines = duplicate_lines + ${lines.length - fresh.length}
       where id = ${mailing.id} and lease = ${mailing.lease} and state = 'running' and queued_line < ${first}
      returning id`.execute(trx);
    if (rows.length === 0) throw new NotOurs();
    return true;
  }).catch((error: unknown) => {
    if (error instanceof NotOurs) return false;
    throw error;
  });
}

/** Takes the transaction back: the mailing was paused, or somebody else works on it. */
class NotOurs extends Error {
  override readonly name = 'NotOurs';
}

/** By line; found or made, and locked. A typed number teaches no spelling where the network's own is known. */
async function findConversations(
  trx: DatabaseTransaction,
  mailing: QueueingMailing,
  lines: readonly QueuedLine[],
): Promise<Map<number, string>> {
  const { connectionId, planfixAccountId, portfolio } = mailing;
  const network = networkOf(mailing.provider);
  const spellings = await readSpellings(trx, planfixAccountId, network, lines);
  const resolved = await resolveCustomers(
    trx,
    lines.map(({ person, address }) => {
      const [kind, value] = person.split(':') as ['phone' | 'bsuid' | 'parent-bsuid', string];
      const identity = { kind, value, address: spellings.get(person) ?? address };
      const sender = { planfixAccountId, network, portfolio, identities: [identity], former: [], name: undefined };
      return { ...sender, connectionId, seenAtMs: Date.now() };
    }),
  );
  const customers = new Map(lines.map(({ line }, index) => [line, resolved[index]?.customerId as string]));
  await nameTheNameless(trx, lines, customers);
  const ids = [...new Set(customers.values())].sort();
  await trx
    .insertInto('conversation')
    .values(ids.map((customerId) => ({ id: uuidv7(), connectionId, customerId, planfixAccountId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { rows } = await sql<{ id: string; customerId: string }>`
    select c.id, c.customer_id as "customerId" from unnest(${ids}::uuid[]) as w(id)
      join conversation c on c.connection_id = ${connectionId} and c.customer_id = w.id
     order by c.id for no key update of c`.execute(trx);
  const conversations = new Map(rows.map((row) => [row.customerId, row.id]));
  return new Map([...customers].map(([line, customer]) => [line, conversations.get(customer) as string]));
}

async function readSpellings(
  trx: DatabaseTransaction,
  planfixAccountId: string,
  network: string,
  lines: readonly QueuedLine[],
): Promise<Map<string, string>> {
  const phones = lines.filter(({ person }) => person.startsWith('phone:')).map(({ person }) => person.slice(6));
  if (phones.length === 0) return new Map();
  const { rows } = await sql<{ value: string; address: string }>`
    select i.value, i.address from unnest(${phones}::text[]) as w(value)
      join customer_identity i on i.planfix_account_id = ${planfixAccountId} and i.network = ${network}
       and i.scope = '' and i.kind = 'phone' and i.value = w.value and i.valid_to is null`.execute(trx);
  return new Map(rows.map((row) => [`phone:${row.value}`, row.address]));
}

/** How the customer calls themselves counts more than what stands in a list. */
async function nameTheNameless(
  trx: DatabaseTransaction,
  lines: readonly QueuedLine[],
  customers: ReadonlyMap<number, string>,
): Promise<void> {
  const named = new Map(lines.flatMap(({ line, name }) => (name ? [[customers.get(line) as string, name]] : [])));
  if (named.size === 0) return;
  const rows = [...named].map(([id, name]) => ({ id, name }));
  await sql`
    update customer c set name = w.name from ${recordset(rows, 'id uuid, name text')}
     where c.id = w.id and ${unguessed(sql`c.name is null and c.erased_at is null`)}`.execute(trx);
}

/** Those who have got it already: one person may be in the list by two numbers. */
async function readTaken(trx: DatabaseTransaction, mailingId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select w.id from unnest(${[...ids]}::uuid[]) as w(id)
     where exists (select from message m where m.conversation_id = w.id and m.mailing_id = ${mailingId})`.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** By line. */
async function insertMessages(
  trx: DatabaseTransaction,
  mailing: QueueingMailing,
  lines: readonly QueuedLine[],
  conversations: ReadonlyMap<number, string>,
): Promise<Map<number, string>> {
  const { id: mailingId, planfixAccountId, connectionId, kind, templateId } = mailing;
  const common = { mailingId, planfixAccountId, connectionId, kind, templateId };
  const held = { hold: 'held', state: 'ready' as const, expiresAt: oneMonthLater(new Date()) };
  const rows = lines.map(({ line, text, content }) => ({
    id: uuidv7(),
    ...common,
    ...held,
    direction: 'outbound',
    origin: 'api',
    conversationId: conversations.get(line) as string,
    text,
    content: content === null ? null : JSON.stringify(content),
  }));
  if (rows.length > 0) await trx.insertInto('message').values(rows).execute();
  return new Map(lines.map(({ line }, index) => [line, rows[index]?.id as string]));
}

/** They count, too: the fourth identical one that somebody sends otherwise is bulk. */
async function countFingerprints(
  trx: DatabaseTransaction,
  { connectionId, templateName }: QueueingMailing,
  lines: readonly QueuedLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const at = new Date();
  const prints = lines.map(({ words }) => fingerprintOf({ text: words, digests: [], templateName }).toString('hex'));
  const counts = Map.groupBy(prints, (print) => print);
  const rows = [...counts].map(([print, same]) => ({ print, messages: same.length }));
  await sql`
    insert into outgoing_fingerprint (connection_id, fingerprint, at, messages)
    select ${connectionId}, decode(w.print, 'hex'), ${at}, w.messages
      from ${recordset(rows, 'print text, messages integer')}`.execute(trx);
}

async function markQueued(
  trx: DatabaseTransaction,
  mailingId: string,
  lines: readonly QueuedLine[],
  messages: ReadonlyMap<number, string>,
): Promise<void> {
  const rows = lines.map(({ line }) => ({ line, message: messages.get(line) }));
  const { path, message, remedy } = DUPLICATE;
  await sql`
    update mailing_recipient r
       set state = case when w.message is null then 'duplicate' else 'queued' end, message_id = w.message,
           path = case when w.message is null then ${path} end, message = case when w.message is null then ${message} end,
           remedy = case when w.message is null then ${remedy} end,
           -- From here on the customer's row has it.
           recipient = '', name = null, parameters = null, address = null, person = null
      from ${recordset(rows, 'line integer, message uuid')}
     where r.mailing_id = ${mailingId} and r.line = w.line`.execute(trx);
}

/** How many messages may leave now; no more than `most` are counted. In order, so that the index is used. */
export async function countReady(db: Database, mailingId: string, most: number): Promise<number> {
  const { rows } = await sql<{ ready: number }>`
    select count(*)::integer as ready from (
      select from message where mailing_id = ${mailingId} and direction = 'outbound' and state = 'ready'
         and (not_before is null or not_before <= clock_timestamp()) order by position limit ${most}) m`.execute(db);
  return rows[0]?.ready ?? 0;
}

/** Whether a message waits to be sent, or is being sent. */
export async function hasUnsent(db: Database | DatabaseTransaction, mailingId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message
     where mailing_id = ${mailingId} and direction = 'outbound' and state in ('ready', 'sending')
     order by position limit 1`.execute(db);
  return rows.length > 0;
}
