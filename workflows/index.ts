export { connectionWorkflow } from './connection.ts';
export { conversationWorkflow } from './conversation.ts';
export { fileTransferWorkflow } from './file-transfer.ts';
export { planfixAccountWorkflow } from './planfix-account.ts';
export { planfixPollWorkflow, sweepWorkflow } from './sweeps.ts';
export { taskCreationWorkflow } from './task-creation.ts';
