import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { announceRow } from '../../db/announcements.ts';
import type { MessageState } from '../../workflows/domain/message.ts';
import { aTemplate, knowTemplates } from '../support/templates.ts';
import {
  type ApiAnswer,
  type ApiWorld,
  anEnvelope,
  aText,
  type ConnectedNumber,
  postMeta,
  startApiWorld,
  until,
} from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
let open: string;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  const account = { provider: 'whatsapp-cloud', accountKey: '102290129340398' };
  await knowTemplates(world.db, account, [
    aTemplate({ name: 'reminder', components: { body: { text: 'See you at {{1}}' } } }),
    aTemplate({ name: 'reminder', language: 'en', components: { body: { text: 'See you' } } }),
  ]);
  open = await aConversation(number);
});
afterAll(() => world.close());

let people = 0;
const HOUR_S = 3_600;

/** Of a customer who wrote so many seconds ago. */
async function aConversation(of: ConnectedNumber, agoS = 0): Promise<string> {
  people += 1;
  const text = aText(`49151${String(people).padStart(8, '0')}`, 'Hello');
  const timestamp = String(Math.trunc(Date.now() / 1_000) - agoS);
  await postMeta(world, of.metaAppId, anEnvelope(of.phoneNumberId, { messages: [{ ...text, timestamp }] }));
  const row = await world.db
    .selectFrom('message')
    .where('channelMessageId', '=', text.id)
    .select('conversationId')
    .executeTakeFirstOrThrow();
  return row.conversationId;
}

const rowOf = (id: unknown) =>
  world.db.selectFrom('message').where('id', '=', String(id)).selectAll().executeTakeFirstOrThrow();
const send = (body: Record<string, unknown>, options: { key?: string; headers?: Record<string, string> } = {}) =>
  world.call('POST', '/v1/messages', { body: { conversationId: open, ...body }, ...options });
/** As `send`, where the worker settles what was stored at once. */
async function sendQuickly(...[body, options]: Parameters<typeof send>): Promise<ApiAnswer> {
  let isAnswered = false;
  const answer = send(body, options).finally(() => {
    isAnswered = true;
  });
  await until('the answer', async () => {
    await settle(String(body.conversationId ?? open), 'sent');
    return isAnswered;
  });
  return answer;
}

/** What waits in this conversation comes into that state, and is announced as the worker does. */
async function settle(conversationId: string, state: MessageState): Promise<void> {
  const rows = await world.db
    .updateTable('message')
    .set({ state })
    .where('conversationId', '=', conversationId)
    .where('direction', '=', 'outbound')
    .where('state', '=', 'ready')
    .returning('id')
    .execute();
  for (const { id } of rows) await world.db.transaction().execute((trx) => announceRow(trx, id));
}

async function stored(body: Record<string, unknown>) {
  const answer = await sendQuickly(body);
  expect(answer.status).toBe(201);
  return rowOf(answer.body.id);
}
const countOf = async (text: string) =>
  (await world.db.selectFrom('message').where('text', '=', text).select('id').execute()).length;
const errorsOf = ({ body }: ApiAnswer) => body.errors as { path: string; message: string; remedy: string }[];
const keyWith = async (scopes: string[], planfixAccountId?: string) =>
  String((await world.call('POST', '/v1/api-keys', { body: { name: 'k', scopes, planfixAccountId } })).body.secret);

