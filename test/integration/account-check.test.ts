import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createAccountCheckActivities } from '../../activities/account-check.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createHttp } from '../../activities/http.ts';
import { SCOPES } from '../../activities/planfix/scopes.ts';
import { createPlanfixAccounts } from '../../activities/planfix-account.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { createSecretBox } from '../../db/secrets.ts';
import type { ConnectionCheck } from '../../workflows/domain/settings.ts';
import type { StepResult } from '../../workflows/domain/turn-results.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Acme, type PlanfixServer, startPlanfixServer } from './sandbox-planfix-server.ts';

const secrets = createSecretBox(new Map([['test', Buffer.alloc(32, 7)]]));

let database: TestDatabase;
let db: Database;
let planfix: PlanfixServer;
let http: ReturnType<typeof createHttp>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
  planfix = await startPlanfixServer();
  http = createHttp({ allowedHosts: [new URL(planfix.origin).host] });
});

afterAll(async () => {
  await http.close();
  await planfix.close();
  await db.destroy();
  await database.drop();
});

const ACCEPTED = { name: 'credentials', ok: true, code: 'planfix-token-accepted' };
const ADMIN = { name: 'primaryAdmin', ok: true, code: 'primary-admin-active' };
const lacking = (scope: string) => ({
  name: 'credentials',
  ok: false,
  code: 'planfix-scope-missing',
  detail: scope,
  message: `The token lacks the scope ${scope}`,
  remedy: expect.stringContaining('API access'),
});

type Checked = { state: string; checks: ConnectionCheck[] };

async function store({ name }: Acme, token: string, state: string): Promise<string> {
  const id = randomUUID();
  const sealed = { token: secrets.seal(token), hintSecret: secrets.seal('-') };
  const url = `${planfix.origin}/planfix/${name}/rest/`;
  await db
    .insertInto('planfixAccount')
    .values({ id, name, url, ...sealed, primaryAdmin: 'user:1', state })
    .execute();
  return id;
}

function lookAt(planfixAccountId: string): Promise<StepResult> {
  const waits = { ...DEFAULT_WAITS, planfixIntervalMs: 1 };
  const dependencies = { db, secrets, send: http.send, waits } as unknown as Dependencies;
  const { checkPlanfixAccount } = createAccountCheckActivities(dependencies, createPlanfixAccounts(dependencies));
  return new MockActivityEnvironment().run(checkPlanfixAccount, { planfixAccountId });
}

async function read(id: string): Promise<Checked & { id: string }> {
  const account = db.selectFrom('planfixAccount').select(['id', 'state', 'checks']).where('id', '=', id);
  return (await account.executeTakeFirstOrThrow()) as unknown as Checked & { id: string };
}

/** The account as a check of its draft leaves it. */
async function check(acme: Acme, token: string, state = 'draft'): Promise<Checked & { id: string }> {
  const id = await store(acme, token, state);
  await lookAt(id);
  return read(id);
}

/** A company whose token has all scopes that Parley needs but these. */
async function aCompanyWithout(...missing: string[]): Promise<{ acme: Acme; token: string }> {
  const token = randomUUID();
  const acme = await planfix.account({ token });
  await acme.control('POST', '/token', { scopes: SCOPES.filter((scope) => !missing.includes(scope)) });
  return { acme, token };
}

/** Everything that people in Planfix could see of what a check has done. */
async function visibleIn(acme: Acme): Promise<unknown> {
  const { tasks, contacts, files, wrongForms } = (await acme.dump()) as unknown as Record<string, unknown>;
  return { tasks, contacts, files, wrongForms };
}

