/**
 * Workflow ids are business keys made of row ids only: no phone, no name. They are built nowhere else.
 */

/** The two directions in which a conversation works, independent of each other. */
export const LANES = ['to-planfix', 'to-customer'] as const;
export type Lane = (typeof LANES)[number];

export const conversationWorkflowId = (conversationId: string) => `conversation/${conversationId}`;
export const taskCreationWorkflowId = (conversationTaskId: string) => `task-creation/${conversationTaskId}`;
export const fileTransferWorkflowId = (attachmentId: string) => `file-transfer/${attachmentId}`;
export const planfixAccountWorkflowId = (planfixAccountId: string) => `planfix-account/${planfixAccountId}`;
export const connectionWorkflowId = (connectionId: string) => `connection/${connectionId}`;

/** Runs that are told nothing but to look at their row: which kind, and the row's id. */
export const RUN_KINDS = [
  'template-sync',
  'conversation-start',
  'mailing',
  'bulk-hold',
  'connection',
  'credential-check',
  'embedded-signup',
  'history-import',
  'planfix-account',
] as const;
export type RunKind = (typeof RUN_KINDS)[number];
export type Run = { kind: RunKind; id: string };
export const runWorkflowId = ({ kind, id }: Run) => `${kind}/${id}`;

/** Schedules; one each per namespace. */
export const SWEEP_SCHEDULE_ID = 'sweep';
export const PLANFIX_POLL_SCHEDULE_ID = 'planfix-poll';

export const CONVERSATIONS_QUEUE = 'conversations';
export const MEDIA_QUEUE = 'media';
export const BULK_QUEUE = 'bulk';