describe('a message that a program sends', () => {
  it('is stored for its lane, which is woken, and answered with its place while nobody knows more', async () => {
    const conversationId = await aConversation(number);
    const answer = await send({ conversationId, text: 'from a program' });
    expect(answer).toMatchObject({ status: 202, body: { state: 'ready', direction: 'outbound', origin: 'api' } });
    expect(answer.headers.get('location')).toBe(`/v1/messages/${answer.body.id}`);
    await until('the wake', () =>
      world.beyond.wakes.some((wake) => wake.conversationId === conversationId && wake.lane === 'to-customer'),
    );
    expect((await world.call('GET', `/v1/messages/${answer.body.id}`)).body).toEqual(answer.body);
    // There is no task yet: the note finds or opens one, as a customer's message does.
    const notes = world.db.selectFrom('message').where('aboutMessageId', '=', String(answer.body.id)).selectAll();
    expect(await notes.execute()).toMatchObject([{ kind: 'api-message', state: 'received', planfixTask: null }]);
    const audit = world.db.selectFrom('auditEntry').where('subjectId', '=', String(answer.body.id)).selectAll();
    expect(await audit.execute()).toMatchObject([{ actor: 'admin', action: 'send', subjectKind: 'message' }]);
  });

  it.each<[MessageState]>([['sent'], ['delivered'], ['refused'], ['waiting'], ['unknown']])(
    'that is %s within two seconds is answered as such',
    async (state) => {
      const text = `soon ${state}`;
      const conversationId = await aConversation(number);
      const sending = send({ conversationId, text });
      await until('the message', async () => (await countOf(text)) === 1);
      await settle(conversationId, state);
      const answer = await sending;
      expect(answer).toMatchObject({ status: 201, body: { state, text } });
    },
  );

  it('is copied to the task that the conversation has, as a note', async () => {
    const conversationId = await aConversation(number);
    const { planfixAccountId } = number;
    await world.db
      .insertInto('conversationTask')
      .values({ id: randomUUID(), conversationId, planfixAccountId, planfixTask: 4711, isCurrent: true })
      .execute();
    const { body } = await sendQuickly({ conversationId, text: 'from a program' });
    const notes = await world.db
      .selectFrom('message')
      .where('aboutMessageId', '=', String(body.id))
      .select(['direction', 'kind', 'state', 'text', 'planfixTask'])
      .execute();
    expect(notes).toEqual([{ direction: 'note', kind: 'api-message', state: 'received', text: '', planfixTask: 4711 }]);
    expect(body).toMatchObject({ planfixTask: 4711, planfixComment: null, planfixAuthor: null });
  });
});

const LOCATION = { latitude: 52.5, longitude: 13.4, name: 'Office', address: 'Unter den Linden 1' };

