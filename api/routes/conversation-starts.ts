import { z } from 'zod';
import { writablePhone } from '../../activities/channels/phone-number.ts';
import { type NewStart, requestStart } from '../../db/conversation-starts.ts';
import { type RequestRow, readEarlier, readRequestRow } from '../../db/requests.ts';
import { isLive, readStartConnection, type StartConnection, type StartRecipient } from '../../db/start-places.ts';
import { isBsuid } from '../../workflows/domain/identity.ts';
import { MESSAGE_STATES, type MessageState } from '../../workflows/domain/message.ts';
import { isStartRefusal, type StartRefusal, startRefusalSentence } from '../../workflows/domain/start-refusals.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { notConnected } from '../not-connected.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import { idParamsSchema, nameSchema, planfixNumberSchema, refusal, uuidSchema, type ZodApp } from '../shapes.ts';
import { identityOf, type KeyedIdentity, otherRequest } from './request-identity.ts';
import { checkedTemplate, templateSchema } from './template-parameters.ts';

const MAX_TEXT = 4_096;

const toSchema = z
  .union([
    z.string().trim().min(1).max(50),
    z.strictObject({ contact: planfixNumberSchema }),
    z.strictObject({ identity: z.string().trim().min(1).max(200) }),
  ])
  .describe(
    'A phone with "+" and the country code, a contact of Planfix, or an identity: a business-scoped user id, or ' +
      '`customerId` of GET /v1/conversations',
  );

const newConversationSchema = z
  .strictObject({
    connectionId: uuidSchema,
    to: toSchema,
    text: z.string().trim().min(1).max(MAX_TEXT).optional().describe('Within 24 hours after the customer wrote'),
    template: templateSchema.optional(),
    planfixTask: planfixNumberSchema.optional().describe('The task that the conversation goes on in'),
    name: nameSchema.optional().describe('Of a customer whose name is not known'),
  })
  .refine((body) => (body.text === undefined) !== (body.template === undefined), {
    error: 'Give exactly one of text, template',
  })
  .meta({
    id: 'NewConversation',
    examples: [
      {
        connectionId: '0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d',
        to: '+4915112345678',
        template: { name: 'order_ready', language: 'en_US', parameters: { body: ['A-17', 'Monday'] } },
      },
    ],
  });
type NewConversation = z.infer<typeof newConversationSchema>;

const startedSchema = z
  .object({
    id: z.uuid().nullable().describe('The conversation; null while Planfix is asked whom it is with'),
    startId: z.uuid().describe('Of this request, for GET /v1/conversations/starts/:id'),
    state: z.enum(['looking', 'started', 'refused']),
    reason: z.string().nullable().describe('Why it was refused'),
    message: z
      .object({
        id: z.uuid(),
        state: z.enum(MESSAGE_STATES),
        hold: z.string().nullable().describe('"held": one of many identical ones; it stands on no task until answered'),
        reason: z.string().nullable(),
      })
      .nullable(),
    planfixTask: z.int().nullable().describe('Where the message stands; null as long as it stands nowhere'),
  })
  .meta({ id: 'StartedConversation' });

