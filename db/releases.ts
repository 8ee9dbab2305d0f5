import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { memberAsSaid } from '../workflows/domain/bulk.ts';
import { ABOUT_ANOTHER } from '../workflows/domain/message.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { recordset } from './columns.ts';
import type { DatabaseTransaction } from './database.ts';

/** What a customer wrote, which brings what was held for it; `linked`: conversations of the same person on the number. */
export type Answer = { conversationId: string; linked: readonly string[]; quoted: string | undefined; at: Date };

type Released = {
  id: string;
  conversationId: string;
  direction: 'echo' | 'outbound';
  mailingId: string | null;
  kind: string;
  text: string;
  content: MessageContent | null;
};

/**
 * The customer's answer brings what was held for it: the message that it quotes and its changes, or all of them (design,
 * "Bulk, exactly", 6); also what was held when the person was still another customer of ours, since it belongs before
 * the answer, where that stands. The conversations are locked. Returns those where something has to be posted.
 */
export async function releaseHeld(
  trx: DatabaseTransaction,
  answers: readonly Answer[],
  now: Date | undefined,
): Promise<Set<string>> {
  if (answers.length === 0) return new Set();
  const wanted = answers.flatMap(({ conversationId, linked, quoted }, answer) =>
    [conversationId, ...linked].map((conversation) => ({ answer, place: conversationId, conversation, quoted })),
  );
  const moment = now === undefined ? sql`clock_timestamp()` : sql`${now}::timestamptz`;
  const { rows } = await sql<Released>`
    with a as (select * from ${recordset(wanted, 'answer integer, place uuid, conversation uuid, quoted text')}),
    quoted as (select a.answer, q.id as message from a
      join message q on q.conversation_id = a.conversation and q.hold = 'held' and q.channel_message_id = a.quoted
       and q.expires_at > ${moment}),
    -- A quote of something that is not held is as good as none.
    wanted as (select a.*, q.message from a left join quoted q on q.answer = a.answer)
    update message m set hold = 'releasing',
           -- Where a message of ours goes to must not change with it.
           conversation_id = case when m.direction = 'echo' then w.place else m.conversation_id end,
           -- Why one that was sent did not arrive is told with it.
           reason = case when m.direction = 'echo' then null else m.reason end
      from wanted w
     where m.conversation_id = w.conversation and m.hold = 'held'
       and m.expires_at > ${moment}
       and (w.message is null or w.message = m.id
         or (m.quoted_channel_message_id = w.quoted and m.kind = any(${[...ABOUT_ANOTHER]}::text[])))
    returning m.id, w.place as "conversationId", m.direction, m.mailing_id as "mailingId", m.kind, m.text,
              m.content`.execute(trx);
  await moveFiles(trx, rows);
  await takeWords(trx, rows);
  await addReleaseNotes(trx, rows, answers);
  return new Set(rows.map((row) => row.conversationId));
}

/** Files of an echo are where it is. */
async function moveFiles(trx: DatabaseTransaction, released: readonly Released[]): Promise<void> {
  const echoes = released
    .filter((row) => row.direction === 'echo')
    .map(({ id, conversationId: place }) => ({ id, place }));
  if (echoes.length === 0) return;
  await sql`
    update attachment f set conversation_id = w.place from ${recordset(echoes, 'id uuid, place uuid')}
     where f.message_id = w.id and f.conversation_id <> w.place`.execute(trx);
}

/** From here on the message has its own words: those of the mailing may be gone before Planfix takes it. */
async function takeWords(trx: DatabaseTransaction, released: Released[]): Promise<void> {
  const members = released.filter((row) => row.mailingId !== null);
  if (members.length === 0) return;
  const mailings = await trx
    .selectFrom('mailing')
    .where('id', 'in', [...new Set(members.map((row) => row.mailingId as string))])
    .select(['id', 'text', 'content'])
    .execute();
  const shared = new Map(mailings.map((mailing) => [mailing.id, mailing]));
  const said = members.map((row) => ({
    id: row.id,
    ...memberAsSaid(row, shared.get(row.mailingId as string) ?? { text: '', content: null }),
  }));
  await sql`
    update message m set text = w.text, content = w.content
      from ${recordset(said, 'id uuid, text text, content jsonb')} where m.id = w.id`.execute(trx);
}

/**
 * What was sent through the API is shown by a note about it. It comes before the answer: the network tells whole
 * seconds, so a message of ours within the answer's second would seem to be later.
 */
async function addReleaseNotes(
  trx: DatabaseTransaction,
  released: Released[],
  answers: readonly Answer[],
): Promise<void> {
  const outbound = released.filter((row) => row.direction === 'outbound');
  if (outbound.length === 0) return;
  const answeredMs = new Map<string, number>();
  for (const { conversationId, at } of answers) {
    answeredMs.set(conversationId, Math.min(answeredMs.get(conversationId) ?? Number.MAX_VALUE, +at));
  }
  const notes = outbound.map(({ id, conversationId }) => ({
    id: uuidv7(),
    place: conversationId,
    about: id,
    latest: new Date((answeredMs.get(conversationId) as number) - 1),
  }));
  await sql`
    insert into message (id, planfix_account_id, connection_id, conversation_id, direction, kind, state, text,
      channel_at, about_message_id)
    select w.id, m.planfix_account_id, m.connection_id, w.place, 'note', 'api-message', 'received', '',
           least(coalesce(m.sent_at, m.received_at), w.latest), m.id
      from ${recordset(notes, 'id uuid, place uuid, about uuid, latest timestamptz')} join message m on m.id = w.about
     order by m.position`.execute(trx);
}
