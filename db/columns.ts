import type { ColumnType } from 'kysely';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';

/** jsonb columns: read as what they hold, written as JSON text (pg would turn arrays into Postgres arrays). */
export type SettingsColumn = ColumnType<ConnectionSettings, string, string>;
export type ChecksColumn = ColumnType<ConnectionCheck[], string | undefined, string>;
export type ItemsColumn = ColumnType<unknown[], string, string>;
export type DocumentColumn = ColumnType<unknown, string | null | undefined, string | null>;
