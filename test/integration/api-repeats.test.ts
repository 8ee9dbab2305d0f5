import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type ApiAnswer, type ApiWorld, aNewApp, type ConnectedNumber, startApiWorld } from './api-world.ts';
import { storeTemplate } from './stored-templates.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld({ waits: { liveCheckMs: 50 } });
  number = await world.connect();
  await storeTemplate(world.db, { name: 'notice', body: 'We are closed on Monday' });
});
afterAll(() => world.close());

const template = { name: 'notice', language: 'en' };
const aPhone = () => `+49151${randomInt(1e7, 9e7)}`;
const post = (path: string, body: unknown, key: string) =>
  world.call('POST', path, { body, headers: { 'idempotency-key': key } });

/** The process that served this key has died a second ago, before it could answer. */
const die = (key: string) =>
  sql`update idempotency_key set response_status = null, response_body = null,
        created_at = clock_timestamp() - interval '1 second' where key = ${key}`.execute(world.db);

type Write = {
  path: string;
  body: () => Promise<unknown>;
  idOf: (answer: ApiAnswer) => unknown;
  rows: () => Promise<number>;
};

const countRows = (table: 'conversationStart' | 'mailing' | 'message') => async () =>
  (await world.db.selectFrom(table).select('id').execute()).length;

const start = async () => ({ connectionId: number.connectionId, to: aPhone(), template });
const WRITES: Record<string, Write> = {
  'a request to write first': {
    path: '/v1/conversations',
    body: start,
    idOf: ({ body }) => body.startId,
    rows: countRows('conversationStart'),
  },
  'a message': {
    path: '/v1/messages',
    body: async () => {
      const { body } = await world.call('POST', '/v1/conversations', { body: await start() });
      return { conversationId: body.id, template };
    },
    idOf: ({ body }) => body.id,
    rows: countRows('message'),
  },
  'a mailing': {
    path: '/v1/mailings',
    body: async () => ({ connectionId: number.connectionId, recipients: [{ to: aPhone() }], template }),
    idOf: ({ body }) => body.id,
    rows: countRows('mailing'),
  },
};

describe.each(Object.entries(WRITES))('%s whose repeat is known by its row', (_name, { path, body, idOf, rows }) => {
  it('is answered from it at once when the first one died', async () => {
    const [key, wanted] = [randomUUID(), await body()];
    const first = await post(path, wanted, key);
    const made = await rows();
    await die(key);
    const again = await post(path, wanted, key);
    expect([again.status, idOf(again)]).toEqual([first.status, idOf(first)]);
    expect(await rows()).toBe(made);
    await die(key);
    expect((await post(path, await body(), key)).status).toBe(409);
    // Control: with another key it is another one.
    expect(idOf(await post(path, wanted, randomUUID()))).not.toBe(idOf(first));
  });

  it('is done once, and answered to each who makes it at the same time', async () => {
    const [key, wanted] = [randomUUID(), await body()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(path, wanted, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });
});

it('a write that no row knows again is not repeated while the first may be at work', async () => {
  const [key, wanted] = [randomUUID(), aNewApp()];
  expect((await post('/v1/meta-apps', wanted, key)).status).toBe(201);
  await die(key);
  expect((await post('/v1/meta-apps', wanted, key)).body.type).toBe('urn:parley:problem:in-progress');
});

describe('the form of a mailing', () => {
  const upload = async (mailing: string | Blob) => {
    const form = new FormData();
    form.set('mailing', mailing);
    form.set('recipients', new Blob([`to\n${aPhone()}\n`]), 'list.csv');
    const headers = { authorization: `Bearer ${world.adminKey}` };
    const response = await fetch(`${world.url}/v1/mailings`, { method: 'POST', headers, body: form });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('takes the JSON as a field, and as a part that says that it is JSON', async () => {
    const json = JSON.stringify({ connectionId: number.connectionId, template });
    for (const mailing of [json, new Blob([json], { type: 'application/json' })]) {
      expect(await upload(mailing)).toMatchObject({ status: 202, body: { lines: 1 } });
    }
    // Control: what is no mailing is refused.
    expect(await upload(new Blob(['{}'], { type: 'application/json' }))).toMatchObject({ status: 422 });
  });
});
