import { sql } from 'kysely';
import type { Database, DatabaseTransaction } from './database.ts';
import { PROBLEM_KINDS, type ProblemKind } from './problems.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

export { PROBLEM_KINDS };

const SHOWN = [
  'problem.id',
  'problem.kind',
  'problem.state',
  'problem.reason',
  'problem.detail',
  'problem.resolution',
  'problem.planfixAccountId',
  'problem.connectionId',
  'problem.conversationId',
  'problem.messageId',
  sql<number | null>`coalesce(problem.planfix_task, message.planfix_task)`.as('planfixTask'),
  'problem.planfixComment',
  'message.direction as messageDirection',
  'message.state as messageState',
  'problem.createdAt',
  'problem.settledAt',
] as const;

export type ProblemFilter = {
  state?: 'open' | 'settled' | undefined;
  kind?: ProblemKind | undefined;
  reason?: string | undefined;
  planfixAccountId?: string | undefined;
  connectionId?: string | undefined;
  conversationId?: string | undefined;
};
export type ProblemRow = NonNullable<Awaited<ReturnType<typeof readProblem>>>;

function visibleProblems(db: Database | DatabaseTransaction, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('problem')
    .leftJoin('message', 'message.id', 'problem.messageId')
    .$if(planfixAccountId !== undefined, (query) =>
      query.where('problem.planfixAccountId', '=', planfixAccountId as string),
    )
    .select(SHOWN);
}

export async function readProblem(db: Database | DatabaseTransaction, id: string, visibility: Visibility) {
  return visibleProblems(db, visibility).where('problem.id', '=', id).executeTakeFirst();
}

/** Newest first. Ids are made in order of time, so they alone say what is newer. */
export async function listProblems(
  db: Database,
  { state, kind, reason, planfixAccountId, connectionId, conversationId }: ProblemFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<ProblemRow>> {
  let query = visibleProblems(db, visibility);
  if (state !== undefined) query = query.where('problem.state', '=', state);
  if (kind !== undefined) query = query.where('problem.kind', '=', kind);
  if (reason !== undefined) query = query.where('problem.reason', '=', reason);
  if (planfixAccountId !== undefined) query = query.where('problem.planfixAccountId', '=', planfixAccountId);
  if (connectionId !== undefined) query = query.where('problem.connectionId', '=', connectionId);
  if (conversationId !== undefined) query = query.where('problem.conversationId', '=', conversationId);
  if (after !== undefined) query = query.where('problem.id', '<', after);
  const rows = await query
    .orderBy('problem.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}
