import { type SqlBool, sql } from 'kysely';
import type { MessageState } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

const SHOWN = [
  'id',
  'planfixAccountId',
  'connectionId',
  'conversationId',
  'direction',
  'kind',
  'state',
  'hold',
  'isHistory',
  'origin',
  'pricing',
  'planfixPart',
  'expiresAt',
  'reason',
  'reasonCode',
  'reasonDetail',
  'channelMessageId',
  'quotedChannelMessageId',
  'aboutMessageId',
  'mailingId',
  'planfixAuthor',
  'planfixTask',
  'planfixComment',
  'receivedAt',
  'channelAt',
  'postedAt',
  'sentAt',
  'deliveredAt',
  'readAt',
  'failedAt',
] as const;

/** While it is held, what all messages of a mailing share is kept there. */
const IS_SHARED = sql<boolean>`g.id = message.mailing_id and message.hold = 'held' and message.text = ''`;
const TEXT = sql<string>`coalesce((select g.text from mailing g where ${IS_SHARED}), message.text)`;
const CONTENT = sql<MessageContent | null>`
  coalesce(message.content, (select g.content from mailing g where ${IS_SHARED}))`;

type MessageFile = {
  name: string | null;
  mime: string | null;
  sizeBytes: number | null;
  state: 'pending' | 'moved' | 'failed';
  reason: string | null;
  planfixFile: number | null;
};

/** The message that this one answers, cut short. */
type QuotedMessage = { id: string; direction: string; kind: string; text: string };
const QUOTED_LENGTH = 300;
const QUOTED = sql<QuotedMessage | null>`
  (select json_build_object('id', q.id, 'direction', q.direction, 'kind', q.kind, 'text', left(q.text, ${sql.lit(QUOTED_LENGTH)}))
     from message q
    where q.connection_id = message.connection_id and q.channel_message_id = message.quoted_channel_message_id)`;
const ACCOUNT_URL = sql<string>`(select a.url from planfix_account a where a.id = message.planfix_account_id)`;
/** Whose call of the API it was. */
const REQUESTED_BY = sql<string | null>`
  (select s.requested_by from conversation_start s where s.message_id = message.id limit 1)`;

export type MessageFilter = {
  conversationId?: string | undefined;
  connectionId?: string | undefined;
  planfixTask?: number | undefined;
  state?: MessageState | undefined;
  direction?: 'inbound' | 'outbound' | 'echo' | 'note' | undefined;
};
export type MessageRow = NonNullable<Awaited<ReturnType<typeof readMessage>>>;

function visibleMessages(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('message')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .select(SHOWN)
    .select((eb) => [
      TEXT.as('text'),
      CONTENT.as('content'),
      QUOTED.as('quoted'),
      ACCOUNT_URL.as('accountUrl'),
      REQUESTED_BY.as('requestedBy'),
      eb.fn
        .coalesce(
          eb
            .selectFrom('attachment as f')
            .whereRef('f.messageId', '=', 'message.id')
            .select(
              sql<MessageFile[]>`json_agg(json_build_object('name', f.name, 'mime', f.mime, 'sizeBytes', f.size,
                'state', f.state, 'reason', f.reason, 'planfixFile', f.planfix_file) order by f.part)`.as('list'),
            ),
          sql<MessageFile[]>`'[]'`,
        )
        .as('files'),
    ]);
}

export async function readMessage(db: Database, id: string, visibility: Visibility) {
  return visibleMessages(db, visibility).where('id', '=', id).executeTakeFirst();
}

/** Newest first, by the time of arrival; what arrived together, in its own order. */
export async function listMessages(
  db: Database,
  filter: MessageFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<MessageRow>> {
  const { conversationId, connectionId, planfixTask, state, direction } = filter;
  let query = visibleMessages(db, visibility);
  if (conversationId !== undefined) query = query.where('conversationId', '=', conversationId);
  if (connectionId !== undefined) query = query.where('connectionId', '=', connectionId);
  if (planfixTask !== undefined) query = query.where('planfixTask', '=', planfixTask);
  if (state !== undefined) query = query.where('state', '=', state);
  if (direction !== undefined) query = query.where('direction', '=', direction);
  if (after !== undefined) {
    // The row's own time: a time that went through JavaScript has lost its microseconds.
    query = query.where(
      sql<SqlBool>`(received_at, position) < (select m.received_at, m.position from message m where m.id = ${after})`,
    );
  }
  const rows = await query
    .orderBy('receivedAt', 'desc')
    .orderBy('position', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}
