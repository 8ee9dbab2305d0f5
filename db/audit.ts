import { randomUUIDv7 } from 'node:crypto';
import type { Database, DatabaseTransaction } from './database.ts';

/** Who did what to which row: ids and words of ours only. */
export type AuditEntry = { actor: string; action: string; subjectKind: string; subjectId: string };

/** Written in the transaction of the change itself, so that neither is ever there without the other. */
export async function recordAudit(trx: Database | DatabaseTransaction, entry: AuditEntry): Promise<void> {
  await trx
    .insertInto('auditEntry')
    .values({ id: randomUUIDv7(), ...entry })
    .execute();
}
