import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { readConnection } from '../../db/connections.ts';
import { decideMailing, MAILING_DECISIONS, type MailingDecision } from '../../db/mailing-decisions.ts';
import { listMailings, type MailingRow, readBadLines, readMailing, readMailingState } from '../../db/mailing-list.ts';
import { createMailing, findRequested, NoRecipients, TooManyRecipients } from '../../db/mailings.ts';
import { linePath, MOST_RECIPIENTS } from '../../workflows/domain/mailing-lines.ts';
import { MAILING_STATES } from '../../workflows/domain/message.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { notConnected } from '../not-connected.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
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
import { mailingRecipientRoutes } from './mailing-recipients.ts';
import { linesOf, type NewMailingBody, newMailingSchema, sharedContent } from './mailing-requests.ts';
import { listedMailingSchema, MAILING_ORIGINS, mailingSchema, showListedMailing } from './mailing-shapes.ts';
import { MAILING_FORM, readMailingUpload, UPLOAD_LIMITS } from './mailing-upload.ts';
import { otherRequest } from './request-identity.ts';

const LARGEST_JSON_BYTES = 64 << 20;

const filterSchema = z.strictObject({
  ...pageQuery,
  connectionId: uuidSchema.optional(),
  state: z.enum(MAILING_STATES).optional(),
  origin: z.enum(MAILING_ORIGINS).optional(),
});

export function mailingRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(multipart, { limits: UPLOAD_LIMITS });
    app.decorateRequest('recipientsFile', null);
    addCreation(app, parts);
    addReading(app, parts);
    addDecisions(app, parts);
    await app.register(mailingRecipientRoutes(parts));
  };
}

