import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Database, DatabaseTransaction } from './database.ts';

/** How somebody told that they want no marketing, or that they want it again; a public contract of `GET /v1/opt-outs`. */
export const OPT_OUT_SOURCES = ['stop-word', 'preference', 'network-refusal', 'operator'] as const;
export type OptOutSource = (typeof OPT_OUT_SOURCES)[number];

export type OptOutInput = {
  planfixAccountId: string;
  customerId: string;
  connectionId?: string | undefined;
  source: OptOutSource;
  /** The message that said so, or that was refused for it. */
  messageId?: string | undefined;
  /** Who did it, where it was a person at this side. */
  createdBy?: string | undefined;
  /** When they said so; now, where that is not known. News may arrive in any order: the later word counts. */
  at?: Date | undefined;
};

/** Networks tell whole seconds: what was said within the second of something older came after it. */
const WITHIN_SECOND = sql`interval '1 second'`;

/** The customers that one person is: the one that stands for all, and those that were linked with it. */
const familyOf = (customerId: string) => sql`
  (select coalesce(u.merged_into, u.id) from customer u where u.id = ${customerId}
   union
   select f.id from customer u join customer f on f.merged_into = coalesce(u.merged_into, u.id)
    where u.id = ${customerId})`;

/**
 * Puts down that this person wants no marketing; once, whichever of their customers is named. Undefined: they have
 * allowed it again since then. The row that is there already keeps its source.
 */
export async function recordOptOut(
  trx: DatabaseTransaction,
  { at = new Date(), ...optOut }: OptOutInput,
): Promise<{ id: string; isNew: boolean } | undefined> {
  await lockPerson(trx, optOut.customerId);
  const { rows } = await sql<{ id: string; isCurrent: boolean; isAllowedSince: boolean }>`
    select id, revoked_at is null as "isCurrent", coalesce(revoked_at >= ${at}::timestamptz + ${WITHIN_SECOND}, false)
           as "isAllowedSince"
      from marketing_opt_out where customer_id in ${familyOf(optOut.customerId)}
     order by created_at desc`.execute(trx);
  const current = rows.find((row) => row.isCurrent);
  if (current) return { id: current.id, isNew: false };
  if (rows.some((row) => row.isAllowedSince)) return undefined;
  const id = uuidv7();
  await trx
    .insertInto('marketingOptOut')
    .values({ id, ...optOut, createdAt: at })
    .execute();
  return { id, isNew: true };
}

/** This person allows marketing again, unless they stopped it later than that. The ids of what no longer holds. */
export async function revokeOptOut(
  trx: DatabaseTransaction,
  { customerId, source, by, at = new Date() }: { customerId: string; source: OptOutSource; by?: string; at?: Date },
): Promise<string[]> {
  await lockPerson(trx, customerId);
  const { rows } = await sql<{ id: string }>`
    update marketing_opt_out
       set revoked_at = greatest(${at}::timestamptz, created_at), revoked_by = ${by ?? null}, revoked_source = ${source}
     where customer_id in ${familyOf(customerId)} and revoked_at is null
       and created_at < ${at}::timestamptz + ${WITHIN_SECOND}
    returning id`.execute(trx);
  return rows.map((row) => row.id);
}

/** The gate of every marketing send: those of these customers who want none, by whatever customer they said so. */
export async function optedOut(
  trx: Database | DatabaseTransaction,
  customerIds: readonly string[],
): Promise<Set<string>> {
  if (customerIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct u.id from unnest(${[...new Set(customerIds)]}::uuid[]) as w(id)
      join customer u on u.id = w.id
      cross join lateral (
        select u.id union select u.merged_into
        union select f.id from customer f where f.merged_into = coalesce(u.merged_into, u.id)) as family (id)
      join marketing_opt_out o on o.planfix_account_id = u.planfix_account_id and o.customer_id = family.id
     where o.revoked_at is null`.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** The network refused these messages because their recipients have stopped marketing: that is their word, too. */
export async function recordRefusedMarketing(trx: DatabaseTransaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  const { rows } = await sql<
    Required<Pick<OptOutInput, 'planfixAccountId' | 'customerId' | 'connectionId' | 'messageId'>>
  >`
    select m.id as "messageId", c.customer_id as "customerId", m.planfix_account_id as "planfixAccountId",
           m.connection_id as "connectionId"
      from message m join conversation c on c.id = m.conversation_id
     where m.id = any(${[...messageIds]}::uuid[]) order by c.customer_id`.execute(trx);
  for (const row of rows) await recordOptOut(trx, { ...row, source: 'network-refusal' });
}

/** Two words of one person at the same time come one after the other. The ledger is not locked by anything else. */
async function lockPerson(trx: DatabaseTransaction, customerId: string): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended('opt-out/' || coalesce(merged_into, id), 0))
      from customer where id = ${customerId}`.execute(trx);
}
