import { z } from 'zod';
import { readConnection } from '../../db/connections.ts';
import { discardQueued, listQueued, type QueuedRow, sendQueued } from '../../db/queued-messages.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  pageQuery,
  pageSchema,
  refusal,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
  type ZodApp,
} from '../shapes.ts';

const queuedSchema = z
  .object({
    id: z.uuid(),
    conversationId: z.uuid(),
    customerName: z.string().nullable(),
    kind: z.string(),
    text: z.string(),
    state: z.string().describe('`waiting`: it may leave only when the customer writes'),
    origin: z.string().nullable(),
    planfixTask: z.int().nullable(),
    receivedAt: timeSchema,
    leavesLast: z.boolean().describe('Somebody wants it to leave before the connection ends'),
  })
  .meta({ id: 'QueuedMessage' });

const choiceSchema = z
  .strictObject({ ids: z.array(uuidSchema).min(1).max(1_000).optional().describe('Without it: all of them') })
  .meta({ id: 'QueuedChoice' });
const decidedSchema = z
  .object({ decided: z.int(), more: z.boolean().describe('There are further ones; call again') })
  .meta({ id: 'QueuedDecision' });
/** Messages that one call decides about. */
const MOST_DECIDED = 1_000;

const DECISIONS = {
  send: {
    decide: sendQueued,
    summary: 'Let messages leave although their connection ends, with the credentials that are kept for it',
    description: 'Of all that are chosen those leave that need not wait for the customer to write.',
  },
  discard: {
    decide: discardQueued,
    summary: 'Give up messages of a connection that ends; their tasks say so',
    description: 'What nobody has decided about by the end of the connection is given up, too.',
  },
} as const;

const show = (row: QueuedRow) => ({ ...row, receivedAt: showTime(row.receivedAt) });

/** `/v1/connections/:id/queued-messages`: what has not left. */
export function addQueuedMessages(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
  app.get('/:id/queued-messages', {
    config: { scope: 'read' },
    schema: {
      summary: 'List messages that wait to be sent, newest first',
      tags: ['Connections'],
      params: idParamsSchema,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(queuedSchema), ...refusal },
    },
    handler: async ({ params: { id }, query, caller }) => {
      await requireVisible(parts, id, caller);
      return showPage(await listQueued(db, id, toPageRequest(query)), show);
    },
  });
  for (const decision of ['send', 'discard'] as const) {
    const { decide, summary, description } = DECISIONS[decision];
    app.post(`/:id/queued-messages/${decision}`, {
      config: { scope: 'write:connections' },
      schema: {
        summary,
        description,
        tags: ['Connections'],
        params: idParamsSchema,
        body: choiceSchema.nullish(),
        response: { 200: decidedSchema, ...refusal },
      },
      handler: async ({ params: { id }, body, caller }) => {
        const state = await requireVisible(parts, id, caller);
        const decided = await decide(db, { connectionId: id, ids: body?.ids, limit: MOST_DECIDED }, caller.actor);
        if (!decided) {
          const remedy = 'messages are decided about while a connection is "disconnecting"';
          throw new Problem('conflict', `The connection is ${state}: ${remedy}`);
        }
        wakeups.conversations(decided.wakes);
        wakeups.runs(decided.runs);
        return { decided: decided.decided, more: decided.more };
      },
    });
  }
}

async function requireVisible({ db }: ApiParts, id: string, { visibility }: Caller): Promise<string> {
  const row = await readConnection(db, id, visibility);
  if (!row) throw notFound('connection');
  return row.state;
}
