import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findFreePort } from '../../dev/waiting.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider.ts';
import { type ApiWorld, startApiWorld } from './api-world.ts';
import { anEmail, invite, openBrowser, signInAs, type TestBrowser } from './sign-in-world.ts';

let provider: OidcProvider;
let world: ApiWorld;
let subjects = 0;
beforeAll(async () => {
  provider = await startOidcProvider();
  world = await startApiWorld({ singleSignOn: settings(undefined) });
});
afterAll(async () => {
  await world.close();
  await provider.close();
});
afterEach(() => {
  provider.wrong = {};
  provider.signsWithOtherKey = false;
  provider.saysLittle = false;
});

const settings = (defaultRole: 'viewer' | undefined) => {
  const { issuer, clientId, clientSecret } = provider;
  return { issuer, clientId, clientSecret, name: 'Acme ID', defaultRole };
};
const aSubject = () => `subject-${++subjects}`;

/** The way to the provider and back, as a browser goes it; answers where it ends. */
async function goThrough(browser: TestBrowser, path = '/v1/single-sign-on'): Promise<string> {
  const answer = await browser.visit(await returnAddress(browser, path));
  expect(answer.status).toBe(302);
  return answer.location;
}

/** The path that the provider sends the browser back to. */
async function returnAddress(browser: TestBrowser, path = '/v1/single-sign-on'): Promise<string> {
  const away = await browser.visit(path);
  expect(away.status).toBe(302);
  const back = await fetch(away.location, { redirect: 'manual' });
  const { pathname, search } = new URL(back.headers.get('location') as string);
  return `${pathname}${search}`;
}

const whoIs = (browser: TestBrowser) => browser.call('GET', '/v1/session');

describe('single sign-on', () => {
  it('is offered with its name, and asks with PKCE, state and nonce', async () => {
    const options = await world.call('GET', '/v1/sign-in-options', { key: null });
    expect(options.body.singleSignOn).toEqual({ name: 'Acme ID' });
    await openBrowser(world).visit('/v1/single-sign-on');
    const browser = openBrowser(world);
    await returnAddress(browser);
    const asked = Object.fromEntries(provider.requests.at(-1) ?? []);
    expect(asked).toMatchObject({
      client_id: 'parley',
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'https://parley.example/v1/single-sign-on/callback',
      scope: 'openid email profile',
      state: browser.cookies.get('__Host-parley_sso'),
    });
    for (const name of ['nonce', 'code_challenge', 'state']) expect(asked[name]?.length).toBeGreaterThanOrEqual(43);
  });

  it('lets in whoever has a known address that is verified, and knows them again by their subject', async () => {
    const { id, email } = await invite(world, 'agent');
    provider.person = { sub: aSubject(), email: email.toUpperCase(), email_verified: true, name: 'Other' };
    const browser = openBrowser(world);
    expect(await goThrough(browser)).toBe('/');
    expect((await whoIs(browser)).body.operator).toMatchObject({ id, role: 'agent', name: 'Jane Roe' });
    expect([...browser.cookies.keys()]).toEqual(['__Host-parley_session']);
    expect((await world.call('GET', `/v1/operators/${id}`)).body.hasSingleSignOn).toBe(true);

    provider.person = { sub: provider.person.sub, email: anEmail(), email_verified: false };
    const again = openBrowser(world);
    await goThrough(again);
    expect((await whoIs(again)).body.operator).toMatchObject({ id, email });
    const entries = await world.call('GET', `/v1/audit-entries?actor=operator:${id}`);
    const told = (entries.body.items as { action: string; detail: unknown }[]).map(({ action, detail }) => [
      action,
      detail,
    ]);
    expect(told).toEqual([
      ['sign-in', { way: 'single-sign-on' }],
      ['sign-in', { way: 'single-sign-on' }],
      ['link-single-sign-on', null],
    ]);
  });

  it('asks the provider for the address where its token has none', async () => {
    const { id, email } = await invite(world, 'viewer');
    provider.saysLittle = true;
    provider.person = { sub: aSubject(), email, email_verified: true };
    const browser = openBrowser(world);
    await goThrough(browser);
    expect((await whoIs(browser)).body.operator).toMatchObject({ id });
  });

  it('ends the session that the browser had, and begins a new one', async () => {
    const { browser } = await signInAs(world, 'viewer');
    const before = new Map(browser.cookies);
    const { id, email } = await invite(world, 'agent');
    provider.person = { sub: aSubject(), email, email_verified: true };
    await goThrough(browser);
    expect((await whoIs(browser)).body.operator).toMatchObject({ id });
    const former = openBrowser(world);
    for (const [name, value] of before) former.cookies.set(name, value);
    expect((await whoIs(former)).status).toBe(401);
  });
});

