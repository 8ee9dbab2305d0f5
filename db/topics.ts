import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * What an open page can be told of: for each topic a digest of what it shows, so that it changes when that does.
 * Nothing is written for it where things change; a digest costs a look into an index or into a small table.
 */
type Digest = RawBuilder<string>;

/** Rows with the transaction that wrote them last. */
const versions = (rows: RawBuilder<unknown>): Digest =>
  sql<string>`(select coalesce(md5(string_agg(r.id::text || r.xmin::text, ',')), '') from (${rows}) as r)`;

/** Many open problems are as good as very many. */
const openProblems: Digest = sql<string>`
  (select count(*)::text from (select from problem where state = 'open' limit 10000) as open)`;
/** Numbers that move all the time are told of every five seconds. */
const fiveSeconds: Digest = sql<string>`trunc(extract(epoch from clock_timestamp()) / 5)::text`;

/** Without what the self-check and webhooks write all the time. */
const connectionWords = sql`c.id, c.state, c.checks, c.paused_reason, c.settings, c.configured_by, c.display_phone_number,
  c.verified_name, c.on_business_app, c.token_expires_at, c.token_checked_at is null, c.facts,
  c.webhook_seen_at is null, c.disconnecting_at,
  regexp_replace(c.health::text, '"checkedAt": "[^"]*"', '', 'g')`;
const accountWords = sql`a.id, a.name, a.state, a.checks, a.paused_reason, a.primary_admin, a.time_zone`;

/** Numbers of a mailing move while it runs, and for a while after it: deliveries are told of late. */
const isMoving = sql`(m.state in ('checking', 'running') or m.finished_at > clock_timestamp() - interval '10 minutes')`;

const WHOLE = {
  connections: sql<string>`(select coalesce(md5(string_agg(md5(concat_ws('|', ${connectionWords})), ',' order by c.id)), '')
    from connection as c) || ${openProblems}`,
  problems: sql<string>`${versions(sql`select id, xmin from problem order by created_at desc, id desc limit 100`)}
    || ${openProblems}`,
  mailings: sql<string>`(select coalesce(md5(string_agg(m.id::text || m.xmin::text, ',')), '')
      || case when bool_or(${isMoving}) then ${fiveSeconds} else '' end
    from (select *, xmin from mailing order by created_at desc, id desc limit 100) as m)`,
  conversations: sql<string>`${versions(
    sql`select id, xmin from message order by received_at desc, position desc limit 50`,
  )} || ${openProblems}`,
  templates: sql<string>`${versions(sql`select id, xmin from message_template where replaced_at is null order by id`)}
    || (select coalesce(md5(string_agg(concat_ws('|', id, templates_synced_at, sync_reason), ',' order by id)), '')
      from channel_account)`,
  'planfix-accounts': sql<string>`(select
    coalesce(md5(string_agg(md5(concat_ws('|', ${accountWords})), ',' order by a.id)), '') from planfix_account as a)`,
  operators: versions(sql`select id, xmin from operator order by id`),
  audit: sql<string>`(select coalesce(max(id::text), '') from (select id from audit_entry order by id desc limit 1) as last)`,
  status: sql<string>`(select coalesce(string_agg(state, ',' order by id), '') from planfix_account)
    || (select coalesce(string_agg(state, ',' order by id), '') from connection) || ${openProblems} || ${fiveSeconds}`,
} satisfies Record<string, Digest>;

/** Many messages that wait are as good as very many. */
const queued: Digest = sql<string>`
  (select coalesce(md5(string_agg(q.id::text || q.state, ',' order by q.id)), '')
    from (select id, state from message where connection_id = w.id and direction = 'outbound'
      and state in ('ready', 'waiting') and mailing_id is null limit 100) as q)`;

/** Of the row whose id is `w.id`. */
const ONE = {
  connection: sql<string>`(select md5(concat_ws('|', ${connectionWords}, c.canary_seen_at,
      date_trunc('minute', c.webhook_seen_at))) from connection as c where c.id = w.id)
    || (select coalesce(md5(string_agg(s.step || s.xmin::text, ',' order by s.step)), '')
      from connection_step as s where s.connection_id = w.id)
    || (select coalesce(max(h.progress), -1)::text from history_import as h where h.connection_id = w.id)
    || ${queued} || ${openProblems}`,
  mailing: sql<string>`(select m.xmin::text || case when ${isMoving} then ${fiveSeconds} else '' end
    from mailing as m where m.id = w.id)`,
  conversation: sql<string>`${versions(sql`select id, xmin from message where conversation_id = w.id
      order by received_at desc, position desc limit 100`)}
    || ${versions(sql`select f.id, f.xmin from (select id from message where conversation_id = w.id
        order by received_at desc, position desc limit 100) as m join attachment as f on f.message_id = m.id order by f.id`)}
    || (select coalesce(md5(string_agg(concat_ws('|', id, planfix_task, is_current, is_active, is_gone), ',' order by id)), '')
      from conversation_task where conversation_id = w.id)
    || (select coalesce(window_expires_at::text, '') from conversation where id = w.id)`,
  'planfix-account': sql<string>`(select md5(concat_ws('|', ${accountWords})) from planfix_account as a where a.id = w.id)
    || (select coalesce(string_agg(concat_ws('|', kind, refreshed_at), ',' order by kind), '')
      from planfix_directory where planfix_account_id = w.id)`,
} satisfies Record<string, Digest>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Topics that whoever listens must be an administrator for. */
export const ADMIN_TOPICS: ReadonlySet<string> = new Set(['operators', 'audit']);
export const TOPIC_WORDS = [...Object.keys(WHOLE), ...Object.keys(ONE).map((kind) => `${kind}:<id>`)];

export function isTopic(text: string): boolean {
  const [kind = '', id, ...more] = text.split(':');
  if (id === undefined) return Object.hasOwn(WHOLE, kind);
  return Object.hasOwn(ONE, kind) && UUID.test(id) && more.length === 0;
}

/** The digest of each of these topics, in one statement. A topic whose row is not there has an empty one. */
export async function readDigests(db: Database, topics: readonly string[]): Promise<Map<string, string>> {
  const parts = [...topics.filter((topic) => !topic.includes(':')).map(wholeDigest), ...onesOf(topics)];
  if (parts.length === 0) return new Map();
  const { rows } = await sql<{ topic: string; digest: string | null }>`${sql.join(parts, sql` union all `)}`.execute(
    db,
  );
  return new Map(rows.map(({ topic, digest }) => [topic, digest ?? '']));
}

const wholeDigest = (topic: string) =>
  sql`select ${sql.lit(topic)} as topic, ${WHOLE[topic as keyof typeof WHOLE]} as digest`;

function onesOf(topics: readonly string[]): RawBuilder<unknown>[] {
  return Object.entries(ONE).flatMap(([kind, digest]) => {
    const ids = topics.filter((topic) => topic.startsWith(`${kind}:`)).map((topic) => topic.slice(kind.length + 1));
    if (ids.length === 0) return [];
    return [
      sql`select ${sql.lit(`${kind}:`)} || w.id::text as topic, ${digest} as digest from unnest(${ids}::uuid[]) as w(id)`,
    ];
  });
}
