import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readClock, storeDirectory } from '../../db/choices.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld, until } from './api-world.ts';

const XSS = '<b onmouseover=alert(1)>Anna</b>';

let world: ApiWorld;
let number: ConnectedNumber;
let conversationId: string;
let asked: string;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  const { metaAppId, phoneNumberId, planfixAccountId } = number;
  const text = aText('4915112345678', 'Is my order ready?', 'wamid.asked');
  await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [text] }));
  const message = () =>
    world.db
      .selectFrom('message')
      .where('channelMessageId', '=', 'wamid.asked')
      .select(['id', 'conversationId'])
      .executeTakeFirst();
  await until('the message', async () => (await message()) !== undefined);
  ({ id: asked, conversationId } = (await message()) as { id: string; conversationId: string });
  const items = [{ ref: 'user:3', name: XSS, isActive: true }];
  await storeDirectory(world.db, planfixAccountId, { kind: 'employees', items, readAt: await readClock(world.db) });
});
afterAll(() => world.close());

/** A message to the customer as the lane leaves it. */
async function anAnswer(more: Record<string, unknown>): Promise<string> {
  const id = randomUUID();
  const { planfixAccountId, connectionId } = number;
  const row = { id, planfixAccountId, connectionId, conversationId, direction: 'outbound', kind: 'text', text: 'Yes' };
  await world.db
    .insertInto('message')
    .values({ ...row, state: 'sent', ...more })
    .execute();
  return id;
}
const shown = async (id: string, query = '') => (await world.call('GET', `/v1/messages/${id}${query}`)).body;

describe('a timeline', () => {
  it('shows what a message answers, and nothing where that is not known', async () => {
    const answer = await anAnswer({ quotedChannelMessageId: 'wamid.asked' });
    expect(await shown(answer)).toMatchObject({
      quoted: { id: asked, direction: 'inbound', kind: 'text', text: 'Is my order ready?' },
    });
    expect(await shown(await anAnswer({ quotedChannelMessageId: 'wamid.other' }))).toMatchObject({ quoted: null });
  });

  it('shows who answered, by the name that Planfix has for them, and where it stands', async () => {
    const { planfixAccountId } = number;
    const answer = await anAnswer({
      planfixAuthor: 'user:3',
      planfixTask: 1005,
      planfixComment: 88,
      origin: 'planfix',
    });
    const account = (await world.call('GET', `/v1/planfix-accounts/${planfixAccountId}`)).body;
    expect(await shown(answer)).toMatchObject({
      sentBy: { id: 'user:3', name: XSS },
      planfixTaskUrl: String(account.url).replace('/rest/', '/task/1005?comment=88'),
    });
    expect(await shown(await anAnswer({ planfixAuthor: 'user:4' }))).toMatchObject({
      sentBy: { id: 'user:4', name: null },
      planfixTaskUrl: null,
    });
    expect(await shown(asked)).toMatchObject({ sentBy: null });
  });

  it('names whose call of the API it was', async () => {
    const key = await world.call('POST', '/v1/api-keys', { body: { name: 'Shop', scopes: ['write:messages'] } });
    const sent = await world.call('POST', '/v1/messages', {
      body: { conversationId, text: 'On its way' },
      key: String(key.body.secret),
      headers: { 'idempotency-key': randomUUID() },
    });
    expect(sent).toMatchObject({ status: 202, body: { sentBy: { id: `api-key:${key.body.id}`, name: 'Shop' } } });
  });

  it('says why something did not arrive, in the language that was asked for', async () => {
    const refused = await anAnswer({ state: 'refused', reason: 'template-required' });
    const english = (await shown(refused)).reasonWords as { sentence: string };
    expect(english).toEqual({
      sentence: expect.stringMatching(/24 hours/),
      remedy: expect.stringMatching(/template/),
    });
    expect((await shown(refused, '?language=ru')).reasonWords).toMatchObject({
      sentence: expect.stringMatching(/24 часов/),
    });
    expect((await shown(asked)).reasonWords).toBeNull();
  });

  it('goes from the newest to the oldest, page by page', async () => {
    const all = (await world.call('GET', `/v1/messages?conversationId=${conversationId}&limit=100`)).body;
    const ids = (all.items as { id: string }[]).map(({ id }) => id);
    expect(ids.at(-1)).toBe(asked);
    const first = (await world.call('GET', `/v1/messages?conversationId=${conversationId}&limit=2`)).body;
    const second = await world.call(
      'GET',
      `/v1/messages?conversationId=${conversationId}&limit=2&cursor=${first.nextCursor}`,
    );
    const paged = [...(first.items as { id: string }[]), ...(second.body.items as { id: string }[])];
    expect(paged.map(({ id }) => id)).toEqual(ids.slice(0, 4));
  });
});
