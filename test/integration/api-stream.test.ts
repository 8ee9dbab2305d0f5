import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { insertConnection } from '../support/rows.ts';
import { type ApiWorld, aNewApp, anEnvelope, aText, postMeta, startApiWorld, until } from './api-world.ts';
import { anEmail, invite, openBrowser, redeemLink, secretOf, signInAs, type TestBrowser } from './sign-in-world.ts';

const LOOK_MS = 50;
const STREAM_TIMES = { streamLookMs: LOOK_MS, streamCommentMs: 200 };

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld({ waits: STREAM_TIMES });
});
afterAll(() => world.close());

type Stream = { status: number; text(): string; topics(): string[]; hasEnded(): boolean; close(): Promise<void> };
const streams: Stream[] = [];
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.close()));
});

type Caller = { browser: TestBrowser } | { key: string };

/** Opens a stream and reads it in the background. */
async function listen(caller: Caller, topics: string, of = world): Promise<Stream> {
  const stop = new AbortController();
  const cookie = 'browser' in caller ? [...caller.browser.cookies].map(([name, value]) => `${name}=${value}`) : [];
  const headers = 'key' in caller ? { authorization: `Bearer ${caller.key}` } : { cookie: cookie.join('; ') };
  const response = await fetch(`${of.url}/v1/stream?topics=${encodeURIComponent(topics)}`, {
    headers,
    signal: stop.signal,
  });
  let text = '';
  let ended = false;
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  const stream: Stream = {
    status: response.status,
    text: () => text,
    topics: () =>
      [...text.matchAll(/^event: changed\ndata: (.+)\n\n/gm)].map(
        ([, data]) => (JSON.parse(data as string) as { topic: string }).topic,
      ),
    hasEnded: () => ended,
    close: async () => {
      stop.abort();
      await reading;
    },
  };
  streams.push(stream);
  return stream;
}

const bootstrap = () => ({ key: world.adminKey });
/** Looks that have been taken since: each tells what has changed before it, or says nothing. */
async function untilLookedAt(): Promise<void> {
  const witness = await listen(bootstrap(), 'audit');
  const app = await world.call('POST', '/v1/meta-apps', { body: aNewApp() });
  expect(app.status).toBe(201);
  await until('the witness is told', () => witness.topics().length > 0);
  await witness.close();
}

describe('a stream', () => {
  it('is one of server-sent events, and says now and then that it is there', async () => {
    const stream = await listen(bootstrap(), 'connections');
    expect(stream.status).toBe(200);
    await until('comments come', () => stream.text().split(': still here\n\n').length > 2);
    expect(stream.text()).toMatch(/^retry: 3000\n: listening\n\n/);
    expect(stream.topics()).toEqual([]);
  });

  it('tells of a message in its conversation and in the list, and of nothing else', async () => {
    const number = await world.connect();
    const say = (from: string) =>
      postMeta(world, number.metaAppId, anEnvelope(number.phoneNumberId, { messages: [aText(from, 'hello')] }));
    for (const phone of ['4915112345678', '4915187654321']) await say(phone);
    const { items } = (await world.call('GET', '/v1/conversations')).body;
    const [second, first] = (items as { id: string }[]).map((row) => row.id);
    const theirs = await listen(bootstrap(), `conversation:${first},conversations,problems`);
    const others = await listen(bootstrap(), `conversation:${second},mailings`);
    await say('4915112345678');
    await until('it is told', () => theirs.topics().length === 2);
    expect(theirs.topics().sort()).toEqual([`conversation:${first}`, 'conversations'].sort());
    await untilLookedAt();
    expect(others.topics()).toEqual([]);
    // Control: it would have been told.
    await say('4915187654321');
    await until('the other one is told', () => others.topics().length === 1);
  });

  it.each<[string, (id: Awaited<ReturnType<typeof insertConnection>>) => Promise<unknown>]>([
    ['connections', ({ connectionId: id }) => set('connection', id, { state: 'paused', pausedReason: 'token' })],
    ['connection', ({ connectionId: id }) => set('connection', id, { verifiedName: 'Another' })],
    ['planfix-accounts', ({ planfixAccountId: id }) => set('planfixAccount', id, { name: 'Another' })],
    ['planfix-account', ({ planfixAccountId: id }) => set('planfixAccount', id, { state: 'paused' })],
    [
      'problems',
      (ids) =>
        world.db
          .insertInto('problem')
          .values({ id: crypto.randomUUID(), kind: 'connection-paused', ...ids })
          .execute(),
    ],
    [
      'templates',
      ({ connectionId }) =>
        world.db
          .insertInto('channelAccount')
          .values({ id: crypto.randomUUID(), provider: 'whatsapp-cloud', accountKey: connectionId })
          .execute(),
    ],
    [
      'mailings',
      (ids) =>
        world.db
          .insertInto('mailing')
          .values({ id: crypto.randomUUID(), ...ids, origin: 'detected', state: 'done', kind: 'text', text: '' })
          .execute(),
    ],
    ['operators', () => invite(world, 'viewer')],
    ['audit', () => world.call('POST', '/v1/meta-apps', { body: aNewApp() })],
    ['status', ({ connectionId: id }) => set('connection', id, { state: 'paused' })],
  ])('tells of a change of %s', async (kind, act) => {
    const ids = await insertConnection(world.db);
    const id = { connection: ids.connectionId, 'planfix-account': ids.planfixAccountId }[kind];
    const topic = id === undefined ? kind : `${kind}:${id}`;
    const stream = await listen(bootstrap(), topic);
    await untilLookedAt();
    // What moves all the time is told every few seconds, anyway.
    if (kind !== 'status' && kind !== 'audit') expect(stream.topics()).toEqual([]);
    const before = stream.topics().length;
    await act(ids);
    await until('it is told', () => stream.topics().length > before);
    expect(new Set(stream.topics())).toEqual(new Set([topic]));
  });

  it('does not tell of what webhooks and self-checks write all the time', async () => {
    const { connectionId: id } = await insertConnection(world.db);
    const stream = await listen(bootstrap(), 'connections');
    const checked = (at: string, ok: boolean) => JSON.stringify([{ name: 'quality', ok, checkedAt: at }]);
    await set('connection', id, { dueAt: new Date(), health: checked('2026-01-01T00:00:00Z', true) });
    await until('the first state is told', () => stream.topics().length === 1);
    await set('connection', id, { dueAt: new Date(0), health: checked('2026-01-02T00:00:00Z', true) });
    await untilLookedAt();
    expect(stream.topics()).toHaveLength(1);
    await set('connection', id, { health: checked('2026-01-02T00:00:00Z', false) });
    await until('a finding is told', () => stream.topics().length === 2);
  });

  it('is shared: what two listen to is read once', async () => {
    const both = [await listen(bootstrap(), 'operators'), await listen(bootstrap(), 'operators')];
    await invite(world, 'viewer');
    await until('both are told', () => both.every((stream) => stream.topics().length === 1));
  });
});

