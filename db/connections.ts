import { type Expression, type SqlBool, sql } from 'kysely';
import { DISCONNECT_STEPS } from '../workflows/domain/connection-state.ts';
import type { ProblemFinding } from '../workflows/domain/problem-findings.ts';
import type { HealthEntry } from '../workflows/domain/self-check.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import type { NetworkFacts } from './checks.ts';
import type { Database } from './database.ts';
import { queuedCount } from './queued-messages.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A connection as the API shows it: no secret, sealed or not. */
export type ConnectionRow = {
  id: string;
  provider: string;
  planfixAccountId: string;
  metaAppId: string | null;
  phoneNumberId: string;
  wabaId: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  configuredBy: string;
  settings: ConnectionSettings;
  state: string;
  checks: ConnectionCheck[];
  pausedReason: string | null;
  pausedAt: Date | null;
  createdAt: Date;
  onBusinessApp: boolean;
  facts: NetworkFacts;
  /** What the self-check last found. */
  health: HealthEntry[];
  steps: ShownStep[];
  tokenExpiresAt: Date | null;
  /** When the network last said what the token is worth. */
  tokenCheckedAt: Date | null;
  webhookSeenAt: Date | null;
  disconnectingAt: Date | null;
  disconnectedAt: Date | null;
  openProblems: number;
  /** Messages to customers that wait to be sent. */
  queued: number;
  /** Of 100; null: none comes, or the network has not told. */
  historyProgress: number | null;
};

export type ShownStep = Record<'step' | 'state', string> &
  Record<'code' | 'detail' | 'deadlineAt' | 'calledAt' | 'settledAt', string | null> & {
    because: ProblemFinding | null;
  };

