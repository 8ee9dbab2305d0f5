import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  type Decision,
  decideProblem,
  listProblems,
  PROBLEM_KINDS,
  type ProblemRow,
  readProblem,
} from '../../db/problem-list.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  maybeTimeSchema,
  pageQuery,
  pageSchema,
  refusal,
  showMaybeTime,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';

const STATES = ['open', 'settled'] as const;

const problemRowSchema = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(STATES),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    resolution: z.string().nullable().describe('What settled it'),
    planfixAccountId: z.uuid().nullable(),
    connectionId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    messageDirection: z.string().nullable(),
    messageState: z.string().nullable(),
    planfixTask: z.int().nullable(),
    createdAt: timeSchema,
    settledAt: maybeTimeSchema,
  })
  .meta({ id: 'OpenProblem' });

const filterSchema = z.strictObject({
  ...pageQuery,
  state: z.enum(STATES).default('open'),
  kind: z.enum(PROBLEM_KINDS).optional(),
  connectionId: uuidSchema.optional(),
  conversationId: uuidSchema.optional(),
});

const show = (row: ProblemRow) => ({
  ...row,
  state: row.state as (typeof STATES)[number],
  createdAt: showTime(row.createdAt),
  settledAt: showMaybeTime(row.settledAt),
});

const DECISIONS: Readonly<Record<Decision, string>> = {
  resend: 'Send an unknown message again; it may reach the customer twice',
  discard: 'Give a message up, or take note of a problem that needs nothing more',
  retry: 'Try a parked message again',
};

export function problemRoutes({ db, wakeups }: ApiParts): FastifyPluginAsyncZod {
  const find = async (id: string, caller: Caller) => {
    const row = await readProblem(db, id, caller.visibility);
    if (!row) throw notFound('problem');
    return row;
  };

  return async (app) => {
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'List what needs a person, newest first',
        tags: ['Problems'],
        querystring: filterSchema,
        response: { 200: pageSchema(problemRowSchema), ...refusal },
      },
      handler: async (request) => {
        const { cursor, limit, ...filter } = request.query;
        const page = toPageRequest({ cursor, limit });
        return showPage(await listProblems(db, filter, request.caller.visibility, page), show);
      },
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One problem, open or settled',
        tags: ['Problems'],
        params: idParamsSchema,
        response: { 200: problemRowSchema, ...refusal },
      },
      handler: async (request) => show(await find(request.params.id, request.caller)),
    });
    for (const decision of Object.keys(DECISIONS) as Decision[]) {
      app.post(`/:id/${decision}`, {
        config: { scope: 'write:problems' },
        schema: {
          summary: DECISIONS[decision],
          tags: ['Problems'],
          params: idParamsSchema,
          response: { 200: problemRowSchema, ...refusal },
        },
        handler: async ({ params: { id }, caller }) => {
          const { visibility, actor } = caller;
          const decided = await decideProblem(db, { id, decision, visibility, actor });
          if (decided.kind === 'not-found') throw notFound('problem');
          if (decided.kind === 'not-possible') throw new Problem('conflict', decided.reason);
          if (decided.wake) wakeups.conversations([decided.wake]);
          return show(await find(id, caller));
        },
      });
    }
  };
}