const set = (table: 'connection' | 'planfixAccount', id: string, values: Record<string, unknown>) =>
  world.db.updateTable(table).set(values).where('id', '=', id).execute();

describe('whoever listens', () => {
  it.each(['', 'everything', 'connections:1', 'connection', 'conversation:1', "conversation:' or true", 'problems,,'])(
    'to %j is refused',
    async (topics) => {
      expect((await listen(bootstrap(), topics)).status).toBe(400);
      expect((await listen(bootstrap(), 'connections,problems')).status).toBe(200);
    },
  );

  it('to what is about people must be an administrator', async () => {
    const { browser: viewer } = await signInAs(world, 'viewer');
    const { browser: admin } = await signInAs(world, 'admin');
    for (const topic of ['operators', 'audit']) {
      expect((await listen({ browser: viewer }, `problems,${topic}`)).status).toBe(403);
      expect((await listen({ browser: admin }, `problems,${topic}`)).status).toBe(200);
    }
    expect((await listen({ browser: viewer }, 'problems')).status).toBe(200);
    expect((await listen({ key: 'parley_made-up' }, 'problems')).status).toBe(401);
  });

  it('has at most ten streams, and room again when one is closed', async () => {
    const { browser } = await signInAs(world, 'viewer');
    const open = await Promise.all(Array.from({ length: 12 }, () => listen({ browser }, 'problems')));
    expect(open.map((stream) => stream.status).sort()).toEqual([...Array(10).fill(200), 429, 429]);
    await open.find((stream) => stream.status === 200)?.close();
    await until('there is room', async () => (await listen({ browser }, 'problems')).status === 200);
  });

  it.each<[string, (browser: TestBrowser, id: string) => Promise<unknown>]>([
    ['signs out', (browser) => browser.call('DELETE', '/v1/session')],
    ['is disabled', (_, id) => world.call('PATCH', `/v1/operators/${id}`, { body: { disabled: true } })],
    ['has another role', (_, id) => world.call('PATCH', `/v1/operators/${id}`, { body: { role: 'admin' } })],
    [
      'chooses another password',
      async (_, id) => {
        const { body } = await world.call('POST', `/v1/operators/${id}/sign-in-link`);
        await redeemLink(openBrowser(world), secretOf(body.address));
      },
    ],
  ])('hears no more when who they are %s', async (_what, act) => {
    const [gone, stays] = [await signInAs(world, 'viewer'), await signInAs(world, 'viewer')];
    const [theirs, others] = [await listen(gone, 'problems'), await listen(stays, 'problems')];
    await act(gone.browser, gone.operator.id);
    await until('their stream has ended', () => theirs.hasEnded());
    expect(others.hasEnded()).toBe(false);
  });

  it('hears no more when their key is revoked', async () => {
    const { id, secret } = (await world.call('POST', '/v1/api-keys', { body: { name: anEmail(), scopes: ['read'] } }))
      .body;
    const stream = await listen({ key: String(secret) }, 'problems');
    expect(stream.status).toBe(200);
    await world.call('DELETE', `/v1/api-keys/${id}`);
    await until('the stream has ended', () => stream.hasEnded());
  });
});

it('ends with the server, which waits for no page', async () => {
  const closing = await startApiWorld({ databaseUrl: world.databaseUrl, waits: STREAM_TIMES });
  const open = await Promise.all(
    ['problems', 'connections'].map((topic) => listen({ key: closing.adminKey }, topic, closing)),
  );
  expect(open.map((stream) => stream.status)).toEqual([200, 200]);
  await closing.close();
  await until('both have ended', () => open.every((stream) => stream.hasEnded()));
});
