import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CamelCasePlugin, type CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { type ConversationFilter, listConversations } from '../../db/conversation-list.ts';
import type { DB } from '../../db/schema.generated.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld, until } from './api-world.ts';

/** More than a page of 50 looks at one by one, and fewer than a page of 200 does. */
const MANY = 2_500;
/** Of another number; more than a page of one looks at. */
const OTHERS = 100;
const XSS = '"><script>alert(1)</script>';

type Item = {
  id: string;
  customerName: string | null;
  customerPhone: string | null;
  planfixTask: number | null;
  planfixTaskUrl: string | null;
  lastMessageAt: string | null;
  openProblems: number;
  temporalWorkflowId: string;
};

let world: ApiWorld;
let number: ConnectedNumber;
let other: ConnectedNumber;
let jane: string;
let ivan: string;
let mark: string;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  other = await world.connect();
  await seed(number, 'Customer', '55', MANY);
  await seed(other, 'Another', '66', OTHERS);
  jane = await aConversation('491512345678', 'Jane van der Roe');
  ivan = await aConversation('79161234567', 'Иван Петров');
  mark = await aConversation('34600111222', XSS);
  await aTask(jane, 1005);
  await sql`vacuum analyze`.execute(world.db);
});
afterAll(() => world.close());

/** Customers as a company has them after years: nothing of it is what a test searches. Older than all others. */
async function seed(of: ConnectedNumber, name: string, country: string, count: number): Promise<void> {
  const { planfixAccountId, connectionId } = of;
  await sql`
    with made as (
      select n, md5(n::text) as letters, ${country} || lpad(n::text, 9, '0') as phone,
             regexp_replace(md5(n || ${name}), '^.{4}(.{8}).(.{3}).', '0190\\17\\28')::uuid as id
        from generate_series(1, ${count}::integer) n),
    customers as (
      insert into customer (id, planfix_account_id, name)
        select id, ${planfixAccountId}, ${name} || ' ' || translate(letters, '0123456789abcdef', 'bcdfghklmpqrtvwx') from made),
    identities as (
      insert into customer_identity (id, planfix_account_id, customer_id, network, scope, kind, value, address)
        select id, ${planfixAccountId}, id, 'whatsapp', '', 'phone', phone, phone from made),
    conversations as (
      insert into conversation (id, planfix_account_id, connection_id, customer_id)
        select id, ${planfixAccountId}, ${connectionId}, id from made)
    insert into conversation_task (id, planfix_account_id, conversation_id, planfix_task, is_current)
      select id, ${planfixAccountId}, id, 500000 + n, true from made`.execute(world.db);
}

async function aConversation(phone: string, name: string): Promise<string> {
  const contacts = [{ profile: { name }, wa_id: phone }];
  const messages = [aText(phone, 'hello')];
  await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { contacts, messages }));
  const find = () =>
    world.db
      .selectFrom('conversation as c')
      .innerJoin('customerIdentity as i', 'i.customerId', 'c.customerId')
      .where('i.kind', '=', 'phone')
      .where('i.value', '=', phone)
      .select('c.id')
      .executeTakeFirst();
  await until('the conversation', async () => (await find()) !== undefined);
  return (await find())?.id as string;
}

async function aTask(conversationId: string, planfixTask: number): Promise<void> {
  const { planfixAccountId } = number;
  const row = { id: randomUUID(), planfixAccountId, conversationId, planfixTask, isCurrent: true };
  await world.db.insertInto('conversationTask').values(row).execute();
}

