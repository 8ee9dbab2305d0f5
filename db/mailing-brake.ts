import { sql } from 'kysely';
import {
  BRAKE_LOOKS_AT,
  type BrakeFacts,
  HELD_BACK_CODE,
  MARKETING_STOPPED_CODE,
  SPAM_LIMIT_CODE,
} from '../workflows/domain/mailing-brake.ts';
import type { Database } from './database.ts';

type Recent = BrakeFacts['recent'];

/** How the last messages of a mailing fared, since it began or was resumed. */
export async function readBrakeFacts(db: Database, mailingId: string): Promise<Recent> {
  const { rows } = await sql<Recent>`
    with last as (
      select m.state, m.reason, m.reason_code as code, m.conversation_id, m.sent_at from message m, mailing g
       where g.id = ${mailingId} and m.mailing_id = g.id and m.position > g.brake_position
         and (m.state <> 'ready' or m.reason_code is not null)
       order by m.position desc limit ${BRAKE_LOOKS_AT}),
    out as (
      select count(*) as people from last l join conversation c on c.id = l.conversation_id
       where l.state in ('sent', 'delivered', 'read') and exists (
         select from marketing_opt_out o
          where o.planfix_account_id = c.planfix_account_id and o.customer_id = c.customer_id and o.revoked_at is null))
    select count(*) filter (where state not in ('ready', 'sending'))::integer as settled,
           count(*) filter (where code = ${SPAM_LIMIT_CODE})::integer as "spamLimited",
           count(*) filter (where code = ${HELD_BACK_CODE})::integer as "heldBack",
           count(*) filter (where state in ('failed', 'refused') and reason = 'recipient-unreachable'
             and code is distinct from ${HELD_BACK_CODE} and code is distinct from ${MARKETING_STOPPED_CODE})::integer
             as unreachable,
           (count(*) filter (where code = ${MARKETING_STOPPED_CODE}) + (select people from out))::integer as "optOuts"
      from last`.execute(db);
  return rows[0] as Recent;
}

/** What the network says of the number now; the first word since the mailing began (anew) is what it began with. */
export async function storeQuality(db: Database, mailingId: string, quality: string | undefined): Promise<void> {
  await sql`
    update mailing set start_quality = coalesce(start_quality, ${quality ?? null}), quality_read_at = clock_timestamp()
     where id = ${mailingId}`.execute(db);
}
