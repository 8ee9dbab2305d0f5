import { sql } from 'kysely';
import type { LineParameters, LineProblem } from '../workflows/domain/mailing-lines.ts';
import { DUPLICATE, OPTED_OUT } from '../workflows/domain/mailing-lines.ts';
import { startRefusalSentence } from '../workflows/domain/start-refusals.ts';
import { recordset } from './columns.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { networkOf } from './identities.ts';
import type { MailingLease } from './mailings.ts';
import { optedOut } from './opt-outs.ts';
import { inTransaction } from './transaction.ts';

export type UncheckedLine = { line: number; recipient: string; parameters: LineParameters | null };

/** What the check found: whom the line goes to, or why it goes to nobody. */
export type CheckedLine = {
  line: number;
  /** `kind` is one of the kinds of identities, `value` canonical, `address` as messages are addressed. */
  person?: { kind: string; value: string; address: string };
  problem?: LineProblem;
};

/** The next lines that nobody has checked, in order. */
export async function readUncheckedLines(db: Database, mailingId: string, limit: number): Promise<UncheckedLine[]> {
  const rows = await db
    .selectFrom('mailingRecipient as r')
    .innerJoin('mailing as m', 'm.id', 'r.mailingId')
    .where('r.mailingId', '=', mailingId)
    .whereRef('r.line', '>', 'm.checkedLine')
    .where('r.state', '=', 'unchecked')
    .orderBy('r.line')
    .limit(limit)
    .select(['r.line', 'r.recipient', 'r.parameters'])
    .execute();
  return rows.map((row) => ({ ...row, parameters: row.parameters as LineParameters | null }));
}

/** Of what the decisions about a line depend on beside the line itself. */
export type CheckedMailing = MailingLease & {
  planfixAccountId: string;
  connectionId: string;
  provider: string;
  portfolio: string;
  kind: string;
  isMarketing: boolean;
};

/**
 * Stores what was found of these lines, then sets aside what only the database knows: recipients named before, those who
 * want no marketing, and those to whom nothing but a template may go. False: somebody else has the mailing now.
 */
export async function storeCheckedLines(
  db: Database,
  mailing: CheckedMailing,
  lines: readonly CheckedLine[],
): Promise<boolean> {
  const [first, last] = [lines[0]?.line, lines.at(-1)?.line];
  if (first === undefined || last === undefined) return true;
  return inTransaction(db, async (trx) => {
    const moved = await trx
      .updateTable('mailing')
      .set({ checkedLine: last })
      .where('id', '=', mailing.id)
      .where('lease', '=', mailing.lease)
      .where('state', '=', 'checking')
      .where('checkedLine', '<', first)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) return false;
    await storeVerdicts(trx, mailing.id, lines);
    await markDuplicates(trx, mailing.id, first, last);
    if (mailing.isMarketing) await markOptedOut(trx, mailing, lines);
    if (mailing.kind === 'text') await markClosedWindows(trx, mailing, lines);
    return true;
  });
}

async function storeVerdicts(
  trx: DatabaseTransaction,
  mailingId: string,
  lines: readonly CheckedLine[],
): Promise<void> {
  const verdicts = lines.map(({ line, person, problem }) => ({
    line,
    address: person?.address,
    person: person && `${person.kind}:${person.value}`,
    ...problem,
  }));
  await sql`
    update mailing_recipient r
       set state = case when w.path is null then 'good' else 'bad' end, address = w.address, person = w.person,
           path = w.path, message = w.message, remedy = w.remedy
      from ${recordset(verdicts, 'line integer, address text, person text, path text, message text, remedy text')}
     where r.mailing_id = ${mailingId} and r.line = w.line and r.state = 'unchecked'`.execute(trx);
}

/** The first line of each recipient counts, were it a good one. */
async function markDuplicates(trx: DatabaseTransaction, mailingId: string, first: number, last: number): Promise<void> {
  const { path, message, remedy } = DUPLICATE;
  await sql`
    update mailing_recipient r set state = 'duplicate', path = ${path}, message = ${message}, remedy = ${remedy}
     where r.mailing_id = ${mailingId} and r.line between ${first} and ${last} and r.state = 'good'
       and exists (select from mailing_recipient e where e.mailing_id = r.mailing_id and e.person = r.person
                     and e.line < r.line and e.state <> 'bad')`.execute(trx);
}

