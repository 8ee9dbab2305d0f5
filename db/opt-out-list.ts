import { canonicalPhone } from '../workflows/domain/phone.ts';
import { PHONE_NETWORK } from '../workflows/domain/providers.ts';
import { recordAudit } from './audit.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { type Placed, placeSightings } from './identity-book.ts';
import { type OptOutSource, recordOptOut, revokeOptOut } from './opt-outs.ts';
import { inTransaction } from './transaction.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

const SHOWN = [
  'id',
  'planfixAccountId',
  'customerId',
  'connectionId',
  'source',
  'messageId',
  'createdBy',
  'createdAt',
  'revokedAt',
  'revokedBy',
  'revokedSource',
] as const;

export type OptOutRow = NonNullable<Awaited<ReturnType<typeof readOptOut>>>;
export type OptOutFilter = {
  planfixAccountId?: string | undefined;
  customerId?: string | undefined;
  source?: OptOutSource | undefined;
  /** Only those that hold; they stay in the ledger when they are revoked. */
  isCurrent?: boolean | undefined;
};

function visibleOptOuts(db: Database, { planfixAccountId }: Visibility) {
  return db
    .selectFrom('marketingOptOut')
    .$if(planfixAccountId !== undefined, (query) => query.where('planfixAccountId', '=', planfixAccountId as string))
    .select(SHOWN);
}

export async function readOptOut(db: Database, id: string, visibility: Visibility) {
  return visibleOptOuts(db, visibility).where('id', '=', id).executeTakeFirst();
}

/** Newest first. */
export async function listOptOuts(
  db: Database,
  { planfixAccountId, customerId, source, isCurrent }: OptOutFilter,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<OptOutRow>> {
  let query = visibleOptOuts(db, visibility);
  if (planfixAccountId !== undefined) query = query.where('planfixAccountId', '=', planfixAccountId);
  if (customerId !== undefined) query = query.where('customerId', '=', customerId);
  if (source !== undefined) query = query.where('source', '=', source);
  if (isCurrent !== undefined) query = query.where('revokedAt', isCurrent ? 'is' : 'is not', null);
  if (after !== undefined) query = query.where('id', '<', after);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(rows, limit);
}

/** Whom an operator puts down: by phone, who may never have written, or by a conversation. */
export type OptOutSubject = { planfixAccountId: string; phone: string } | { conversationId: string };

/** An operator knows that this customer wants no marketing. Undefined: the caller may see no such customer. */
export async function optOutByOperator(
  db: Database,
  subject: OptOutSubject,
  { visibility, actor }: { visibility: Visibility; actor: string },
): Promise<{ id: string; isNew: boolean } | undefined> {
  return inTransaction(db, async (trx) => {
    const customer = await findCustomer(trx, subject, visibility);
    if (!customer) return undefined;
    const recorded = await recordOptOut(trx, { ...customer, source: 'operator', createdBy: actor });
    if (!recorded) throw new Error('nothing can be later than now');
    const { id, isNew } = recorded;
    if (isNew) await recordAudit(trx, { actor, action: 'create', subjectKind: 'opt-out', subjectId: id });
    return recorded;
  });
}

type Customer = { customerId: string; planfixAccountId: string; connectionId?: string };

async function findCustomer(
  trx: DatabaseTransaction,
  subject: OptOutSubject,
  { planfixAccountId: own }: Visibility,
): Promise<Customer | undefined> {
  if ('conversationId' in subject) {
    return trx
      .selectFrom('conversation')
      .where('id', '=', subject.conversationId)
      .$if(own !== undefined, (query) => query.where('planfixAccountId', '=', own as string))
      .select(['customerId', 'planfixAccountId', 'connectionId'])
      .executeTakeFirst();
  }
  const { planfixAccountId, phone } = subject;
  if (own !== undefined && own !== planfixAccountId) return undefined;
  const account = await trx
    .selectFrom('planfixAccount')
    .where('id', '=', planfixAccountId)
    .select('id')
    .executeTakeFirst();
  return account && { customerId: await customerOfPhone(trx, planfixAccountId, phone), planfixAccountId };
}

/** Found or made: they may be in the next list. */
async function customerOfPhone(trx: DatabaseTransaction, planfixAccountId: string, phone: string): Promise<string> {
  const [value, network] = [canonicalPhone(phone), PHONE_NETWORK];
  const known = await trx
    .selectFrom('customerIdentity')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('network', '=', network)
    .where('scope', '=', '')
    .where('kind', '=', 'phone')
    .where('value', '=', value)
    .where('validTo', 'is', null)
    .select('customerId')
    .executeTakeFirst();
  if (known) return known.customerId;
  const identities = [{ kind: 'phone' as const, value, address: phone }];
  const sighting = { planfixAccountId, network, portfolio: '', identities, former: [], name: undefined };
  const [placed] = await placeSightings(trx, [{ ...sighting, seenAtMs: Date.now() }]);
  return (placed as Placed).personId;
}

/** An operator knows that the customer wants marketing after all. False: it holds no more anyway, or is not theirs. */
export async function revokeByOperator(
  db: Database,
  id: string,
  { visibility, actor }: { visibility: Visibility; actor: string },
): Promise<boolean> {
  const row = await readOptOut(db, id, visibility);
  if (!row) return false;
  return inTransaction(db, async (trx) => {
    const revoked = await revokeOptOut(trx, { customerId: row.customerId, source: 'operator', by: actor });
    for (const subjectId of revoked)
      await recordAudit(trx, { actor, action: 'revoke', subjectKind: 'opt-out', subjectId });
    return true;
  });
}
