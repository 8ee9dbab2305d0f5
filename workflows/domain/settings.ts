import type { Language } from './message.ts';
import type { ProblemFinding } from './problem-findings.ts';

/** A connection's settings, as the API takes and returns them. Task and contact templates are Planfix numbers. */
export type ConnectionSettings = {
  taskTemplate: number;
  contactTemplate?: number | undefined;
  /** A text field of the task template that carries our id, so that a lost answer can be looked up on the server. */
  correlationField?: number | undefined;
  /** The status a task gets when its first one forbids comments. */
  initialStatus?: number | undefined;
  /** Prefixed people and groups: `user:3`, `group:2`. */
  additionalAssignees: string[];
  newTaskWhenNoneActive: boolean;
  language: Language;
  /** Who writes the comments that show what a colleague wrote in the business's own app: `user:3`. */
  echoAuthor?: string | undefined;
  /** A colleague's message to somebody without a task opens one at once; else it is held for the customer's answer. */
  openTaskForEchoes: boolean;
  /** When the customer is told that their message was read. */
  readReceipts: ReadReceipts;
  /** The assignee is told an hour before a window closes over a customer who was not answered. */
  windowWarning: boolean;
  /** A comment after a customer's message that notifies nobody outside is shown as a problem. */
  unnotifiedHints: boolean;
  /** A comment of one emoji that answers a customer's message becomes a reaction. */
  reactionsFromComments: boolean;
  /** A text field of the task template that shows how the last message to the customer fared. */
  deliveryStateField?: number | undefined;
  /** Two letters; phones that are typed without "+" are numbers of this country. */
  defaultCountry?: string | undefined;
  /** Any two sends of one template are identical, whatever its placeholders hold. */
  bulkByTemplate: boolean;
  /** Further words by which a customer stops marketing, and allows it again, beside the built-in ones. */
  marketingStopWords?: string[] | undefined;
  marketingStartWords?: string[] | undefined;
  /** Who gets tasks that nobody else gets, in this order. */
  fallbackOrder: FallbackAssignee[];
  /** How many days of the chat history of the business's own app are taken over when it is connected; 0: none. */
  historyDays: number;
};

export const READ_RECEIPTS = ['never', 'when-answered', 'when-posted'] as const;
export type ReadReceipts = (typeof READ_RECEIPTS)[number];

export const FALLBACK_ASSIGNEES = ['primary-admin', 'configured-by'] as const;
export type FallbackAssignee = (typeof FALLBACK_ASSIGNEES)[number];

/**
 * One live check of an account or a connection; `remedy` is there when it failed, `about` where several have one name.
 * `code` is a stable word for what was found, and `detail` what its sentence names beside that, `because` the same by
 * code where it is a sentence, too; checks that were stored before there were codes have none.
 */
export type ConnectionCheck = {
  name: string;
  ok: boolean;
  code?: string | undefined;
  detail?: string | undefined;
  because?: ProblemFinding | undefined;
  message: string;
  remedy?: string | undefined;
  about?: string | undefined;
};
