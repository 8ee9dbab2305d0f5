import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { BULK_FREE, isBulk, isNear } from '../workflows/domain/bulk.ts';
import { type FingerprintInput, fingerprintText } from '../workflows/domain/fingerprint.ts';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import { DEFAULT_WAITS } from '../workflows/domain/waits.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';

/** A message that counts: which one it is identical to, and when it was sent. */
export type CountedMessage = { connectionId: string; fingerprint: Buffer; at: Date };

export const fingerprintOf = (input: FingerprintInput): Buffer =>
  createHash('sha256').update(fingerprintText(input)).digest();

const WINDOW_MS = DEFAULT_WAITS.bulkWindowMs;

/** Identical messages of one call, in its order; `known`: how many are decided already near each instant. */
type Group = { key: string; members: { index: number; atMs: number }[]; known: Map<number, number> };

/**
 * Decides which of these messages are bulk (design, "Bulk, exactly"), in their order, and writes down that they are
 * decided. Committed decisions are never taken back, so where three are found no lock is needed; only where fewer are,
 * the key is locked until the end of the transaction and they are counted again. The conversations must be locked before.
 */
export async function decideBulk(trx: DatabaseTransaction, counted: readonly CountedMessage[]): Promise<boolean[]> {
  if (counted.length === 0) return [];
  const groups = toGroups(counted);
  await countKnown(trx, groups);
  const open = groups.filter((group) => decideGroup(group).includes('free'));
  if (open.length > 0) {
    await lockKeys(trx, open);
    await countKnown(trx, open);
  }
  const decisions: boolean[] = [];
  for (const group of groups) {
    for (const [place, decision] of decideGroup(group).entries()) {
      decisions[(group.members[place] as Group['members'][number]).index] = decision === 'bulk';
    }
  }
  await storeFingerprints(trx, groups);
  return decisions;
}

