import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type ConversationRow,
  type ConversationTaskRow,
  listConversations,
  readConversation,
  readConversationTasks,
} from '../../db/conversation-list.ts';
import { conversationWorkflowId } from '../../workflows/domain/ids.ts';
import type { ApiParts } from '../build-server.ts';
import { planfixTaskUrl } from '../planfix-links.ts';
import { notFound } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  pageQuery,
  pageSchema,
  planfixNumberSchema,
  refusal,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';
import { addStarting } from './conversation-starts.ts';
import { planfixTaskRoutes } from './planfix-task.ts';

const conversationSchema = z
  .object({
    id: z.uuid(),
    planfixAccountId: z.uuid(),
    connectionId: z.uuid(),
    customerId: z.uuid(),
    customerName: z.string().nullable(),
    customerPhone: z.string().nullable().describe('With the country, as "+4915112345678"'),
    planfixContact: z.int().nullable(),
    planfixTask: z.int().nullable().describe('The current one; null before there is one'),
    planfixTaskUrl: z.string().nullable(),
    lastMessageAt: maybeTimeSchema,
    openProblems: z.int(),
    temporalWorkflowId: z.string().describe('Of the run that works on the conversation'),
    windowClosesAt: maybeTimeSchema.describe('Until then the customer may be answered freely'),
    createdAt: timeSchema,
  })
  .meta({ id: 'Conversation' });

const taskSchema = z
  .object({
    planfixTask: z.int().nullable().describe('Null while it is being created'),
    planfixTaskUrl: z.string().nullable(),
    isCurrent: z.boolean(),
    isActive: z.boolean(),
    isGone: z.boolean(),
    previousPlanfixTask: z.int().nullable(),
    assignees: z.array(z.string()).nullable(),
    assigneeReason: z.string().nullable().describe('Why the task was given to these people'),
    createdAt: timeSchema,
  })
  .meta({ id: 'ConversationTask' });

const filterSchema = z.strictObject({
  ...pageQuery,
  connectionId: uuidSchema.optional(),
  planfixTask: z.coerce.number().pipe(planfixNumberSchema).optional(),
  search: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('Part of the name (two letters or more), digits of the phone in any form, or a task number'),
});

const show = ({ windowExpiresAt, accountUrl, ...row }: ConversationRow) => ({
  ...row,
  customerPhone: row.customerPhone === null ? null : `+${row.customerPhone}`,
  planfixTaskUrl: planfixTaskUrl(accountUrl, row.planfixTask),
  lastMessageAt: showMaybeTime(row.lastMessageAt),
  temporalWorkflowId: conversationWorkflowId(row.id),
  windowClosesAt: showMaybeTime(windowExpiresAt),
  createdAt: showTime(row.createdAt),
});
const showTask = (row: ConversationTaskRow, accountUrl: string | null) => ({
  ...row,
  planfixTaskUrl: planfixTaskUrl(accountUrl, row.planfixTask),
  assignees: Array.isArray(row.assignees) ? row.assignees.map(String) : null,
  createdAt: showTime(row.createdAt),
});

export function conversationRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  return async (app) => {
    await app.register(planfixTaskRoutes(parts));
    addStarting(app, parts);
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'List conversations, newest first; by name, phone or task number too',
        tags: ['Conversations'],
        querystring: filterSchema,
        response: { 200: pageSchema(conversationSchema), ...refusal },
      },
      handler: async (request) => {
        const { cursor, limit, ...filter } = request.query;
        const page = toPageRequest({ cursor, limit });
        return showPage(await listConversations(db, filter, request.caller.visibility, page), show);
      },
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One conversation with its tasks, and why they were given to whom',
        tags: ['Conversations'],
        params: idParamsSchema,
        response: { 200: conversationSchema.extend({ tasks: z.array(taskSchema) }), ...refusal },
      },
      handler: async (request) => {
        const row = await readConversation(db, request.params.id, request.caller.visibility);
        if (!row) throw notFound('conversation');
        const tasks = await readConversationTasks(db, row.id);
        return { ...show(row), tasks: tasks.map((task) => showTask(task, row.accountUrl)) };
      },
    });
  };
}
