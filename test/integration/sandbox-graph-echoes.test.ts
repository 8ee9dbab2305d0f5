import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import type { Fields, Json } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

type EchoValue = { message_echoes: Fields[]; contacts: Fields[] };

/** Staff write in the phone app; resolves to the id, and to the webhook's value and field. */
async function echo(content: Fields) {
  const body = { phoneNumberId: ids.number, to: ids.customer, wait: true, ...content };
  const { wamid, statuses } = await server.control('POST', '/graph/echoes', body);
  expect(statuses).toEqual([200]);
  const { entry } = JSON.parse(String(server.receiver.received.at(-1)?.raw)) as {
    entry: { id: string; changes: { field: string; value: Json & EchoValue }[] }[];
  };
  const [change] = entry[0]?.changes ?? [];
  if (change === undefined) throw new Error('nothing was told');
  return { wamid, ...change, message: change.value.message_echoes[0] };
}

describe('a message from the phone app', () => {
  it('is told in a field of its own, to its number', async () => {
    const { wamid, field, value, message } = await echo({ text: 'On my way' });
    expect(field).toBe('smb_message_echoes');
    expect(value).not.toHaveProperty('messages');
    expect(value.metadata).toMatchObject({ phone_number_id: ids.number });
    expect(value.contacts).toEqual([
      { profile: { name: 'Anna Петрова' }, wa_id: ids.customer, user_id: expect.stringMatching(/^DE\./) },
    ]);
    expect(message).toEqual({
      from: `15550${ids.number}`,
      to: ids.customer,
      to_user_id: value.contacts[0]?.user_id,
      id: wamid,
      timestamp: expect.stringMatching(/^\d{10}$/),
      type: 'text',
      text: { body: 'On my way' },
    });
    expect((await server.chat()).at(-1)).toMatchObject({
      id: wamid,
      from: 'business',
      origin: 'app',
      text: 'On my way',
    });
  });

  it('may name the phone with "+", or hide it', async () => {
    expect((await echo({ text: 'x', toForm: 'plus' })).message?.to).toBe(`+${ids.customer}`);
    expect((await echo({ text: 'x', toForm: 'hidden' })).message).not.toHaveProperty('to');
    const { userId } = await server.control('POST', '/graph/customers', { name: 'Lena', username: true });
    const { message, value } = await echo({ to: userId, text: 'x' });
    expect(message).not.toHaveProperty('to');
    expect(message).toMatchObject({ to_user_id: userId });
    expect(value.contacts).toEqual([{ profile: { name: 'Lena', username: 'lena' }, user_id: userId }]);
  });

  it('may be the first that a stranger hears', async () => {
    const { message } = await echo({ to: '+79000000009', text: 'x', name: 'Олег' });
    expect(message?.to).toBe('79000000009');
    expect(await server.chat('79000000009')).toMatchObject([{ text: 'x', origin: 'app' }]);
  });

  it('has files, edits and deletions', async () => {
    const { wamid, message } = await echo({ media: { kind: 'image', size: 100, caption: 'a' } });
    const { id } = { ...message }.image as { id: string };
    expect((await server.graph('GET', `/${id}`)).json).toMatchObject({ file_size: '100' });
    expect((await echo({ edit: { messageId: wamid, text: 'b' } })).message).toMatchObject({
      type: 'edit',
      edit: { original_message_id: wamid, message: { type: 'image', image: { id, caption: 'b' } } },
    });
    expect((await server.chat()).at(-1)).toMatchObject({ id: wamid, text: 'b', isEdited: true, media: { id } });
    expect((await echo({ revoke: { messageId: wamid } })).message).toMatchObject({
      type: 'revoke',
      revoke: { original_message_id: wamid },
    });
    expect((await server.chat()).at(-1)).toMatchObject({ id: wamid, isDeleted: true });
  });

  it('has no statuses, not even when it is read, and opens no window', async () => {
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    await echo({ text: 'x' });
    const [late] = (await server.send(`+${ids.customer}`, 'late')).json.messages;
    const failed = await until(() => server.receiver.statuses().find(({ status }) => status === 'failed'));
    expect(failed).toMatchObject({ id: late?.id, errors: [{ code: 131047 }] });
    await server.write(ids.customer, 'open');
    const [sent] = (await server.send(`+${ids.customer}`, 'y')).json.messages;
    await until(() => server.receiver.statuses().some(({ status }) => status === 'delivered'));
    await server.control('POST', '/graph/read', { customer: ids.customer, phoneNumberId: ids.number });
    const of = new Set(server.receiver.statuses().map(({ id }) => id));
    expect(of).toEqual(new Set([late?.id, sent?.id]));
    const shown = (await server.chat()).filter(({ from, reached }) => from === 'business' && reached);
    expect(shown).toMatchObject([
      { text: 'x', status: 'read' },
      { text: 'y', status: 'read' },
    ]);
  });

  it('is refused without content or in a strange form', async () => {
    const body = { phoneNumberId: ids.number, to: ids.customer };
    expect((await server.call('POST', '/control/graph/echoes', body)).status).toBe(400);
    expect((await server.call('POST', '/control/graph/echoes', { ...body, text: 'x', toForm: 'x' })).status).toBe(400);
    const unknown = { ...body, to: 'RU.12345', text: 'x' };
    expect((await server.call('POST', '/control/graph/echoes', unknown)).status).toBe(404);
  });
});
