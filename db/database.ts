import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './schema.generated.ts';

export type Database = Kysely<DB>;
export type DatabaseTransaction = Transaction<DB>;

const BIGINT = 20;

/**
 * Opens a pool. bigint columns hold millisecond offsets and row positions, all far below 2^53, so they are read as
 * numbers. The pool survives a stopped server: clients that break are dropped, the next query reconnects.
 */
export function createDatabase(url: string, poolSize: number): Database {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === BIGINT && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    types: types as pg.CustomTypesConfig,
  });
  pool.on('error', () => undefined);
  // The pool listens to idle clients only: one that breaks inside a transaction would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}
