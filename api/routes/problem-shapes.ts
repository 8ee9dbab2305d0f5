import { z } from 'zod';
import { type Decided, type Decision, possibleDecisions } from '../../db/problem-decisions.ts';
import { countOpenProblems, type ProblemRow } from '../../db/problem-list.ts';
import type { Language } from '../../workflows/domain/message.ts';
import type { ApiParts } from '../build-server.ts';
import { languageOf, languageQuery } from '../language.ts';
import { planfixTaskUrl } from '../planfix-links.ts';
import { wordsOfProblem } from '../problem-words.ts';
import {
  findingSchema,
  maybeTimeSchema,
  refusal,
  showMaybeTime,
  showTime,
  timeSchema,
  type ZodApp,
} from '../shapes.ts';
import type { Wakeups } from '../wakeups.ts';

export const DECISIONS = ['resend', 'discard', 'retry', 'send'] as const satisfies readonly Decision[];
export const STATES = ['open', 'settled'] as const;

export const problemRowSchema = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    title: z.string().describe('What happened, in words'),
    remedy: z.string().describe('What to do about it'),
    decisions: z.array(z.enum(DECISIONS)).describe('What may be decided; none: it ends by itself'),
    state: z.enum(STATES),
    reason: z.string().nullable(),
    detail: z.string().nullable().describe('What exactly is wrong, in English'),
    findings: z
      .array(findingSchema)
      .describe('What `detail` says, by code, to tell it in another language; empty where there is no code for it'),
    resolution: z.string().nullable().describe('What settled it'),
    planfixAccountId: z.uuid().nullable(),
    connectionId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    messageDirection: z.string().nullable(),
    messageState: z.string().nullable(),
    planfixTask: z.int().nullable(),
    planfixComment: z.int().nullable(),
    planfixTaskUrl: z.string().nullable(),
    customerName: z.string().nullable(),
    createdAt: timeSchema,
    settledAt: maybeTimeSchema,
  })
  .meta({ id: 'OpenProblem' });

/** With its words in that language. */
export const showProblem = ({ accountUrl, ...row }: ProblemRow, language: Language) => ({
  ...row,
  ...wordsOfProblem(row.kind, language),
  decisions: row.state === 'open' ? [...possibleDecisions(row.kind)] : [],
  state: row.state as (typeof STATES)[number],
  planfixTaskUrl: planfixTaskUrl(accountUrl, row.planfixTask, row.planfixComment),
  createdAt: showTime(row.createdAt),
  settledAt: showMaybeTime(row.settledAt),
});

/** Whoever has to work after a decision is told so. */
export function wakeFor(wakeups: Wakeups, decided: Extract<Decided, { kind: 'settled' }>): void {
  if (decided.wake) wakeups.conversations([decided.wake]);
  if (decided.run) wakeups.runs([decided.run]);
  if (decided.hintedAccount !== undefined) wakeups.planfixAccount(decided.hintedAccount);
}

const kindsSchema = z
  .object({
    items: z.array(
      z.object({
        kind: z.string(),
        open: z.int(),
        title: z.string(),
        remedy: z.string(),
        decisions: z.array(z.enum(DECISIONS)),
      }),
    ),
  })
  .meta({ id: 'ProblemKinds' });

/** How many there are of each kind. */
export function addKinds(app: ZodApp, { db }: ApiParts): void {
  app.get('/kinds', {
    config: { scope: 'read' },
    schema: {
      summary: 'How many problems are open of each kind, what each kind means and what may be decided about it',
      tags: ['Problems'],
      querystring: z.strictObject(languageQuery),
      response: { 200: kindsSchema, ...refusal },
    },
    handler: async (request) => {
      const counts = await countOpenProblems(db, request.caller.visibility);
      const language = languageOf(request);
      return {
        items: counts.map(({ kind, open }) => ({
          kind,
          open: Number(open),
          ...wordsOfProblem(kind, language),
          decisions: [...possibleDecisions(kind)],
        })),
      };
    },
  });
}
