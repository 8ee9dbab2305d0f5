import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readConversation } from '../../db/conversation-list.ts';
import { type LinkRefusal, readTaskLink, requestTaskLink } from '../../db/task-links.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import { idParamsSchema, planfixNumberSchema, refusal } from '../shapes.ts';

const linkSchema = z
  .object({
    planfixTask: z.int(),
    state: z.enum(['requested', 'linked']).describe('"requested": Planfix has not been asked yet; look again'),
  })
  .meta({ id: 'TaskLink' });

const REFUSALS: Readonly<Record<LinkRefusal, [message: string, remedy: string]>> = {
  'no-such-task': [
    'Planfix has no such task, or the token may not see it',
    'Give the number of a task that it may see',
  ],
  'used-by-another-conversation': [
    'The same customer writes into this task by another number of yours',
    'Give another task: a task and a customer belong to one conversation',
  ],
};

/** Puts a conversation into a task that exists already; the worker asks Planfix about it. */
export function planfixTaskRoutes({ db, rowEvents, wakeups, waits }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.put('/:id/planfix-task', {
      config: { scope: 'write:conversations' },
      schema: {
        summary: 'Go on in a task that exists; comments that it has already are not sent to the customer',
        tags: ['Conversations'],
        params: idParamsSchema,
        body: z.strictObject({ planfixTask: planfixNumberSchema }),
        response: { 200: linkSchema, 202: linkSchema, ...refusal },
      },
      handler: async ({ params, body, caller }, reply) => {
        const conversation = await readConversation(db, params.id, caller.visibility);
        if (!conversation) throw notFound('conversation');
        const requested = await requestTaskLink(db, conversation, { ...body, actor: caller.actor });
        if (!requested) throw new Problem('conflict', 'This conversation is being put into another task just now');
        wakeups.conversations([requested.wake]);
        const { id } = requested.link;
        const link = await waitForRow(rowEvents, {
          id,
          forMs: waits.answerMs,
          read: () => readTaskLink(db, id),
          isSettled: (row) => row?.state !== 'requested',
        });
        if (link?.state === 'refused') {
          throw invalidField('planfixTask', ...REFUSALS[link.reason as LinkRefusal]);
        }
        reply.header('location', `/v1/conversations/${conversation.id}`);
        const isLinked = link?.state === 'linked';
        reply.code(isLinked ? 200 : 202);
        return { planfixTask: body.planfixTask, state: isLinked ? ('linked' as const) : ('requested' as const) };
      },
    });
  };
}
