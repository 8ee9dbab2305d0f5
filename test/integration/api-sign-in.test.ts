import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { announceFirstOperator } from '../../api/first-operator.ts';
import { createLog } from '../../api/logger.ts';
import { digestOf, makeSecret } from '../../api/session-cookie.ts';
import { createSignIn } from '../../api/sign-in.ts';
import { insertFirstLink } from '../../db/sign-in-links.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { type ApiWorld, startApiWorld, until } from './api-world.ts';
import {
  anEmail,
  invite,
  openBrowser,
  PASSWORD,
  redeemLink,
  secretOf,
  signInAs,
  type TestBrowser,
} from './sign-in-world.ts';

const COOKIE = '__Host-parley_session';
const WRONG = 'not the right password';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world.close());

const whoIs = (browser: TestBrowser) => browser.call('GET', '/v1/session');
/** A write that a viewer may make: it says nothing of scopes, only of whether the write is believed. */
const write = (browser: TestBrowser, headers: Record<string, string> = {}, withoutToken = false) =>
  browser.call('PATCH', '/v1/session', { body: { language: 'ru' }, headers, withoutToken });

describe('the first start', () => {
  const printed = async (fresh: ApiWorld, firstOperatorMs = 60_000) => {
    const lines: string[] = [];
    const { db, publicUrl } = fresh;
    const log = createLog('silent');
    announceFirstOperator({ db, publicUrl, firstOperatorMs, log, print: (line) => void lines.push(line) });
    await until('the address is printed', () => lines.length > 0);
    return secretOf(lines[0]);
  };
  const options = async (fresh: ApiWorld) => (await fresh.call('GET', '/v1/sign-in-options', { key: null })).body;

  it('prints an address that makes one administrator, of two browsers that use it at once, and no more', async () => {
    const fresh = await startApiWorld();
    const former = await printed(fresh);
    const secret = await printed(fresh);
    expect(await options(fresh)).toEqual({ needsFirstOperator: true, password: true, singleSignOn: null });
    const look = (of: string) => fresh.call('POST', '/v1/sign-in-links/look', { key: null, body: { secret: of } });
    // A new start ends what a former one has printed.
    expect((await look(former)).status).toBe(404);
    expect((await look(secret)).body).toEqual({ purpose: 'first-operator', name: null, email: null });

    const whoever = openBrowser(fresh);
    expect((await redeemLink(whoever, secret, { name: 'Ada' })).body.errors).toMatchObject([{ path: 'email' }]);
    const browsers = [openBrowser(fresh), openBrowser(fresh)];
    const answers = await Promise.all(
      browsers.map((browser) => redeemLink(browser, secret, { name: 'Ada', email: anEmail() })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
    const winner = browsers[answers.findIndex((answer) => answer.status === 200)] as TestBrowser;
    expect((await whoIs(winner)).body.operator).toMatchObject({ name: 'Ada', role: 'admin' });
    expect((await winner.call('GET', '/v1/operators')).body.items).toHaveLength(1);
    expect((await options(fresh)).needsFirstOperator).toBe(false);
    expect((await look(secret)).status).toBe(404);
    await fresh.close();
  });

  it('makes none once there is somebody', async () => {
    const { secret, secretHash } = makeSecret();
    const fresh = await startApiWorld();
    expect(await insertFirstLink(fresh.db, secretHash, 60_000)).toBe(true);
    await invite(fresh, 'viewer');
    expect(await insertFirstLink(fresh.db, makeSecret().secretHash, 60_000)).toBe(false);
    const whoever = openBrowser(fresh);
    expect((await redeemLink(whoever, secret, { name: 'Ada', email: anEmail() })).status).toBe(404);
    await fresh.close();
  });

  it('has an address that ends after a while', async () => {
    const fresh = await startApiWorld();
    const secret = await printed(fresh, 0);
    expect((await redeemLink(openBrowser(fresh), secret, { name: 'Ada', email: anEmail() })).status).toBe(404);
    await fresh.close();
  });
});

describe('a session', () => {
  it('is a cookie that no script and no other site can use, and nothing readable in the database', async () => {
    const { browser, operator } = await signInAs(world, 'agent');
    const answer = await openBrowser(world).signIn(operator.email.toUpperCase());
    expect(answer.status).toBe(200);
    const [cookie = ''] = answer.headers.getSetCookie();
    const traits = cookie.split('; ').slice(1).sort();
    expect(traits).toEqual(['HttpOnly', 'Max-Age=1209600', 'Path=/', 'SameSite=Lax', 'Secure']);
    const secret = browser.cookies.get(COOKIE) as string;
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const rows = await world.db.selectFrom('session').where('operatorId', '=', operator.id).selectAll().execute();
    const digest = createHash('sha256').update(secret).digest('hex');
    expect(rows.map((row) => row.secretHash.toString('hex'))).toContain(digest);
    const { passwordHash } = await world.db
      .selectFrom('operator')
      .where('id', '=', operator.id)
      .select('passwordHash')
      .executeTakeFirstOrThrow();
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('has a cookie without the prefix where there is no TLS', async () => {
    const plain = await startApiWorld({ databaseUrl: world.databaseUrl, publicUrl: 'http://127.0.0.1:3000' });
    const { browser } = await signInAs(plain, 'viewer');
    expect([...browser.cookies.keys()]).toEqual(['parley_session']);
    expect((await whoIs(browser)).status).toBe(200);
    await plain.close();
  });

  it('is a new one at every sign-in: a planted cookie is never adopted', async () => {
    const { browser: attacker } = await signInAs(world, 'viewer');
    const planted = attacker.cookies.get(COOKIE) as string;
    const operator = await invite(world, 'admin');
    const victim = openBrowser(world);
    victim.cookies.set(COOKIE, planted);
    victim.csrfToken = attacker.csrfToken;
    expect((await redeemLink(victim, operator.secret)).status).toBe(200);
    expect(victim.cookies.get(COOKIE)).not.toBe(planted);
    expect((await whoIs(victim)).body.operator).toMatchObject({ id: operator.id });
    // What was planted opens nothing of the victim's, and nothing any more.
    expect((await whoIs(attacker)).status).toBe(401);
    const madeUp = openBrowser(world);
    madeUp.cookies.set(COOKIE, 'A'.repeat(43));
    expect((await madeUp.signIn(operator.email)).status).toBe(200);
    expect(madeUp.cookies.get(COOKIE)).not.toBe('A'.repeat(43));
  });

  it('ends with signing out', async () => {
    const { browser } = await signInAs(world, 'viewer');
    const kept = new Map(browser.cookies);
    expect((await browser.call('DELETE', '/v1/session')).status).toBe(204);
    expect(browser.cookies.has(COOKIE)).toBe(false);
    const thief = openBrowser(world);
    for (const [name, value] of kept) thief.cookies.set(name, value);
    expect((await whoIs(thief)).status).toBe(401);
  });

  it.each([
    ['has not been used for too long', 'last_seen_at', '13 hours', '11 hours'],
    ['is too old', 'expires_at', '1 second', '-1 hour'],
  ])('that %s is over', async (_why, column, over, notYet) => {
    const { browser, operator } = await signInAs(world, 'viewer');
    const age = (interval: string) =>
      sql`update session set ${sql.ref(column)} = clock_timestamp() - ${interval}::interval
        where operator_id = ${operator.id}`.execute(world.db);
    await age(notYet);
    expect((await whoIs(browser)).status).toBe(200);
    await age(over);
    expect(await whoIs(browser)).toMatchObject({ status: 401, body: { type: 'urn:parley:problem:unauthenticated' } });
  });

  it('of which there are others ends them all when its holder chooses another password', async () => {
    const { browser, operator } = await signInAs(world, 'agent');
    const elsewhere = openBrowser(world);
    await elsewhere.signIn(operator.email);
    const change = (current: string, next: string) =>
      browser.call('PATCH', '/v1/session', { body: { password: { current, next } } });
    expect((await change(WRONG, 'a wholly other one')).body.errors).toMatchObject([{ path: 'password.current' }]);
    expect((await change(PASSWORD, operator.email)).body.errors).toMatchObject([{ path: 'password.next' }]);
    expect((await change(PASSWORD, 'too short')).body.errors).toMatchObject([{ path: 'password.next' }]);
    expect((await whoIs(elsewhere)).status).toBe(200);
    expect((await change(PASSWORD, 'a wholly other one')).status).toBe(200);
    expect((await whoIs(elsewhere)).status).toBe(401);
    expect((await write(browser)).status).toBe(200);
    expect((await elsewhere.signIn(operator.email)).status).toBe(401);
    expect((await elsewhere.signIn(operator.email, 'a wholly other one')).status).toBe(200);
  });

  it('is no key, and a key no session', async () => {
    expect((await world.call('GET', '/v1/session')).status).toBe(403);
    const { browser } = await signInAs(world, 'viewer');
    const headers = { authorization: 'Bearer parley_made-up' };
    expect((await browser.call('GET', '/v1/session', { headers })).status).toBe(401);
  });
});

describe('a write with the cookie', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    ({ browser } = await signInAs(world, 'viewer'));
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another host of our domain', { origin: 'https://evil.parley.example', 'sec-fetch-site': 'same-site' }],
    ['nowhere', { origin: 'null' }],
    ['another site, as an older browser says it', { origin: 'https://evil.example', 'sec-fetch-site': '' }],
  ])('from %s is refused, whatever token it has', async (_where, headers) => {
    expect((await write(browser, headers)).status).toBe(403);
    // Control: the same call from a page of ours.
    expect((await write(browser)).status).toBe(200);
  });

  it('that does not say where it is from is refused', async () => {
    const cookie = `${COOKIE}=${browser.cookies.get(COOKIE)}`;
    const call = (headers: Record<string, string>) =>
      world.call('PATCH', '/v1/session', {
        key: null,
        body: { language: 'en' },
        headers: { cookie, 'x-csrf-token': browser.csrfToken, ...headers },
      });
    expect((await call({})).status).toBe(403);
    expect((await call({ origin: world.publicUrl })).status).toBe(200);
    expect((await call({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    // The address that the browser called, behind whatever name.
    const { host } = new URL(world.url);
    expect((await call({ origin: `https://${host}` })).status).toBe(200);
    expect((await call({ origin: `http://${host}` })).status).toBe(403);
  });

  it('without the token of its own session is refused', async () => {
    const { browser: other } = await signInAs(world, 'viewer');
    expect((await write(browser, {}, true)).status).toBe(403);
    expect((await write(browser, { 'x-csrf-token': other.csrfToken })).status).toBe(403);
    expect((await write(browser, { 'x-csrf-token': 'x' })).status).toBe(403);
    expect((await write(browser)).status).toBe(200);
  });

  it('is asked of keys in no case', async () => {
    const body = { name: 'Acme', url: 'no address', token: 'x', primaryAdmin: 'user:1' };
    const headers = { origin: 'https://evil.example' };
    expect((await world.call('POST', '/v1/planfix-accounts', { body, headers })).status).toBe(422);
  });

  it('is nothing that another site can sign somebody in by', async () => {
    const { email } = (await signInAs(world, 'viewer')).operator;
    const body = { email, password: PASSWORD };
    const from = (headers: Record<string, string>) => world.call('POST', '/v1/session', { key: null, body, headers });
    expect((await from({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await from({})).status).toBe(200);
    const asForm = { 'content-type': 'text/plain' };
    expect((await world.call('POST', '/v1/session', { key: null, body, headers: asForm })).status).toBe(422);
  });
});

describe('a wrong password', () => {
  const tryTimes = async (email: string, times: number) => {
    const answers = [];
    for (let index = 0; index < times; index++) answers.push(await openBrowser(world).signIn(email, WRONG));
    return answers;
  };

  it('is answered alike, whether somebody has the address or not, and locks after ten', async () => {
    const { operator } = await signInAs(world, 'agent');
    const known = await tryTimes(operator.email, 11);
    const unknown = await tryTimes(anEmail(), 11);
    expect(known.map((answer) => answer.status)).toEqual([...Array(10).fill(401), 429]);
    const said = (answers: typeof known) => answers.map(({ status, text }) => ({ status, text }));
    expect(said(known)).toEqual(said(unknown));
    expect(known.at(-1)?.body.detail).toContain('ask an administrator');
    // Locked: not even the right one is looked at, by no api process.
    const second = await startApiWorld({ databaseUrl: world.databaseUrl });
    expect((await openBrowser(second).signIn(operator.email)).status).toBe(429);
    await second.close();
    const entries = await world.call('GET', `/v1/audit-entries?action=lock-sign-in&subjectId=${operator.id}`);
    expect(entries.body.items).toHaveLength(1);

    await world.db.updateTable('signInAttempt').set({ until: sql<Date>`clock_timestamp()` }).execute();
    expect((await openBrowser(world).signIn(operator.email)).status).toBe(200);
  });

  it('is counted before it is looked at, so that many at once are no more guesses', async () => {
    const email = anEmail();
    const answers = await Promise.all(Array.from({ length: 25 }, () => openBrowser(world).signIn(email, WRONG)));
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(10);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(15);
  });

  it('is none where the password was not looked at, because too many wanted to sign in', async () => {
    const { operator } = await signInAs(world, 'viewer');
    const isBusy = { value: true };
    const verify = async () => {
      if (isBusy.value) throw new Error('too many at once');
      return false;
    };
    const passwords = { verify, hash: async () => '' };
    const parts = { db: world.db, waits: DEFAULT_WAITS, publicUrl: world.publicUrl, passwords };
    const given = { email: operator.email, password: WRONG };
    const attempt = () => createSignIn(parts).byPassword({} as FastifyRequest, {} as FastifyReply, given);
    const attempts = async () =>
      (
        await world.db
          .selectFrom('signInAttempt')
          .where('emailHash', '=', digestOf(operator.email))
          .selectAll()
          .execute()
      ).map(({ attempts: count }) => count);
    await expect(attempt()).rejects.toThrow('too many at once');
    expect(await attempts()).toEqual([0]);
    // Control: one that was looked at counts.
    isBusy.value = false;
    await expect(attempt()).rejects.toThrow();
    expect(await attempts()).toEqual([1]);
  });

  it('is forgotten with the right one, and with a link', async () => {
    const { operator } = await signInAs(world, 'viewer');
    await tryTimes(operator.email, 9);
    expect((await openBrowser(world).signIn(operator.email)).status).toBe(200);
    await tryTimes(operator.email, 11);
    const link = await world.call('POST', `/v1/operators/${operator.id}/sign-in-link`);
    expect((await redeemLink(openBrowser(world), secretOf(link.body.address))).status).toBe(200);
    expect((await openBrowser(world).signIn(operator.email)).status).toBe(200);
  });
});

describe('routes that are open to whoever comes', () => {
  it('are counted by the address that calls', async () => {
    const hasty = await startApiWorld({ databaseUrl: world.databaseUrl, openRatePerMinute: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index++) {
      statuses.push((await openBrowser(hasty).signIn(anEmail(), WRONG)).status);
    }
    expect(statuses).toEqual([401, 401, 429]);
    // Others are counted for themselves, and keys are none of them.
    expect((await hasty.call('GET', '/v1/sign-in-options', { key: null })).status).toBe(200);
    expect((await hasty.call('GET', '/v1/messages')).status).toBe(200);
    await hasty.close();
  });

  it('keep nothing of what was sent with an Idempotency-Key', async () => {
    const { operator } = await signInAs(world, 'viewer');
    const headers = { 'idempotency-key': 'one' };
    const body = { email: operator.email, password: PASSWORD };
    const [first, second] = [openBrowser(world), openBrowser(world)];
    await first.call('POST', '/v1/session', { body, headers });
    await second.call('POST', '/v1/session', { body, headers });
    expect(second.csrfToken).not.toBe(first.csrfToken);
    const rows = await world.db.selectFrom('idempotencyKey').where('key', '=', 'one').selectAll().execute();
    expect(rows).toEqual([]);
  });
});

it('writes no secret and no address of a person into the log', async () => {
  const { browser, operator } = await signInAs(world, 'admin');
  await openBrowser(world).signIn(operator.email, WRONG);
  await openBrowser(world).signIn(operator.email);
  const secrets = [PASSWORD, WRONG, operator.email, operator.secret, browser.csrfToken, ...browser.cookies.values()];
  expect(world.logged()).toContain('"route":"/v1/session"');
  for (const secret of secrets) expect(world.logged()).not.toContain(secret);
});
