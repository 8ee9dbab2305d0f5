import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Run } from '../workflows/domain/ids.ts';
import type { TemplateDefinition } from '../workflows/domain/template-definition.ts';
import { endTemplateReading, type TemplateReading } from './channel-accounts.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { inTransaction } from './transaction.ts';

/** A template as it was read; `id` is the network's. */
export type ReadTemplate = TemplateDefinition & {
  id: string;
  statusReason?: string | undefined;
  quality?: string | undefined;
};

/** A statement takes 65,535 values. */
const ROWS_PER_INSERT = 1_000;

/**
 * Stores a whole reading of an account: what changed in words, placeholders or category becomes a new version, states
 * follow in place, what is missing is gone. Mailings whose template may not be sent any more as it was checked stop.
 * A reading that began before another one that is stored already is dropped.
 */
export async function storeTemplates(
  db: Database,
  reading: Pick<TemplateReading, 'id' | 'startedAt'>,
  templates: readonly ReadTemplate[],
  nextInMs: number,
): Promise<{ runs: Run[]; isDue: boolean }> {
  return inTransaction(db, async (trx) => {
    const account = await trx
      .selectFrom('channelAccount')
      .where('id', '=', reading.id)
      .select('templatesSyncedAt')
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!account || (account.templatesSyncedAt ?? reading.startedAt) > reading.startedAt) {
      return { runs: [], isDue: false };
    }
    await replaceTemplates(trx, reading.id, byTranslation(templates));
    const runs = await stopMailings(trx, reading.id);
    return { runs, isDue: await endTemplateReading(trx, reading, nextInMs) };
  });
}

const keyOf = ({ name, language }: { name: string; language: string }) => `${name} ${language}`;

/** While an old one is being deleted there may be two of the same name: the one that can be sent counts. */
function byTranslation(templates: readonly ReadTemplate[]): Map<string, ReadTemplate> {
  const found = new Map<string, ReadTemplate>();
  for (const template of templates) {
    const key = keyOf(template);
    if (found.get(key)?.status !== 'approved') found.set(key, template);
  }
  return found;
}

async function replaceTemplates(
  trx: DatabaseTransaction,
  accountId: string,
  read: ReadonlyMap<string, ReadTemplate>,
): Promise<void> {
  const current = await trx
    .selectFrom('messageTemplate')
    .where('channelAccountId', '=', accountId)
    .where('replacedAt', 'is', null)
    .selectAll()
    .execute();
  const kept = new Set<string>();
  const replaced: string[] = [];
  for (const row of current) {
    const template = read.get(keyOf(row));
    if (template === undefined || !isSameVersion(row, template)) {
      replaced.push(row.id);
      continue;
    }
    kept.add(keyOf(row));
    await follow(trx, row, template);
  }
  if (replaced.length > 0) {
    await trx
      .updateTable('messageTemplate')
      .set({ replacedAt: sql`clock_timestamp()` })
      .where('id', 'in', replaced)
      .execute();
  }
  await insertVersions(
    trx,
    accountId,
    [...read.values()].filter((template) => !kept.has(keyOf(template))),
  );
}

type Versioned = { category: string; parameterFormat: string; components: unknown };

function isSameVersion(row: Versioned, template: ReadTemplate): boolean {
  const { category, parameterFormat } = row;
  return (
    category === template.category &&
    parameterFormat === template.parameterFormat &&
    isDeepStrictEqual(row.components, JSON.parse(JSON.stringify(template.components)))
  );
}

type Followed = {
  id: string;
  channelTemplateId: string;
  status: string;
  statusReason: string | null;
  quality: string | null;
};

async function follow(trx: DatabaseTransaction, row: Followed, template: ReadTemplate): Promise<void> {
  const { status } = template;
  const changes = {
    channelTemplateId: template.id,
    status,
    statusReason: template.statusReason ?? null,
    quality: template.quality ?? null,
  };
  const { channelTemplateId, statusReason, quality } = row;
  if (isDeepStrictEqual(changes, { channelTemplateId, status: row.status, statusReason, quality })) return;
  await trx
    .updateTable('messageTemplate')
    .set({ ...changes, ...(status === row.status ? {} : { statusChangedAt: sql`clock_timestamp()` }) })
    .where('id', '=', row.id)
    .execute();
}

async function insertVersions(
  trx: DatabaseTransaction,
  accountId: string,
  templates: readonly ReadTemplate[],
): Promise<void> {
  if (templates.length === 0) return;
  const latest = await trx
    .selectFrom('messageTemplate')
    .where('channelAccountId', '=', accountId)
    .groupBy(['name', 'language'])
    .select(['name', 'language', sql<number>`max(version)`.as('version')])
    .execute();
  const versions = new Map(latest.map((row) => [keyOf(row), row.version]));
  const rows = templates.map(({ id, components, statusReason, quality, ...template }) => ({
    id: uuidv7(),
    channelAccountId: accountId,
    channelTemplateId: id,
    version: (versions.get(keyOf(template)) ?? 0) + 1,
    components: JSON.stringify(components),
    statusReason: statusReason ?? null,
    quality: quality ?? null,
    ...template,
  }));
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    await trx
      .insertInto('messageTemplate')
      .values(rows.slice(at, at + ROWS_PER_INSERT))
      .execute();
  }
}

/**
 * By what is, not by what has just changed: a mailing may have been made while the template was being replaced. Messages
 * that were asked for one by one are not stopped: each is refused with its own reason.
 */
async function stopMailings(trx: DatabaseTransaction, accountId: string): Promise<Run[]> {
  const { rows } = await sql<{ id: string }>`
    update mailing m
       set state = 'stopped', due_at = clock_timestamp(),
           reason = case
             when t.replaced_at is null then 'template-' || replace(t.status, '_', '-')
             when n.id is null then 'template-gone'
             when n.category <> t.category then 'template-recategorised'
             else 'template-changed' end
      from message_template t
      left join message_template n on n.channel_account_id = t.channel_account_id and n.name = t.name
       and n.language = t.language and n.replaced_at is null
     where m.template_id = t.id and t.channel_account_id = ${accountId} and m.origin = 'declared'
       and m.state in ('checking', 'scheduled', 'running', 'paused')
       and (t.replaced_at is not null or t.status <> 'approved')
    returning m.id`.execute(trx);
  return rows.map(({ id }) => ({ kind: 'mailing', id }));
}
