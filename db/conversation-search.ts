import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from './database.ts';
import type { DB } from './schema.generated.ts';

/** Conversations to search among: those of a list without the search, from its cursor on. */
export type Conversations = SelectQueryBuilder<DB, 'conversation', object>;

const LARGEST_TASK = 2_147_483_647;
/** Fewer digits than this are the end of too many phones. */
const FEWEST_DIGITS = 3;
/** Runs of letters that the index of names holds. */
const SHORTEST_RUN = 2;
const LONGEST_RUN = 3;
/** For each conversation wanted, so many of the newest are looked at before the indexes are asked. */
const LOOKED_AT = 40;

/**
 * The newest conversations whose customer has this in the name, or this phone, or that have this task; newest first,
 * `count` at most. Words of a name in any order, each a part of it; digits of a phone however they are written, from
 * its beginning or up to its end. What very many have is soon found among the newest conversations, where an index would
 * list all who have it. What is not is rare, and the indexes know it (migration index-search). Both find the same.
 */
export function searchConversations(
  db: Database,
  search: string,
  among: Conversations,
  count: number,
): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    // The planner takes the runs of a name's letters for cheap, and would make those of every customer anew.
    await sql`set local enable_seqscan = off`.execute(trx);
    const most = count * LOOKED_AT;
    const { rows } = await lookAtNewest(search, among, count, most).execute(trx);
    const newest = rows[0];
    if (newest && (newest.ids.length === count || newest.lookedAt < most)) return newest.ids;
    const found = await trx.executeQuery(findByIndex(search, among, count));
    return found.rows.map((row) => row.id);
  });
}

/** Looks at the newest of them one by one. */
function lookAtNewest(search: string, among: Conversations, count: number, most: number) {
  const newest = among
    .select(['conversation.id', 'conversation.customerId'])
    .orderBy('conversation.id', 'desc')
    .limit(most);
  return sql<{ ids: string[]; lookedAt: number }>`
    with newest as materialized ${newest}
    select array(select id from newest where ${isFound(search)} order by id desc limit ${count}) as ids,
           (select count(*)::integer from newest) as looked_at`;
}

/** Finds all of them, then takes the newest. From step to step as arrays: the planner takes these for short ones. */
function findByIndex(search: string, among: Conversations, count: number) {
  const runs = wordsOf(search).map((word) => {
    const run = Math.min([...word].length, LONGEST_RUN);
    return sql`search_grams(name, ${sql.lit(SHORTEST_RUN)}, ${sql.lit(LONGEST_RUN)})
        @> search_grams(${word}::text, ${sql.lit(run)}, ${sql.lit(run)})`;
  });
  const people = [];
  if (runs.length > 0) {
    const conditions = [...runs, hasName(search, sql`name`)];
    people.push(sql`select coalesce(merged_into, id) from customer where ${sql.join(conditions, sql` and `)}`);
  }
  for (const condition of phoneConditions(search)) {
    people.push(sql`
      select coalesce(merged_into, id) from customer where id = any(array(
        select customer_id from customer_identity where kind = 'phone' and ${condition}))`);
  }
  const task = taskOf(search);
  const conversations = [];
  if (people.length > 0) conversations.push(conversationsOf(sql.join(people, sql` union all `)));
  if (task !== undefined) {
    conversations.push(sql`select conversation_id from conversation_task where planfix_task = ${task}`);
  }
  const ids = conversations.length === 0 ? sql`'{}'::uuid[]` : sql`array(${sql.join(conversations, sql` union `)})`;
  return among
    .where(sql<SqlBool>`conversation.id = any(${ids})`)
    .select('conversation.id')
    .orderBy('conversation.id', 'desc')
    .limit(count);
}

/** A conversation stays with the row of the customer that it began with, whoever the person turned out to be. */
const conversationsOf = (people: RawBuilder<unknown>) => sql`
  select v.id from conversation v where v.customer_id = any(array(
    with person as materialized (select array(${people}) as ids)
    select unnest(ids) from person
    union all select id from customer where merged_into = any((select ids from person)::uuid[])))`;

/** One of the rows of `newest`, by any row of its customer. */
function isFound(search: string): RawBuilder<SqlBool> {
  const phone = phoneConditions(search);
  const conditions = [];
  if (wordsOf(search).length > 0) conditions.push(hasName(search, sql`k.name`));
  if (phone.length > 0) {
    conditions.push(sql`exists (select from customer_identity
      where customer_id = k.id and kind = 'phone' and (${sql.join(phone, sql` or `)}))`);
  }
  const task = taskOf(search);
  const ways = [];
  if (conditions.length > 0) {
    ways.push(sql`exists (select from customer c cross join lateral (
        select c.id, c.name
        union all select id, name from customer where id = c.merged_into
        union all select id, name from customer where merged_into = coalesce(c.merged_into, c.id)) k
      where c.id = newest.customer_id and (${sql.join(conditions, sql` or `)}))`);
  }
  if (task !== undefined) {
    ways.push(sql`exists (select from conversation_task where conversation_id = newest.id and planfix_task = ${task})`);
  }
  return ways.length === 0 ? sql`false` : sql`(${sql.join(ways, sql` or `)})`;
}

const wordsOf = (search: string) => search.split(/\s+/).filter((word) => [...word].length >= SHORTEST_RUN);

/** As far as the index reads a name. */
function hasName(search: string, name: RawBuilder<unknown>): RawBuilder<SqlBool> {
  const conditions = wordsOf(search).map(
    (word) => sql`position(lower(${word}::text) in lower(left(${name}, 200))) > 0`,
  );
  return sql`(${sql.join(conditions, sql` and `)})`;
}

function phoneConditions(search: string): RawBuilder<SqlBool>[] {
  if (!/^[\d\s()+\-./]+$/.test(search)) return [];
  const digits = search.replace(/\D/g, '');
  // As it is dialled inside its country: with a zero in front, in Russia with an eight.
  const national = /^8\d{10}$/.test(digits) ? digits.slice(1) : digits.replace(/^0+/, '');
  const ends = [...new Set([digits, national])].filter((one) => one.length >= FEWEST_DIGITS);
  if (ends[0] === undefined) return [];
  return [
    sql`value like ${`${ends[0]}%`}`,
    ...ends.map((end) => sql<SqlBool>`reverse(value) like ${`${[...end].reverse().join('')}%`}`),
  ];
}

function taskOf(search: string): number | undefined {
  const number = Number(/^#?(\d{1,10})$/.exec(search)?.[1]);
  return number >= 1 && number <= LARGEST_TASK ? number : undefined;
}
