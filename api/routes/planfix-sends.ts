import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { firstWritablePhone } from '../../activities/channels/phone-number.ts';
import { readTimeZone } from '../../db/account-access.ts';
import { type NewStart, requestStart, type StartAnswer } from '../../db/conversation-starts.ts';
import { readRequestRow } from '../../db/requests.ts';
import { liveConnections, type StartConnection, type StartRecipient } from '../../db/start-places.ts';
import type { Language } from '../../workflows/domain/message.ts';
import type { StartRefusal } from '../../workflows/domain/start-refusals.ts';
import type { ApiParts } from '../build-server.ts';
import type { WebhookOutcome } from '../metrics.ts';
import { leaveUnchecked, plainText } from '../plain-answers.ts';
import { rawBodyOf, takeRawBodies, withinMs } from '../raw-body.ts';
import { createAuthenticator, readFields, SECRET_HEADER } from './planfix-form.ts';
import { readSendForm, type SendForm } from './planfix-send-form.ts';
import { faultText, refusalText, sendWords, templateText } from './planfix-send-words.ts';
import { checkTemplateToSend } from './template-parameters.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** Planfix waits for each answer before it sends anything else of the account; nobody knows for how long. */
const ANSWER_MS = 900;
const HOUR_MS = 60 * 60_000;

const optional = (description: string) => z.string().optional().describe(description);
const sendSchema = {
  summary: 'A button or scenario in Planfix writes to a customer',
  description:
    'The form twin of POST /v1/conversations. Once authenticated it is answered at once, with 200 whatever happens: ' +
    'the text says what will happen, or what is wrong and what to do. The same form from the same button is the same ' +
    'request for four hours.',
  tags: ['Webhooks'],
  security: [],
  consumes: ['application/x-www-form-urlencoded', 'application/json'],
  headers: z.object({ [SECRET_HEADER]: z.string().describe('The `hintSecret` of the account') }),
  body: z.object({
    task: optional('Number of the task that the message belongs to; alone: its contact is the recipient'),
    contact: optional('Number of the contact to write to'),
    phone: optional('Phone to write to'),
    connection: optional('Id of the connection; may be left out where the account has one'),
    template: optional('Name of an approved template'),
    language: optional('Code of its translation'),
    'body.1': optional('Value for {{1}}, and so on; body.<name> for {{name}}; header and button likewise'),
    'header.link': optional('Address of the file, of a template whose header is one'),
    text: optional('Instead of a template, within 24 hours after the customer wrote'),
    name: optional('Of a customer whose name is not known'),
    button: optional('Any word that tells this button from others with the same content'),
  }),
  response: {
    200: plainText('What will happen, or what is wrong and what to do'),
    401: plainText('Another secret'),
    404: plainText('No such account'),
  },
};

type AccountParams = { Params: { planfixAccountId: string } };

/** `POST /webhooks/planfix/:planfixAccountId/send`. */
export function planfixSendRoutes(parts: ApiParts): (app: FastifyInstance) => Promise<void> {
  const { metrics } = parts;
  const isAuthentic = createAuthenticator(parts, ANSWER_MS);
  const answer = (reply: FastifyReply, status: number, outcome: WebhookOutcome, text: string) => {
    metrics.webhooks.inc({ source: 'planfix-send', outcome });
    metrics.webhookSeconds.observe({ source: 'planfix-send' }, reply.elapsedTime / 1_000);
    return reply.code(status).type('text/plain; charset=utf-8').send(text);
  };

  return async (app) => {
    takeRawBodies(app, MAX_BODY_BYTES);
    app.addHook('onRequest', async (request, reply) => {
      const { planfixAccountId } = request.params as AccountParams['Params'];
      const outcome = await isAuthentic(planfixAccountId, request.headers[SECRET_HEADER]);
      if (outcome === 'unknown-receiver') return answer(reply, 404, outcome, '');
      if (outcome === 'bad-signature') return answer(reply, 401, outcome, '');
      return undefined;
    });
    // Any other answer keeps back all requests of the account for three minutes.
    app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
      const isTheirs = error.statusCode !== undefined && error.statusCode < 500;
      if (!isTheirs) request.log.error({ err: error }, 'a form could not be taken');
      const { unreadable, busy } = sendWords('en');
      return isTheirs ? answer(reply, 200, 'not-read', unreadable) : answer(reply, 200, 'not-stored', busy);
    });
    app.post<AccountParams>(
      '/:planfixAccountId/send',
      { schema: sendSchema, validatorCompiler: leaveUnchecked },
      async (request, reply) => {
        const text = await withinMs(ANSWER_MS, receive(parts, request));
        return answer(reply, 200, 'stored', text);
      },
    );
  };
}

