import type { Migration } from 'kysely';
import * as createAccounts from './20261124T090000-create-accounts.ts';
import * as createConversations from './20261124T090100-create-conversations.ts';
import * as createOperations from './20261124T090200-create-operations.ts';
import * as createTaskLinks from './20261126T090000-create-task-links.ts';
import * as verifyStoredFields from './20261126T090100-verify-stored-fields.ts';
import * as createAttachments from './20261126T150000-create-attachments.ts';
import * as createCustomerLinks from './20261126T151000-create-customer-links.ts';
import * as createTemplates from './20261127T090000-create-templates.ts';
import * as createMailings from './20261127T090100-create-mailings.ts';
import * as createConversationStarts from './20261127T090200-create-conversation-starts.ts';
import * as createOperators from './20261128T090000-create-operators.ts';
import * as widenConnections from './20261128T090100-widen-connections.ts';
import * as createHistory from './20261128T090200-create-history.ts';
import * as indexSearch from './20261128T090300-index-search.ts';
import * as careForConnections from './20261128T090400-care-for-connections.ts';
import * as mendMailings from './20261129T090000-mend-mailings.ts';
import * as letEventsWait from './20261129T090200-let-events-wait.ts';
import * as indexConnections from './20261129T090300-index-connections.ts';
import * as tellProblemsByCode from './20261130T090000-tell-problems-by-code.ts';
import * as keepFormerConnections from './20261130T090100-keep-former-connections.ts';
import * as slowLiveMessagesDown from './20261130T090200-slow-live-messages-down.ts';
import * as tellStepsByCode from './20261201T090000-tell-steps-by-code.ts';
import * as indexUnreadTasks from './20261201T090100-index-unread-tasks.ts';

/** Every migration, oldest first; names are recorded in the database and never change. */
export const migrations: Record<string, Migration> = {
  '20261124T090000-create-accounts': createAccounts,
  '20261124T090100-create-conversations': createConversations,
  '20261124T090200-create-operations': createOperations,
  '20261126T090000-create-task-links': createTaskLinks,
  '20261126T090100-verify-stored-fields': verifyStoredFields,
  '20261126T150000-create-attachments': createAttachments,
  '20261126T151000-create-customer-links': createCustomerLinks,
  '20261127T090000-create-templates': createTemplates,
  '20261127T090100-create-mailings': createMailings,
  '20261127T090200-create-conversation-starts': createConversationStarts,
  '20261128T090000-create-operators': createOperators,
  '20261128T090100-widen-connections': widenConnections,
  '20261128T090200-create-history': createHistory,
  '20261128T090300-index-search': indexSearch,
  '20261128T090400-care-for-connections': careForConnections,
  '20261129T090000-mend-mailings': mendMailings,
  '20261129T090200-let-events-wait': letEventsWait,
  '20261129T090300-index-connections': indexConnections,
  '20261130T090000-tell-problems-by-code': tellProblemsByCode,
  '20261130T090100-keep-former-connections': keepFormerConnections,
  '20261130T090200-slow-live-messages-down': slowLiveMessagesDown,
  '20261201T090000-tell-steps-by-code': tellStepsByCode,
  '20261201T090100-index-unread-tasks': indexUnreadTasks,
};
