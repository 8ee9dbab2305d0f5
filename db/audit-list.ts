import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage } from './visibility.ts';

export type AuditRow = {
  id: string;
  at: Date;
  actor: string;
  /** Of the operator or API key; null: the bootstrap key, Parley itself, or somebody who is gone. */
  actorName: string | null;
  action: string;
  subjectKind: string;
  subjectId: string | null;
  detail: unknown;
};

export type AuditFilter = {
  actor?: string | undefined;
  action?: string | undefined;
  subjectKind?: string | undefined;
  subjectId?: string | undefined;
  /** From this time on, and before that one. */
  from?: Date | undefined;
  until?: Date | undefined;
};

/** Newest first. */
export async function listAudit(
  db: Database,
  { actor, action, subjectKind, subjectId, from, until }: AuditFilter,
  { after, limit }: PageRequest,
): Promise<Page<AuditRow>> {
  let query = db
    .selectFrom('auditEntry as e')
    .select(['e.id', 'e.at', 'e.actor', 'e.action', 'e.subjectKind', 'e.subjectId', 'e.detail'])
    .select(nameOfActor.as('actorName'));
  if (actor !== undefined) query = query.where('e.actor', '=', actor);
  if (action !== undefined) query = query.where('e.action', '=', action);
  if (subjectKind !== undefined) query = query.where('e.subjectKind', '=', subjectKind);
  if (subjectId !== undefined) query = query.where('e.subjectId', '=', subjectId);
  if (from !== undefined) query = query.where('e.at', '>=', from);
  if (until !== undefined) query = query.where('e.at', '<', until);
  if (after !== undefined) query = query.where('e.id', '<', after);
  const rows = await query
    .orderBy('e.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}

/** Actors are written as `operator:<id>` and `api-key:<id>`; other words have no row behind them. */
const nameOfActor = sql<string | null>`case split_part(e.actor, ':', 1)
  when 'operator' then (select name from operator where id = split_part(e.actor, ':', 2)::uuid)
  when 'api-key' then (select name from api_key where id = split_part(e.actor, ':', 2)::uuid) end`;
