/**
 * Where an inbound message goes (help page, "Create a new task if there are no active tasks with this contact"): on,
 * a new task when the previous one is deleted or in any status of the inactive type; off, always the same task, and a
 * new one only after that was purged. Whether a status is active is a flag of the status, never its name.
 */

/** What is known of the conversation's current task; `knownForMs` is the age of that knowledge. */
export type KnownTask = {
  planfixTask: number;
  isActive: boolean;
  isDeleted: boolean;
  isPurged: boolean;
  knownForMs: number;
};

export type TaskRoute =
  | { kind: 'append'; planfixTask: number }
  | { kind: 'create'; previousPlanfixTask: number | undefined }
  | { kind: 'read-first'; planfixTask: number };

export function routeToTask(
  task: KnownTask | undefined,
  rule: { newTaskWhenNoneActive: boolean; trustFlagForMs: number },
): TaskRoute {
  if (!task) return { kind: 'create', previousPlanfixTask: undefined };
  if (task.isPurged) return { kind: 'create', previousPlanfixTask: undefined };
  if (!rule.newTaskWhenNoneActive) return { kind: 'append', planfixTask: task.planfixTask };
  if (task.knownForMs > rule.trustFlagForMs) return { kind: 'read-first', planfixTask: task.planfixTask };
  if (task.isDeleted || !task.isActive) return { kind: 'create', previousPlanfixTask: task.planfixTask };
  return { kind: 'append', planfixTask: task.planfixTask };
}

/** The native integrations' form: `<Name> (WhatsApp, <number>)`; a contact without a name is called by the number. */
export function taskName(contactName: string, network: string, businessNumber: string): string {
  return `${contactName} (${network}, ${businessNumber})`.slice(0, MAX_TASK_NAME);
}

/** A production client cuts names at this length; Planfix's real limit is not documented. */
const MAX_TASK_NAME = 250;
