import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createEmbeddedSignupActivities } from '../../activities/embedded-signup.ts';
import { createFileHttp } from '../../activities/file-http.ts';
import { createHttp } from '../../activities/http.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { insertSignup, storeSignupCode, storeSignupFinish } from '../../db/embedded-signups.ts';
import { createSecretBox } from '../../db/secrets.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { untilBlocked } from '../support/locks.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type GraphServer, startGraphServer } from './sandbox-graph-server.ts';

const APP = { appId: '900000000000078', appSecret: 'sign-up-secret' };
const NUMBER = { phoneNumberId: '106000000000078', wabaId: '102000000000078', displayPhoneNumber: '+49 30 5550178' };
const CANCEL = { event: 'CANCEL', data: { current_step: 'PHONE_NUMBER_SETUP' } };
const FINISH = { event: 'FINISH', data: { waba_id: NUMBER.wabaId } };

const secrets = createSecretBox(new Map([['test', Buffer.alloc(32, 7)]]));
const metaAppId = randomUUID();

let database: TestDatabase;
let db: Database;
let server: GraphServer;
let http: ReturnType<typeof createHttp>;
let files: ReturnType<typeof createFileHttp>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 5);
  server = await startGraphServer();
  const allowedHosts = [new URL(server.origin).host];
  http = createHttp({ allowedHosts });
  files = createFileHttp({ allowedHosts });
  await server.control('POST', '/graph/apps', { ...APP, callbackUrl: server.receiver.url });
  await server.control('POST', '/graph/numbers', { ...NUMBER, appId: APP.appId });
  const sealed = { appSecret: secrets.seal(APP.appSecret), verifyToken: secrets.seal('-') };
  await db
    .insertInto('metaApp')
    .values({ id: metaAppId, appId: APP.appId, ...sealed })
    .execute();
});

afterAll(async () => {
  await Promise.all([http.close(), files.close()]);
  await server.close();
  await db.destroy();
  await database.drop();
});

const begin = () => insertSignup(db, { metaAppId, road: 'new-number' }, 'tester');

async function aCode(): Promise<Buffer> {
  const { code } = await server.control('POST', '/graph/sign-ups', { ...APP, phoneNumberId: NUMBER.phoneNumberId });
  return secrets.seal(String(code));
}

function look(signupId: string): Promise<{ waitMs?: number }> {
  const channels = { 'whatsapp-cloud': { url: `${server.origin}/graph`, version: 'v26.0' } };
  const dependencies = { db, secrets, send: http.send, files, channels, waits: DEFAULT_WAITS };
  const { settleEmbeddedSignup } = createEmbeddedSignupActivities(dependencies as unknown as Dependencies);
  return new MockActivityEnvironment().run(settleEmbeddedSignup, { signupId });
}

/**
 * A look during which something is stored: after it has read the row, and before it writes to it. `written` are the
 * beginnings of the two statements, of which the first to wait for the row is the first to have it.
 */
async function lookWhile(id: string, store: () => Promise<unknown>, written: { first: string; second: string }) {
  const { stored, looked } = await db.transaction().execute(async (trx) => {
    await trx.selectFrom('embeddedSignup').where('id', '=', id).select('id').forNoKeyUpdate().execute();
    const stored = store();
    await untilBlocked(database.url, written.first);
    const looked = look(id);
    await untilBlocked(database.url, written.second);
    return { stored, looked };
  });
  await stored;
  return looked;
}

const rowOf = (id: string) =>
  db
    .selectFrom('embeddedSignup')
    .where('id', '=', id)
    .select(['state', 'dueAt', 'code', 'result'])
    .executeTakeFirstOrThrow();

describe('a look at a sign-up', () => {
  it('leaves a code that comes while it learns that the owner gave up to the next look', async () => {
    const id = await begin();
    const code = await aCode();
    await storeSignupFinish(db, id, CANCEL);
    const looked = await lookWhile(id, () => storeSignupCode(db, id, code, 'tester'), {
      first: 'set "code" =',
      second: 'set "state" =',
    });
    expect(await rowOf(id)).toEqual({ state: 'exchanging', dueAt: expect.any(Date), code, result: null });
    expect(looked).toEqual({ waitMs: 0 });
    expect(await look(id)).toEqual({});
    expect(await rowOf(id)).toMatchObject({ state: 'ready', dueAt: null, result: { wabaId: NUMBER.wabaId } });
  });

  it('leaves a last message that comes while it looks at the one before to the next look', async () => {
    const id = await begin();
    await storeSignupFinish(db, id, FINISH);
    const looked = await lookWhile(id, () => storeSignupFinish(db, id, CANCEL), {
      first: 'set "finish" =',
      second: 'set "due_at" =',
    });
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', dueAt: expect.any(Date) });
    expect(looked).toEqual({ waitMs: 0 });
    expect(await look(id)).toEqual({});
    expect(await rowOf(id)).toMatchObject({ state: 'failed', dueAt: null, result: { problem: { code: 'cancelled' } } });
  });

  it('keeps why Meta refused the code when the last message comes after that', async () => {
    const id = await begin();
    const setSecret = (secret: string) =>
      db
        .updateTable('metaApp')
        .set({ appSecret: secrets.seal(secret) })
        .where('id', '=', metaAppId)
        .execute();
    await setSecret('not the secret any more');
    await storeSignupCode(db, id, await aCode(), 'tester');
    const refused = { state: 'failed', dueAt: null, code: null, result: { problem: { code: 'app-refused' } } };
    expect(await look(id)).toEqual({});
    expect(await rowOf(id)).toMatchObject(refused);
    await storeSignupFinish(db, id, FINISH);
    expect(await look(id)).toEqual({});
    expect(await rowOf(id)).toMatchObject(refused);
    await setSecret(APP.appSecret);
  });

  it('is the last one as long as nothing comes (control)', async () => {
    const id = await begin();
    await storeSignupFinish(db, id, CANCEL);
    expect(await look(id)).toEqual({});
    expect(await rowOf(id)).toMatchObject({ state: 'failed', dueAt: null, result: { problem: { code: 'cancelled' } } });
    const waiting = await begin();
    await storeSignupFinish(db, waiting, FINISH);
    expect(await look(waiting)).toEqual({});
    expect(await rowOf(waiting)).toMatchObject({ state: 'waiting', dueAt: null });
  });
});
