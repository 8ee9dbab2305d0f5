import { sql } from 'kysely';
import type { ConnectionSettings } from '../workflows/domain/settings.ts';
import type { AccountAccess } from './account-access.ts';
import { msAgo } from './columns.ts';
import type { Database } from './database.ts';
import { warningInMs } from './service-windows.ts';
import type { RequestedLink } from './task-links.ts';

/** What a turn of the to-Planfix lane must know about its conversation. Times are ages, so that one clock counts. */
export type PlanfixTurn = {
  planfixAccountId: string;
  account: AccountAccess;
  connectionId: string;
  connectionState: string;
  settings: ConnectionSettings;
  polledMsAgo: number | null;
  customerId: string;
  customerName: string | null;
  contact: number | null;
  isContactRefusedAsOwner: boolean;
  /** A phone that turned up after the contact was made without one; digits. */
  phoneToAdd: string | null;
  /** The channel time up to which messages stand in Planfix. */
  postedThrough: Date | null;
  windowExpiresAt: Date | null;
  /** Until the assignee must be told that the window closes over an unanswered customer; null: nobody must be. */
  warningInMs: number | null;
  /** How the last message to the customer fared, where the task's field shows something else; null: nothing to do. */
  staleDeliveryState: string | null;
  /** Nothing was shown in that field so far. */
  isDeliveryStateNew: boolean;
  /** Files of posted messages that Planfix does not show yet. */
  hasUnshown: boolean;
  task: {
    id: string;
    planfixTask: number | null;
    isActive: boolean;
    isGone: boolean;
    activeKnownMsAgo: number | null;
  } | null;
  /** A task that a person wants the conversation to go on in. */
  link: RequestedLink | null;
};

/** `windowWarningMs`: how long before its end a window counts as about to close. */
export async function readPlanfixTurn(
  db: Database,
  conversationId: string,
  windowWarningMs: number,
): Promise<PlanfixTurn | undefined> {
  const row = await selectTurn(db, windowWarningMs).where('c.id', '=', conversationId).executeTakeFirst();
  return row && toTurn(row);
}

function selectTurn(db: Database, windowWarningMs: number) {
  return db
    .selectFrom('conversation as c')
    .innerJoin('planfixAccount as a', 'a.id', 'c.planfixAccountId')
    .innerJoin('connection as n', 'n.id', 'c.connectionId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .leftJoin('planfixContact as p', (join) =>
      join.onRef('p.customerId', '=', 'c.customerId').onRef('p.planfixAccountId', '=', 'c.planfixAccountId'),
    )
    .leftJoin('conversationTask as t', (join) =>
      join.onRef('t.conversationId', '=', 'c.id').on('t.isCurrent', '=', true),
    )
    .leftJoin('taskLink as l', (join) => join.onRef('l.conversationId', '=', 'c.id').on('l.state', '=', 'requested'))
    .select([
      'c.planfixAccountId',
      'a.url',
      'a.token',
      'a.state',
      'a.primaryAdmin',
      'a.clockOffsetMs',
      'a.timeZone',
      'a.createdAt',
      'c.connectionId',
      'n.state as connectionState',
      'n.settings',
      POLLED_MS_AGO.as('polledMsAgo'),
      'c.customerId',
      'u.name as customerName',
      'p.contact',
      'p.isRefusedAsOwner',
      PHONE_TO_ADD.as('phoneToAdd'),
      't.id as taskId',
      't.planfixTask',
      't.isActive',
      't.isGone',
      msAgo('t.active_known_at').as('activeKnownMsAgo'),
      'l.id as linkId',
      'l.planfixTask as linkPlanfixTask',
      'c.postedThrough',
      'c.windowExpiresAt',
      warningInMs(windowWarningMs).as('warningInMs'),
      STALE_DELIVERY_STATE.as('staleDeliveryState'),
      sql<boolean>`c.shown_delivery_state is null`.as('isDeliveryStateNew'),
      sql<boolean>`exists (select from attachment f where f.conversation_id = c.id and not f.is_shown)`.as(
        'hasUnshown',
      ),
    ]);
}

type TurnRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectTurn>['executeTakeFirst']>>>;

function toTurn(row: TurnRow): PlanfixTurn {
  const { planfixAccountId, connectionId, connectionState, settings, polledMsAgo, customerId, customerName } = row;
  const { url, token, state, primaryAdmin, clockOffsetMs, timeZone, createdAt } = row;
  const { contact, taskId, planfixTask, isActive, isGone, activeKnownMsAgo, linkId, linkPlanfixTask } = row;
  return {
    planfixAccountId,
    account: { id: planfixAccountId, url, token, state, primaryAdmin, clockOffsetMs, timeZone, createdAt },
    connectionId,
    connectionState,
    settings,
    polledMsAgo,
    customerId,
    customerName,
    contact,
    isContactRefusedAsOwner: row.isRefusedAsOwner === true,
    phoneToAdd: row.phoneToAdd,
    postedThrough: row.postedThrough,
    windowExpiresAt: row.windowExpiresAt,
    warningInMs: row.warningInMs,
    staleDeliveryState: row.staleDeliveryState,
    isDeliveryStateNew: row.isDeliveryStateNew,
    hasUnshown: row.hasUnshown,
    task:
      taskId === null
        ? null
        : { id: taskId, planfixTask, isActive: isActive === true, isGone: isGone === true, activeKnownMsAgo },
    link: linkId === null ? null : { id: linkId, planfixTask: linkPlanfixTask as number },
  };
}

const PHONE_TO_ADD = sql<string | null>`
  case when p.lacks_phone then (
    select i.address from customer_identity i
     where i.customer_id = c.customer_id and i.kind = 'phone' and i.valid_to is null
     order by i.valid_from desc limit 1) end`;

/** For queries over `conversation c`: the contact was made without a phone, and one is known by now. */
export const HAS_PHONE_TO_ADD = sql<boolean>`exists (
  select from planfix_contact p
   where p.customer_id = c.customer_id and p.planfix_account_id = c.planfix_account_id and p.contact is not null
     and ${PHONE_TO_ADD} is not null)`;

const STALE_DELIVERY_STATE = sql<string | null>`
  case when n.settings ? 'deliveryStateField' then (
    select nullif(m.state, coalesce(c.shown_delivery_state, '')) from message m
     where m.conversation_id = c.id and m.direction = 'outbound'
       -- What is kept out of tasks says nothing about the talk in one.
       and (m.hold is null or m.hold not in ('held', 'expired'))
     order by m.received_at desc, m.position desc limit 1) end`;

/** For queries over `conversation c`. */
export const HAS_STALE_DELIVERY_STATE = sql<boolean>`exists (
  select from connection n where n.id = c.connection_id and ${STALE_DELIVERY_STATE} is not null)`;

/** Polls are recorded in Planfix's time. */
const POLLED_MS_AGO = sql<number | null>`(extract(epoch from clock_timestamp() - a.polled_through) * 1000
  + a.clock_offset_ms)::float8`;

export async function recordShownDeliveryState(db: Database, conversationId: string, state: string): Promise<void> {
  await db.updateTable('conversation').set({ shownDeliveryState: state }).where('id', '=', conversationId).execute();
}
