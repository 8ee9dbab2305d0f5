import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { isParentBsuid } from '../workflows/domain/identity.ts';
import { canonicalPhone } from '../workflows/domain/phone.ts';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { StartRefusal } from '../workflows/domain/start-refusals.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { IS_COMING_BACK } from './former-connections.ts';
import { networkOf, resolveCustomers } from './identities.ts';
import { personOf } from './person-contacts.ts';

/**
 * Whom somebody writes to first. `identity` is the network's own id; `customer` is ours; `task` is whoever the named task
 * is of.
 */
export type StartRecipient =
  | { kind: 'phone'; digits: string }
  | { kind: 'identity'; value: string }
  | { kind: 'customer'; id: string }
  | { kind: 'contact'; contact: number }
  | { kind: 'task' };

/** Nothing was started, for a reason that the asker can do something about. Takes the transaction back. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  readonly reason: StartRefusal;

  constructor(reason: StartRefusal) {
    super(reason);
    this.reason = reason;
  }
}

/** The number that a start leaves from. */
export type StartConnection = {
  id: string;
  planfixAccountId: string;
  provider: string;
  wabaId: string;
  portfolio: string;
  state: string;
  /** It was paused, and is being connected again: what waits for it goes on waiting. */
  isComingBack: boolean;
  settings: ConnectionSettings;
  displayPhoneNumber: string | null;
};

export const isLive = ({ state, isComingBack }: Pick<StartConnection, 'state' | 'isComingBack'>) =>
  state === 'connected' || state === 'paused' || isComingBack;

function selectConnections(db: Database | DatabaseTransaction) {
  return db
    .selectFrom('connection')
    .select((eb) => [
      'id',
      'planfixAccountId',
      'provider',
      'wabaId',
      eb.fn.coalesce('portfolioId', 'wabaId').as('portfolio'),
      'state',
      IS_COMING_BACK.as('isComingBack'),
      'settings',
      'displayPhoneNumber',
    ]);
}

export async function readStartConnection(
  db: Database | DatabaseTransaction,
  id: string,
): Promise<StartConnection | undefined> {
  return selectConnections(db).where('id', '=', id).executeTakeFirst();
}

/** Those of an account that messages can leave from, oldest first. */
export async function liveConnections(db: Database, planfixAccountId: string): Promise<StartConnection[]> {
  return selectConnections(db)
    .where('planfixAccountId', '=', planfixAccountId)
    .where((eb) => eb.or([eb('state', 'in', ['connected', 'paused']), IS_COMING_BACK]))
    .orderBy('id')
    .execute();
}

/**
 * The customer that a recipient is, found or created; a known one keeps their name. `ask-planfix`: only Planfix can
 * tell. Locks identities; to be called before a conversation is locked. @throws StartRefused
 */
export async function findRecipient(
  trx: DatabaseTransaction,
  connection: StartConnection,
  to: StartRecipient,
  planfixTask: number | null,
): Promise<{ customerId: string } | 'ask-planfix'> {
  switch (to.kind) {
    case 'phone':
      return { customerId: await customerOfPhone(trx, connection, to.digits) };
    case 'identity':
      return { customerId: await customerOfId(trx, connection, to.value) };
    case 'customer':
      return { customerId: await knownCustomer(trx, connection, to.id) };
    case 'contact':
      return (await customerOfContact(trx, connection, to.contact)) ?? 'ask-planfix';
    case 'task':
      return (planfixTask !== null && (await customerOfTask(trx, connection, planfixTask))) || 'ask-planfix';
  }
}

/** A number that was typed teaches no spelling: where the network's own is known, that one stays. */
async function customerOfPhone(trx: DatabaseTransaction, connection: StartConnection, digits: string): Promise<string> {
  const value = canonicalPhone(digits);
  const known = await trx
    .selectFrom('customerIdentity')
    .where('planfixAccountId', '=', connection.planfixAccountId)
    .where('network', '=', networkOf(connection.provider))
    .where('scope', '=', '')
    .where('kind', '=', 'phone')
    .where('value', '=', value)
    .where('validTo', 'is', null)
    .select('address')
    .executeTakeFirst();
  return resolve(trx, connection, { kind: 'phone', value, address: known?.address ?? digits });
}

const customerOfId = (trx: DatabaseTransaction, connection: StartConnection, value: string) =>
  resolve(trx, connection, { kind: isParentBsuid(value) ? 'parent-bsuid' : 'bsuid', value });

async function resolve(
  trx: DatabaseTransaction,
  { id: connectionId, planfixAccountId, provider, portfolio }: StartConnection,
  identity: Parameters<typeof resolveCustomers>[1][number]['identities'][number],
): Promise<string> {
  const [found] = await resolveCustomers(trx, [
    {
      planfixAccountId,
      network: networkOf(provider),
      portfolio,
      identities: [identity],
      former: [],
      name: undefined,
      connectionId,
      seenAtMs: Date.now(),
    },
  ]);
  if (!found) throw new Error('a recipient is always somebody');
  return found.customerId;
}