describe('what can be sent', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['text', { text: ' *Hello* ' }, { kind: 'text', text: '*Hello*', content: null }],
    ['location', { location: LOCATION }, { kind: 'location', content: { details: { type: 'location', ...LOCATION } } }],
    [
      'contacts',
      { contacts: [{ name: 'Jane', phones: ['+49 151 23456789'], emails: ['jane@example.org'], title: 'Boss' }] },
      {
        kind: 'contacts',
        content: {
          details: {
            type: 'contacts',
            contacts: [
              {
                name: 'Jane',
                phones: [{ number: '+4915123456789' }],
                emails: ['jane@example.org'],
                addresses: [],
                urls: [],
                title: 'Boss',
              },
            ],
          },
        },
      },
    ],
    [
      'template',
      { template: { name: 'reminder', language: 'en_US', parameters: { body: ['five'] } } },
      {
        kind: 'template',
        text: 'See you at five',
        content: { template: { name: 'reminder', language: 'en_US', parameters: { body: ['five'] } } },
      },
    ],
  ])('%s', async (_, body, row) => {
    expect(await stored(body)).toMatchObject(row);
  });

  it('a quote of a message and a reaction to it, by our ids', async () => {
    const query = world.db.selectFrom('message').where('conversationId', '=', open).where('direction', '=', 'inbound');
    const theirs = await query.select(['id', 'channelMessageId']).executeTakeFirstOrThrow();
    const quotedChannelMessageId = theirs.channelMessageId;
    const [answer, reaction, taken] = await Promise.all([
      stored({ text: 'to that', quotes: theirs.id }),
      stored({ reaction: { to: theirs.id, emoji: '👍' } }),
      stored({ reaction: { to: theirs.id, emoji: '' } }),
    ]);
    expect(answer).toMatchObject({ kind: 'text', quotedChannelMessageId });
    expect(reaction).toMatchObject({ kind: 'reaction', text: '👍', quotedChannelMessageId });
    expect(taken).toMatchObject({ kind: 'reaction', text: '', quotedChannelMessageId });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['nothing', {}, ''],
    ['two things', { text: 'a', location: LOCATION }, ''],
    ['words that are none', { text: '  ' }, 'text'],
    ['a text that is too long', { text: 'x'.repeat(4_097) }, 'text'],
    ['a place that is nowhere', { location: { latitude: 91, longitude: 0 } }, 'location.latitude'],
    ['no contact', { contacts: [] }, 'contacts'],
    ['a contact without a phone', { contacts: [{ name: 'Jane', phones: [] }] }, 'contacts.0.phones'],
    ['a template with a wrong name', { template: { name: 'No Name', language: 'en' } }, 'template.name'],
    ['something unknown', { text: 'a', colour: 'red' }, 'colour'],
    ['a quote of nothing', { text: 'a', quotes: randomUUID() }, 'quotes'],
    ['a reaction to nothing', { reaction: { to: randomUUID(), emoji: '👍' } }, 'reaction.to'],
  ])('not %s', async (_, body, path) => {
    const answer = await sendQuickly(body);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer).map((error) => error.path)).toContain(path);
    for (const { message, remedy } of errorsOf(answer))
      expect([message, remedy].every((word) => word.length > 5)).toBe(true);
  });

  it('not a quote of a message of somebody else', async () => {
    const other = await aConversation(number);
    const theirs = await world.db
      .selectFrom('message')
      .where('conversationId', '=', other)
      .select('id')
      .executeTakeFirstOrThrow();
    expect(errorsOf(await sendQuickly({ text: 'a', quotes: theirs.id }))).toMatchObject([{ path: 'quotes' }]);
    // Control: in their own conversation it can be quoted.
    expect((await sendQuickly({ conversationId: other, text: 'a', quotes: theirs.id })).status).toBe(201);
  });
});

describe('phones of contacts', () => {
  const conversationIn = async (defaultCountry: string) => {
    const there = await world.connect();
    const body = { settings: { defaultCountry } };
    await world.call('PATCH', `/v1/connections/${there.connectionId}`, { body });
    return aConversation(there);
  };
  const card = (phone: string) => ({ contacts: [{ name: 'Jane', phones: ['+49 151 23456789', phone] }] });

  it.each([
    ['DE', '0151 234 567-89', '+4915123456789'],
    ['DE', '0049 151 23456789', '+4915123456789'],
    ['RU', '8 (912) 345-67-89', '+79123456789'],
    ['RU', '+49 151 23456789', '+4915123456789'],
  ])('in %s: %s is %s', async (country, typed, number_) => {
    const row = await stored({ conversationId: await conversationIn(country), ...card(typed) });
    expect(row.content).toMatchObject({
      details: { contacts: [{ phones: [{ number: '+4915123456789' }, { number: number_ }] }] },
    });
  });

  it.each([
    [undefined, '0151 23456789', 'The phone has no country'],
    ['DE', 'call me', 'This is not a phone'],
    ['DE', '12', 'The phone is too short'],
    ['DE', '+49 151 23456789 1234567', 'The phone is too long'],
  ])('in %s: %s is refused: %s', async (country, typed, message) => {
    const conversationId = country === undefined ? open : await conversationIn(country);
    const answer = await sendQuickly({ conversationId, ...card(typed) });
    expect(answer.status).toBe(422);
    expect(errorsOf(answer)).toMatchObject([
      { path: 'contacts.0.phones.1', message, remedy: 'Write it with "+" and the country code' },
    ]);
  });
});

