/**
 * Who gets the task of a new conversation (help page, WhatsApp: assignees): the template's assignees and the
 * additional ones from the connection's settings; if that leaves nobody, the account's primary admin or the employee
 * who set the connection up. Inactive employees are skipped. Planfix does not say which of the two stands in first, so
 * the order, and whether both do, is a setting of the connection.
 */
import type { FallbackAssignee } from './settings.ts';

/** Prefixed as in Planfix: `user:3` is an employee, `contact:5` a contact, `group:2` a group. */
export type Assignee = string;

export type AssigneeReason = 'template-and-settings' | FallbackAssignee | 'nobody';

export type AssigneeChoice = { assignees: Assignee[]; reason: AssigneeReason; skippedInactive: Assignee[] };

export function chooseAssignees(candidates: {
  template: readonly Assignee[];
  additional: readonly Assignee[];
  primaryAdmin: Assignee;
  configuredBy: Assignee;
  /** Who stands in, first things first; whoever is not named never does. */
  fallbackOrder: readonly FallbackAssignee[];
  isActive: (assignee: Assignee) => boolean;
}): AssigneeChoice {
  const standIns = { 'primary-admin': candidates.primaryAdmin, 'configured-by': candidates.configuredBy };
  const wanted = [...new Set([...candidates.template, ...candidates.additional])];
  const canWork = (assignee: Assignee) => !assignee.startsWith('user:') || candidates.isActive(assignee);
  const assignees = wanted.filter(canWork);
  const skippedInactive = wanted.filter((assignee) => !canWork(assignee));
  if (assignees.length > 0) return { assignees, reason: 'template-and-settings', skippedInactive };
  for (const reason of candidates.fallbackOrder) {
    const standIn = standIns[reason];
    if (canWork(standIn)) return { assignees: [standIn], reason, skippedInactive };
    if (!skippedInactive.includes(standIn)) skippedInactive.push(standIn);
  }
  return { assignees: [], reason: 'nobody', skippedInactive };
}
