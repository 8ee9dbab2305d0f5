import { z } from 'zod';
import { askForChoices, readChoicesRequest, readStoredChoices, type StoredChoices } from '../../db/choices.ts';
import { type PlanfixAccountRow, readAccount } from '../../db/planfix-accounts.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { notFound } from '../problem-details.ts';
import { idParamsSchema, maybeTimeSchema, refusal, showMaybeTime, type ZodApp } from '../shapes.ts';

const templateSchema = z.object({ id: z.int(), name: z.string() });

const choicesSchema = z
  .object({
    taskTemplates: z.array(templateSchema),
    contactTemplates: z.array(templateSchema),
    employees: z.array(
      z.object({
        id: z.string().describe('As settings name them: "user:<number>"'),
        name: z.string(),
        isActive: z.boolean(),
        canBeAssigned: z.boolean().describe('Active, and no robot'),
      }),
    ),
    groups: z.array(z.object({ id: z.string().describe('As settings name them: "group:<number>"'), name: z.string() })),
    refreshedAt: maybeTimeSchema.describe('Of the oldest of the lists; null before all of them were read'),
    isRefreshing: z.boolean(),
  })
  .meta({ id: 'PlanfixChoices' });

const searchSchema = z.strictObject({
  search: z.string().trim().max(100).optional().describe('Part of a name, in any case, or an id'),
});

/** What settings of connections are chosen from. */
export function addChoices(app: ZodApp, parts: ApiParts): void {
  addReading(app, parts);
  addRefresh(app, parts);
}

async function find({ db }: ApiParts, id: string, caller: Caller): Promise<PlanfixAccountRow> {
  const row = await readAccount(db, id, caller.visibility);
  if (!row) throw notFound('Planfix account');
  return row;
}

function addReading(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups, waits } = parts;
  app.get('/:id/choices', {
    config: { scope: 'read' },
    schema: {
      summary: 'Templates, employees and groups to choose from; as they were last read, never a call of Planfix',
      description: 'What is older than a few minutes is read anew after the answer: ask again to see it.',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      querystring: searchSchema,
      response: { 200: choicesSchema, ...refusal },
    },
    handler: async ({ params, query, caller }) => {
      const { id } = await find(parts, params.id, caller);
      const choices = await readStoredChoices(db, id);
      const isOld = choices.refreshedAt === null || Date.now() - +choices.refreshedAt > waits.choicesMs;
      const run = isOld ? await askForChoices(db, id, waits.choicesMs) : undefined;
      if (run) wakeups.runs([run]);
      return show(choices, query.search, (await readChoicesRequest(db, id)).isRefreshing);
    },
  });
}

function addRefresh(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
  app.post('/:id/choices/refresh', {
    config: { scope: 'write:planfix-accounts' },
    schema: {
      summary: 'Read templates, employees and groups from Planfix now; 202 when that is not done within 25 s',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      response: { 200: choicesSchema, 202: choicesSchema, ...refusal },
    },
    handler: async ({ params, caller }, reply) => {
      const { id } = await find(parts, params.id, caller);
      const run = await askForChoices(db, id, 0);
      if (run) wakeups.runs([run]);
      const request = await waitForRow(parts.rowEvents, {
        id,
        forMs: parts.waits.liveCheckMs,
        read: () => readChoicesRequest(db, id),
        isSettled: ({ isRefreshing }) => !isRefreshing,
      });
      const choices = await readStoredChoices(db, id);
      const isDone = run !== undefined && request.isAnswered;
      return reply.code(isDone ? 200 : 202).send(show(choices, undefined, request.isRefreshing));
    },
  });
}

function show(choices: StoredChoices, search = '', isRefreshing: boolean): z.infer<typeof choicesSchema> {
  const wanted = search.toLowerCase();
  const matches = ({ id, name }: { id: number | string; name: string }) =>
    name.toLowerCase().includes(wanted) || String(id) === wanted;
  return {
    taskTemplates: choices.taskTemplates.map(named).filter(matches),
    contactTemplates: choices.contactTemplates.map(named).filter(matches),
    employees: choices.employees
      .map(({ ref, name, isActive, canBeAssigned = isActive }) => ({ id: ref, name, isActive, canBeAssigned }))
      .filter(matches),
    groups: choices.groups.map(({ id, name }) => ({ id: `group:${id}`, name })).filter(matches),
    refreshedAt: showMaybeTime(choices.refreshedAt),
    isRefreshing,
  };
}

const named = ({ id, name }: { id: number; name: string }) => ({ id, name });
