import {
  CONVERSATIONS_QUEUE,
  connectionWorkflowId,
  conversationWorkflowId,
  type Lane,
  planfixAccountWorkflowId,
  type Run,
  type RunKind,
  runWorkflowId,
} from './domain/ids.ts';
import type { Waits } from './domain/waits.ts';
import { checkRequestedSignal, type hintReceivedSignal, laneDueSignal, lookSignal } from './messages.ts';
import { connectionAttribute, planfixTaskAttribute } from './search-attributes.ts';

/**
 * How each long-lived workflow is told something, whether it runs or not: the options of a signal-with-start, for
 * whoever holds a client. Types are named, so that no workflow code is loaded. Ids only.
 */
const waitsArgument = (waits: Partial<Waits>) => (Object.keys(waits).length > 0 ? { waits } : {});

/** By these an operator finds a conversation; what is not known is left out. */
type ConversationTraits = { connectionId?: string | undefined; planfixTask?: number | null | undefined };

export const conversationStart = (
  conversationId: string,
  lane: Lane,
  waits: Partial<Waits>,
  traits: ConversationTraits = {},
) => ({
  workflowType: 'conversationWorkflow',
  options: {
    workflowId: conversationWorkflowId(conversationId),
    taskQueue: CONVERSATIONS_QUEUE,
    args: [{ conversationId, ...waitsArgument(waits) }],
    signal: laneDueSignal,
    signalArgs: [lane] as [Lane],
    typedSearchAttributes: attributesOf(traits),
  },
});

function attributesOf({ connectionId, planfixTask }: ConversationTraits) {
  return [
    ...(connectionId == null ? [] : [{ key: connectionAttribute, value: connectionId }]),
    ...(planfixTask == null ? [] : [{ key: planfixTaskAttribute, value: String(planfixTask) }]),
  ];
}

export const planfixAccountStart = (
  planfixAccountId: string,
  signal: typeof hintReceivedSignal | typeof checkRequestedSignal,
  waits: Partial<Waits>,
) => ({
  workflowType: 'planfixAccountWorkflow',
  options: {
    workflowId: planfixAccountWorkflowId(planfixAccountId),
    taskQueue: CONVERSATIONS_QUEUE,
    args: [{ planfixAccountId, ...waitsArgument(waits) }],
    signal,
    signalArgs: [] as [],
  },
});

export const connectionStart = (connectionId: string, waits: Partial<Waits>) => ({
  workflowType: 'connectionWorkflow',
  options: {
    workflowId: connectionWorkflowId(connectionId),
    taskQueue: CONVERSATIONS_QUEUE,
    args: [{ connectionId, ...waitsArgument(waits) }],
    signal: checkRequestedSignal,
    signalArgs: [] as [],
  },
});

const RUN_TYPES: Readonly<Record<RunKind, string>> = {
  'template-sync': 'templateSyncWorkflow',
  'conversation-start': 'conversationStartWorkflow',
  mailing: 'mailingWorkflow',
  'bulk-hold': 'bulkHoldWorkflow',
  connection: 'connectionWorkflow',
  'credential-check': 'credentialCheckWorkflow',
  'embedded-signup': 'embeddedSignupWorkflow',
  'history-import': 'historyImportWorkflow',
  'planfix-account': 'planfixAccountWorkflow',
};

/** What these call the id of their row. */
const ID_NAMES: Readonly<Partial<Record<RunKind, string>>> = {
  connection: 'connectionId',
  'planfix-account': 'planfixAccountId',
};

export const runStart = (run: Run, waits: Partial<Waits>) => ({
  workflowType: RUN_TYPES[run.kind],
  options: {
    workflowId: runWorkflowId(run),
    taskQueue: CONVERSATIONS_QUEUE,
    args: [{ [ID_NAMES[run.kind] ?? 'id']: run.id, ...waitsArgument(waits) }],
    signal: lookSignal,
    signalArgs: [] as [],
  },
});
