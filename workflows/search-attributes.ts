import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** By these an operator who knows a connection or a task number finds the conversation. */
export const connectionAttribute = defineSearchAttributeKey('ConnectionId', SearchAttributeType.KEYWORD);
export const planfixTaskAttribute = defineSearchAttributeKey('PlanfixTask', SearchAttributeType.KEYWORD);