function addCreation(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
  app.post('', {
    config: { scope: 'write:messages', knowsRepeats: true, form: MAILING_FORM },
    bodyLimit: LARGEST_JSON_BYTES,
    preValidation: readMailingUpload,
    schema: {
      summary: 'Send one message to many',
      description:
        'Recipients as JSON, or as a form with the mailing without recipients and a CSV file, whose header line names ' +
        'the columns "to", "name", "body.1" or "body.<placeholder>", "header.1", "header.link", "button.1". All lines are checked before the first message ' +
        'leaves: bad ones are refused with their line (422), unless "skipBadLines"; recipients named twice get one ' +
        'message; who wants no marketing gets none. 202: the check goes on, look at "location". The messages stay out ' +
        'of tasks until their recipient answers.',
      tags: ['Mailings'],
      body: newMailingSchema,
      response: { 201: mailingSchema, 202: mailingSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { body, caller } = request;
      const id = (await storedBefore(parts, request)) ?? (await storeMailing(parts, request));
      wakeups.runs([{ kind: 'mailing', id }]);
      const state = await waitForRow(parts.rowEvents, {
        id,
        forMs: parts.waits.liveCheckMs,
        read: () => readMailingState(db, id),
        isSettled: (read) => read !== 'checking',
      });
      if (state === 'refused') throw await refusedLines(parts, id, body);
      reply.header('location', `/v1/mailings/${id}`);
      reply.code(state === 'checking' ? 202 : 201);
      return showWhole(parts, await find(parts, id, caller));
    },
  });
}

type Creation = {
  body: NewMailingBody;
  caller: Caller;
  recipientsFile: Buffer | null;
  idempotencyKey: { owner: string; key: string; digest: Buffer } | null;
};

/** A repeat is answered from what its first request did, whatever would be said of it now. */
async function storedBefore({ db }: ApiParts, { idempotencyKey }: Creation): Promise<string | undefined> {
  const earlier = idempotencyKey && (await findRequested(db, idempotencyKey));
  if (earlier?.kind === 'other-request') throw otherRequest();
  return earlier?.id;
}

async function storeMailing({ db }: ApiParts, request: Creation): Promise<string> {
  const { body, caller, recipientsFile: file, idempotencyKey } = request;
  if ((body.recipients === undefined) === (file === null)) {
    const remedy = 'Send "recipients" in the JSON, or the form with the file';
    throw invalidField('recipients', 'Give the recipients once', remedy);
  }
  const connection = await readConnection(db, body.connectionId, caller.visibility);
  if (!connection)
    throw invalidField('connectionId', 'There is no such connection', 'Use an id of GET /v1/connections');
  if (connection.state !== 'connected' && connection.state !== 'paused') {
    throw notConnected('connectionId', `The connection is ${connection.state}`, connection.state);
  }
  const mailing = {
    planfixAccountId: connection.planfixAccountId,
    connectionId: connection.id,
    name: body.name,
    ...(await sharedContent(db, connection, body)),
    rate: body.rate,
    startAt: body.startAt === undefined ? undefined : new Date(body.startAt),
    skipsBadLines: body.skipBadLines,
    isUpload: file !== null,
    actor: caller.actor,
    request: idempotencyKey ?? undefined,
  };
  const stored = await createMailing(db, mailing, () => linesOf(body, file)).catch((error: unknown) => {
    if (error instanceof TooManyRecipients) {
      const most = MOST_RECIPIENTS.toLocaleString('en');
      throw invalidField('recipients', `A mailing takes ${most} recipients at most`, 'Send several mailings');
    }
    if (!(error instanceof NoRecipients)) throw error;
    throw invalidField('recipients', 'The file names no recipient', 'Add a line for each below the header line');
  });
  if (!stored) throw otherRequest();
  return stored.id;
}

async function refusedLines({ db }: ApiParts, id: string, { template }: NewMailingBody): Promise<Problem> {
  const { isUpload, lines } = await readBadLines(db, id);
  const errors = lines.map(({ line, path, message, remedy }) => ({
    path: isUpload ? `line ${line}: ${linePath(path, line, true)}` : linePath(path, line, false),
    message,
    remedy,
  }));
  if (errors.length > 0)
    return new Problem('invalid-fields', 'Some recipients are not right; nothing was sent', { errors });
  const remedy = template ? 'Everybody in the list wants no marketing' : 'Give a recipient who can be sent to';
  return invalidField('recipients', 'Nobody is left to send to; nothing was sent', remedy);
}

async function find({ db }: ApiParts, id: string, { visibility }: Caller): Promise<MailingRow> {
  const row = await readMailing(db, id, visibility);
  if (!row) throw notFound('mailing');
  return row;
}

async function showWhole({ db }: ApiParts, row: MailingRow): Promise<z.infer<typeof mailingSchema>> {
  const { isUpload, lines } = await readBadLines(db, row.id);
  const badLines = lines.map(({ path, ...line }) => ({ ...line, path: linePath(path, line.line, isUpload) }));
  return { ...showListedMailing(row), badLines };
}

function addReading(app: ZodApp, parts: ApiParts): void {
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List mailings, declared and detected ones, newest first',
      tags: ['Mailings'],
      querystring: filterSchema,
      response: { 200: pageSchema(listedMailingSchema), ...refusal },
    },
    handler: async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const page = toPageRequest({ cursor, limit });
      return showPage(await listMailings(parts.db, filter, request.caller.visibility, page), showListedMailing);
    },
  });
  app.get('/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'One mailing with live counts and its bad lines',
      tags: ['Mailings'],
      params: idParamsSchema,
      response: { 200: mailingSchema, ...refusal },
    },
    handler: async (request) => showWhole(parts, await find(parts, request.params.id, request.caller)),
  });
}

const SUMMARIES: Readonly<Record<MailingDecision, string>> = {
  pause: 'Stop sending until it is resumed',
  resume: 'Go on where it paused; nobody gets it twice',
  cancel: 'Stop sending for good; what has left stays sent',
};

function addDecisions(app: ZodApp, parts: ApiParts): void {
  const { db, wakeups } = parts;
  for (const decision of MAILING_DECISIONS) {
    app.post(`/:id/${decision}`, {
      config: { scope: 'write:messages' },
      schema: {
        summary: SUMMARIES[decision],
        tags: ['Mailings'],
        params: idParamsSchema,
        response: { 200: mailingSchema, ...refusal },
      },
      handler: async ({ params: { id }, caller }) => {
        const decided = await decideMailing(db, id, decision, caller);
        if (decided.kind === 'not-found') throw notFound('mailing');
        if (decided.kind === 'not-possible') {
          throw new Problem('conflict', `The mailing is ${decided.state}: it cannot be ${PARTICIPLES[decision]}`);
        }
        wakeups.runs([{ kind: 'mailing', id }]);
        return showWhole(parts, await find(parts, id, caller));
      },
    });
  }
}

const PARTICIPLES: Readonly<Record<MailingDecision, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};