/** The customers behind the lines that are good so far. */
async function readKnownCustomers(
  trx: DatabaseTransaction,
  { id, planfixAccountId, provider, portfolio }: CheckedMailing,
  lines: readonly number[],
): Promise<{ line: number; customerId: string }[]> {
  const { rows } = await sql<{ line: number; customerId: string }>`
    select r.line, i.customer_id as "customerId"
      from unnest(${[...lines]}::integer[]) as w(line)
      join mailing_recipient r on r.mailing_id = ${id} and r.line = w.line and r.state = 'good'
      join customer_identity i on i.planfix_account_id = ${planfixAccountId} and i.network = ${networkOf(provider)}
       and i.kind = split_part(r.person, ':', 1) and i.value = split_part(r.person, ':', 2)
       and i.scope = case when i.kind = 'phone' then '' else ${portfolio} end and i.valid_to is null`.execute(trx);
  return rows;
}

async function markOptedOut(
  trx: DatabaseTransaction,
  mailing: CheckedMailing,
  lines: readonly CheckedLine[],
): Promise<void> {
  const known = await readKnownCustomers(
    trx,
    mailing,
    lines.map(({ line }) => line),
  );
  const out = await optedOut(
    trx,
    known.map(({ customerId }) => customerId),
  );
  const outLines = known.filter(({ customerId }) => out.has(customerId)).map(({ line }) => line);
  if (outLines.length === 0) return;
  await trx
    .updateTable('mailingRecipient')
    .set({ state: 'opted-out', ...OPTED_OUT })
    .where('mailingId', '=', mailing.id)
    .where('line', 'in', outLines)
    .execute();
}

/** A text may only go to customers who wrote within the last day. */
async function markClosedWindows(
  trx: DatabaseTransaction,
  mailing: CheckedMailing,
  checked: readonly CheckedLine[],
): Promise<void> {
  const lines = checked.map(({ line }) => line);
  const known = await readKnownCustomers(trx, mailing, lines);
  const { rows } = await sql<{ id: string }>`
    select u.id from unnest(${known.map(({ customerId }) => customerId)}::uuid[]) as w(id)
      join customer u on u.id = w.id
     where exists (select from conversation c join customer f on f.id = c.customer_id
       where c.connection_id = ${mailing.connectionId} and c.window_expires_at > clock_timestamp()
         and (f.id = u.id or coalesce(f.merged_into, f.id) = coalesce(u.merged_into, u.id)))`.execute(trx);
  const open = new Set(rows.map((row) => row.id));
  const openLines = known.filter(({ customerId }) => open.has(customerId)).map(({ line }) => line);
  const [message, remedy] = startRefusalSentence('window-closed', 'en');
  await sql`
    update mailing_recipient set state = 'bad', path = 'to', message = ${message}, remedy = ${remedy}
     where mailing_id = ${mailing.id} and line = any(${lines}::integer[]) and state = 'good'
       and line <> all(${openLines}::integer[])`.execute(trx);
}

/** Counts the lines that were set aside. Called once, when all are checked. */
export async function countLines(
  db: Database,
  { id, lease }: MailingLease,
): Promise<{ bad: number; good: number } | undefined> {
  const { rows } = await sql<{ bad: number; good: number }>`
    with counted as (
      select count(*) filter (where state = 'bad')::integer as bad, count(*) filter (where state = 'good')::integer as good,
             count(*) filter (where state = 'duplicate')::integer as duplicate,
             count(*) filter (where state = 'opted-out')::integer as opted_out
        from mailing_recipient where mailing_id = ${id})
    update mailing m set bad_lines = c.bad, duplicate_lines = c.duplicate, opted_out_lines = c.opted_out
      from counted c where m.id = ${id} and m.lease = ${lease} returning c.bad, c.good`.execute(db);
  return rows[0];
}

/** Takes the recipients out of lines that nobody will be sent to any more. The last line of it; undefined: all is done. */
export async function blankLines(db: Database, id: string, after: number, limit: number): Promise<number | undefined> {
  const { rows } = await sql<{ last: number | null }>`
    with l as (select line from mailing_recipient where mailing_id = ${id} and line > ${after} order by line limit ${limit}),
    blanked as (
      update mailing_recipient r set recipient = '', name = null, parameters = null, address = null, person = null
        from l where r.mailing_id = ${id} and r.line = l.line and r.recipient <> '')
    select max(line) as last from l`.execute(db);
  return rows[0]?.last ?? undefined;
}