describe('somebody stays outside', () => {
  it.each<[string, string, (email: string) => Partial<OidcProvider['person']>]>([
    ['is not known', 'unknown-person', () => ({ email: anEmail(), email_verified: true })],
    ['has an address that is not verified', 'unverified-email', (email) => ({ email, email_verified: false })],
    ['has an address of which that is not said', 'unverified-email', (email) => ({ email })],
    ['has no address', 'unverified-email', () => ({})],
  ])('who %s', async (_who, why, personOf) => {
    const { email } = await invite(world, 'admin');
    const sub = aSubject();
    provider.person = { sub, ...personOf(email) };
    const browser = openBrowser(world);
    expect(await goThrough(browser)).toBe(`/sign-in?failed=${why}`);
    expect((await whoIs(browser)).status).toBe(401);
    expect(browser.cookies.size).toBe(0);
    // Control: the same person, known and verified.
    provider.person = { sub, email, email_verified: true };
    expect(await goThrough(browser)).toBe('/');
  });

  it('who has the address of somebody who came in before them', async () => {
    const { email } = await invite(world, 'admin');
    provider.person = { sub: aSubject(), email, email_verified: true };
    expect(await goThrough(openBrowser(world))).toBe('/');
    provider.person = { ...provider.person, sub: aSubject() };
    expect(await goThrough(openBrowser(world))).toBe('/sign-in?failed=unknown-person');
  });

  it('who is disabled', async () => {
    const { id, email } = await invite(world, 'viewer');
    provider.person = { sub: aSubject(), email, email_verified: true };
    const disable = (disabled: boolean) => world.call('PATCH', `/v1/operators/${id}`, { body: { disabled } });
    await disable(true);
    expect(await goThrough(openBrowser(world))).toBe('/sign-in?failed=disabled');
    await disable(false);
    expect(await goThrough(openBrowser(world))).toBe('/');
    await disable(true);
    expect(await goThrough(openBrowser(world))).toBe('/sign-in?failed=disabled');
  });

  it.each<[string, Record<string, unknown>]>([
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['a time that is over', { exp: Math.trunc(Date.now() / 1000) - 600 }],
  ])('whose token has %s', async (_what, wrong) => {
    const { email } = await invite(world, 'admin');
    provider.person = { sub: aSubject(), email, email_verified: true };
    provider.wrong = wrong;
    expect(await goThrough(openBrowser(world))).toBe('/sign-in?failed=failed');
    provider.wrong = {};
    expect(await goThrough(openBrowser(world))).toBe('/');
  });

  it('whose token is signed by somebody else', async () => {
    const { email } = await invite(world, 'admin');
    provider.person = { sub: aSubject(), email, email_verified: true };
    provider.signsWithOtherKey = true;
    expect(await goThrough(openBrowser(world))).toBe('/sign-in?failed=failed');
    provider.signsWithOtherKey = false;
    expect(await goThrough(openBrowser(world))).toBe('/');
  });

  it('who comes back with the state of another browser, with none, twice, or too late', async () => {
    const { email } = await invite(world, 'admin');
    provider.person = { sub: aSubject(), email, email_verified: true };
    const [attacker, victim] = [openBrowser(world), openBrowser(world)];
    const theirs = await returnAddress(attacker);
    expect((await victim.visit(theirs)).location).toBe('/sign-in?failed=expired');
    await returnAddress(victim);
    expect((await victim.visit(theirs)).location).toBe('/sign-in?failed=expired');
    expect((await victim.visit('/v1/single-sign-on/callback?code=x')).location).toBe('/sign-in?failed=expired');
    expect((await whoIs(victim)).status).toBe(401);

    const state = new Map(attacker.cookies);
    expect((await attacker.visit(theirs)).location).toBe('/');
    const twice = openBrowser(world);
    for (const [name, value] of state) twice.cookies.set(name, value);
    expect((await twice.visit(theirs)).location).toBe('/sign-in?failed=expired');

    const late = openBrowser(world);
    const back = await returnAddress(late);
    await sql`update sso_attempt set created_at = clock_timestamp() - interval '11 minutes'`.execute(world.db);
    expect((await late.visit(back)).location).toBe('/sign-in?failed=expired');
    expect((await whoIs(late)).status).toBe(401);
  });

  it('who was refused by the provider', async () => {
    const browser = openBrowser(world);
    const back = new URL(await returnAddress(browser), world.url);
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await browser.visit(`${back.pathname}${back.search}`)).location).toBe('/sign-in?failed=failed');
  });
});

