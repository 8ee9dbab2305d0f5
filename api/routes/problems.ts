import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Decision, decideProblem } from '../../db/problem-decisions.ts';
import { listProblems, PROBLEM_KINDS, type ProblemRow, readProblem } from '../../db/problem-list.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { languageOf, languageQuery } from '../language.ts';
import { notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  pageQuery,
  pageSchema,
  refusal,
  showPage,
  toPageRequest,
  uuidSchema,
  type ZodApp,
} from '../shapes.ts';
import { addBulkDecisions } from './problem-bulk.ts';
import { addKinds, problemRowSchema, STATES, showProblem, wakeFor } from './problem-shapes.ts';

const filterSchema = z.strictObject({
  ...pageQuery,
  ...languageQuery,
  state: z.enum(STATES).default('open'),
  kind: z.enum(PROBLEM_KINDS).optional(),
  reason: z.string().max(100).optional().describe('The kind of failure behind it'),
  planfixAccountId: uuidSchema.optional(),
  connectionId: uuidSchema.optional(),
  conversationId: uuidSchema.optional(),
});

const SUMMARIES: Readonly<Record<Decision, string>> = {
  resend: 'Send an unknown message again; it may reach the customer twice',
  discard: 'Give a message up, or take note of a problem that is mended or needs nothing more',
  retry: 'Try a parked message again',
  send: 'Send a comment to the customer although it notified nobody outside; to keep it internal, discard the problem',
};

export function problemRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addReading(app, parts);
    addDecisions(app, parts);
    addBulkDecisions(app, parts);
    addKinds(app, parts);
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
      const { cursor, limit, language: _asked, ...filter } = request.query;
      const language = languageOf(request);
      const page = toPageRequest({ cursor, limit });
      return showPage(await listProblems(parts.db, filter, request.caller.visibility, page), (row) =>
        showProblem(row, language),
      );
    },
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One problem, open or settled',
      tags: ['Problems'],
      params: idParamsSchema,
      querystring: z.strictObject(languageQuery),
      response: { 200: problemRowSchema, ...refusal },
    },
    handler: async (request) => showProblem(await find(parts, request.params.id, request.caller), languageOf(request)),
  });
}

function addDecisions(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
  for (const decision of Object.keys(SUMMARIES) as Decision[]) {
    app.post(`/:id/${decision}`, {
      config: { scope: 'write:problems' },
      schema: {
        summary: SUMMARIES[decision],
        tags: ['Problems'],
        params: idParamsSchema,
        querystring: z.strictObject(languageQuery),
        response: { 200: problemRowSchema, ...refusal },
      },
      handler: async (request) => {
        const { caller } = request;
        const { id } = request.params;
        const { visibility, actor } = caller;
        const decided = await decideProblem(db, { id, decision, visibility, actor });
        if (decided.kind === 'not-found') throw notFound('problem');
        if (decided.kind === 'not-possible') throw new Problem('conflict', decided.reason);
        wakeFor(wakeups, decided);
        return showProblem(await find(parts, id, caller), languageOf(request));
      },
    });
  }
}