describe('the check of a Planfix account', () => {
  it('passes with all scopes, and leaves nothing in Planfix', async () => {
    const { acme, token } = await aCompanyWithout();
    const contact = await acme.contact('Jane', '+49 151 2345');
    const before = await visibleIn(acme);
    expect(await check(acme, token)).toMatchObject({ state: 'connected', checks: [ACCEPTED, ADMIN] });
    expect(await visibleIn(acme)).toEqual(before);
    // Control: what is written shows.
    await acme.call('POST', '/task/', { name: 'Jane', assigner: { id: contact.ref } }, bearer(token));
    expect(await visibleIn(acme)).not.toEqual(before);
  });

  it.each(SCOPES)('names the scope %s where the token lacks it', async (scope) => {
    const { acme, token } = await aCompanyWithout(scope);
    const before = await visibleIn(acme);
    const { state, checks } = await check(acme, token);
    expect(state).toBe('failed');
    expect(checks.filter(({ ok }) => !ok)).toEqual([{ ...lacking(scope), about: scope }]);
    expect(await visibleIn(acme)).toEqual(before);
  });

  it('names all that a token for reading alone lacks at once', async () => {
    const missing = SCOPES.filter((scope) => !scope.endsWith('_readonly'));
    const { acme, token } = await aCompanyWithout(...missing);
    const { checks } = await check(acme, token);
    expect(checks).toMatchObject([ACCEPTED, ...missing.map(lacking), ADMIN]);
  });

  it('tells of an account in use as a problem', async () => {
    const problemsOf = (planfixAccountId: string) =>
      db.selectFrom('problem').select(['kind', 'detail']).where('planfixAccountId', '=', planfixAccountId).execute();
    const { acme, token } = await aCompanyWithout('comment_add', 'file_add');
    const { id, state } = await check(acme, token, 'connected');
    expect(state).toBe('connected');
    expect(await problemsOf(id)).toEqual([
      { kind: 'account-check-failed', detail: expect.stringMatching(/comment_add\..*\n.*file_add\./) },
    ]);
    // Control: with all scopes there is none.
    const whole = await aCompanyWithout();
    expect(await problemsOf((await check(whole.acme, whole.token, 'connected')).id)).toEqual([]);
  });

  it('holds nothing against a token that Planfix answers otherwise than expected', async () => {
    const { acme, token } = await aCompanyWithout('task_add');
    const odd = { kind: 'status', status: 500, body: '<html>Error</html>', method: 'POST', path: '/task/', times: 0 };
    acme.fault(odd);
    expect(await check(acme, token)).toMatchObject({ state: 'connected', checks: [ACCEPTED, ADMIN] });
  });

  it('does not pass a token because Planfix fell silent in the middle', async () => {
    const { acme, token } = await aCompanyWithout();
    acme.fault({ kind: 'drop-before', method: 'POST', path: '/file/', times: 0 });
    const { state, checks } = await check(acme, token);
    expect({ state, checks }).toMatchObject({ state: 'failed', checks: [{ name: 'address', ok: false }] });
  });
});

describe('a check of an account that is changed while it is looked at', () => {
  /** A check of what was there before a change, which is stored before the check comes to its end. */
  async function meet(id: string, changes: { name?: string; primaryAdmin?: string; token?: Buffer }) {
    const { looked } = await db.transaction().execute(async (trx) => {
      await trx.updateTable('planfixAccount').set(changes).where('id', '=', id).execute();
      const looked = lookAt(id);
      // It has read what it looks at long before it needs the row for itself.
      await untilBlocked(database.url, 'planfix_account');
      return { looked };
    });
    return looked;
  }

  it.each([
    ['a token that works has taken the place of one that does not', 'wrong', 'right'],
    ['a token that does not work has taken the place of one that does', 'right', 'wrong'],
  ])('says nothing of it: %s', async (_case, before, after) => {
    const { acme, token } = await aCompanyWithout();
    const tokenOf = (word: string) => (word === 'right' ? token : 'wrong');
    const id = await store(acme, tokenOf(before), 'connected');
    expect(await meet(id, { token: secrets.seal(tokenOf(after)) })).toEqual({ kind: 'not-before', waitMs: 0 });
    expect((await read(id)).checks).toEqual([]);
    expect(await lookAt(id)).toEqual({ kind: 'done' });
    expect((await read(id)).checks[0]).toMatchObject({ name: 'credentials', ok: after === 'right' });
  });

  it('says nothing of another primary admin either', async () => {
    const { acme, token } = await aCompanyWithout();
    const id = await store(acme, token, 'connected');
    expect(await meet(id, { primaryAdmin: 'user:999' })).toEqual({ kind: 'not-before', waitMs: 0 });
    expect((await read(id)).checks).toEqual([]);
    expect(await lookAt(id)).toEqual({ kind: 'done' });
    expect((await read(id)).checks).toMatchObject([ACCEPTED, { name: 'primaryAdmin', ok: false }]);
  });

  it('counts where what it looked at has stayed (control)', async () => {
    const { acme, token } = await aCompanyWithout();
    const id = await store(acme, token, 'connected');
    expect(await meet(id, { name: 'Another name' })).toEqual({ kind: 'done' });
    expect((await read(id)).checks).toMatchObject([ACCEPTED, ADMIN]);
  });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
