import { type ColumnType, type RawBuilder, sql } from 'kysely';
import type { MessageContent } from '../workflows/domain/message-content.ts';
import type { ProblemFinding } from '../workflows/domain/problem-findings.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';

/** jsonb columns: read as what they hold, written as JSON text (pg would turn arrays into Postgres arrays). */
export type SettingsColumn = ColumnType<ConnectionSettings, string, string>;
export type ChecksColumn = ColumnType<ConnectionCheck[], string | undefined, string>;
export type FindingsColumn = ColumnType<ProblemFinding[], string | undefined, string>;
export type ItemsColumn = ColumnType<unknown[], string, string>;
export type DocumentColumn = ColumnType<unknown, string | null | undefined, string | null>;
export type ContentColumn = ColumnType<MessageContent | null, string | null | undefined, string | null>;

/**
 * Rows as the table `w`, for joins. The limit says how many there are: the planner takes any such table for a hundred
 * rows, and would rather read another whole table than look a hundred times into its index.
 */
export const recordset = (rows: readonly object[], columns: string) =>
  sql`(select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w(${sql.raw(columns)}) limit ${rows.length}) as w`;

/**
 * A condition that the planner does not guess at: where a table was never analyzed it takes `is null` for true of one row
 * in two hundred and two of them for true of none, and then compares the whole table with each row of `w`.
 */
export const unguessed = (condition: RawBuilder<unknown>) =>
  sql<boolean>`case when ${condition} then true else false end`;

/** How long ago the time in this column was, by the database's own clock; null where there is none. */
export const msAgo = (column: string) =>
  sql<number | null>`(extract(epoch from clock_timestamp() - ${sql.ref(column)}) * 1000)::float8`;
