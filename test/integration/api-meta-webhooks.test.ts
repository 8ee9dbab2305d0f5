import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { untilBlocked } from '../support/locks.ts';
import {
  type ApiWorld,
  anEnvelope,
  aText,
  type ConnectedNumber,
  countRows,
  postMeta,
  sign,
  startApiWorld,
  VERIFY_TOKEN,
} from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world.close());

const post = (body: unknown, signature?: string | null) => postMeta(world, number.metaAppId, body, signature);
const messagesFrom = (text: string) => world.db.selectFrom('message').selectAll().where('text', '=', text).execute();

describe('who may post', () => {
  const body = () => JSON.stringify(anEnvelope(number.phoneNumberId, { messages: [aText('4915112345678', 'forged')] }));

  it.each<[string, (good: string) => string | null]>([
    ['no signature', () => null],
    ['an empty one', () => ''],
    ['another secret', () => sign('anything', 'another')],
    ['one digit less', (good) => good.slice(0, -1)],
    ['digits that are none', (good) => `${good.slice(0, -2)}zz`],
    ['upper case', (good) => good.toUpperCase()],
    ['the digest alone', (good) => good.slice('sha256='.length)],
  ])('%s is refused: 401, empty, nothing stored, counted', async (_name, spoil) => {
    const bytes = body();
    const before = await countRows(world.db, 'inboundEvent');
    const counted = await world.count('parley_webhooks_total', { source: 'meta', outcome: 'bad-signature' });
    expect(await post(bytes, spoil(sign(bytes)))).toEqual({ status: 401, text: '' });
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
    expect(await world.count('parley_webhooks_total', { source: 'meta', outcome: 'bad-signature' })).toBe(counted + 1);
  });

  it('a body that was changed by one byte is refused', async () => {
    const bytes = body();
    expect(await post(bytes.replace('forged', 'forgeb'), sign(bytes))).toEqual({ status: 401, text: '' });
    expect(await messagesFrom('forgeb')).toEqual([]);
  });

  it.each(['00000000-0000-7000-8000-000000000000', 'nonsense', '%00', 'x'.repeat(200), 'more/than/an/id'])(
    'no app %s: 404, empty, counted',
    async (id) => {
      const counted = await world.count('parley_webhooks_total', { source: 'meta', outcome: 'unknown-receiver' });
      const answer = await postMeta(world, id, body());
      expect(answer).toEqual({ status: 404, text: '' });
      expect(await world.count('parley_webhooks_total', { source: 'meta', outcome: 'unknown-receiver' })).toBe(
        counted + 1,
      );
    },
  );

  it('the same bytes with their own signature are taken', async () => {
    expect(await post(body())).toEqual({ status: 200, text: '' });
    expect(await messagesFrom('forged')).toHaveLength(1);
  });

  it('and what the body claims to be does not matter, since its signature is over bytes', async () => {
    for (const type of ['', 'nothing', 'text/plain', 'application/json; charset=utf-8']) {
      const bytes = body();
      const headers = { 'content-type': type, 'x-hub-signature-256': sign(bytes) };
      const url = `${world.url}/webhooks/meta/${number.metaAppId}`;
      expect((await fetch(url, { method: 'POST', headers, body: bytes })).status).toBe(200);
    }
  });

  it('an app cannot speak for a number of another app', async () => {
    const other = await world.connect();
    const bytes = anEnvelope(number.phoneNumberId, { messages: [aText('4915112345678', 'of another app')] });
    expect((await postMeta(world, other.metaAppId, bytes)).status).toBe(200);
    expect(await messagesFrom('of another app')).toEqual([]);
    const events = await world.db
      .selectFrom('inboundEvent')
      .selectAll()
      .where('sourceId', '=', other.metaAppId)
      .execute();
    expect(events).toMatchObject([{ kind: 'message', reason: 'no connection has this number', connectionId: null }]);
  });
});

describe('the subscription check', () => {
  const check = async (query: Record<string, string>, id = number.metaAppId) => {
    const response = await fetch(`${world.url}/webhooks/meta/${id}?${new URLSearchParams(query)}`);
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  };
  const asked = { 'hub.mode': 'subscribe', 'hub.challenge': '<b>1158201444</b>' };

  it('is answered with the challenge as it came, as plain text', async () => {
    const answer = await check({ ...asked, 'hub.verify_token': VERIFY_TOKEN });
    expect(answer).toMatchObject({ status: 200, text: asked['hub.challenge'] });
    expect(answer.type).toMatch(/^text\/plain/);
  });

  it.each([
    [{ 'hub.verify_token': 'other' }],
    [{ 'hub.verify_token': '' }],
    [{ 'hub.mode': 'unsubscribe', 'hub.verify_token': VERIFY_TOKEN }],
  ])('is refused with %j', async (query) => {
    expect(await check({ ...asked, ...query })).toMatchObject({ status: 403, text: '' });
  });

  it('of an unknown app is 404', async () => {
    const id = '00000000-0000-7000-8000-000000000000';
    expect(await check({ ...asked, 'hub.verify_token': VERIFY_TOKEN }, id)).toMatchObject({ status: 404, text: '' });
  });
});

describe('a body that comes in the moment in which its number is connected', () => {
  it('is stored as that of a connected number, by the same request', async () => {
    const late = await world.connect();
    const rowOf = (db: typeof world.db) => db.updateTable('connection').where('id', '=', late.connectionId);
    await rowOf(world.db).set({ state: 'checking' }).execute();
    const told = { messages: [aText('4915112345679', 'just then')] };
    let answer: Promise<unknown> | undefined;
    await world.db.transaction().execute(async (trx) => {
      await rowOf(trx).set({ state: 'connected' }).execute();
      answer = postMeta(world, late.metaAppId, JSON.stringify(anEnvelope(late.phoneNumberId, told)));
      await untilBlocked(world.databaseUrl, 'for share');
    });
    expect(await answer).toEqual({ status: 200, text: '' });
    expect(await messagesFrom('just then')).toHaveLength(1);
  });
});
