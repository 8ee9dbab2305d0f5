import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { findFreePort } from '../../dev/waiting.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  waitsEnvironment,
  writeAs,
} from '../support/parley.ts';
import { startApi } from '../support/processes.ts';

/** What people gave as secrets, or wrote. */
const told = new Set<string>();

let parley: Parley;
let db: Database;
let company: Company;
beforeAll(async () => {
  parley = await startParley();
  await parley.api.stop('SIGTERM', 10_000);
  parley.api = await startApi(parley.world, { ...parley.waits, LOG_LEVEL: 'trace' });
  db = createDatabase(parley.world.databaseUrl, 2);
  company = await connectCompany(parley, { hint: false });
  told.add(company.token).add(company.accessToken);
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

type Answer = { status: number; text: string; body: Record<string, unknown> };

async function call(method: string, path: string, body?: unknown, url = parley.api.url): Promise<Answer> {
  const response = await fetch(`${url}/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${parley.world.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? {} : JSON.parse(text) };
}

const secret = (name: string): string => {
  const made = `${name}-${randomBytes(12).toString('hex')}`;
  told.add(made);
  return made;
};
const refusedAt = ({ status, body }: Answer) => {
  const errors = (body.errors ?? []) as { path: string; message: string; remedy: string }[];
  expect(errors.every((error) => error.message.length > 10 && error.remedy.length > 10)).toBe(true);
  return [status, ...new Set(errors.map((error) => error.path))];
};
const countOf = async (table: 'planfixAccount' | 'connection') =>
  (await db.selectFrom(table).select('id').execute()).length;

/** An account in Planfix that Parley does not know yet. */
async function aPlanfixAccount() {
  const account = `fresh-${randomBytes(4).toString('hex')}`;
  const token = secret('planfix');
  await parley.sandbox.control('POST', 'planfix/accounts', { account, token });
  return { name: account, url: `${parley.sandbox.url}/planfix/${account}/rest/`, token, primaryAdmin: 'user:1' };
}

/** A number of this company that Parley does not know yet. */
async function aNumber() {
  const digits = () => String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '1');
  const number = { phoneNumberId: digits(), wabaId: digits(), accessToken: secret('graph') };
  const displayPhoneNumber = '+49 30 1234567';
  await parley.sandbox.control('POST', 'graph/numbers', { ...number, displayPhoneNumber, appId: company.appId });
  const { planfixAccountId, metaAppId } = company;
  const settings = { taskTemplate: 10 };
  return { provider: 'whatsapp-cloud', planfixAccountId, metaAppId, ...number, configuredBy: 'user:2', settings };
}

describe('a Planfix account is checked with Planfix itself', () => {
  it('and refused for each thing that does not work, with nothing left of it', async () => {
    const good = await aPlanfixAccount();
    const before = await countOf('planfixAccount');
    const wrong: [object, string][] = [
      [{ token: secret('mistyped') }, 'token'],
      [{ primaryAdmin: 'user:99' }, 'primaryAdmin'],
      [{ primaryAdmin: 'user:5' }, 'primaryAdmin'],
      [{ url: good.url.replace('/planfix/', '/nowhere/') }, 'url'],
      [{ url: 'http://127.0.0.1:9/rest/' }, 'url'],
    ];
    for (const [spoilt, path] of wrong) {
      expect(refusedAt(await call('POST', 'planfix-accounts', { ...good, ...spoilt }))).toEqual([422, path]);
      expect(await countOf('planfixAccount')).toBe(before);
    }
    const made = await call('POST', 'planfix-accounts', good);
    expect(made).toMatchObject({ status: 201, body: { state: 'connected' } });
    told.add(String(made.body.hintSecret));
  });

  it('also when it changes: a token that does not work leaves the one that does', async () => {
    const path = `planfix-accounts/${company.planfixAccountId}`;
    expect(refusedAt(await call('PATCH', path, { token: secret('mistyped') }))).toEqual([422, 'token']);
    await writeAs(parley, company, aCustomer(), 'after the mistyped token');
    await taskOnce(company, 'after the mistyped token');
  });

  it('and goes on by itself with a new token after the old one was revoked', async () => {
    const path = `planfix-accounts/${company.planfixAccountId}`;
    const token = secret('planfix');
    await parley.sandbox.control('POST', `planfix/${company.account}/token`, { token });
    await writeAs(parley, company, aCustomer(), 'while the token is revoked');
    const stateOnce = (state: string) =>
      eventually(`the account as ${state}`, async () => (await call('GET', path)).body.state === state || undefined);
    await stateOnce('paused');
    // Control: another token that does not work changes nothing.
    expect(refusedAt(await call('PATCH', path, { token: secret('mistyped') }))).toEqual([422, 'token']);
    expect((await call('GET', path)).body).toMatchObject({ state: 'paused', pausedReason: 'credentials-rejected' });

    expect(await call('PATCH', path, { token })).toMatchObject({ status: 200 });
    await stateOnce('connected');
    await taskOnce(company, 'while the token is revoked');
  });
});

describe('an account that is in use', () => {
  it('is a problem while its check finds a fault, and none any more afterwards', async () => {
    const { planfixAccountId, account } = company;
    const admin = (active: boolean) => parley.sandbox.control('POST', `planfix/${account}/users/1`, { active });
    const problems = async () => {
      const filter = new URLSearchParams({ planfixAccountId, kind: 'account-check-failed', state: 'open' });
      return (await call('GET', `problems?${filter}`)).body.items;
    };
    await admin(false);
    expect(await call('POST', `planfix-accounts/${planfixAccountId}/check`)).toMatchObject({ status: 200 });
    const detail = expect.stringMatching(/^The primary admin is not active in Planfix, or a robot\. Name an active/);
    expect(await problems()).toMatchObject([{ detail }]);
    await admin(true);
    expect(await call('POST', `planfix-accounts/${planfixAccountId}/check`)).toMatchObject({ status: 200 });
    expect(await problems()).toEqual([]);
  });

  it("knows the time zone of its token's employee, and refuses what is none", async () => {
    const path = `planfix-accounts/${company.planfixAccountId}`;
    expect(refusedAt(await call('PATCH', path, { timeZone: 'Mars/Olympus' }))).toEqual([422, 'timeZone']);
    expect((await call('PATCH', path, { timeZone: 'Europe/Moscow' })).body).toMatchObject({
      timeZone: 'Europe/Moscow',
    });
    expect((await call('PATCH', path, { timeZone: null })).body).toMatchObject({ timeZone: null });
  });
});

describe('a connection is checked on both sides', () => {
  it('and refused for each thing that does not work, with nothing left of it', async () => {
    const good = await aNumber();
    const before = await countOf('connection');
    const wrong: [object, string][] = [
      [{ accessToken: secret('mistyped') }, 'accessToken'],
      [{ wabaId: company.wabaId }, 'wabaId'],
      [{ configuredBy: 'user:99' }, 'configuredBy'],
      [{ settings: { taskTemplate: 99 } }, 'settings.taskTemplate'],
      [{ settings: { taskTemplate: 10, additionalAssignees: ['user:5'] } }, 'settings.additionalAssignees'],
      [{ settings: { taskTemplate: 10, correlationField: 99 } }, 'settings.correlationField'],
      [{ settings: { taskTemplate: 10, deliveryStateField: 40 } }, 'settings.deliveryStateField'],
      [{ settings: { taskTemplate: 10, echoAuthor: 'user:99' } }, 'settings.echoAuthor'],
      [{ settings: { taskTemplate: 10, echoAuthor: 'user:9' } }, 'settings.echoAuthor'],
    ];
    for (const [spoilt, path] of wrong) {
      const [status, ...paths] = refusedAt(await call('POST', 'connections', { ...good, ...spoilt }));
      expect([status, paths]).toEqual([422, expect.arrayContaining([path])]);
      expect(await countOf('connection')).toBe(before);
    }
    const settings = { taskTemplate: 10, correlationField: 30, deliveryStateField: 32, echoAuthor: 'user:3' };
    const made = await call('POST', 'connections', { ...good, settings });
    expect(made).toMatchObject({ status: 201, body: { state: 'connected', displayPhoneNumber: '+49 30 1234567' } });
    expect((made.body.checks as { ok: boolean }[]).every((check) => check.ok)).toBe(true);
  });

  it('also when it changes', async () => {
    const path = `connections/${company.connectionId}`;
    const before = await eventually('the first self-check', async () => {
      const { body } = await call('GET', path);
      return (body.health as unknown[]).length > 0 ? body : undefined;
    });
    expect(refusedAt(await call('PATCH', path, { accessToken: secret('mistyped') }))).toEqual([422, 'accessToken']);
    const wrong = { settings: { taskTemplate: 99, language: 'ru' } };
    expect(refusedAt(await call('PATCH', path, wrong))).toEqual([422, 'settings.taskTemplate']);
    for (const [name, value] of Object.entries({ deliveryStateField: 99, echoAuthor: 'user:5' })) {
      expect(refusedAt(await call('PATCH', path, { settings: { [name]: value } }))).toEqual([422, `settings.${name}`]);
    }
    // Each of these asked the network what the token is worth.
    expect((await call('GET', path)).body).toEqual({ ...before, tokenCheckedAt: expect.any(String) });
    expect(await call('PATCH', path, { settings: { language: 'ru' } })).toMatchObject({ status: 200 });
    expect(await call('POST', `${path}/check`)).toMatchObject({ status: 200, body: { settings: { language: 'ru' } } });
  });
});

describe('without a worker', () => {
  it('the outcome is not known in time: 202, and later it is', async () => {
    const waits = { ...parley.waits, ...waitsEnvironment({ liveCheckMs: 2_000 }) };
    const hasty = await startApi(parley.world, waits, await findFreePort());
    parley.worker.kill('SIGSTOP');
    const made = await call('POST', 'planfix-accounts', await aPlanfixAccount(), hasty.url);
    expect(made).toMatchObject({ status: 202, body: { state: 'draft' } });
    told.add(String(made.body.hintSecret));
    parley.worker.kill('SIGCONT');
    await hasty.stop('SIGKILL', 1_000);
    await eventually('the account as connected', async () => {
      const { body } = await call('GET', `planfix-accounts/${made.body.id}`);
      return body.state === 'connected' || undefined;
    });
  });
});

describe('secrets', () => {
  it('are in no answer of the API, in no line that was logged, and in no row as they are', async () => {
    const answers = await Promise.all(
      ['planfix-accounts', 'meta-apps', 'connections', 'messages', 'events', 'problems', 'api-keys'].map(
        async (what) => (await call('GET', `${what}?limit=200`)).text,
      ),
    );
    const logged = [...parley.api.lines(), ...parley.worker.lines()].join('\n');
    const rows = [
      ...(await db.selectFrom('planfixAccount').selectAll().execute()),
      ...(await db.selectFrom('connection').selectAll().execute()),
    ]
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value)))
      .join('\n');
    for (const word of [...told, parley.world.adminKey]) {
      expect([answers.join('\n'), logged, rows].map((text) => text.includes(word))).toEqual([false, false, false]);
    }
    // Control: all three are looked through, down to the finest lines of the log.
    expect(answers.join('\n')).toContain(company.account);
    expect(logged).toContain('/v1/planfix-accounts/:id');
    expect(rows).toContain(company.phoneNumberId);
    // Sealed bytes begin with the name of their key.
    expect(rows).toContain('\u0004test');
    expect(told.size).toBeGreaterThan(10);
  });
});

const taskOnce = (where: Company, text: string) =>
  eventually(`a task of "${text}"`, async () =>
    (await planfixOf(parley, where)).tasks.find((task) => task.description.includes(text)),
  );
