import { sql } from 'kysely';
import type { TemplateComponents, TemplateDefinition } from '../workflows/domain/template-definition.ts';
import type { ChannelAccountKey } from './channel-accounts.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A template as the network last showed it. A newer version is another row. */
export type StoredTemplate = TemplateDefinition & {
  id: string;
  version: number;
  statusReason: string | null;
  quality: string | null;
};

/** `replacedAt`: a newer version took its place, or the network has it no more. */
export type TemplateRow = StoredTemplate & {
  provider: string;
  wabaId: string;
  channelTemplateId: string;
  statusChangedAt: Date;
  createdAt: Date;
  replacedAt: Date | null;
  /** Visible connections that can send it. */
  connectionIds: string[];
};

const DEFINITION = [
  't.id',
  't.name',
  't.language',
  't.version',
  't.category',
  't.parameterFormat',
  't.components',
  't.status',
  't.statusReason',
  't.quality',
] as const;

/** jsonb and a checked text hold what the types say: this folder alone writes them. */
function shown<T extends { components: unknown; parameterFormat: string }>(row: T) {
  return {
    ...row,
    components: row.components as TemplateComponents,
    parameterFormat: row.parameterFormat as TemplateDefinition['parameterFormat'],
  };
}

function currentTemplates(db: Database, { provider, accountKey }: ChannelAccountKey) {
  return db
    .selectFrom('messageTemplate as t')
    .innerJoin('channelAccount as a', 'a.id', 't.channelAccountId')
    .where('a.provider', '=', provider)
    .where('a.accountKey', '=', accountKey)
    .where('t.replacedAt', 'is', null);
}

/** As it is now, in whatever state. */
export async function readTemplate(
  db: Database,
  { name, language, ...account }: ChannelAccountKey & { name: string; language: string },
): Promise<StoredTemplate | undefined> {
  const row = await currentTemplates(db, account)
    .where('t.name', '=', name)
    .where('t.language', '=', language)
    .select(DEFINITION)
    .executeTakeFirst();
  return row && shown(row);
}

/** The languages in which there is a template of this name. */
export async function readTemplateLanguages(db: Database, account: ChannelAccountKey, name: string): Promise<string[]> {
  const rows = await currentTemplates(db, account)
    .where('t.name', '=', name)
    .select('t.language')
    .orderBy('t.language')
    .execute();
  return rows.map(({ language }) => language);
}

/** Names of templates that can be sent now. */
export async function readApprovedNames(db: Database, account: ChannelAccountKey, limit: number): Promise<string[]> {
  const rows = await currentTemplates(db, account)
    .where('t.status', '=', 'approved')
    .select('t.name')
    .distinct()
    .orderBy('t.name')
    .limit(limit)
    .execute();
  return rows.map(({ name }) => name);
}

/** This very version, whether it was replaced or not. */
export async function readTemplateById(
  db: Database,
  id: string,
): Promise<(StoredTemplate & { replacedAt: Date | null }) | undefined> {
  const row = await db
    .selectFrom('messageTemplate as t')
    .where('t.id', '=', id)
    .select([...DEFINITION, 't.replacedAt'])
    .executeTakeFirst();
  return row && shown(row);
}

/** Of the accounts in which the caller has a connection. */
function visibleTemplates(db: Database, { planfixAccountId }: Visibility) {
  const connections = db
    .selectFrom('connection as c')
    .whereRef('c.provider', '=', sql.ref('a.provider'))
    .whereRef('c.wabaId', '=', sql.ref('a.account_key'))
    .where('c.state', 'in', ['connected', 'paused'])
    .$if(planfixAccountId !== undefined, (query) => query.where('c.planfixAccountId', '=', planfixAccountId as string))
    .select(sql<string[]>`coalesce(array_agg(c.id order by c.id), '{}')`.as('ids'));
  return db
    .selectFrom('messageTemplate as t')
    .innerJoin('channelAccount as a', 'a.id', 't.channelAccountId')
    .innerJoinLateral(connections.as('l'), (join) => join.on(sql<boolean>`cardinality(l.ids) > 0`))
    .select([
      ...DEFINITION,
      'a.provider',
      'a.accountKey as wabaId',
      't.channelTemplateId',
      't.statusChangedAt',
      't.createdAt',
      't.replacedAt',
      'l.ids as connectionIds',
    ]);
}

export type TemplateFilter = {
  connectionId?: string | undefined;
  name?: string | undefined;
  language?: string | undefined;
  status?: string | undefined;
  category?: string | undefined;
};

/** Current versions, by name and language. */
export async function listTemplates(
  db: Database,
  visibility: Visibility,
  { connectionId, ...filter }: TemplateFilter,
  { after, limit }: PageRequest,
): Promise<Page<TemplateRow>> {
  let query = visibleTemplates(db, visibility).where('t.replacedAt', 'is', null);
  for (const column of ['name', 'language', 'status', 'category'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(`t.${column}`, '=', wanted);
  }
  if (connectionId !== undefined) query = query.where(sql<boolean>`${connectionId} = any(l.ids)`);
  if (after !== undefined) {
    // Rows are never deleted: the one that the page before ended with is there, though it may be replaced by now.
    const last = sql`select l.name, l.language, l.id from message_template l where l.id = ${after}`;
    query = query.where(sql<boolean>`(t.name, t.language, t.id) > (${last})`);
  }
  const rows = await query
    .orderBy('t.name')
    .orderBy('t.language')
    .orderBy('t.id')
    .limit(limit + 1)
    .execute();
  return toPage(rows.map(shown), limit);
}

/** This very version, if the caller may see it. */
export async function findTemplate(db: Database, id: string, visibility: Visibility): Promise<TemplateRow | undefined> {
  const row = await visibleTemplates(db, visibility).where('t.id', '=', id).executeTakeFirst();
  return row && shown(row);
}