async function knownCustomer(
  trx: DatabaseTransaction,
  { planfixAccountId }: StartConnection,
  id: string,
): Promise<string> {
  const row = await trx
    .selectFrom('customer')
    .where('id', '=', id)
    .where('planfixAccountId', '=', planfixAccountId)
    .where('erasedAt', 'is', null)
    .select('id')
    .executeTakeFirst();
  if (!row) throw new StartRefused('unknown-identity');
  return row.id;
}

/** Of several customers with this contact the one who wrote on this number last. */
async function customerOfContact(
  trx: DatabaseTransaction,
  { id, planfixAccountId }: StartConnection,
  contact: number,
): Promise<{ customerId: string } | undefined> {
  const { rows } = await sql<{ customerId: string }>`
    select p.customer_id as "customerId" from planfix_contact p
      left join conversation c on c.customer_id = p.customer_id and c.connection_id = ${id}
     where p.planfix_account_id = ${planfixAccountId} and p.contact = ${contact}
     order by c.last_inbound_at desc nulls last, c.created_at desc nulls last, p.created_at limit 1`.execute(trx);
  return rows[0];
}

/** Whose conversation on this number has the task; several: Planfix must tell whom it is of. */
async function customerOfTask(
  trx: DatabaseTransaction,
  { id, planfixAccountId }: StartConnection,
  planfixTask: number,
): Promise<{ customerId: string } | undefined> {
  const rows = await trx
    .selectFrom('conversationTask as t')
    .innerJoin('conversation as c', 'c.id', 't.conversationId')
    .where('t.planfixAccountId', '=', planfixAccountId)
    .where('t.planfixTask', '=', planfixTask)
    .where('c.connectionId', '=', id)
    .select('c.customerId')
    .distinct()
    .limit(2)
    .execute();
  return rows.length === 1 ? rows[0] : undefined;
}

/** Whether a task is one that conversations stand in: then it is there, and Planfix need not be asked. */
export async function isTaskKnown(
  trx: DatabaseTransaction,
  planfixAccountId: string,
  planfixTask: number,
): Promise<boolean> {
  const row = await trx
    .selectFrom('conversationTask')
    .where('planfixAccountId', '=', planfixAccountId)
    .where('planfixTask', '=', planfixTask)
    .where('isGone', '=', false)
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export type LockedPlace = { conversationId: string; customerId: string; isWindowOpen: boolean };

/** The person's conversation on this number, made if there is none, and held until the end of the transaction. */
export async function lockPlace(
  trx: DatabaseTransaction,
  connection: StartConnection,
  customerId: string,
): Promise<LockedPlace> {
  const personId = await personOf(trx, customerId);
  const lock = async () => {
    const { rows } = await sql<LockedPlace>`
      select c.id as "conversationId", c.customer_id as "customerId",
             coalesce(c.window_expires_at > clock_timestamp(), false) as "isWindowOpen"
        from conversation c join customer u on u.id = c.customer_id
       where c.connection_id = ${connection.id} and (u.id = ${personId} or u.merged_into = ${personId})
       order by (u.id = ${customerId}) desc, (u.merged_into is null) desc, c.created_at, c.id limit 1
         for no key update of c`.execute(trx);
    return rows[0];
  };
  const found = await lock();
  if (found) return found;
  const { id: connectionId, planfixAccountId } = connection;
  await trx
    .insertInto('conversation')
    .values({ id: uuidv7(), connectionId, customerId: personId, planfixAccountId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await lock();
  if (!made) throw new Error('a conversation that was made is there');
  return made;
}

/** A conversation of somebody who may be written to; the one in which they wrote last comes first. */
export type PersonPlace = { conversationId: string; connectionId: string; isWindowOpen: boolean };

/** Of the customers that are this contact, or else of whoever has this phone. */
export async function placesOfContact(
  db: Database,
  planfixAccountId: string,
  { contact, digits }: { contact: number; digits: string | undefined },
): Promise<PersonPlace[]> {
  const phone = digits === undefined ? null : canonicalPhone(digits);
  const { rows } = await sql<PersonPlace>`
    with by_contact as (
      select customer_id as id from planfix_contact
       where planfix_account_id = ${planfixAccountId} and contact = ${contact}),
    by_phone as (
      select customer_id as id from customer_identity
       where planfix_account_id = ${planfixAccountId} and kind = 'phone' and value = ${phone} and valid_to is null
         and not exists (select from by_contact)),
    persons as (
      select coalesce(u.merged_into, u.id) as id from customer u
       where u.id in (select id from by_contact union select id from by_phone))
    select c.id as "conversationId", c.connection_id as "connectionId",
           coalesce(c.window_expires_at > clock_timestamp(), false) as "isWindowOpen"
      from customer u join conversation c on c.customer_id = u.id
     where u.id in (select id from persons) or u.merged_into in (select id from persons)
     order by c.last_inbound_at desc nulls last, c.created_at desc`.execute(db);
  return rows;
}

/** Whether the object of Planfix that carries this id is a task that Parley made, or is just making. */
export async function isOwnTask(db: Database, sourceObjectId: string | undefined): Promise<boolean> {
  if (sourceObjectId === undefined || !UUID.test(sourceObjectId)) return false;
  const row = await db.selectFrom('conversationTask').where('id', '=', sourceObjectId).select('id').executeTakeFirst();
  return row !== undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
