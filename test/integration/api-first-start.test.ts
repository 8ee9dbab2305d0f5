import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findFreePort } from '../../dev/waiting.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createWorld, startProcess, type TestProcess, worldEnvironment } from '../support/processes.ts';
import { until } from './api-world.ts';

const ADDRESS = /\/sign-in#([\w-]{43})$/;
const STOP_MS = 30_000;

let database: TestDatabase;
let api: TestProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  const nowhere = { temporalAddress: '127.0.0.1:9', temporalNamespace: 'default', sandboxUrl: 'http://127.0.0.1:9' };
  const world = await createWorld({ databaseUrl: database.url, ...nowhere });
  const port = await findFreePort(world.apiPort);
  const env = { ...worldEnvironment(world), PARLEY_PORT: `${port}`, LOG_LEVEL: 'trace' };
  // Neither the line nor the console need Temporal.
  api = await startProcess({ name: 'api', script: 'api/main.ts', env, port, readyPath: '/health/live' });
});
afterAll(async () => {
  await api?.stop('SIGTERM', STOP_MS);
  await database?.drop();
});

const printed = () => api.lines().filter((line) => ADDRESS.test(line));
const post = (path: string, body: unknown) =>
  fetch(`${api.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

it('prints the first sign-in beside its log; pages that listen do not keep it from stopping', async () => {
  await until('it is printed', () => printed().length > 0);
  const [line = ''] = printed();
  const secret = ADDRESS.exec(line)?.[1] ?? '';
  expect(line).toContain(`${api.env.PARLEY_PUBLIC_URL}/sign-in#`);
  expect(line).not.toMatch(/^\{/);
  const used = await post('sign-in-links/use', {
    secret,
    name: 'Ada',
    email: 'ada@acme.example',
    password: 'correct horse battery',
  });
  expect(used.status).toBe(200);
  const cookie = used.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const stream = await fetch(`${api.url}/v1/stream?topics=problems`, { headers: { cookie } });
  expect(stream.status).toBe(200);

  expect(await api.stop('SIGTERM', STOP_MS)).toEqual({ code: 0, signal: null });
  const log = api.lines().filter((one) => one.startsWith('{'));
  expect(log.some((one) => one.includes('/v1/sign-in-links/use'))).toBe(true);
  for (const one of log) expect(one).not.toContain(secret);
  // The stream was ended, and not torn.
  expect(await stream.text()).toContain(': listening');

  api = await api.startAgain();
  await until('it says that it listens', () => api.lines().some((one) => one.includes('api listens')));
  expect((await fetch(`${api.url}/v1/session`, { headers: { cookie } })).status).toBe(200);
  // Once it has ended, nothing more can come.
  expect(await api.stop('SIGTERM', STOP_MS)).toEqual({ code: 0, signal: null });
  expect(printed()).toEqual([]);
});
