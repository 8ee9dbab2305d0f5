import { type RawBuilder, type SqlBool, sql } from 'kysely';

const LARGEST_TASK = 2_147_483_647;
/** Fewer digits than this are the end of too many phones. */
const FEWEST_DIGITS = 3;
/** Runs of letters that the index of names holds. */
const SHORTEST_RUN = 2;
const LONGEST_RUN = 3;
/** Nobody looks through more than this; whoever finds so many narrows the search. */
const MOST_CUSTOMERS = 1_000;

/** Found first and then put in order: else the planner may look through all of them in that order. */
const newestOf = (found: RawBuilder<unknown>) =>
  sql`(select id from (${found} offset 0) f order by id desc limit ${sql.lit(MOST_CUSTOMERS)})`;

/**
 * The conversations whose customer has this in the name, or this phone, or that have this task. Words of a name in any
 * order, each a part of it; digits of a phone however they are written, from its beginning or up to its end. Every one
 * of these is answered by an index (migration index-search). What is found goes from step to step as an array, since
 * the planner takes any list for a short one then and keeps to the indexes; a search that finds very many customers
 * goes on with the newest of them.
 */
export function foundBySearch(search: string, planfixAccountId?: string): RawBuilder<SqlBool> {
  const isVisible = planfixAccountId === undefined ? sql`true` : sql`planfix_account_id = ${planfixAccountId}`;
  const customers = [byName(search, isVisible), byPhone(search, isVisible)].filter((found) => found !== undefined);
  const tasks = byTask(search);
  const conversations = [
    ...(customers.length === 0 ? [] : [conversationsOf(sql.join(customers, sql` union all `))]),
    ...(tasks ? [tasks] : []),
  ];
  if (conversations.length === 0) return sql<SqlBool>`false`;
  return sql<SqlBool>`conversation.id = any(array(${sql.join(conversations, sql` union `)}))`;
}

/** Of the people behind these rows of customers: a conversation stays with the row that it began with. */
const conversationsOf = (customers: RawBuilder<unknown>) => sql`
  select v.id from conversation v where v.customer_id = any(array(
    with person as materialized (
      select array(select coalesce(k.merged_into, k.id) from customer k where k.id = any(array(${customers}))) as ids)
    select id from customer where id = any((select ids from person)::uuid[])
    union select id from customer where merged_into = any((select ids from person)::uuid[])))`;

function byName(search: string, isVisible: RawBuilder<unknown>): RawBuilder<unknown> | undefined {
  const words = search.split(/\s+/).filter((word) => [...word].length >= SHORTEST_RUN);
  if (words.length === 0) return undefined;
  const conditions = words.map((word) => {
    const run = Math.min([...word].length, LONGEST_RUN);
    return sql`search_grams(name, ${sql.lit(SHORTEST_RUN)}, ${sql.lit(LONGEST_RUN)})
        @> search_grams(${word}::text, ${sql.lit(run)}, ${sql.lit(run)}) and position(lower(${word}::text) in lower(name)) > 0`;
  });
  return newestOf(sql`select id from customer where ${isVisible} and ${sql.join(conditions, sql` and `)}`);
}

function byPhone(search: string, isVisible: RawBuilder<unknown>): RawBuilder<unknown> | undefined {
  if (!/^[\d\s()+\-./]+$/.test(search)) return undefined;
  const digits = search.replace(/\D/g, '');
  // As it is dialled inside its country: with a zero in front, in Russia with an eight.
  const national = /^8\d{10}$/.test(digits) ? digits.slice(1) : digits.replace(/^0+/, '');
  const ends = [...new Set([digits, national])].filter((one) => one.length >= FEWEST_DIGITS);
  if (ends.length === 0) return undefined;
  const conditions = [
    sql`value like ${`${ends[0]}%`}`,
    ...ends.map((end) => sql`reverse(value) like ${`${[...end].reverse().join('')}%`}`),
  ];
  const phones = conditions.map((condition) =>
    newestOf(
      sql`select customer_id as id from customer_identity where kind = 'phone' and ${isVisible} and ${condition}`,
    ),
  );
  return sql.join(phones, sql` union all `);
}

function byTask(search: string): RawBuilder<unknown> | undefined {
  const number = Number(/^#?(\d{1,10})$/.exec(search)?.[1]);
  if (!(number >= 1 && number <= LARGEST_TASK)) return undefined;
  return sql`select t.conversation_id from conversation_task t where t.planfix_task = ${number}`;
}
