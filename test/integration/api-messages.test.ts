import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ApiWorld,
  anEnvelope,
  aStatus,
  aText,
  type ConnectedNumber,
  postMeta,
  startApiWorld,
} from './api-world.ts';

type Item = Record<string, unknown>;

let world: ApiWorld;
let number: ConnectedNumber;
let other: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  other = await world.connect();
  for (const { metaAppId, phoneNumberId } of [number, other]) {
    for (const text of ['one', 'two', 'three']) {
      await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915112345678', text)] }));
    }
  }
});
afterAll(() => world.close());

const list = async (path: string) => (await world.call('GET', `/v1/${path}`)).body.items as Item[];
const textsOf = (items: Item[]) => items.map((item) => item.text);

describe('messages', () => {
  it('are listed newest first, all or by conversation', async () => {
    expect(textsOf(await list('messages'))).toEqual(['three', 'two', 'one', 'three', 'two', 'one']);
    const [conversation] = await list(`conversations?connectionId=${number.connectionId}`);
    const mine = await list(`messages?conversationId=${conversation?.id}`);
    expect(textsOf(mine)).toEqual(['three', 'two', 'one']);
    expect(mine[0]).toMatchObject({
      planfixAccountId: number.planfixAccountId,
      connectionId: number.connectionId,
      conversationId: conversation?.id,
      direction: 'inbound',
      kind: 'text',
      state: 'received',
      hold: null,
      reason: null,
      channelMessageId: expect.stringMatching(/^wamid\./),
      planfixTask: null,
      planfixComment: null,
      sentAt: null,
      channelAt: expect.stringMatching(/Z$/),
    });
    expect(await world.call('GET', `/v1/messages/${mine[0]?.id}`)).toMatchObject({ status: 200, body: mine[0] });
  });

  it('are found by each filter, and by all together', async () => {
    const [two] = (await list(`messages?connectionId=${number.connectionId}`)).filter((item) => item.text === 'two');
    await world.db
      .updateTable('message')
      .set({ planfixTask: 77, state: 'posted' })
      .where('id', '=', String(two?.id))
      .execute();
    for (const filter of ['planfixTask=77', 'state=posted', `planfixTask=77&state=posted&direction=inbound`]) {
      expect((await list(`messages?${filter}`)).map((item) => item.id)).toEqual([two?.id]);
    }
    for (const filter of ['planfixTask=78', 'state=parked', 'planfixTask=77&direction=outbound']) {
      expect(await list(`messages?${filter}`)).toEqual([]);
    }
    expect(await list(`messages?connectionId=${other.connectionId}`)).toHaveLength(3);
  });

  it('come in pages without a gap or a repeat, also those of one moment', async () => {
    const messages = Array.from({ length: 7 }, (_, index) => aText('4915100000001', `at once ${index}`));
    await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { messages }));
    const all = await list('messages');
    const seen: Item[] = [];
    let cursor = '';
    do {
      const { body } = await world.call('GET', `/v1/messages?limit=3${cursor}`);
      seen.push(...(body.items as Item[]));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen.map((item) => item.id)).toEqual(all.map((item) => item.id));
    expect(all).toHaveLength(13);
  });
});

describe('conversations', () => {
  it('show their tasks and why they were given to whom', async () => {
    const [conversation] = await list(`conversations?connectionId=${other.connectionId}`);
    const task = { conversationId: String(conversation?.id), planfixAccountId: other.planfixAccountId };
    const given = { assignees: JSON.stringify(['user:3']), assigneeReason: 'settings' };
    await world.db
      .insertInto('conversationTask')
      .values({ id: randomUUID(), ...task, planfixTask: 55, isCurrent: true, ...given })
      .execute();
    expect(await world.call('GET', `/v1/conversations/${conversation?.id}`)).toMatchObject({
      status: 200,
      body: {
        id: conversation?.id,
        windowClosesAt: expect.stringMatching(/Z$/),
        tasks: [{ planfixTask: 55, isCurrent: true, assignees: ['user:3'], assigneeReason: 'settings' }],
      },
    });
    expect((await list('conversations?planfixTask=55')).map((item) => item.id)).toEqual([conversation?.id]);
    expect(await list('conversations?planfixTask=56')).toEqual([]);
  });
});

describe('events', () => {
  it('show everything that came and why nothing was done for it, without its content', async () => {
    await postMeta(
      world,
      number.metaAppId,
      anEnvelope(number.phoneNumberId, { statuses: [aStatus('wamid.x', 'read')] }),
    );
    const errors = [{ code: 131000, title: 'Something went wrong' }];
    await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { errors }));
    await postMeta(world, number.metaAppId, anEnvelope('', { event: 'NEW' }, 'field_of_tomorrow'));
    const unknown = { ...aText('4915100000002', 'hidden words'), type: 'hologram' };
    await postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { messages: [unknown] }));
    await postMeta(world, number.metaAppId, anEnvelope('999', { messages: [aText('4915100000003', 'hidden words')] }));

    const kinds = new Set((await list('events')).map((item) => item.kind));
    expect(kinds).toEqual(new Set(['message', 'status', 'channel-error', 'account-event']));
    const [error] = await list('events?kind=channel-error');
    expect(error).toMatchObject({ connectionId: number.connectionId, reason: expect.any(String) });
    const aside = await list('events?putAside=true');
    expect(aside.map((item) => item.kind).sort()).toEqual(['channel-error', 'message']);
    expect((await world.call('GET', '/v1/events?limit=200')).text).not.toContain('hidden words');
    // Control: a kind of message that is not known is a message all the same, and says why nothing is shown of it.
    const [newest] = await list('messages?limit=1');
    expect(newest).toMatchObject({ kind: 'unsupported', text: '', reason: 'a kind of message that is not known yet' });
  });
});
