import { z } from 'zod';
import { readConnection } from '../../db/connections.ts';
import {
  countUndecided,
  discardQueued,
  listQueued,
  type QueuedRow,
  readNewestQueued,
  sendQueued,
} from '../../db/queued-messages.ts';
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

const undecided = z.int().describe('How many nobody has decided about');
const choiceSchema = z
  .strictObject({
    ids: z.array(uuidSchema).min(1).max(1_000).optional().describe('Without it: all that are queued at that moment'),
  })
  .meta({ id: 'QueuedChoice' });
const decidedSchema = z.object({ decided: z.int(), undecided }).meta({ id: 'QueuedDecision' });
/** Messages that one transaction decides about: what customers write waits for what it locks. */
const DECIDED_TOGETHER = 1_000;

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
  const { db } = parts;
  app.get('/:id/queued-messages', {
    config: { scope: 'read' },
    schema: {
      summary: 'List messages that wait to be sent, newest first',
      tags: ['Connections'],
      params: idParamsSchema,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(queuedSchema).extend({ undecided }), ...refusal },
    },
    handler: async ({ params: { id }, query, caller }) => {
      await requireVisible(parts, id, caller);
      const page = showPage(await listQueued(db, id, toPageRequest(query)), show);
      return { ...page, undecided: await countUndecided(db, id) };
    },
  });
  for (const decision of ['send', 'discard'] as const) {
    const { summary, description } = DECISIONS[decision];
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
        const decided = await decideAbout(parts, decision, { id, ids: body?.ids, actor: caller.actor });
        if (decided === undefined) {
          const detail = `The connection is ${state}: messages are decided about while it is disconnecting`;
          throw new Problem('conflict', detail);
        }
        return { decided, undecided: await countUndecided(db, id) };
      },
    });
  }
}

type Decision = { id: string; ids: readonly string[] | undefined; actor: string };

/**
 * One decision, in transactions that are short; about all means those that are queued now, and none that come meanwhile.
 * Returns how many it was. Undefined: the connection does not end.
 */
async function decideAbout(
  { db, wakeups }: ApiParts,
  decision: keyof typeof DECISIONS,
  { id, ids, actor }: Decision,
): Promise<number | undefined> {
  const upTo = ids === undefined ? await readNewestQueued(db, id) : undefined;
  const choice = { connectionId: id, ids, upTo, limit: DECIDED_TOGETHER };
  let decided: number | undefined;
  for (let more = true; more; ) {
    const part = await DECISIONS[decision].decide(db, choice, actor);
    // Between two parts somebody may have cancelled the disconnection: the rest is not decided about any more.
    if (!part) break;
    wakeups.conversations(part.wakes);
    wakeups.runs(part.runs);
    decided = (decided ?? 0) + part.decided;
    more = part.more;
  }
  return decided;
}

async function requireVisible({ db }: ApiParts, id: string, { visibility }: Caller): Promise<string> {
  const row = await readConnection(db, id, visibility);
  if (!row) throw notFound('connection');
  return row.state;
}