describe('after 24 hours', () => {
  it.each<[string, Record<string, unknown>]>([
    ['text', { text: 'a' }],
    ['location', { location: LOCATION }],
    ['contacts', { contacts: [{ name: 'Jane', phones: ['+49 151 23456789'] }] }],
    ['reaction', { reaction: { to: randomUUID(), emoji: '👍' } }],
  ])('%s is refused with the remedy', async (path, body) => {
    const answer = await sendQuickly({ conversationId: await aConversation(number, 24 * HOUR_S), ...body });
    expect(answer.status).toBe(422);
    expect(errorsOf(answer)).toEqual([
      { path, message: expect.stringContaining('24 hours'), remedy: expect.stringContaining('Send a template') },
    ]);
  });

  it('a template is taken, and a minute before the end a text (control)', async () => {
    const template = { template: { name: 'reminder', language: 'en' } };
    const [late, inTime] = await Promise.all([
      sendQuickly({ conversationId: await aConversation(number, 24 * HOUR_S), ...template }),
      sendQuickly({ conversationId: await aConversation(number, 24 * HOUR_S - 60), text: 'a' }),
    ]);
    expect([late.status, inTime.status]).toEqual([201, 201]);
  });
});

describe('who may send where', () => {
  it('nobody into a conversation that is not there, or that belongs to somebody else', async () => {
    const [ours, theirs] = await Promise.all([
      keyWith(['write:messages'], number.planfixAccountId),
      keyWith(['write:messages'], (await world.connect()).planfixAccountId),
    ]);
    expect((await sendQuickly({ conversationId: randomUUID(), text: 'a1' })).status).toBe(404);
    expect((await sendQuickly({ text: 'a2' }, { key: theirs })).status).toBe(404);
    // Control: the company's own key may.
    expect((await sendQuickly({ text: 'a3' }, { key: ours })).status).toBe(201);
  });

  it('only with the scope for it', async () => {
    expect((await sendQuickly({ text: 'a4' }, { key: await keyWith(['read', 'write:problems']) })).status).toBe(403);
    expect((await sendQuickly({ text: 'a5' }, { key: await keyWith(['write:messages']) })).status).toBe(201);
  });

  it('into a paused connection, where it waits, but not into one that was given up', async () => {
    const there = await world.connect();
    const conversationId = await aConversation(there);
    const become = (state: 'paused' | 'disconnected') =>
      world.db.updateTable('connection').set({ state }).where('id', '=', there.connectionId).execute();
    await become('paused');
    expect((await sendQuickly({ conversationId, text: 'a6' })).status).toBe(201);
    await become('disconnected');
    expect(await sendQuickly({ conversationId, text: 'a7' })).toMatchObject({
      status: 409,
      body: { detail: 'The connection of this conversation is disconnected' },
    });
  });
});

describe('a call that is repeated', () => {
  it('with the same Idempotency-Key sends once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await sendQuickly({ text: 'once' }, { headers });
    const again = await sendQuickly({ text: 'once' }, { headers });
    expect([again.status, again.body.id]).toEqual([first.status, first.body.id]);
    expect((await sendQuickly({ text: 'other' }, { headers })).status).toBe(409);
    expect(await countOf('once')).toBe(1);
    // Nor does it when the answer that was stored is lost.
    await world.db.deleteFrom('idempotencyKey').execute();
    const later = await sendQuickly({ text: 'once' }, { headers });
    expect([later.status, later.body.id]).toEqual([first.status, first.body.id]);
    await world.db.deleteFrom('idempotencyKey').execute();
    expect((await sendQuickly({ text: 'other' }, { headers })).status).toBe(409);
    expect(await countOf('once')).toBe(1);
    // Control: without a key each call sends.
    await Promise.all([sendQuickly({ text: 'twice' }), sendQuickly({ text: 'twice' })]);
    expect(await countOf('twice')).toBe(2);
  });
});
