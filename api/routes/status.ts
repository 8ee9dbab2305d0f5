import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { countOpenProblems } from '../../db/problem-list.ts';
import { readReadiness } from '../../db/readiness.ts';
import { MOST_COUNTED, readStatus, type StatusFacts } from '../../db/status.ts';
import type { Language } from '../../workflows/domain/message.ts';
import { refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { languageOf, languageQuery } from '../language.ts';
import { withinMs } from '../raw-body.ts';
import { refusal } from '../shapes.ts';

const LOOK_MS = 2_000;
/** A worker asks for work at least once a minute. */
const WORKER_SILENT_S = 90;
/** A sweep may take a while when there is much to do. */
const SWEEP_SLACK_S = 60;
const POLL_LATE_S = 120;

const countsSchema = z.record(z.string(), z.int());
const countSchema = z.int().describe(`At most ${MOST_COUNTED}, which means that or more`);

const statusSchema = z
  .object({
    parts: z.array(
      z.object({
        name: z.enum(['database', 'temporal', 'worker', 'sweep', 'poll']),
        ok: z.boolean(),
        detail: z.string().describe('In words'),
      }),
    ),
    accounts: countsSchema.describe('Planfix accounts by state'),
    connections: countsSchema.describe('Connections by state'),
    waiting: z.object({
      toPlanfix: countSchema.describe('Conversations with something for Planfix that is due'),
      toCustomer: countSchema.describe('Conversations with something for the customer that is due'),
      outbox: countSchema.describe('Messages to customers that have not left, or of which it is not known'),
      oldestSeconds: z.number().nullable().describe('How long the most overdue conversation is due'),
    }),
    problemsByKind: countsSchema.describe('Open ones'),
  })
  .meta({ id: 'Status' });
type Part = z.infer<typeof statusSchema>['parts'][number];

/** How the installation fares, for a page that is looked at all day: a handful of short queries. */
export function statusRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  const { db } = parts;
  return async (app) => {
    app.get('', {
      config: { scope: 'read' },
      schema: {
        summary: 'Whether every part works, what waits, and what needs a person',
        tags: ['Health'],
        querystring: z.strictObject(languageQuery),
        response: { 200: statusSchema, ...refusal },
      },
      handler: async (request) => {
        refuseBoundKey(request.caller);
        const language = languageOf(request);
        const [facts, problems, database, temporal] = await Promise.all([
          readStatus(db),
          countOpenProblems(db, request.caller.visibility),
          describeDatabase(parts, language),
          describeTemporal(parts, language),
        ]);
        const { accounts, connections, waiting } = facts;
        return {
          parts: [database, ...temporal, describeSweep(facts, parts, language), describePoll(facts, language)],
          accounts,
          connections,
          waiting,
          problemsByKind: Object.fromEntries(problems.map(({ kind, open }) => [kind, Number(open)])),
        };
      },
    });
  };
}

const say = (language: Language, en: string, ru: string) => (language === 'ru' ? ru : en);

async function describeDatabase({ db }: ApiParts, language: Language): Promise<Part> {
  const { postgres, migrations } = await withinMs(LOOK_MS, readReadiness(db));
  const ok = postgres && migrations;
  const detail = ok
    ? say(language, 'Answers, and is of this version', 'Отвечает, версия подходит')
    : say(language, 'Is of another version: apply the migrations', 'Другая версия: примените миграции');
  return { name: 'database', ok, detail };
}

async function describeTemporal({ signals }: ApiParts, language: Language): Promise<Part[]> {
  const queues = await withinMs(LOOK_MS, signals.readQueues()).catch(() => undefined);
  const ok = queues !== undefined;
  const temporal: Part = {
    name: 'temporal',
    ok,
    detail: ok ? say(language, 'Answers', 'Отвечает') : say(language, 'Does not answer', 'Не отвечает'),
  };
  if (!queues) {
    return [temporal, { name: 'worker', ok, detail: say(language, 'Cannot be asked for', 'Узнать нельзя') }];
  }
  const silent = queues.filter(({ askedAt }) => !askedAt || Date.now() - +askedAt > WORKER_SILENT_S * 1_000);
  const names = silent.map(({ queue }) => queue).join(', ');
  const detail =
    silent.length === 0
      ? say(language, 'Asks for work on every queue', 'Забирает работу из всех очередей')
      : say(language, `No worker asks for work on: ${names}`, `Никто не забирает работу из очередей: ${names}`);
  return [temporal, { name: 'worker', ok: silent.length === 0, detail }];
}

/** What was lost is found by the sweep: if that stands still, a lost signal stays lost. */
function describeSweep({ sweepSeconds }: StatusFacts, { waits }: ApiParts, language: Language): Part {
  if (sweepSeconds === null) {
    return { name: 'sweep', ok: false, detail: say(language, 'Has not run yet', 'Ещё не выполнялась') };
  }
  const ago = Math.max(0, Math.round(sweepSeconds));
  const ok = sweepSeconds < (2 * waits.sweepIntervalMs) / 1_000 + SWEEP_SLACK_S;
  return { name: 'sweep', ok, detail: say(language, `Last run ${ago} s ago`, `Последний раз ${ago} с назад`) };
}

function describePoll({ pollLateSeconds }: StatusFacts, language: Language): Part {
  const late = Math.round(pollLateSeconds ?? 0);
  if (late < POLL_LATE_S) {
    return { name: 'poll', ok: true, detail: say(language, 'Planfix is read in time', 'Planfix читается вовремя') };
  }
  const detail = say(language, `Planfix is read ${late} s late`, `Planfix читается с опозданием на ${late} с`);
  return { name: 'poll', ok: false, detail };
}
