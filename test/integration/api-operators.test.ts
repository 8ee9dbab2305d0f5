import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { digestOf } from '../../api/session-cookie.ts';
import type { Role } from '../../db/operators.ts';
import { redeemLink as redeemIn } from '../../db/sign-in-links.ts';
import { type ApiWorld, startApiWorld } from './api-world.ts';
import { anEmail, invite, openBrowser, redeemLink, secretOf, signInAs, type TestBrowser } from './sign-in-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

const change = (id: string, body: unknown, by?: TestBrowser) =>
  by ? by.call('PATCH', `/v1/operators/${id}`, { body }) : world.call('PATCH', `/v1/operators/${id}`, { body });
const statusOf = async (browser: TestBrowser) => (await browser.call('GET', '/v1/session')).status;

describe('an operator', () => {
  it('is invited by an address that is shown once, lets them in once, and shows no secret afterwards', async () => {
    const email = anEmail();
    const body = { name: '<b>Ada</b>', email, role: 'agent', language: 'ru' };
    const made = await world.call('POST', '/v1/operators', { body });
    expect(made).toMatchObject({ status: 201, body: { ...body, disabled: false, hasPassword: false } });
    expect(made.headers.get('location')).toBe(`/v1/operators/${made.body.id}`);
    expect(made.body.address).toMatch(/^https:\/\/parley\.example\/sign-in#[\w-]{43}$/);
    expect(Date.parse(String(made.body.expiresAt))).toBeGreaterThan(Date.now() + 6.9 * 24 * 60 * 60_000);
    const secret = secretOf(made.body.address);

    const look = await world.call('POST', '/v1/sign-in-links/look', { key: null, body: { secret } });
    expect(look.body).toEqual({ purpose: 'invitation', name: '<b>Ada</b>', email });
    const browsers = [openBrowser(world), openBrowser(world)];
    const answers = await Promise.all(browsers.map((browser) => redeemLink(browser, secret, { name: 'Ada L.' })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
    const shown = await world.call('GET', `/v1/operators/${made.body.id}`);
    expect(shown.body).toMatchObject({ name: 'Ada L.', hasPassword: true, hasSingleSignOn: false });
    const rows = await world.db.selectFrom('signInLink').selectAll().execute();
    for (const text of [shown.text, (await world.call('GET', '/v1/operators')).text, JSON.stringify(rows)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain('argon2');
    }
  });

  it('has an e-mail address that nobody else has', async () => {
    const { email } = await invite(world, 'viewer');
    const again = { name: 'B', email: email.toUpperCase(), role: 'admin' };
    const answer = await world.call('POST', '/v1/operators', { body: again });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'email' }] } });
    expect((await world.call('POST', '/v1/operators', { body: { ...again, email: anEmail() } })).status).toBe(201);
  });

  it.each([
    ['name', { name: ' ' }],
    ['email', { email: 'nobody' }],
    ['email', { email: 'a@b.example\r\nBcc: c@d.example' }],
    ['role', { role: 'owner' }],
    ['language', { language: 'de' }],
    ['passwordHash', { passwordHash: 'x' }],
  ])('without a right %s is refused with that path', async (path, wrong) => {
    const body = { name: 'A', email: anEmail(), role: 'viewer', ...wrong };
    const answer = await world.call('POST', '/v1/operators', { body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('whose invitation has expired, or who got another one, does not come in by the old one', async () => {
    const { id, secret } = await invite(world, 'viewer');
    const next = await world.call('POST', `/v1/operators/${id}/sign-in-link`);
    expect((await redeemLink(openBrowser(world), secret)).status).toBe(404);
    const expire = (interval: string) =>
      sql`update sign_in_link set expires_at = clock_timestamp() + ${interval}::interval
        where operator_id = ${id}`.execute(world.db);
    await expire('-1 second');
    expect((await redeemLink(openBrowser(world), secretOf(next.body.address))).status).toBe(404);
    await expire('1 minute');
    expect((await redeemLink(openBrowser(world), secretOf(next.body.address))).status).toBe(200);
  });

  it('who has forgotten their password gets an address for a day; choosing one ends all of their sessions', async () => {
    const { browser, operator } = await signInAs(world, 'agent');
    const link = await world.call('POST', `/v1/operators/${operator.id}/sign-in-link`);
    expect(Date.parse(String(link.body.expiresAt))).toBeLessThan(Date.now() + 24.1 * 60 * 60_000);
    const secret = secretOf(link.body.address);
    const look = await world.call('POST', '/v1/sign-in-links/look', { key: null, body: { secret } });
    expect(look.body.purpose).toBe('new-password');
    expect(await statusOf(browser)).toBe(200);
    const foreign = await redeemLink(openBrowser(world), secret, { email: anEmail() });
    expect(foreign.body.errors).toMatchObject([{ path: 'email' }]);
    const fresh = openBrowser(world);
    expect((await redeemLink(fresh, secret)).status).toBe(200);
    expect([await statusOf(browser), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it.each([
    ['has another role', { role: 'admin' }],
    ['is disabled', { disabled: true }],
  ])('who %s is signed out everywhere; another name ends nothing', async (_what, changes) => {
    const { browser, operator } = await signInAs(world, 'agent');
    expect((await change(operator.id, { name: 'Another', role: 'agent' })).status).toBe(200);
    expect(await statusOf(browser)).toBe(200);
    expect((await change(operator.id, changes)).body).toMatchObject(changes);
    expect(await statusOf(browser)).toBe(401);
  });

  it('who is disabled does not come in by password or link, until they are enabled', async () => {
    const { operator } = await signInAs(world, 'viewer');
    const link = secretOf((await world.call('POST', `/v1/operators/${operator.id}/sign-in-link`)).body.address);
    await change(operator.id, { disabled: true });
    expect((await openBrowser(world).signIn(operator.email)).status).toBe(401);
    expect((await redeemLink(openBrowser(world), link)).status).toBe(404);
    expect((await world.call('POST', `/v1/operators/${operator.id}/sign-in-link`)).status).toBe(409);
    await change(operator.id, { disabled: false });
    expect((await openBrowser(world).signIn(operator.email)).status).toBe(200);
  });

  it('whose link was refused while they were disabled comes in by it once they are enabled', async () => {
    const { operator } = await signInAs(world, 'viewer');
    const { body } = await world.call('POST', `/v1/operators/${operator.id}/sign-in-link`);
    const secret = secretOf(body.address);
    // Between the look at the link and its use.
    await change(operator.id, { disabled: true });
    const use = {
      secretHash: digestOf(secret),
      name: undefined,
      email: undefined,
      language: 'en',
      passwordHash: 'x',
    } as const;
    const times = { sessionMs: 60_000, sessionIdleMs: 60_000 };
    const session = { secretHash: digestOf('a session'), formerHash: undefined, times };
    expect(await redeemIn(world.db, { ...use, session, emailHashOf: digestOf })).toBeUndefined();
    await change(operator.id, { disabled: false });
    expect((await redeemLink(openBrowser(world), secret)).status).toBe(200);
    // Control: it is good for one use.
    expect((await redeemLink(openBrowser(world), secret)).status).toBe(404);
  });

  it('has links of which nothing is kept with an Idempotency-Key', async () => {
    const headers = (key: string) => ({ headers: { 'idempotency-key': key } });
    const body = { name: 'Ada', email: anEmail(), role: 'viewer' };
    const made = await world.call('POST', '/v1/operators', { body, ...headers('invite') });
    await world.call('POST', `/v1/operators/${made.body.id}/sign-in-link`, headers('link'));
    // Control: what lets nobody in is.
    await world.call('PATCH', `/v1/operators/${made.body.id}`, { body: { name: 'Ada L.' }, ...headers('rename') });
    const rows = await world.db
      .selectFrom('idempotencyKey')
      .where('key', 'in', ['invite', 'link', 'rename'])
      .select('key')
      .execute();
    expect(rows).toEqual([{ key: 'rename' }]);
  });

  it('that is not there is not found', async () => {
    const id = crypto.randomUUID();
    expect((await change(id, { name: 'x' })).status).toBe(404);
    expect((await world.call('GET', `/v1/operators/${id}`)).status).toBe(404);
    expect((await world.call('POST', `/v1/operators/${id}/sign-in-link`)).status).toBe(404);
  });
});

describe('the last administrator', () => {
  it('stays one, and two of them cannot demote each other at once', async () => {
    const fresh = await startApiWorld();
    const [one, other] = [await signInAs(fresh, 'admin'), await signInAs(fresh, 'admin')];
    const answers = await Promise.all([
      change(other.operator.id, { role: 'viewer' }, one.browser),
      change(one.operator.id, { disabled: true }, other.browser),
    ]);
    const statuses = answers.map((answer) => answer.status).sort();
    // The loser is told so, or was signed out before it was its turn.
    expect([
      [200, 401],
      [200, 422],
    ]).toContainEqual(statuses);
    const left = (await fresh.call('GET', '/v1/operators')).body.items as {
      id: string;
      role: string;
      disabled: boolean;
    }[];
    const admins = left.filter((operator) => operator.role === 'admin' && !operator.disabled);
    expect(admins).toHaveLength(1);
    const last = `/v1/operators/${admins[0]?.id}`;
    for (const [path, body] of [
      ['role', { role: 'agent' }],
      ['disabled', { disabled: true }],
    ] as const) {
      const answer = await fresh.call('PATCH', last, { body });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
    }
    // Control: with another one there, it may be.
    await signInAs(fresh, 'admin');
    expect((await fresh.call('PATCH', last, { body: { role: 'agent' } })).status).toBe(200);
    await fresh.close();
  });
});

type Operation = { security?: unknown[]; tags?: string[] };
type Route = { method: string; path: string; isOpen: boolean };

describe('the roles', () => {
  const routes: Route[] = [];
  const browsers = {} as Record<Role, TestBrowser>;
  beforeAll(async () => {
    const { paths } = (await world.call('GET', '/openapi.json', { key: null })).body as {
      paths: Record<string, Record<string, Operation>>;
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (path.startsWith('/v1/'))
          routes.push({ method: method.toUpperCase(), path, isOpen: operation.security?.length === 0 });
      }
    }
    for (const role of ['admin', 'agent', 'viewer'] as const) browsers[role] = (await signInAs(world, role)).browser;
  });
  /** Ids of nothing and no body: whoever is let through is refused for that, and nothing is changed. */
  const attempt = async (role: Role, { method, path }: Route) => {
    const address = path.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
    const headers: Record<string, string> = { accept: 'application/json' };
    return (await browsers[role].call(method, address, { headers })).status;
  };
  const mayDo = async (role: Role, chosen: (route: Route) => boolean) => {
    const may: string[] = [];
    for (const route of routes.filter((one) => !one.isOpen && chosen(one))) {
      if (route.path === '/v1/session') continue;
      if ((await attempt(role, route)) !== 403) may.push(`${route.method} ${route.path}`);
    }
    return may.sort();
  };
  const isWrite = ({ method }: Route) => method !== 'GET';

  it('let a viewer write nothing', async () => {
    expect(routes.filter(isWrite).length).toBeGreaterThan(20);
    expect(await mayDo('viewer', isWrite)).toEqual([]);
  });

  it('let an agent write what is about conversations, messages and problems', async () => {
    const may = await mayDo('agent', isWrite);
    expect(may.length).toBeGreaterThan(5);
    const others = may.filter(
      (route) =>
        !/ \/v1\/(?:conversations|messages|mailings|templates|opt-outs|problems|connections\/\{id\}\/queued-messages)/.test(
          route,
        ),
    );
    expect(others).toEqual([]);
  });

  it('let an administrator do everything', async () => {
    const all = routes.filter((one) => !one.isOpen && one.path !== '/v1/session');
    expect(await mayDo('admin', () => true)).toHaveLength(all.length);
  });

  it('let everybody read, but for what is about people', async () => {
    const isRead = (route: Route) => !isWrite(route) && route.path !== '/v1/stream';
    const hidden = routes.filter((one) => !one.isOpen && isRead(one) && one.path !== '/v1/session');
    const may = new Set(await mayDo('viewer', isRead));
    const mayNot = hidden.map(({ method, path }) => `${method} ${path}`).filter((route) => !may.has(route));
    expect(mayNot.sort()).toEqual(['GET /v1/audit-entries', 'GET /v1/operators', 'GET /v1/operators/{id}']);
  });

  it('are nothing that a bound key can go round', async () => {
    const { planfixAccountId } = await world.connect();
    const key = { name: 'bound', scopes: ['admin'], planfixAccountId };
    const { secret } = (await world.call('POST', '/v1/api-keys', { body: key })).body;
    const body = { name: 'A', email: anEmail(), role: 'admin' };
    expect((await world.call('POST', '/v1/operators', { body, key: String(secret) })).status).toBe(403);
    expect((await world.call('GET', '/v1/audit-entries', { key: String(secret) })).status).toBe(403);
    expect((await world.call('GET', '/v1/stream?topics=problems', { key: String(secret) })).status).toBe(403);
    expect((await world.call('POST', '/v1/operators', { body })).status).toBe(201);
  });
});

describe('what the console must know', () => {
  it('is told to whoever is known', async () => {
    const { browser } = await signInAs(world, 'viewer');
    const { status, body } = await browser.call('GET', '/v1/console');
    expect([status, body]).toEqual([200, (await world.call('GET', '/v1/console')).body]);
    expect(body).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      publicUrl: world.publicUrl,
      metaSdkUrl: 'https://connect.facebook.net/en_US/sdk.js',
      temporalNamespace: 'default',
      temporalUiUrl: null,
    });
    expect(body.metaSignupOrigins).toContain('https://www.facebook.com');
    expect((body.providers as { kind: string }[]).map((provider) => provider.kind)).toContain('whatsapp-cloud');
  });

  it("lets its pages load Meta's SDK and nothing of strangers", async () => {
    const policyOf = async (of: ApiWorld) => {
      const answer = await of.call('GET', '/health/live', { key: null });
      const policy = answer.headers.get('content-security-policy') ?? '';
      return new Map(policy.split(';').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]));
    };
    const policy = await policyOf(world);
    expect(policy.get('script-src')).toEqual(["'self'", 'https://connect.facebook.net']);
    expect(policy.get('style-src')).toEqual(["'self'", "'unsafe-inline'"]);
    expect(policy.get('frame-src')).toContain('https://www.facebook.com');
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    const sandboxed = await startApiWorld({
      databaseUrl: world.databaseUrl,
      metaSdkUrl: 'http://127.0.0.1:3100/graph/sdk.js',
    });
    for (const directive of ['script-src', 'frame-src', 'connect-src']) {
      expect((await policyOf(sandboxed)).get(directive)).toContain('http://127.0.0.1:3100');
    }
    expect((await sandboxed.call('GET', '/v1/console')).body.metaSignupOrigins).toEqual(['http://127.0.0.1:3100']);
    await sandboxed.close();
  });
});
