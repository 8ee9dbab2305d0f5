import { v7 as uuidv7 } from 'uuid';
import type { Database, DatabaseTransaction } from './database.ts';

/**
 * Who did what to which row: ids and words of ours only. `detail` tells which fields were changed and to which of our
 * words, and no value that is secret or personal.
 */
export type AuditEntry = {
  actor: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  detail?: Readonly<Record<string, unknown>>;
};

/** What entries call an operator. */
export const operatorActor = (id: string) => `operator:${id}`;
/** What entries call Parley itself. */
export const PARLEY = 'parley';

/** Written in the transaction of the change itself, so that neither is ever there without the other. */
export async function recordAudit(
  trx: Database | DatabaseTransaction,
  { detail, ...entry }: AuditEntry,
): Promise<void> {
  await trx
    .insertInto('auditEntry')
    .values({ id: uuidv7(), ...entry, detail: detail === undefined ? null : JSON.stringify(detail) })
    .execute();
}
