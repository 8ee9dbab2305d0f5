import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Decision, decideProblem } from '../../db/problem-decisions.ts';
import { listProblems, PROBLEM_KINDS, type ProblemRow, readProblem } from '../../db/problem-list.ts';
import { FAILURE_KINDS } from '../../workflows/domain/failure-kinds.ts';
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
  type ZodApp,
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
    planfixComment: z.int().nullable(),
    createdAt: timeSchema,
    settledAt: maybeTimeSchema,
  })
  .meta({ id: 'OpenProblem' });

const filterSchema = z.strictObject({
  ...pageQuery,
  state: z.enum(STATES).default('open'),
  kind: z.enum(PROBLEM_KINDS).optional(),
  reason: z.string().max(100).optional().describe('The kind of failure behind it'),
  planfixAccountId: uuidSchema.optional(),
  connectionId: uuidSchema.optional(),
  conversationId: uuidSchema.optional(),
});

const retrySchema = z
  .strictObject({
    reason: z.enum(FAILURE_KINDS).optional().describe('Only what failed for this'),
    planfixAccountId: uuidSchema.optional(),
    connectionId: uuidSchema.optional(),
  })
  .meta({ id: 'RetryOfParked' });
const retriedSchema = z
  .object({ retried: z.int(), more: z.boolean().describe('There are further ones; call again') })
  .meta({ id: 'RetriedParked' });
/** Parked messages that one call tries again; each is a transaction of its own. */
const MOST_RETRIED = 500;

const show = (row: ProblemRow) => ({
  ...row,
  state: row.state as (typeof STATES)[number],
  createdAt: showTime(row.createdAt),
  settledAt: showMaybeTime(row.settledAt),
});

const DECISIONS: Readonly<Record<Decision, string>> = {
  resend: 'Send an unknown message again; it may reach the customer twice',
  discard: 'Give a message up, or take note of a problem that is mended or needs nothing more',
  retry: 'Try a parked message again',
  send: 'Send a comment to the customer although it notified nobody outside; to keep it internal, discard the problem',
};

export function problemRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addReading(app, parts);
    addDecisions(app, parts);
    addRetry(app, parts);
  };
}

async function find({ db }: ApiParts, id: string, caller: Caller): Promise<ProblemRow> {
  const row = await readProblem(db, id, caller.visibility);
  if (!row) throw notFound('problem');
  return row;
}

function addReading(app: ZodApp, parts: ApiParts): void {
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
      return showPage(await listProblems(parts.db, filter, request.caller.visibility, page), show);
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
    handler: async (request) => show(await find(parts, request.params.id, request.caller)),
  });
}

function addDecisions(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
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
        if (decided.run) wakeups.runs([decided.run]);
        if (decided.hintedAccount !== undefined) wakeups.planfixAccount(decided.hintedAccount);
        return show(await find(parts, id, caller));
      },
    });
  }
}

function addRetry(app: ZodApp, { db, wakeups }: ApiParts): void {
  app.post('/retry', {
    config: { scope: 'write:problems' },
    schema: {
      summary: 'Try every parked message again, or those that were parked for one reason',
      description: `At most ${MOST_RETRIED} in one call.`,
      tags: ['Problems'],
      body: retrySchema,
      response: { 200: retriedSchema, ...refusal },
    },
    handler: async ({ body, caller: { visibility, actor } }) => {
      const filter = { ...body, state: 'open', kind: 'parked' } as const;
      const page = await listProblems(db, filter, visibility, { after: undefined, limit: MOST_RETRIED });
      let retried = 0;
      // Oldest first, as they came.
      for (const { id } of page.items.reverse()) {
        const decided = await decideProblem(db, { id, decision: 'retry', visibility, actor });
        if (decided.kind !== 'settled') continue;
        retried += 1;
        if (decided.wake) wakeups.conversations([decided.wake]);
      }
      return { retried, more: page.nextCursor !== null };
    },
  });
}