const iso = (time: string) => sql`to_char(${sql.ref(time)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const SHOWN = [
  'id',
  'provider',
  'planfixAccountId',
  'metaAppId',
  'phoneNumberId',
  'wabaId',
  'displayPhoneNumber',
  'verifiedName',
  'configuredBy',
  'settings',
  'state',
  'checks',
  'pausedReason',
  'pausedAt',
  'createdAt',
  'onBusinessApp',
  sql<NetworkFacts>`facts`.as('facts'),
  sql<HealthEntry[]>`health`.as('health'),
  'tokenExpiresAt',
  'tokenCheckedAt',
  'webhookSeenAt',
  'disconnectingAt',
  'disconnectedAt',
  sql<ShownStep[]>`(
    select coalesce(json_agg(json_build_object('step', s.step, 'state', s.state, 'code', s.code, 'detail', s.detail,
        'because', s.because, 'deadlineAt', ${iso('s.deadline_at')}, 'calledAt', ${iso('s.called_at')},
        'settledAt', ${iso('s.settled_at')})
        order by s.created_at, s.step), '[]')
      from connection_step s where s.connection_id = connection.id
       -- Of what it took to connect nobody wants to know while it ends.
       and (s.step = any(${[...DISCONNECT_STEPS]})) = (connection.state in ('disconnecting', 'disconnected')))`.as(
    'steps',
  ),
  sql<number>`(
    select count(*)::int from problem p where p.connection_id = connection.id and p.state = 'open')`.as('openProblems'),
  queuedCount.as('queued'),
  sql<number | null>`(select h.progress from history_import h where h.connection_id = connection.id)`.as(
    'historyProgress',
  ),
] as const;

function visibleConnections(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('connection')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string));
}

export async function readConnection(
  db: Database,
  id: string,
  visibility: Visibility,
): Promise<ConnectionRow | undefined> {
  return visibleConnections(db, visibility).where('id', '=', id).select(SHOWN).executeTakeFirst();
}

/** `search` looks into the number and its name. */
export type ConnectionFilter = {
  state?: string | undefined;
  planfixAccountId?: string | undefined;
  search?: string | undefined;
};

export async function listConnections(
  db: Database,
  visibility: Visibility,
  { after, limit }: PageRequest,
  { state, planfixAccountId, search }: ConnectionFilter = {},
): Promise<Page<ConnectionRow>> {
  const rows = await visibleConnections(db, visibility)
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .$if(state !== undefined, (query) => query.where('state', '=', state as string))
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .$if(search !== undefined, (query) => query.where(nameOrNumberHas(search as string)))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(SHOWN)
    .execute();
  return toPage(rows, limit);
}

/** Digits are looked for in the number however it is written, anything in the name. */
function nameOrNumberHas(search: string): Expression<SqlBool> {
  const digits = search.replace(/\D/g, '');
  const inName = sql<SqlBool>`position(lower(${search}) in lower(coalesce(verified_name, ''))) > 0`;
  if (digits === '') return inName;
  const number = sql`regexp_replace(coalesce(display_phone_number, '') || ' ' || phone_number_id, '[^0-9 ]', '', 'g')`;
  return sql<SqlBool>`(${inName} or position(${digits} in ${number}) > 0)`;
}

/** Planfix refuses this employee as the owner of comments. */
export async function dropEchoAuthor(db: Database, connectionId: string): Promise<void> {
  await sql`update connection set settings = settings - 'echoAuthor' where id = ${connectionId}`.execute(db);
}

/** What a webhook must know of the number that it is about. */
export type WebhookConnection = {
  id: string;
  phoneNumberId: string;
  planfixAccountId: string;
  wabaId: string;
  portfolioId: string | null;
  state: string;
  opensTaskForEchoes: boolean;
  /** Beside the built-in words. */
  marketingStopWords: string[] | null;
  marketingStartWords: string[] | null;
};

const WEBHOOK_FACTS = [
  'id',
  'phoneNumberId',
  'planfixAccountId',
  'wabaId',
  'portfolioId',
  'state',
  sql<boolean>`(settings->>'openTaskForEchoes')::boolean`.as('opensTaskForEchoes'),
  sql<string[] | null>`settings->'marketingStopWords'`.as('marketingStopWords'),
  sql<string[] | null>`settings->'marketingStartWords'`.as('marketingStartWords'),
] as const;

/** A connection with an address of its own: its secret, sealed, and whence its webhooks may come; null: from anywhere. */
export type AddressedConnection = WebhookConnection & {
  webhookSecret: Buffer | null;
  allowedAddresses: string[] | null;
};

export async function findAddressedConnection(
  db: Database,
  provider: string,
  id: string,
): Promise<AddressedConnection | undefined> {
  return db
    .selectFrom('connection')
    .where('id', '=', id)
    .where('provider', '=', provider)
    .select([...WEBHOOK_FACTS, 'webhookSecret', 'allowedAddresses'])
    .executeTakeFirst();
}

/**
 * The connections of these numbers under this app: of several with one number the one that lives, else the newest. An
 * app speaks for its own connections only, whatever number its signed body names.
 */
export async function findWebhookConnections(
  db: Database,
  metaAppId: string,
  phoneNumberIds: readonly string[],
): Promise<WebhookConnection[]> {
  if (phoneNumberIds.length === 0) return [];
  return db
    .selectFrom('connection')
    .distinctOn('phoneNumberId')
    .where('metaAppId', '=', metaAppId)
    .where('phoneNumberId', 'in', phoneNumberIds)
    .orderBy('phoneNumberId')
    .orderBy(sql`state in ('disconnected', 'failed')`)
    .orderBy('id', 'desc')
    .select(WEBHOOK_FACTS)
    .execute();
}

/** By what an operator finds the workflow of a conversation. */
export type ConversationTraits = { conversationId: string; connectionId: string; planfixTask: number | null };

export async function readConversationTraits(
  db: Database,
  conversationIds: readonly string[],
): Promise<ConversationTraits[]> {
  if (conversationIds.length === 0) return [];
  return db
    .selectFrom('conversation as c')
    .leftJoin('conversationTask as t', (join) =>
      join.onRef('t.conversationId', '=', 'c.id').on('t.isCurrent', '=', true),
    )
    .where('c.id', 'in', conversationIds)
    .select(['c.id as conversationId', 'c.connectionId', 't.planfixTask'])
    .execute();
}