describe('people who are not known', () => {
  it('come in with the role that is set for them, once there is an operator', async () => {
    const open = await startApiWorld({ singleSignOn: settings('viewer') });
    const email = anEmail();
    provider.person = { sub: aSubject(), email, email_verified: true, name: 'Newcomer' };
    expect(await goThrough(openBrowser(open))).toBe('/sign-in?failed=unknown-person');
    await invite(open, 'admin');
    const browsers = [openBrowser(open), openBrowser(open)];
    expect(await Promise.all(browsers.map((browser) => goThrough(browser)))).toEqual(['/', '/']);
    const operators = await Promise.all(browsers.map(async (browser) => (await whoIs(browser)).body.operator));
    expect(operators[0]).toMatchObject({ email, role: 'viewer', name: 'Newcomer' });
    expect(operators[1]).toEqual(operators[0]);
    await open.close();
  });
});

describe('the page to return to', () => {
  it.each(['/connections/1?tab=2', '/mailings'])('is %s', async (path) => {
    const { email } = await invite(world, 'viewer');
    provider.person = { sub: aSubject(), email, email_verified: true };
    const begin = `/v1/single-sign-on?returnTo=${encodeURIComponent(path)}`;
    expect(await goThrough(openBrowser(world), begin)).toBe(path);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    '/a\r\nset-cookie: a=b',
    'javascript:alert(1)',
    '',
    '/ä',
  ])('is never %j', async (path) => {
    const browser = openBrowser(world);
    const answer = await browser.visit(`/v1/single-sign-on?returnTo=${encodeURIComponent(path)}`);
    expect([answer.status, answer.location, answer.setCookies]).toEqual([400, '', []]);
  });
});

describe('without its settings', () => {
  it('there is none', async () => {
    const plain = await startApiWorld({ databaseUrl: world.databaseUrl });
    for (const path of ['/v1/single-sign-on', '/v1/single-sign-on/callback?state=x']) {
      expect((await openBrowser(plain).visit(path)).status).toBe(404);
    }
    await plain.close();
  });

  it('or without its provider nobody is sent away, and the next one is when it is back', async () => {
    const port = await findFreePort();
    const away = { ...settings(undefined), issuer: `http://127.0.0.1:${port}` };
    const cut = await startApiWorld({ databaseUrl: world.databaseUrl, singleSignOn: away });
    expect((await openBrowser(cut).visit('/v1/single-sign-on')).status).toBe(503);
    const back = await startOidcProvider(port);
    expect((await openBrowser(cut).visit('/v1/single-sign-on')).status).toBe(302);
    await cut.close();
    await back.close();
  });
});

it('keeps verifier, secret and tokens to itself', async () => {
  await returnAddress(openBrowser(world));
  const rows = await world.db.selectFrom('ssoAttempt').selectAll().execute();
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row.codeVerifier.subarray(1, 5).toString()).toBe('test');
  const log = world.logged();
  expect(log).toContain('single sign-on was not to be believed');
  for (const secret of [provider.clientSecret, provider.person.email as string, 'code=', 'state=']) {
    expect(log).not.toContain(secret);
  }
});
