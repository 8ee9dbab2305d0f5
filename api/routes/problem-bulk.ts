import { z } from 'zod';
import { decideProblem, possibleDecisions } from '../../db/problem-decisions.ts';
import { listOpenProblems, listProblems, PROBLEM_KINDS } from '../../db/problem-list.ts';
import { FAILURE_KINDS } from '../../workflows/domain/failure-kinds.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { invalidField } from '../problem-details.ts';
import { refusal, uuidSchema, type ZodApp } from '../shapes.ts';
import { DECISIONS, wakeFor } from './problem-shapes.ts';

/** Decisions about many problems at once. */
export function addBulkDecisions(app: ZodApp, parts: ApiParts): void {
  addDeciding(app, parts);
  addRetry(app, parts);
}

/** One call decides this many; each is a transaction of its own. */
const MOST_DECIDED = 500;

const decideSchema = z
  .strictObject({
    decision: z.enum(DECISIONS),
    kind: z.enum(PROBLEM_KINDS),
    reason: z.string().max(100).optional().describe('Only what has this reason'),
    planfixAccountId: uuidSchema.optional(),
    connectionId: uuidSchema.optional(),
    ids: z.array(uuidSchema).min(1).max(MOST_DECIDED).optional().describe('Only these'),
    cursor: uuidSchema.optional().describe('`nextCursor` of the call before'),
  })
  .meta({ id: 'BulkDecision' });
const decidedSchema = z
  .object({
    decided: z.int(),
    notPossible: z
      .int()
      .describe('Settled or changed meanwhile, or not to be decided like this; they stay as they are'),
    more: z.boolean().describe('There are further ones; call again with the cursor'),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'BulkDecided' });

function addDeciding(app: ZodApp, parts: ApiParts): void {
  app.post('/decide', {
    config: { scope: 'write:problems' },
    schema: {
      summary: 'Decide every open problem of a kind, or some of them, the oldest first',
      description: `At most ${MOST_DECIDED} in one call. What each decision does stands with the calls for one problem.`,
      tags: ['Problems'],
      body: decideSchema,
      response: { 200: decidedSchema, ...refusal },
    },
    handler: ({ body, caller }) => decideAll(parts, body, caller),
  });
}

async function decideAll(
  { db, wakeups }: ApiParts,
  { decision, cursor, ...filter }: z.infer<typeof decideSchema>,
  { visibility, actor }: Caller,
): Promise<z.infer<typeof decidedSchema>> {
  const possible = possibleDecisions(filter.kind);
  if (!possible.includes(decision)) {
    const remedy = possible.length === 0 ? 'Mend its cause: it ends by itself' : `Use one of: ${possible.join(', ')}`;
    throw invalidField('decision', `A problem of kind "${filter.kind}" cannot be decided like this`, remedy);
  }
  const { items, nextCursor } = await listOpenProblems(db, filter, visibility, { after: cursor, limit: MOST_DECIDED });
  let decided = 0;
  for (const { id } of items) {
    const outcome = await decideProblem(db, { id, decision, visibility, actor });
    if (outcome.kind !== 'settled') continue;
    decided += 1;
    wakeFor(wakeups, outcome);
  }
  return { decided, notPossible: items.length - decided, more: nextCursor !== null, nextCursor };
}

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

function addRetry(app: ZodApp, { db, wakeups }: ApiParts): void {
  app.post('/retry', {
    config: { scope: 'write:problems' },
    schema: {
      summary: 'Try every parked message again, or those that were parked for one reason',
      description: `At most ${MOST_DECIDED} in one call.`,
      tags: ['Problems'],
      body: retrySchema,
      response: { 200: retriedSchema, ...refusal },
    },
    handler: async ({ body, caller: { visibility, actor } }) => {
      const filter = { ...body, state: 'open', kind: 'parked' } as const;
      const page = await listProblems(db, filter, visibility, { after: undefined, limit: MOST_DECIDED });
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
