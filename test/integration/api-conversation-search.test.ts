import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { foundBySearch } from '../../db/conversation-search.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld, until } from './api-world.ts';

const MANY = 20_000;
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
let jane: string;
let ivan: string;
let mark: string;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  await seedMany();
  jane = await aConversation('491512345678', 'Jane van der Roe');
  ivan = await aConversation('79161234567', 'Иван Петров');
  mark = await aConversation('34600111222', XSS);
  await aTask(jane, 1005);
  await sql`vacuum analyze`.execute(world.db);
});
afterAll(() => world.close());

/** Customers as a company has them after years: nothing of it is what a test searches. */
async function seedMany(): Promise<void> {
  const { planfixAccountId, connectionId } = number;
  await sql`
    with made as (
      select gen_random_uuid() as id, n from generate_series(1, ${MANY}::integer) n),
    customers as (
      insert into customer (id, planfix_account_id, name)
        select id, ${planfixAccountId}, 'Customer ' || translate(md5(n::text), '0123456789abcdef', 'bcdfghklmpqrtvwx') from made),
    identities as (
      insert into customer_identity (id, planfix_account_id, customer_id, network, scope, kind, value, address)
        select gen_random_uuid(), ${planfixAccountId}, id, 'whatsapp', '', 'phone', '55' || lpad(n::text, 9, '0'),
               '55' || lpad(n::text, 9, '0') from made),
    conversations as (
      insert into conversation (id, planfix_account_id, connection_id, customer_id)
        select gen_random_uuid(), ${planfixAccountId}, ${connectionId}, id from made returning id)
    insert into conversation_task (id, planfix_account_id, conversation_id, planfix_task, is_current)
      select gen_random_uuid(), ${planfixAccountId}, id, 500000 + row_number() over (), true from conversations`.execute(
    world.db,
  );
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
const found = async (text: string) => (await search(text)).map((item) => item.id);

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
    const other = await aConversation('4930999888777', 'Hidden');
    const { customerId } = await world.db
      .selectFrom('conversation')
      .where('id', '=', mark)
      .select('customerId')
      .executeTakeFirstOrThrow();
    await world.db.updateTable('customer').set({ mergedInto: customerId }).where('name', '=', 'Hidden').execute();
    expect((await found('999888777')).sort()).toEqual([mark, other].sort());
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
    const all = (await search('customer 1', '&limit=200')).map((item) => item.id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const query = `search=customer%201&limit=40${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { body } = await world.call('GET', `/v1/conversations?${query}`);
      paged.push(...(body.items as Item[]).map((item) => item.id));
      cursor = body.nextCursor as string | null;
      if (paged.length === 40) await aConversation('4917700000001', 'Customer 1 of today');
    } while (cursor !== null && paged.length < 200);
    expect(paged.slice(0, 200)).toEqual(all);
  });

  it('ends after the newest thousand customers of a search that finds nearly all', async () => {
    const ids = new Set<string>();
    let cursor: string | null = null;
    do {
      const query = `search=customer&limit=200${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { body } = await world.call('GET', `/v1/conversations?${query}`);
      for (const item of body.items as Item[]) ids.add(item.id);
      cursor = body.nextCursor as string | null;
    } while (cursor !== null);
    expect(ids.size).toBe(1_000);
  });

  it('is of the accounts that the caller sees', async () => {
    const other = await world.connect();
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
  async function planOf(text: string): Promise<string> {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select id from conversation where ${foundBySearch(text)} order by id desc limit 51`.execute(world.db);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  it.each([
    ['jane roe', 'customer_name_grams'],
    ['345678', 'customer_identity_phone_end'],
    ['+49 1512', 'customer_identity_phone'],
    ['1005', 'conversation_task_found'],
  ])('answer "%s" by %s, without reading a table through', async (text, index) => {
    const plan = await planOf(text);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan/);
  });

  it('would be missed', async () => {
    const plan = await world.db.transaction().execute(async (trx) => {
      await sql`drop index customer_name_grams`.execute(trx);
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
        explain select id from conversation where ${foundBySearch('jane roe')} order by id desc limit 51`.execute(trx);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(/Seq Scan on customer\b/);
  });
});