function toGroups(counted: readonly CountedMessage[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, { connectionId, fingerprint, at }] of counted.entries()) {
    const key = `${connectionId}|${fingerprint.toString('hex')}`;
    const group: Group = groups.get(key) ?? { key, members: [], known: new Map() };
    group.members.push({ index, atMs: +at });
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** One by one: those of the same call that come before count, too. */
function decideGroup({ members, known }: Group): ('free' | 'bulk')[] {
  return members.map(({ atMs }, place) => {
    let near = known.get(atMs) ?? 0;
    for (let before = 0; before < place && !isBulk(near); before += 1) {
      if (isNear(atMs, (members[before] as Group['members'][number]).atMs, WINDOW_MS)) near += 1;
    }
    return isBulk(near) ? 'bulk' : 'free';
  });
}

/** Each instant once. More than enough need not be counted, however many there are. */
async function countKnown(trx: DatabaseTransaction, groups: readonly Group[]): Promise<void> {
  const wanted = groups.flatMap((group, index) => {
    const [connection, fingerprint] = group.key.split('|');
    const instants = [...new Set(group.members.map(({ atMs }) => atMs))];
    return instants.map((ms) => ({ index, connection, fingerprint, ms, at: new Date(ms) }));
  });
  const { rows } = await sql<{ index: number; ms: number; near: number }>`
    select w."index", w.ms, coalesce(n.near, 0)::integer as near
      from ${recordset(wanted, '"index" integer, connection uuid, fingerprint text, ms float8, at timestamptz')}
      cross join lateral (
        select sum(messages) as near from (
          select f.messages from outgoing_fingerprint f
           where f.connection_id = w.connection and f.fingerprint = decode(w.fingerprint, 'hex')
             and f.at > w.at - ${WINDOW_MS} * interval '1 millisecond'
             and f.at < w.at + ${WINDOW_MS} * interval '1 millisecond'
           limit ${BULK_FREE}) found) n`.execute(trx);
  for (const { index, ms, near } of rows) groups[index]?.known.set(ms, near);
}

async function lockKeys(trx: DatabaseTransaction, groups: readonly Group[]): Promise<void> {
  const keys = groups.map(({ key }) => `bulk|${key}`);
  await sql`
    select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest(${keys}::text[]) with ordinality as w(k, n)
     order by n`.execute(trx);
}

async function storeFingerprints(trx: DatabaseTransaction, groups: readonly Group[]): Promise<void> {
  const rows = groups.flatMap(({ key, members }) => {
    const [connection, fingerprint] = key.split('|');
    return [...Map.groupBy(members, ({ atMs }) => atMs)].map(([atMs, same]) => ({
      connection,
      fingerprint,
      at: new Date(atMs),
      messages: same.length,
    }));
  });
  await sql`
    insert into outgoing_fingerprint (connection_id, fingerprint, at, messages)
    select w.connection, decode(w.fingerprint, 'hex'), w.at, w.messages
      from ${recordset(rows, 'connection uuid, fingerprint text, at timestamptz, messages integer')}`.execute(trx);
}

/** What all messages of a mailing share, and when this one came. `isSent`: it has left already, nobody needs to hurry. */
export type MailingMember = {
  planfixAccountId: string;
  connectionId: string;
  fingerprint: Buffer;
  kind: string;
  text: string;
  content: MessageContent | null;
  templateId: string | null;
  at: Date;
  isSent?: boolean;
};

/** Members that come within this time of each other renew the window once: the row is not written for each of them. */
export const MEMBER_GRAIN_MS = 1_000;

/** `isToBeTold`: nobody has told its run yet that there is something to send. */
export type JoinedMailing = { id: string; isNew: boolean; isToBeTold: boolean };

/**
 * The mailing that a bulk message belongs to: the open one of its fingerprint, or a new one. It stays open until the end
 * of the transaction. Whoever calls tells its `bulk-hold` run after the commit, where that is to be told.
 */
export async function mailingFor(trx: DatabaseTransaction, member: MailingMember): Promise<JoinedMailing> {
  for (;;) {
    const joined = await joinOpenMailing(trx, member);
    if (joined) return joined;
    const opened = await openMailing(trx, member);
    if (opened !== undefined) return { id: opened, isNew: true, isToBeTold: true };
  }
}

/**
 * The lock is the one that a reference takes anyway; only who closes the mailing, or looks whether anything is left,
 * waits for it. The due time is ahead while its run works or sleeps: the first who comes then takes it back and tells.
 */
async function joinOpenMailing(trx: DatabaseTransaction, member: MailingMember): Promise<JoinedMailing | undefined> {
  const isSent = member.isSent === true;
  const { rows } = await sql<{ id: string; isToBeTold: boolean; isLater: boolean }>`
    select id, not ${isSent} and (due_at is null or due_at > ${member.at}) as "isToBeTold",
           last_member_at < ${member.at}::timestamptz - ${MEMBER_GRAIN_MS} * interval '1 millisecond' as "isLater"
      from mailing
     where connection_id = ${member.connectionId} and fingerprint = ${member.fingerprint} and origin = 'detected'
       and closed_at is null
       for key share`.execute(trx);
  const [open] = rows;
  if (!open) return undefined;
  const { id, isToBeTold, isLater } = open;
  if (isToBeTold || isLater) {
    await sql`
      update mailing set last_member_at = greatest(last_member_at, ${member.at}),
             due_at = case when ${isSent} then due_at else least(due_at, ${member.at}) end
       where id = ${id}`.execute(trx);
  }
  return { id, isNew: false, isToBeTold };
}

/** Undefined: somebody else has opened it meanwhile. */
async function openMailing(trx: DatabaseTransaction, member: MailingMember): Promise<string | undefined> {
  const { planfixAccountId, connectionId, fingerprint, kind, text, content, templateId, at } = member;
  const row = await trx
    .insertInto('mailing')
    .values({
      id: uuidv7(),
      planfixAccountId,
      connectionId,
      fingerprint,
      origin: 'detected',
      state: 'running',
      kind,
      text,
      content: content === null ? null : JSON.stringify(content),
      templateId,
      isMarketing: sql`exists (select from message_template where id = ${templateId} and category = 'marketing')`,
      lastMemberAt: at,
      createdAt: at,
      startedAt: at,
      dueAt: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Fingerprints that no message can be near enough to any more, however late its webhook comes. */
export async function deleteOldFingerprints(db: Database, olderThanMs: number): Promise<void> {
  await sql`
    delete from outgoing_fingerprint
     where decided_at < statement_timestamp() - ${olderThanMs} * interval '1 millisecond'`.execute(db);
}
