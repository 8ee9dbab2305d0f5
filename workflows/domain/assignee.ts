/**
 * Who gets the task of a new conversation (help page, WhatsApp: assignees): the template's assignees and the
 * additional ones from the connection's settings; if that leaves nobody, the account's primary admin, else the
 * employee who set the connection up. Inactive employees are skipped. Planfix does not say which of the two stands in
 * first, so this order is Parley's own.
 */

/** Prefixed as in Planfix: `user:3` is an employee, `contact:5` a contact, `group:2` a group. */
export type Assignee = string;

export type AssigneeReason = 'template-and-settings' | 'primary-admin' | 'configured-by' | 'nobody';

export type AssigneeChoice = { assignees: Assignee[]; reason: AssigneeReason; skippedInactive: Assignee[] };

export function chooseAssignees(candidates: {
  template: readonly Assignee[];
  additional: readonly Assignee[];
  primaryAdmin: Assignee;
  configuredBy: Assignee;
  isActive: (assignee: Assignee) => boolean;
}): AssigneeChoice {
  const { primaryAdmin, configuredBy } = candidates;
  const wanted = [...new Set([...candidates.template, ...candidates.additional])];
  const canWork = (assignee: Assignee) => !assignee.startsWith('user:') || candidates.isActive(assignee);
  const assignees = wanted.filter(canWork);
  const skippedInactive = wanted.filter((assignee) => !canWork(assignee));
  if (assignees.length > 0) return { assignees, reason: 'template-and-settings', skippedInactive };
  if (canWork(primaryAdmin)) return { assignees: [primaryAdmin], reason: 'primary-admin', skippedInactive };
  if (canWork(configuredBy)) {
    return { assignees: [configuredBy], reason: 'configured-by', skippedInactive: [...skippedInactive, primaryAdmin] };
  }
  return { assignees: [], reason: 'nobody', skippedInactive: [...skippedInactive, primaryAdmin, configuredBy] };
}
