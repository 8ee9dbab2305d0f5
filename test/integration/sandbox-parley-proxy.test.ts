import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../sandbox/server.ts';

const key = 'a-key-that-no-browser-may-see';

describe('the way from the page to Parley', () => {
  let sandbox: Sandbox;
  let origin: string;
  let api: Server;
  let apiUrl: string;
  let seen: { method?: string | undefined; url?: string | undefined; headers: Record<string, unknown>; body: string }[];

  beforeAll(async () => {
    sandbox = await createSandbox();
    origin = await sandbox.server.listen({ port: 0, host: '127.0.0.1' });
    api = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{"title":"No such template"}');
      });
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  });

  beforeEach(async () => {
    seen = [];
    await fetch(`${origin}/control`, { method: 'DELETE' });
  });

  afterAll(async () => {
    api.closeAllConnections();
    api.close();
    await sandbox.server.close();
  });

  const tell = (url = apiUrl) =>
    fetch(`${origin}/control/parley`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, key }),
    });

  it('is unknown until somebody tells, and says so', async () => {
    const answer = await fetch(`${origin}/control/parley/v1/mailings`);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { error: string }).error).toMatch(/does not know where Parley is/);
    expect((await fetch(`${origin}/control/parley`)).status).toBe(404);
  });

  it('passes on method, query and body with the key, and the answer as it is', async () => {
    await tell();
    const form = new FormData();
    form.set('recipients', new Blob(['+491701;Jane\n'], { type: 'text/csv' }), 'people.csv');
    const headers = { 'idempotency-key': 'once', authorization: 'Bearer of the browser' };
    const answer = await fetch(`${origin}/control/parley/v1/mailings?x=1`, { method: 'POST', headers, body: form });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toEqual({ title: 'No such template' });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/v1/mailings?x=1',
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'once' },
      },
    ]);
    expect(seen[0]?.body).toContain('+491701;Jane');
  });

  it('never shows the key, and leads nowhere but below /v1', async () => {
    await tell();
    for (const path of ['parley', 'state']) {
      expect(await (await fetch(`${origin}/control/${path}`)).text()).not.toContain(key);
    }
    const inside = await sandbox.server.inject({ method: 'GET', url: '/control/parley/v1/%2e%2e/metrics' });
    expect(inside.statusCode).toBe(404);
    expect(seen).toEqual([]);
  });

  it('says when nobody answers there', async () => {
    await tell('http://127.0.0.1:9');
    const answer = await fetch(`${origin}/control/parley/v1/mailings`);
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('cannot be reached')]);
  });
});
