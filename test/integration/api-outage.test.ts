import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { migrateToLatest } from '../../db/migrate.ts';
import { type OutagePostgres, startOutagePostgres } from '../support/postgres.ts';
import { createWorld, startApi, type TestProcess } from '../support/processes.ts';
import { createTestNamespace } from '../support/temporal.ts';
import { anEnvelope, aText, sign, until } from './api-world.ts';

const SECRET = 'secret-of-the-app';

let postgres: OutagePostgres;
let db: Database;
let api: TestProcess;
let key: string;
let metaAppId: string;

beforeAll(async () => {
  postgres = await startOutagePostgres();
  db = createDatabase(postgres.url, 2);
  await migrateToLatest(db);
  const { address, namespace } = await createTestNamespace();
  const world = await createWorld({
    databaseUrl: postgres.url,
    temporalAddress: address,
    temporalNamespace: namespace,
    sandboxUrl: 'http://127.0.0.1:9',
  });
  key = world.adminKey;
  api = await startApi(world);
  const made = await call('POST', '/v1/meta-apps', { appId: 'app', appSecret: SECRET, verifyToken: 'word' });
  metaAppId = String(made.body.id);
});
afterAll(async () => {
  await api?.stop('SIGKILL', 1_000);
  await db?.destroy();
  await postgres?.remove();
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function deliver(text: string): Promise<{ status: number; text: string }> {
  const bytes = JSON.stringify(anEnvelope('1', { messages: [aText('4915112345678', text, `wamid.${text}`)] }));
  const headers = { 'x-hub-signature-256': sign(bytes, SECRET) };
  const response = await fetch(`${api.url}/webhooks/meta/${metaAppId}`, { method: 'POST', headers, body: bytes });
  return { status: response.status, text: await response.text() };
}

const storedEvents = async () =>
  (await db.selectFrom('inboundEvent').select('eventKey').execute()).map((event) => event.eventKey);

describe('while Postgres is away', () => {
  it.each(['fast', 'kill'] as const)('(%s) nothing is acknowledged, and the process lives', async (how) => {
    expect(await deliver(`before-${how}`)).toEqual({ status: 200, text: '' });
    await postgres.stop(how);

    // The first find connections that have just broken, later ones find no server at all.
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => deliver(`during-${how}-${index}`)));
    answers.push(await deliver(`during-${how}-20`));
    expect(new Set(answers.map((answer) => `${answer.status}${answer.text}`))).toEqual(new Set(['503']));
    expect(await call('GET', '/v1/messages')).toMatchObject({
      status: 503,
      body: { type: 'urn:parley:problem:unavailable' },
    });
    const app = { appId: randomUUID(), appSecret: 'a', verifyToken: 'b' };
    expect((await call('POST', '/v1/meta-apps', app)).status).toBe(503);
    expect(await call('GET', '/health/live')).toMatchObject({ status: 200 });
    expect(await call('GET', '/health/ready')).toMatchObject({ status: 503, body: { ready: false, postgres: false } });

    await postgres.start();
    await until('the api as ready', async () => (await call('GET', '/health/ready')).status === 200);
    expect(api.hasExited()).toBe(false);
    const stored = await storedEvents();
    expect(stored).toContain(`message:wamid.before-${how}`);
    expect(stored.filter((eventKey) => eventKey.includes(`during-${how}`))).toEqual([]);
    // Meta sends it again, and now it is taken.
    expect(await deliver(`during-${how}-0`)).toEqual({ status: 200, text: '' });
    expect(await storedEvents()).toContain(`message:wamid.during-${how}-0`);
    expect((await call('POST', '/v1/meta-apps', app)).status).toBe(201);
  });
});

describe('the process', () => {
  it('ends cleanly on SIGTERM, although a client keeps its connection', async () => {
    await call('GET', '/v1/messages');
    expect(await api.stop('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });
  });
});