async function search(text: string, more = ''): Promise<Item[]> {
  const answer = await world.call('GET', `/v1/conversations?search=${encodeURIComponent(text)}${more}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.items as Item[];
}
/** Large pages look at every conversation here, small ones ask the indexes: both find the same. */
async function found(text: string): Promise<string[]> {
  const [byLooking, byIndex] = await Promise.all([search(text, '&limit=200'), search(text)]);
  const ids = byIndex.map((item) => item.id);
  expect(byLooking.map((item) => item.id)).toEqual(ids);
  return ids;
}
/** All pages of a search, in their order. */
async function allPages(text: string, limit: number, afterFirst?: () => Promise<unknown>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ search: text, limit: String(limit), ...(cursor === null ? {} : { cursor }) });
    const { body } = await world.call('GET', `/v1/conversations?${query}`);
    if (cursor === null) await afterFirst?.();
    ids.push(...(body.items as Item[]).map((item) => item.id));
    cursor = body.nextCursor as string | null;
  } while (cursor !== null);
  return ids;
}

describe('searching conversations', () => {
  it.each(['+49 1512 345678', '49-1512-345678', '01512 345678', '345678', '5678', '0049 1512 345678', '4915123'])(
    'finds a phone by "%s"',
    async (text) => expect(await found(text)).toContain(jane),
  );

  it.each(['8 (916) 123-45-67', '+7 916 123 45 67', '79161'])('finds a Russian phone by "%s"', async (text) => {
    expect(await found(text)).toEqual([ivan]);
  });

  it.each(['jane', 'ROE', 'van der', 'roe jane', 'an de', 'ja'])('finds a name by "%s"', async (text) => {
    expect(await found(text)).toContain(jane);
  });

  it.each(['иван', 'ПЕТРОВ', 'етро', 'петров иван'])('finds a name in Russian by "%s"', async (text) => {
    expect(await found(text)).toEqual([ivan]);
  });

  it.each(['1005', '#1005'])('finds a task by "%s"', async (text) => {
    expect(await found(text)).toContain(jane);
  });

  it.each(['+49 1512 345679', 'janet', 'иванов', '1006', '%', '_', 'x', "'; drop table customer; --", '()'])(
    'finds none of them by "%s"',
    async (text) => {
      const ids = await found(text);
      for (const id of [jane, ivan, mark]) expect(ids).not.toContain(id);
    },
  );

  it('takes names as they are', async () => {
    expect(await search('<script>')).toMatchObject([{ id: mark, customerName: XSS }]);
  });

  it('finds a person by the phone of another row that turned out to be theirs', async () => {
    const hidden = await aConversation('4930999888777', 'Hidden');
    const { customerId } = await world.db
      .selectFrom('conversation')
      .where('id', '=', mark)
      .select('customerId')
      .executeTakeFirstOrThrow();
    await world.db.updateTable('customer').set({ mergedInto: customerId }).where('name', '=', 'Hidden').execute();
    expect((await found('999888777')).sort()).toEqual([mark, hidden].sort());
  });
});

describe('what a list of conversations shows', () => {
  it('is who it is, the task and its address, the last message, and what is wrong', async () => {
    const { planfixAccountId, connectionId } = number;
    const problem = { id: randomUUID(), kind: 'nothing-to-send', planfixAccountId, connectionId, conversationId: jane };
    await world.db.insertInto('problem').values(problem).execute();
    const account = (await world.call('GET', `/v1/planfix-accounts/${planfixAccountId}`)).body;
    expect((await search('jane van')).find((item) => item.id === jane)).toMatchObject({
      customerName: 'Jane van der Roe',
      customerPhone: '+491512345678',
      planfixTask: 1005,
      planfixTaskUrl: String(account.url).replace('/rest/', '/task/1005'),
      lastMessageAt: expect.any(String),
      openProblems: 1,
      temporalWorkflowId: `conversation/${jane}`,
    });
    expect((await search('Петров'))[0]).toMatchObject({ planfixTask: null, planfixTaskUrl: null, openProblems: 0 });
  });

  it('keeps its order and leaves nothing out from page to page, whatever comes meanwhile', async () => {
    const all = await sql<{ id: string }>`
      select v.id from conversation v join customer c on c.id = v.customer_id
       where c.name like 'Customer %' order by v.id desc`.execute(world.db);
    const paged = await allPages('customer', 200, () => aConversation('4917700000001', 'Customer of today'));
    expect(paged).toEqual(all.rows.map((row) => row.id));
  });

  it('is the same from pages that the indexes answer', async () => {
    const all = (await search('bdf', '&limit=200')).map((item) => item.id);
    expect(all.length).toBeGreaterThan(5);
    expect(await allPages('bdf', 1)).toEqual(all);
  });

  it('is of the accounts that the caller sees', async () => {
    const body = { name: 'other', scopes: ['read'], planfixAccountId: other.planfixAccountId };
    const key = String((await world.call('POST', '/v1/api-keys', { body })).body.secret);
    const seen = await world.call('GET', '/v1/conversations?search=jane', { key });
    expect(seen.body.items).toEqual([]);
  });

  it('refuses a search that is none', async () => {
    expect((await world.call('GET', '/v1/conversations?search=%20')).status).toBe(400);
    expect((await world.call('GET', `/v1/conversations?search=${'x'.repeat(101)}`)).status).toBe(400);
  });
});

describe('the indexes', () => {
  /** How the database answers each statement of a page of one; `changed` says what is done in place of a statement. */
  async function planOf(filter: ConversationFilter, changed = (statement: string) => [statement]): Promise<string> {
    const pool = new pg.Pool({ connectionString: world.databaseUrl, max: 1 });
    const ran: CompiledQuery[] = [];
    const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
    const log = ({ query }: { query: CompiledQuery }) => void ran.push(query);
    const watched = new Kysely<DB>({ dialect: new PostgresDialect({ pool }), plugins, log });
    await listConversations(watched, filter, { planfixAccountId: undefined }, { after: undefined, limit: 1 });
    const plan: string[] = [];
    // Once more on the same session: the pool has one.
    for (const { sql: statement, parameters } of [...ran]) {
      for (const one of changed(statement === 'commit' ? 'rollback' : statement)) {
        const isQuery = /^\s*(select|with)\b/.test(one);
        const { rows } = await pool.query(isQuery ? `explain ${one}` : one, isQuery ? [...parameters] : []);
        plan.push(...rows.map((row) => String(row['QUERY PLAN'])));
      }
    }
    await watched.destroy();
    return plan.join('\n');
  }
  const READ_THROUGH = /Seq Scan on (customer|customer_identity|conversation|conversation_task)\b/;

  it.each([
    ['jane roe', 'customer_name_grams'],
    ['000012', 'customer_identity_phone_end'],
    ['+55 0000 0249', "value ~?>=~? '5500000249'"],
    ['500012', 'conversation_task_found'],
  ])('answer "%s", which few have, by %s', async (text, index) => {
    const plan = await planOf({ search: text });
    expect(plan).toMatch(new RegExp(index));
    expect(plan).not.toMatch(READ_THROUGH);
  });

  it.each(['customer', 'er', '+55 0'])('are not asked for "%s", which nearly all have', async (text) => {
    const plan = await planOf({ search: text });
    expect(plan).toContain('Index Scan Backward using conversation_pkey');
    expect(plan).not.toMatch(/customer_name_grams|customer_identity_phone/);
    expect(plan).not.toMatch(READ_THROUGH);
  });

  it('are asked for what nearly all have, but none of this number', async () => {
    const plan = await planOf({ search: 'cu', connectionId: other.connectionId });
    expect(plan).toContain('customer_name_grams');
    expect(plan).not.toMatch(READ_THROUGH);
  });

  it('would not be asked for that if the planner were left to itself', async () => {
    const leave = (statement: string) => (statement.startsWith('set local') ? [] : [statement]);
    expect(await planOf({ search: 'cu', connectionId: other.connectionId }, leave)).toMatch(READ_THROUGH);
  });

  it('would be missed', async () => {
    const drop = (statement: string) =>
      statement === 'begin' ? ['begin', 'drop index customer_name_grams'] : [statement];
    expect(await planOf({ search: 'bdfg', connectionId: other.connectionId }, drop)).toMatch(/Seq Scan on customer\b/);
  });
});
