import { type SqlBool, sql } from 'kysely';
import { type Conversations, searchConversations } from './conversation-search.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

export type ConversationFilter = {
  connectionId?: string | undefined;
  planfixTask?: number | undefined;
  /** Part of a name, digits of a phone, or a task number. */
  search?: string | undefined;
};
export type ConversationRow = Awaited<ReturnType<typeof listConversations>>['items'][number];
/** One task of a conversation, with the people it was given to and why. */
export type ConversationTaskRow = Awaited<ReturnType<typeof readConversationTasks>>[number];

/** The phone that is known best of the person, whichever of their rows has it. */
const PHONE = sql<string | null>`
  (select i.value
     from (select person.id union all select k.id from customer k where k.merged_into = person.id) one
    cross join lateral (select value, valid_from from customer_identity
                         where customer_id = one.id and kind = 'phone' and valid_to is null
                         order by valid_from desc limit 1) i
    order by i.valid_from desc limit 1)`;
const LAST_MESSAGE_AT = sql<Date | null>`
  (select m.received_at from message m where m.conversation_id = conversation.id
    order by m.received_at desc, m.position desc limit 1)`;
const OPEN_PROBLEMS = sql<number>`
  (select count(*) from problem p where p.conversation_id = conversation.id and p.state = 'open')::integer`;

/** What a caller may see. */
function visibleConversations(db: Database, { planfixAccountId }: Visibility): Conversations {
  const all = db.selectFrom('conversation');
  return planfixAccountId === undefined ? all : all.where('conversation.planfixAccountId', '=', planfixAccountId);
}

function withDetails(conversations: Conversations) {
  return conversations
    .innerJoin('planfixAccount as account', 'account.id', 'conversation.planfixAccountId')
    .innerJoin('customer', 'customer.id', 'conversation.customerId')
    .innerJoin('customer as person', (join) =>
      join.on(sql<SqlBool>`person.id = coalesce(customer.merged_into, customer.id)`),
    )
    .leftJoin('planfixContact', (join) =>
      join
        .onRef('planfixContact.customerId', '=', 'conversation.customerId')
        .onRef('planfixContact.planfixAccountId', '=', 'conversation.planfixAccountId'),
    )
    .leftJoin('conversationTask as task', (join) =>
      join.onRef('task.conversationId', '=', 'conversation.id').on('task.isCurrent', '=', true),
    )
    .select((eb) => [
      'conversation.id',
      'conversation.planfixAccountId',
      'conversation.connectionId',
      'conversation.customerId',
      'conversation.windowExpiresAt',
      'conversation.createdAt',
      'planfixContact.contact as planfixContact',
      'task.planfixTask as planfixTask',
      'account.url as accountUrl',
      eb.fn.coalesce('customer.name', 'person.name').as('customerName'),
      PHONE.as('customerPhone'),
      LAST_MESSAGE_AT.as('lastMessageAt'),
      OPEN_PROBLEMS.as('openProblems'),
    ]);
}

export async function readConversation(db: Database, id: string, visibility: Visibility) {
  return withDetails(visibleConversations(db, visibility)).where('conversation.id', '=', id).executeTakeFirst();
}

/** Newest first. */
export async function listConversations(
  db: Database,
  { connectionId, planfixTask, search }: ConversationFilter,
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
  if (search !== undefined) {
    const ids = await searchConversations(db, search, query, limit + 1);
    query = db.selectFrom('conversation').where('conversation.id', '=', sql<string>`any(${ids}::uuid[])`);
  }
  const rows = await withDetails(query)
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
