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
  'problem.findings',
  'problem.resolution',
  'problem.planfixAccountId',
  'problem.connectionId',
  'problem.conversationId',
  'problem.messageId',
  sql<number | null>`coalesce(problem.planfix_task, message.planfix_task)`.as('planfixTask'),
  'problem.planfixComment',
  'message.direction as messageDirection',
  'message.state as messageState',
  'planfixAccount.url as accountUrl',
  'customer.name as customerName',
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
    .leftJoin('planfixAccount', 'planfixAccount.id', 'problem.planfixAccountId')
    .leftJoin('conversation', 'conversation.id', 'problem.conversationId')
    .leftJoin('customer', 'customer.id', 'conversation.customerId')
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

export type OpenProblemFilter = Omit<ProblemFilter, 'state' | 'kind' | 'conversationId'> & {
  kind: ProblemKind;
  ids?: readonly string[] | undefined;
};

/** Ids of open problems of one kind, oldest first: in that order they are decided. */
export async function listOpenProblems(
  db: Database,
  { kind, reason, planfixAccountId, connectionId, ids }: OpenProblemFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<{ id: string }>> {
  let query = db.selectFrom('problem').where('state', '=', 'open').where('kind', '=', kind);
  const accounts = [planfixAccountId, visibility.planfixAccountId].filter((id) => id !== undefined);
  for (const id of accounts) query = query.where('planfixAccountId', '=', id);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (connectionId !== undefined) query = query.where('connectionId', '=', connectionId);
  if (ids !== undefined) query = query.where('id', 'in', ids);
  if (after !== undefined) query = query.where('id', '>', after);
  const rows = await query
    .orderBy('id')
    .limit(limit + 1)
    .select('id')
    .execute();
  return toPage(rows, limit);
}

/** How many are open of each kind; by the index of open problems. */
export async function countOpenProblems(
  db: Database,
  { planfixAccountId }: Visibility,
): Promise<{ kind: string; open: number }[]> {
  return db
    .selectFrom('problem')
    .where('state', '=', 'open')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .groupBy('kind')
    .orderBy('kind')
    .select((eb) => ['kind', eb.fn.countAll<number>().as('open')])
    .execute();
}