/** `POST /v1/conversations`: stored with all that follows from it, then waited for. */
export function addStarting(app: ZodApp, parts: ApiParts): void {
  const { db } = parts;
  app.post('', {
    config: { scope: 'write:messages', knowsRepeats: true },
    schema: {
      summary: 'Write to somebody first',
      description:
        'Give exactly one of text and template. Finds or makes the contact and the task, and sends the message. 201: ' +
        'the network has taken or refused it, and the task is known; 202: not known within two seconds, or held as ' +
        'one of many identical messages; look at "location".',
      tags: ['Conversations'],
      body: newConversationSchema,
      response: { 201: startedSchema, 202: startedSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const identity = identityOf(request);
      const id = (await startedBefore(parts, identity)) ?? (await start(parts, request.body, request.caller, identity));
      const row = await waitForStart(parts, id);
      if (row.state === 'refused') throw refused(row.reason as StartRefusal);
      const place = row.conversationId === null ? `starts/${id}` : row.conversationId;
      reply.header('location', `/v1/conversations/${place}`);
      reply.code(isSettled(row) && row.hold !== 'held' ? 201 : 202);
      return show(row);
    },
  });
  app.get('/starts/:id', {
    config: { scope: 'read' },
    schema: {
      summary: 'What became of a request to write first',
      tags: ['Conversations'],
      params: idParamsSchema,
      response: { 200: startedSchema, ...refusal },
    },
    handler: async ({ params, caller }) => {
      const row = await readRequestRow(db, params.id, caller.visibility.planfixAccountId);
      if (!row) throw notFound('start of a conversation');
      return show(row);
    },
  });
}

/** A repeat is answered from what its first request did, whatever would be said of it now. */
async function startedBefore({ db }: ApiParts, identity: KeyedIdentity | undefined): Promise<string | undefined> {
  const earlier = identity && (await readEarlier(db, identity));
  if (earlier?.kind === 'other-request') throw otherRequest();
  return earlier?.id;
}

/** Everything that can be said against it is said before anything is stored. */
async function start(
  parts: ApiParts,
  body: NewConversation,
  { id: caller, actor, visibility }: Caller,
  identity: KeyedIdentity | undefined,
): Promise<string> {
  const { db, wakeups } = parts;
  const connection = await readStartConnection(db, body.connectionId);
  const { planfixAccountId } = visibility;
  if (!connection || (planfixAccountId !== undefined && connection.planfixAccountId !== planfixAccountId)) {
    throw invalidField('connectionId', 'There is no such connection', 'Use an `id` of GET /v1/connections');
  }
  if (!isLive(connection)) {
    throw notConnected('connectionId', `The connection is ${connection.state}`, connection.state);
  }
  const to = recipientOf(body.to, connection);
  const said = await saidOf(parts, body, connection);
  const unkeyed = { owner: caller, key: null, digest: Buffer.alloc(0), repeatMs: 0 };
  const answer = await requestStart(db, {
    ...(identity ?? unkeyed),
    planfixAccountId: connection.planfixAccountId,
    connectionId: connection.id,
    requestedBy: actor,
    source: 'api',
    to,
    planfixTask: body.planfixTask ?? null,
    name: body.name ?? null,
    ...said,
  });
  if (answer.kind === 'other-request') throw otherRequest();
  if (answer.kind === 'refused') throw refused(answer.reason);
  wakeups.conversations(answer.wakes);
  wakeups.runs(answer.runs);
  return answer.id;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function recipientOf(to: NewConversation['to'], connection: StartConnection): StartRecipient {
  if (typeof to === 'string') {
    const { settings, displayPhoneNumber: ownNumber } = connection;
    const phone = writablePhone(to, { country: settings.defaultCountry, ownNumber });
    if (phone.kind === 'phone') return phone;
    throw refused(phone.reason);
  }
  if ('contact' in to) return { kind: 'contact', contact: to.contact };
  if (UUID.test(to.identity)) return { kind: 'customer', id: to.identity };
  if (isBsuid(to.identity)) return { kind: 'identity', value: to.identity };
  throw refused('unknown-identity');
}

async function saidOf(
  { db }: ApiParts,
  { text, template }: NewConversation,
  connection: StartConnection,
): Promise<Pick<NewStart, 'kind' | 'text' | 'content' | 'templateId'>> {
  if (template === undefined) return { kind: 'text', text: text ?? '', content: null, templateId: null };
  const checked = await checkedTemplate(db, connection, template, 'template');
  const { preview, templateId } = checked;
  return { kind: 'template', text: preview, content: { template: checked.template }, templateId };
}

const PATHS: Partial<Record<StartRefusal, string>> = {
  'window-closed': 'text',
  'opted-out': 'template',
  'no-such-contact': 'to.contact',
  'contact-without-phone': 'to.contact',
  'unknown-identity': 'to.identity',
  'no-address': 'to.identity',
  'no-such-task': 'planfixTask',
  'task-busy': 'planfixTask',
};

function refused(reason: StartRefusal): Problem {
  if (reason === 'not-connected') return new Problem('conflict', startRefusalSentence(reason, 'en')[0]);
  return invalidField(PATHS[reason] ?? 'to', ...startRefusalSentence(reason, 'en'));
}

/** The message is on its way or refused, and stands on a task; or it is held, and nothing more happens to it soon. */
function isSettled({ state, messageState, hold, planfixTask }: RequestRow): boolean {
  if (state !== 'started') return state === 'refused';
  if (hold === 'held') return true;
  return planfixTask !== null && messageState !== 'ready' && messageState !== 'sending';
}

/** The request is announced when it is begun, its message when it is sent and when it stands on a task. */
async function waitForStart({ db, rowEvents, waits }: ApiParts, id: string): Promise<RequestRow> {
  const endsAtMs = Date.now() + waits.answerMs;
  const look = async (about: string, isDone: (row: RequestRow) => boolean) => {
    const row = await waitForRow(rowEvents, {
      id: about,
      forMs: Math.max(0, endsAtMs - Date.now()),
      read: () => readRequestRow(db, id),
      isSettled: (seen) => seen === undefined || isDone(seen),
    });
    if (!row) throw notFound('start of a conversation');
    return row;
  };
  const begun = await look(id, ({ state }) => state !== 'looking');
  return begun.messageId === null ? begun : look(begun.messageId, isSettled);
}

function show(row: RequestRow): z.infer<typeof startedSchema> {
  const { id: startId, conversationId: id, state, messageId, messageState, messageReason, hold, planfixTask } = row;
  const reason = row.reason !== null && isStartRefusal(row.reason) ? row.reason : null;
  const message =
    messageId === null ? null : { id: messageId, state: messageState as MessageState, hold, reason: messageReason };
  return { id, startId, state, reason, message, planfixTask };
}
