import { sql } from 'kysely';
import { recordSuspicions } from './customer-links.ts';
import type { DatabaseTransaction } from './database.ts';

/**
 * The portfolio of a business account has become known: it is that of all its numbers, and user ids that were kept under
 * the account until then are the portfolio's. Safe to repeat. Where another number of the portfolio has met the same id, the two customers are one person.
 */
export async function widenScope(
  trx: DatabaseTransaction,
  { planfixAccountId, wabaId, portfolioId }: { planfixAccountId: string; wabaId: string; portfolioId: string },
): Promise<void> {
  await trx
    .updateTable('connection')
    .set({ portfolioId })
    .where('planfixAccountId', '=', planfixAccountId)
    .where('wabaId', '=', wabaId)
    .where('portfolioId', 'is', null)
    .execute();
  const { rows } = await sql<{ personId: string; otherPersonId: string }>`
    select distinct narrow.customer_id as "personId", wide.customer_id as "otherPersonId"
      from customer_identity narrow
      join customer_identity wide on wide.planfix_account_id = narrow.planfix_account_id
        and wide.network = narrow.network and wide.kind = narrow.kind and wide.value = narrow.value
     where narrow.planfix_account_id = ${planfixAccountId} and narrow.scope = ${wabaId} and wide.scope = ${portfolioId}
       and narrow.kind in ('bsuid', 'parent-bsuid') and narrow.customer_id <> wide.customer_id`.execute(trx);
  await recordSuspicions(
    trx,
    rows.map((pair) => ({
      ...pair,
      planfixAccountId,
      evidence: 'user-id' as const,
      identityId: null,
      seenAtMs: Date.now(),
    })),
  );
  await sql`
    update customer_identity i set scope = ${portfolioId}
     where i.planfix_account_id = ${planfixAccountId} and i.scope = ${wabaId} and i.kind in ('bsuid', 'parent-bsuid')
       and not exists (
         select from customer_identity wide
          where wide.planfix_account_id = i.planfix_account_id and wide.network = i.network
            and wide.scope = ${portfolioId} and wide.kind = i.kind and wide.value = i.value)`.execute(trx);
}
