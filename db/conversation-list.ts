import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

const SHOWN = [
  'conversation.id',
  'conversation.planfixAccountId',
  'conversation.connectionId',
  'conversation.customerId',
  'conversation.windowExpiresAt',
  'conversation.createdAt',
  'planfixContact.contact as planfixContact',
] as const;

export type ConversationFilter = { connectionId?: string | undefined; planfixTask?: number | undefined };
export type ConversationRow = Awaited<ReturnType<typeof listConversations>>['items'][number];
/** One task of a conversation, with the people it was given to and why. */
export type ConversationTaskRow = Awaited<ReturnType<typeof readConversationTasks>>[number];

function visibleConversations(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('conversation')
    .leftJoin('planfixContact', (join) =>
      join
        .onRef('planfixContact.customerId', '=', 'conversation.customerId')
        .onRef('planfixContact.planfixAccountId', '=', 'conversation.planfixAccountId'),
    )
    .$if(planfixAccountId !== undefined, (query) =>
      query.where('conversation.planfixAccountId', '=', planfixAccountId as string),
    )
    .select(SHOWN);
}

export async function readConversation(db: Database, id: string, visibility: Visibility) {
  return visibleConversations(db, visibility).where('conversation.id', '=', id).executeTakeFirst();
}

/** Newest first. */
export async function listConversations(
  db: Database,
  { connectionId, planfixTask }: ConversationFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
) {
  let query = visibleConversations(db, visibility);
  if (connectionId !== undefined) query = query.where('conversation.connectionId', '=', connectionId);
  if (planfixTask !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('conversationTask as t')
          .select('t.id')
          .whereRef('t.conversationId', '=', 'conversation.id')
          .where('t.planfixTask', '=', planfixTask),
      ),
    );
  }
  if (after !== undefined) query = query.where('conversation.id', '<', after);
  const rows = await query
    .orderBy('conversation.id', 'desc')
    .limit(limit + 1)
    .execute();
  const page: Page<(typeof rows)[number]> = toPage(rows, limit);
  return page;
}

/** Newest first: the current one and those before it. */
export async function readConversationTasks(db: Database, conversationId: string) {
  return db
    .selectFrom('conversationTask')
    .where('conversationId', '=', conversationId)
    .orderBy('id', 'desc')
    .select([
      'planfixTask',
      'isCurrent',
      'isActive',
      'isGone',
      'previousPlanfixTask',
      'assignees',
      'assigneeReason',
      'createdAt',
    ])
    .execute();
}
