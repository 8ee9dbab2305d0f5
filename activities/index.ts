import { type AccountCheckActivities, createAccountCheckActivities } from './account-check.ts';
import { createChannelConnections } from './channel-connection.ts';
import { type ConnectionCheckActivities, createConnectionCheckActivities } from './connection-check.ts';
import type { Dependencies } from './dependencies.ts';
import { createFileTransferActivities, type FileTransferActivities } from './file-transfer.ts';
import { createPlanfixAccounts } from './planfix-account.ts';
import { createPlanfixHintActivities, type PlanfixHintActivities } from './planfix-hints.ts';
import { createPlanfixPollActivities, type PlanfixPollActivities } from './planfix-poll.ts';
import { createSweepActivities, type SweepActivities } from './sweep.ts';
import { createTaskCreationActivities, type TaskCreationActivities } from './task-creation.ts';
import { createToCustomerActivities, type ToCustomerActivities } from './to-customer.ts';
import { createToPlanfixActivities, type ToPlanfixActivities } from './to-planfix.ts';

/** What runs on the queue of live steps. */
export type LiveActivities = ToPlanfixActivities &
  ToCustomerActivities &
  TaskCreationActivities &
  PlanfixHintActivities &
  AccountCheckActivities &
  ConnectionCheckActivities;

/** What moves files, slowly or not. */
export type MediaActivities = FileTransferActivities;

/** What runs on the queue that never holds up a live step. */
export type BulkActivities = PlanfixPollActivities & SweepActivities;

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
      ...createPlanfixHintActivities(dependencies, openAccount),
      ...createAccountCheckActivities(dependencies, openAccount),
      ...createConnectionCheckActivities(dependencies, openAccount, openConnection),
    },
    media: createFileTransferActivities(dependencies, openAccount, openConnection),
    bulk: {
      ...createPlanfixPollActivities(dependencies, openAccount),
      ...createSweepActivities(dependencies, openConnection),
    },
  };
}
