import type { CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { parseTypedPhone } from '../../activities/channels/phone-number.ts';
import { readMessage } from '../../db/message-list.ts';
import {
  readChannelId,
  readSendingConversation,
  requestMessage,
  type SendingConversation,
} from '../../db/message-requests.ts';
import { readEarlier } from '../../db/requests.ts';
import type { ContactCard, MessageContent } from '../../workflows/domain/message-content.ts';
import { reactionOf } from '../../workflows/domain/outgoing-parts.ts';
import { startRefusalSentence } from '../../workflows/domain/start-refusals.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { languageOf } from '../language.ts';
import { waitForRow } from '../live-checks.ts';
import { notConnected } from '../not-connected.ts';
import { invalidField, notFound } from '../problem-details.ts';
import { refusal, uuidSchema, type ZodApp } from '../shapes.ts';
import { messageSchema, showMessage } from './message-shapes.ts';
import { identityOf, type KeyedIdentity, otherRequest } from './request-identity.ts';
import { checkedTemplate, templateSchema } from './template-parameters.ts';

/** The network's limit for one message; longer texts are the caller's to split, because each part costs. */
const MAX_TEXT = 4_096;
const MAX_CONTACTS = 5;

const shortText = z.string().trim().min(1).max(1_000);

const contactSchema = z.strictObject({
  name: shortText.max(200),
  phones: z
    .array(shortText.max(50))
    .min(1)
    .max(10)
    .describe('In any usual form; without "+" a number of the connection\'s default country'),
  emails: z.array(z.email()).max(10).default([]),
  organization: shortText.optional(),
  title: shortText.optional(),
});

const contents = {
  text: z.string().trim().min(1).max(MAX_TEXT).optional().describe("In WhatsApp's own formatting"),
  location: z
    .strictObject({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: shortText.optional(),
      address: shortText.optional(),
    })
    .optional(),
  contacts: z.array(contactSchema).min(1).max(MAX_CONTACTS).optional(),
  reaction: z
    .strictObject({ to: uuidSchema.describe('A message of this conversation'), emoji: z.string().max(32) })
    .optional()
    .describe('An empty emoji takes the reaction back'),
  template: templateSchema.optional(),
};
const KINDS = ['text', 'location', 'contacts', 'reaction', 'template'] as const;

const newMessageSchema = z
  .strictObject({
    conversationId: uuidSchema,
    ...contents,
    quotes: uuidSchema.optional().describe('A message of this conversation that this one answers'),
  })
  .refine((body) => KINDS.filter((kind) => body[kind] !== undefined).length === 1, {
    error: `Give exactly one of ${KINDS.join(', ')}`,
  })
  .meta({
    id: 'NewMessage',
    description: `Exactly one of ${KINDS.join(', ')}`,
    examples: [{ conversationId: '0192f0c4-7a3e-7cc2-9b1e-5d1f2a3b4c5d', text: 'Your order is *ready*.' }],
  });
type NewMessage = z.infer<typeof newMessageSchema>;

/** `POST /v1/messages`: stored, then waited for; what takes longer is looked at by its id. */
export function addSending(app: ZodApp, parts: ApiParts): void {
  const { db, rowEvents, waits } = parts;
  app.post('', {
    config: { scope: 'write:messages', knowsRepeats: true },
    schema: {
      summary: 'Send a message into an existing conversation',
      description:
        'Give exactly one of text, location, contacts, reaction and template. More than 24 hours after the customer ' +
        'wrote, only a template is taken. 201: the network has taken the message, or refused it (see "state" and ' +
        '"reason"); 202: not known within two seconds, or held as one of many identical messages; look at ' +
        '"location". The task shows the message as a comment that notifies nobody; where none is open, it opens one.',
      tags: ['Messages'],
      body: newMessageSchema,
      response: { 201: messageSchema, 202: messageSchema, ...refusal },
    },
    handler: async (request, reply) => {
      const { body, caller } = request;
      const { visibility } = caller;
      const identity = identityOf(request);
      const id = (await sentBefore(parts, identity)) ?? (await store(parts, body, caller, identity));
      const row = await waitForRow(rowEvents, {
        id,
        forMs: waits.answerMs,
        read: () => readMessage(db, id, visibility),
        isSettled: (read) => read?.hold === 'held' || (read?.state !== 'ready' && read?.state !== 'sending'),
      });
      if (!row) throw notFound('message');
      reply.header('location', `/v1/messages/${id}`);
      reply.code(row.state === 'ready' || row.state === 'sending' ? 202 : 201);
      return showMessage(db, row, languageOf({ query: {}, headers: request.headers }));
    },
  });
}

/** A repeat is answered from what its first request did, whatever would be said of it now. */
async function sentBefore({ db }: ApiParts, identity: KeyedIdentity | undefined): Promise<string | undefined> {
  const earlier = identity && (await readEarlier(db, identity));
  if (earlier?.kind === 'other-request') throw otherRequest();
  return earlier?.messageId ?? undefined;
}

/** Everything that can be said against it is said before it is stored. */
async function store(
  parts: ApiParts,
  body: NewMessage,
  { visibility, actor }: Caller,
  identity: KeyedIdentity | undefined,
): Promise<string> {
  const { db, wakeups } = parts;
  const conversation = await readSendingConversation(db, body.conversationId, visibility.planfixAccountId);
  if (!conversation) throw notFound('conversation');
  refuseImpossible(conversation, body);
  const { kind, text, content, templateId } = await contentOf(parts, body, conversation);
  const quotedChannelMessageId = await quotedOf(parts, body);
  const { id: conversationId, planfixAccountId, connectionId } = conversation;
  const to = { conversationId, planfixAccountId, connectionId };
  const message = { ...to, kind, text, content, templateId, quotedChannelMessageId };
  const answer = await requestMessage(db, { message, actor, identity });
  if (answer.kind === 'other-request') throw otherRequest();
  if (answer.kind === 'opted-out') throw invalidField('template', ...startRefusalSentence('opted-out', 'en'));
  wakeups.conversations(answer.wakes);
  wakeups.runs(answer.runs);
  return answer.id;
}

function refuseImpossible(conversation: SendingConversation, body: NewMessage): void {
  const { reaction, quotes } = body;
  if (reaction && reaction.emoji !== '' && reactionOf(reaction.emoji) === undefined) {
    throw invalidField('reaction.emoji', 'This is not one emoji', 'Give one emoji, or an empty text to take it back');
  }
  if (quotes !== undefined && (reaction || body.template)) {
    throw invalidField('quotes', 'Reactions and templates quote nothing', 'Leave it out, or send a text');
  }
  const { connectionState, isWindowOpen } = conversation;
  if (connectionState !== 'connected' && connectionState !== 'paused') {
    const message = `The connection of this conversation is ${connectionState}`;
    throw notConnected('conversationId', message, connectionState);
  }
  if (!isWindowOpen && body.template === undefined) {
    const kind = KINDS.find((name) => body[name] !== undefined) ?? 'text';
    const message = 'The customer wrote more than 24 hours ago: WhatsApp takes approved templates only';
    throw invalidField(kind, message, 'Send a template, or wait until the customer writes');
  }
}

type Contents = { kind: string; text: string; content: MessageContent | null; templateId: string | null };

async function contentOf({ db }: ApiParts, body: NewMessage, conversation: SendingConversation): Promise<Contents> {
  if (!body.template) return { ...wordsOf(body, conversation), templateId: null };
  const { preview, template, templateId } = await checkedTemplate(db, conversation, body.template, 'template');
  return { kind: 'template', text: preview, content: { template }, templateId };
}

function wordsOf(body: NewMessage, { defaultCountry }: SendingConversation): Omit<Contents, 'templateId'> {
  if (body.text !== undefined) return { kind: 'text', text: body.text, content: null };
  if (body.reaction) return { kind: 'reaction', text: body.reaction.emoji, content: null };
  if (body.location) {
    return { kind: 'location', text: '', content: { details: { type: 'location', ...body.location } } };
  }
  const contacts = (body.contacts ?? []).map((contact, at) => cardOf(contact, at, defaultCountry));
  return { kind: 'contacts', text: '', content: { details: { type: 'contacts', contacts } } };
}

function cardOf(contact: z.infer<typeof contactSchema>, at: number, defaultCountry: string | null): ContactCard {
  const { name, phones, emails, organization, title } = contact;
  return {
    name,
    phones: phones.map((typed, index) => {
      const phone = parseTypedPhone(typed, (defaultCountry ?? undefined) as CountryCode | undefined);
      if (phone.kind === 'phone') return { number: `+${phone.digits}` };
      const path = `contacts.${at}.phones.${index}`;
      throw invalidField(path, ...startRefusalSentence(phone.reason, 'en'));
    }),
    emails,
    addresses: [],
    urls: [],
    ...(organization === undefined ? {} : { organization }),
    ...(title === undefined ? {} : { title }),
  };
}

async function quotedOf({ db }: ApiParts, { conversationId, quotes, reaction }: NewMessage): Promise<string | null> {
  const wanted = reaction?.to ?? quotes;
  if (wanted === undefined) return null;
  const channelId = await readChannelId(db, conversationId, wanted);
  if (channelId !== null) return channelId;
  const path = reaction ? 'reaction.to' : 'quotes';
  throw invalidField(
    path,
    'This conversation has no such message',
    'Give the id of a message that was received or sent',
  );
}
