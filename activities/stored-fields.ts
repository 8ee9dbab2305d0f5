import { recordFieldsVerified, type TaskCreation } from '../db/conversation-tasks.ts';
import { openProblem } from '../db/problems.ts';
import { type Said, tell } from '../workflows/domain/problem-findings.ts';
import type { Dependencies } from './dependencies.ts';
import { HttpFailure } from './http.ts';
import { NotNow } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import type { NewTask } from './planfix/tasks.ts';
import type { PlanfixAccount } from './planfix-account.ts';

/**
 * Reads the first task of a connection (and the first after its settings changed) back: Planfix may accept a create
 * and silently keep less of it, such as a field that is not on the template. Said once as a problem. A read that fails
 * is made up for by the next task.
 */
export async function verifyStoredFields(
  { db }: Pick<Dependencies, 'db'>,
  account: PlanfixAccount,
  creation: TaskCreation,
  sent: NewTask & { id: number },
): Promise<void> {
  if (creation.fieldsVerified) return;
  try {
    const fieldId = sent.correlation?.fieldId;
    const kept = await account.client.readStored({ taskId: sent.id, ...(fieldId === undefined ? {} : { fieldId }) });
    const dropped: Said[] = [];
    if (!isKept(sent.assigner, kept.assigner)) dropped.push(['assigner-not-kept']);
    if (!isKept(sent.counterparty, kept.counterparty)) dropped.push(['counterparty-not-kept']);
    if (fieldId !== undefined && kept.fieldText !== sent.correlation?.value) {
      dropped.push(['field-not-kept', { field: fieldId }]);
    }
    const { planfixAccountId, connectionId } = creation;
    if (dropped.length > 0) {
      await openProblem(db, { kind: 'fields-refused', planfixAccountId, connectionId, ...tell(...dropped) });
    }
    await recordFieldsVerified(db, connectionId);
  } catch (error) {
    if (!(error instanceof NotNow || error instanceof PlanfixError || error instanceof HttpFailure)) throw error;
  }
}

/** A contact that was merged into another reads as that one: it is kept all the same. */
const isKept = (sent: string | undefined, kept: string | undefined) =>
  sent === undefined || kept === sent || kept?.startsWith('contact:') === true;
