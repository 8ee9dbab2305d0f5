import { type AccountCheckActivities, createAccountCheckActivities } from './account-check.ts';
import { type BulkHoldActivities, createBulkHoldActivities } from './bulk-hold.ts';
import { createChannelConnections } from './channel-connection.ts';
import { type ChoicesRefreshActivities, createChoicesRefreshActivities } from './choices-refresh.ts';
import { type ConnectionCareActivities, createConnectionCareActivities } from './connection-care.ts';
import { type ConnectionCheckActivities, createConnectionCheckActivities } from './connection-check.ts';
import { type ConversationStartActivities, createConversationStartActivities } from './conversation-start.ts';
import { type CredentialCheckActivities, createCredentialCheckActivities } from './credential-check.ts';
import type { Dependencies } from './dependencies.ts';
import { createEmbeddedSignupActivities, type EmbeddedSignupActivities } from './embedded-signup.ts';
import { createFileTransferActivities, type FileTransferActivities } from './file-transfer.ts';
import { createHistoryImportActivities, type HistoryImportActivities } from './history-import.ts';
import { createMailingActivities, type MailingActivities } from './mailing.ts';
import { createPlanfixAccounts } from './planfix-account.ts';
import { createPlanfixHintActivities, type PlanfixHintActivities } from './planfix-hints.ts';
import { createPlanfixPollActivities, type PlanfixPollActivities } from './planfix-poll.ts';
import { createSweepActivities, type SweepActivities } from './sweep.ts';
import { createTaskCreationActivities, type TaskCreationActivities } from './task-creation.ts';
import { createTemplateSyncActivities, type TemplateSyncActivities } from './template-sync.ts';
import { createToCustomerActivities, type ToCustomerActivities } from './to-customer.ts';
import { createToPlanfixActivities, type ToPlanfixActivities } from './to-planfix.ts';

/** What runs on the queue of live steps. */
export type LiveActivities = ToPlanfixActivities &
  ToCustomerActivities &
  TaskCreationActivities &
  ConversationStartActivities &
  PlanfixHintActivities &
  AccountCheckActivities &
  ChoicesRefreshActivities &
  ConnectionCheckActivities &
  ConnectionCareActivities &
  CredentialCheckActivities &
  EmbeddedSignupActivities &
  TemplateSyncActivities;

/** What moves files, slowly or not. */
export type MediaActivities = FileTransferActivities;

/** What runs on the queue that never holds up a live step. */
export type BulkActivities = MailingActivities &
  BulkHoldActivities &
  PlanfixPollActivities &
  SweepActivities &
  HistoryImportActivities;

export function createActivities(dependencies: Dependencies): {
  live: LiveActivities;
  media: MediaActivities;
  bulk: BulkActivities;
} {
  const openAccount = createPlanfixAccounts(dependencies);
  const openConnection = createChannelConnections(dependencies);
  return {
    live: {
      ...createToPlanfixActivities(dependencies, openAccount, openConnection),
      ...createToCustomerActivities(dependencies, openConnection),
      ...createTaskCreationActivities(dependencies, openAccount),
      ...createConversationStartActivities(dependencies, openAccount),
      ...createPlanfixHintActivities(dependencies, openAccount),
      ...createAccountCheckActivities(dependencies, openAccount),
      ...createChoicesRefreshActivities(dependencies, openAccount),
      ...createConnectionCheckActivities(dependencies, openAccount, openConnection),
      ...createCredentialCheckActivities(dependencies),
      ...createEmbeddedSignupActivities(dependencies),
      ...createConnectionCareActivities(dependencies, openConnection),
      ...createTemplateSyncActivities(dependencies, openConnection),
    },
    media: createFileTransferActivities(dependencies, openAccount, openConnection),
    bulk: {
      ...createMailingActivities(dependencies, openConnection),
      ...createPlanfixPollActivities(dependencies, openAccount),
      ...createSweepActivities(dependencies, openConnection),
      ...createBulkHoldActivities(dependencies, openConnection),
      ...createHistoryImportActivities(dependencies),
    },
  };
}
