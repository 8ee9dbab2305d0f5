import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import type { Fields } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;
const card = { name: { formatted_name: 'Иван Петров', first_name: 'Иван' }, phones: [{ phone: '+79000000102' }] };

async function business(type: string, part: unknown, more: Fields = {}) {
  const body = { messaging_product: 'whatsapp', to: customer, type, [type]: part, ...more };
  return server.graph('POST', `/${ids.number}/messages`, body);
}

const failureOf = (wamid: unknown) =>
  until(() => server.receiver.statuses().find(({ id, status }) => id === wamid && status === 'failed'));

describe('what the business sends', () => {
  it('a place and cards, within their limits', async () => {
    const place = { latitude: 52.5, longitude: '13.4', name: 'Office', address: 'Here' };
    expect((await business('location', place)).status).toBe(200);
    expect((await business('contacts', [card, card])).status).toBe(200);
    const shown = (await server.chat()).slice(1);
    expect(shown).toMatchObject([
      { type: 'location', payload: place, text: 'Office, Here' },
      { type: 'contacts', payload: [card, card], text: 'Иван Петров, Иван Петров' },
    ]);
  });

  it.each<[string, string, unknown, number]>([
    ['a place off the map', 'location', { latitude: 91, longitude: 0 }, 131009],
    ['a place without longitude', 'location', { latitude: 1 }, 100],
    ['a place with words for numbers', 'location', { latitude: 'north', longitude: 0 }, 131009],
    ['no cards', 'contacts', [], 131009],
    ['258 cards', 'contacts', Array(258).fill(card), 131009],
    ['one card beside a list', 'contacts', card, 100],
    ['a nameless card', 'contacts', [{ phones: [] }], 100],
    ['a card with something unknown', 'contacts', [{ ...card, age: 5 }], 100],
    ['a card with a wrong birthday', 'contacts', [{ ...card, birthday: '1.2.90' }], 100],
    ['a reaction to nothing', 'reaction', { emoji: '👍' }, 100],
    ['a reaction with a number', 'reaction', { message_id: 'wamid.x', emoji: 5 }, 100],
    ['an unknown template', 'template', { name: 'hello', language: { code: 'en' } }, 132001],
  ])('is refused: %s', async (_what, type, part, code) => {
    expect((await business(type, part)).json.error.code).toBe(code);
    expect(await server.chat()).toHaveLength(1);
  });

  it('reactions, of which nobody hears more than that they were sent', async () => {
    const [first] = await server.chat();
    const react = (emoji: string) => business('reaction', { message_id: first?.id, emoji });
    const { id } = (await react('👍')).json.messages[0] ?? {};
    expect(await server.chat()).toMatchObject([{ reactions: [{ from: 'business', emoji: '👍' }] }]);
    await react('');
    expect(await server.chat()).toMatchObject([{ reactions: [] }]);
    const other = (await server.send(customer, 'text')).json.messages[0]?.id;
    const told = (of: unknown) => server.receiver.statuses().filter((one) => one.id === of);
    await until(() => told(other).length === 2 && told(id).length > 0);
    expect(told(id).map(({ status }) => status)).toEqual(['sent']);
    const answer = await business(
      'reaction',
      { message_id: first?.id, emoji: '👍' },
      { context: { message_id: other } },
    );
    expect(answer.json.error.code).toBe(100);
  });

  it('reactions to what is gone, which fail afterwards', async () => {
    const reaction = (await server.act({ reaction: { messageId: 'wamid.x', emoji: '👍' } })).wamid;
    for (const target of ['wamid.unknown', reaction]) {
      const { id } = (await business('reaction', { message_id: target, emoji: '👍' })).json.messages[0] ?? {};
      expect((await failureOf(id)).errors[0]?.code).toBe(131009);
    }
  });

  it('quotes, silently dropped when their target is gone', async () => {
    const [first] = await server.chat();
    const quoted = async (id: unknown) => {
      expect((await business('text', { body: 'x' }, { context: { message_id: id } })).status).toBe(200);
      return (await server.chat()).at(-1)?.quoted;
    };
    expect(await quoted(first?.id)).toBe(first?.id);
    expect(await quoted('wamid.unknown')).toBeUndefined();
    await server.act({ revoke: { messageId: first?.id } });
    expect(await quoted(first?.id)).toBeUndefined();
  });

  it('read receipts, which the chat shows', async () => {
    const second = await server.write(ids.customer, 'second');
    const reads = async () => (await server.chat()).map(({ readByBusiness }) => readByBusiness);
    expect(await reads()).toEqual([false, false]);
    await server.graph('POST', `/${ids.number}/messages`, {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: second,
      typing_indicator: { type: 'text' },
    });
    expect(await reads()).toEqual([true, true]);
  });
});