async function receive(parts: ApiParts, request: FastifyRequest<AccountParams>): Promise<string> {
  const { planfixAccountId } = request.params;
  const connections = await liveConnections(parts.db, planfixAccountId);
  const fields = readFields(rawBodyOf(request));
  const language = connections[0]?.settings.language ?? 'en';
  if (fields === undefined) return sendWords(language).unreadable;
  const form = readSendForm(fields);
  if ('why' in form) return faultText(form, language);
  const connection = chooseConnection(connections, form.connection, language);
  if (typeof connection === 'string') return connection;
  return send(parts, connection, form);
}

function chooseConnection(
  connections: readonly StartConnection[],
  wanted: string | undefined,
  language: Language,
): StartConnection | string {
  const words = sendWords(language);
  const [only] = connections;
  const found = connections.find(({ id }) => id === wanted?.toLowerCase());
  if (found) return found;
  if (!only) return `${words.nothingSent} ${words.noConnection}`;
  if (wanted === undefined && connections.length === 1) return only;
  const list = connections.map(({ id, displayPhoneNumber }) => `${id} (${displayPhoneNumber ?? '?'})`);
  return [`${words.nothingSent} ${wanted === undefined ? words.whichConnection : words.otherConnection}`, ...list].join(
    '\n',
  );
}

async function send(parts: ApiParts, connection: StartConnection, form: SendForm): Promise<string> {
  const { language } = connection.settings;
  const to = recipientOf(form, connection);
  if (typeof to === 'string') return refusalText(to, language);
  const said = await saidOf(parts, connection, form);
  if (typeof said === 'string') return said;
  const { planfixAccountId, id: connectionId } = connection;
  const digest = digestOf(connection, form);
  const answer = await requestStart(parts.db, {
    owner: `planfix:${planfixAccountId}`,
    key: digest.toString('hex'),
    digest,
    repeatMs: parts.waits.formRepeatMs,
    planfixAccountId,
    connectionId,
    requestedBy: `planfix-account:${planfixAccountId}`,
    source: 'planfix',
    to,
    planfixTask: form.task ?? null,
    name: form.name ?? null,
    ...said,
  });
  if (answer.kind === 'new' || answer.kind === 'repeated') {
    parts.wakeups.conversations(answer.wakes);
    parts.wakeups.runs(answer.runs);
  }
  return tell(parts, connection, form, answer);
}

/** By the phone that was given, else by the contact, else whoever the task is of. */
function recipientOf(
  { phones, contact }: SendForm,
  { settings, displayPhoneNumber: ownNumber }: StartConnection,
): StartRecipient | StartRefusal {
  const first = firstWritablePhone(phones, { country: settings.defaultCountry, ownNumber });
  if (first) return first.kind === 'phone' ? first : first.reason;
  return contact === undefined ? { kind: 'task' } : { kind: 'contact', contact };
}

async function saidOf(
  { db }: ApiParts,
  connection: StartConnection,
  { template: given, text }: SendForm,
): Promise<Pick<NewStart, 'kind' | 'text' | 'content' | 'templateId'> | string> {
  if (!given) return { kind: 'text', text: text ?? '', content: null, templateId: null };
  const checked = await checkTemplateToSend(db, connection, given);
  if ('problems' in checked) return templateText(given.name, checked.problems, connection.settings.language);
  const { template, preview, templateId } = checked;
  return { kind: 'template', text: preview, content: { template }, templateId };
}

/** What makes it the same request: where from, to whom, and what. */
function digestOf({ id, planfixAccountId }: StartConnection, form: SendForm): Buffer {
  const { task, contact, phones, button, template, text } = form;
  return createHash('sha256')
    .update(JSON.stringify([planfixAccountId, id, task, contact, phones, button, template, text]))
    .digest();
}

async function tell(
  { db, waits }: ApiParts,
  { planfixAccountId, settings }: StartConnection,
  { task }: SendForm,
  answer: StartAnswer,
): Promise<string> {
  const words = sendWords(settings.language);
  if (answer.kind === 'refused') return refusalText(answer.reason, settings.language);
  const row = answer.kind === 'other-request' ? undefined : await readRequestRow(db, answer.id);
  if (!row) return words.busy;
  if (answer.kind === 'repeated') {
    const time = timeText(row.createdAt, await readTimeZone(db, planfixAccountId), settings.language);
    return `${words.repeated(time)} ${words.repeatable(Math.round(waits.formRepeatMs / HOUR_MS))}`;
  }
  if (row.hold === 'held') return words.held;
  if (row.state === 'looking') {
    return `${words.looking} ${task === undefined ? words.lookingListed : words.lookingTold(task)}`;
  }
  return `${words.started} ${words.shown(task ?? null)}`;
}

function timeText(at: Date, timeZone: string | null, language: Language): string {
  const text = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    timeZone: timeZone ?? 'UTC',
    timeStyle: 'short',
  }).format(at);
  return timeZone === null ? `${text} (UTC)` : text;
}
