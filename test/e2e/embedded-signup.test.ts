import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  type Answer,
  aCompany,
  aNumber,
  anApp,
  call,
  connect,
  graphCalls,
  type NewNumber,
  pathsOf,
  type Refusal,
} from '../support/onboarding.ts';
import { type Company, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;
let db: Database;
let app: Pick<NewNumber, 'appId' | 'appSecret' | 'metaAppId'>;

const CONFIGURATION = '700001';

beforeAll(async () => {
  parley = await startParley();
  company = await aCompany(parley);
  db = createDatabase(parley.world.databaseUrl, 2);
  app = await anApp(parley);
  await control('sign-up-configurations', { configurationId: CONFIGURATION, appId: app.appId });
  await call(parley, 'PATCH', `/v1/meta-apps/${app.metaAppId}`, {
    embeddedSignup: { configurationId: CONFIGURATION, extras: { setup: {} } },
  });
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

const control = <T>(path: string, body: Record<string, unknown>) =>
  parley.sandbox.control<T>('POST', `graph/${path}`, body);

type Signup = {
  id: string;
  state: string;
  wabaId: string | null;
  phoneNumberId: string | null;
  accounts: { id: string }[];
  numbers: { id: string; onBusinessApp: boolean }[];
  problem: { code: string; message: string; remedy: string } | null;
};
type Popup = { code: string | null; message: { event: string; data: Record<string, unknown> } };

async function begin(road: 'new-number' | 'business-app' = 'new-number') {
  const wanted = { metaAppId: app.metaAppId, road };
  const { status, body } = await call<{ id: string; extras: object }>(parley, 'POST', '/v1/embedded-signups', wanted);
  expect(status).toBe(201);
  return body;
}
const fail = (fault: object) => parley.sandbox.control('POST', 'faults', { target: 'graph', kind: 'error', ...fault });
const popup = (body: Record<string, unknown>) =>
  control<Popup>('sign-ups', { appId: app.appId, configurationId: CONFIGURATION, ...body });
const tell = (id: string, what: 'code' | 'finish', body: unknown) =>
  call<Signup & Refusal>(parley, 'POST', `/v1/embedded-signups/${id}/${what}`, body);
const finish = (id: string, { event, data }: Popup['message']) => tell(id, 'finish', { event, data });
/** A number that no token of ours sees before it is signed up. */
const aStranger = (more: Record<string, unknown> = {}) =>
  aNumber(parley, { accessToken: undefined, kind: 'unregistered', ...more }, app);

describe('Embedded Signup', () => {
  it('is told what to open the pop-up with', async () => {
    const started = await begin();
    expect(started).toEqual({
      id: expect.any(String),
      appId: app.appId,
      configurationId: CONFIGURATION,
      extras: { setup: {} },
      graphVersion: 'v26.0',
    });
    expect((await begin('business-app')).extras).toMatchObject({ featureType: 'whatsapp_business_app_onboarding' });
  });

  it.each(['code first', 'finish first'])('finds the number that was signed up, %s', async (order) => {
    const number = await aStranger();
    const { id } = await begin();
    const { code, message } = await popup({ phoneNumberId: number.phoneNumberId });
    const steps = [() => tell(id, 'code', { code }), () => finish(id, message)];
    let last: Answer<Signup> | undefined;
    for (const step of order === 'code first' ? steps : steps.toReversed()) last = await step();
    expect(last).toMatchObject({
      status: 200,
      body: { state: 'ready', wabaId: number.wabaId, phoneNumberId: number.phoneNumberId, problem: null },
    });
    const { status, body } = await connect(parley, company, number, { accessToken: undefined, embeddedSignupId: id });
    expect({ status, state: body.state }).toEqual({ status: 201, state: 'connected' });
    // The template of Meta's configuration gives tokens of 60 days.
    expect(Date.parse(body.tokenExpiresAt ?? '') - Date.now()).toBeGreaterThan(50 * 86_400_000);
    expect((await call<Signup>(parley, 'GET', `/v1/embedded-signups/${id}`)).body.state).toBe('used');
  });

  it('takes a finish that lacks the ids of number and business, among several accounts', async () => {
    const [one, two] = [await aStranger(), await aStranger()];
    await popup({ phoneNumberId: one.phoneNumberId });
    const { id } = await begin();
    const { code, message } = await popup({ phoneNumberId: two.phoneNumberId });
    const bare = { event: message.event, data: { waba_id: two.wabaId } };
    // The token reaches both accounts, in any order.
    const known = await tell(id, 'code', { code });
    expect(known.body.state).toBe('ready');
    const { body } = await finish(id, bare);
    expect(body).toMatchObject({ state: 'ready', wabaId: two.wabaId, phoneNumberId: two.phoneNumberId });
  });

  it('does not believe a finish that names an account which was not shared', async () => {
    const number = await aStranger();
    const other = await aNumber(parley);
    const { id } = await begin();
    const { code, message } = await popup({ phoneNumberId: number.phoneNumberId });
    await tell(id, 'code', { code });
    const { body } = await finish(id, { event: message.event, data: { ...message.data, waba_id: other.wabaId } });
    expect(body).toMatchObject({ state: 'failed', problem: { code: 'account-not-granted' } });
  });

  it('ends where Meta refuses to show the numbers, and goes on where it only failed (control)', async () => {
    const signUp = async (fault: Record<string, unknown>) => {
      const number = await aStranger();
      const { id } = await begin();
      const { code, message } = await popup({ phoneNumberId: number.phoneNumberId });
      await fail({ path: `/${number.wabaId}/phone_numbers`, ...fault });
      await finish(id, message);
      return (await tell(id, 'code', { code })).body;
    };
    const refused = {
      state: 'failed',
      problem: { code: 'account-not-shown', remedy: expect.stringContaining('again') },
    };
    expect(await signUp({ code: 100, subcode: 33 })).toMatchObject(refused);
    expect(await signUp({ code: 2 })).toMatchObject({ state: 'ready', problem: null });
  });

  it('says that the owner left, and where, and takes a code that comes all the same', async () => {
    const { id } = await begin();
    const { message } = await popup({ outcome: 'cancel', currentStep: 'PHONE_NUMBER_SETUP' });
    const left = await finish(id, message);
    expect(left.body).toMatchObject({ state: 'failed', problem: { code: 'cancelled' } });
    expect(left.body.problem?.message).toContain('PHONE_NUMBER_SETUP');
    const number = await aStranger();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId });
    expect((await tell(id, 'code', { code })).body.state).toBe('ready');
  });

  it('says that a business app is not eligible in those words, with the other road', async () => {
    const { id } = await begin('business-app');
    const { message } = await popup({ outcome: 'error', errorMessage: 'Not available', errorCode: '2655093' });
    const { body } = await finish(id, message);
    expect(body.problem?.message).toMatch(
      /not eligible.*country is not supported.*Not available \(2655093\).*session/s,
    );
    expect(body.problem?.remedy).toMatch(/Supported countries.*road for a new number/s);
  });

  it('says so when Meta ran the flow for a new number in its place', async () => {
    const number = await aStranger();
    const { id } = await begin('business-app');
    const { code, message } = await popup({ phoneNumberId: number.phoneNumberId });
    await tell(id, 'code', { code });
    expect((await finish(id, message)).body).toMatchObject({ state: 'ready', problem: { code: 'fell-back' } });
  });
});

describe('a code', () => {
  it('is exchanged once; a second one is refused', async () => {
    const number = await aStranger();
    const { id } = await begin();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId });
    expect((await tell(id, 'code', { code })).status).toBe(200);
    expect((await tell(id, 'code', { code })).status).toBe(409);
  });

  it('that is too old, or used by somebody else, means to start again', async () => {
    const number = await aStranger();
    const late = await begin();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId, codeLifeMs: 0 });
    const answer = await tell(late.id, 'code', { code });
    expect(answer.body).toMatchObject({ state: 'failed', problem: { code: 'code-used' } });
    expect(answer.body.problem?.remedy).toContain('again');
  });

  it('whose answer was lost is not exchanged twice', async () => {
    const number = await aStranger();
    const { id } = await begin();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId });
    const before = (await graphCalls(parley, 'oauth/access_token', 'GET')).length;
    await parley.sandbox.control('POST', 'faults', { target: 'graph', kind: 'drop-after', path: 'oauth/access_token' });
    const lost = { state: 'failed', problem: { code: 'code-unanswered' } };
    expect((await tell(id, 'code', { code })).body).toMatchObject(lost);
    expect(await graphCalls(parley, 'oauth/access_token', 'GET')).toHaveLength(before + 1);
  });

  it('that Meta did not take yet is tried again while it is good', async () => {
    const number = await aStranger();
    const { id } = await begin();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId });
    const before = (await graphCalls(parley, 'oauth/access_token', 'GET')).length;
    await fail({ code: 130429, path: 'oauth/access_token' });
    expect((await tell(id, 'code', { code })).body).toMatchObject({ state: 'ready', problem: null });
    expect(await graphCalls(parley, 'oauth/access_token', 'GET')).toHaveLength(before + 2);
  });

  it('is found waiting by a worker that was away, and is too old by then', async () => {
    const number = await aStranger();
    const { id } = await begin();
    const { code } = await popup({ phoneNumberId: number.phoneNumberId });
    await parley.worker.stop('SIGKILL', 1_000);
    const told = tell(id, 'code', { code });
    await eventually('the code in its row', async () => {
      const row = await db.selectFrom('embeddedSignup').where('id', '=', id).select('code').executeTakeFirst();
      return row?.code ?? undefined;
    });
    const old = { codeReceivedAt: new Date(Date.now() - 31_000) };
    await db.updateTable('embeddedSignup').set(old).where('id', '=', id).execute();
    parley.worker = await parley.worker.startAgain();
    await told;
    const signup = await eventually('the outcome', async () => {
      const { body } = await call<Signup>(parley, 'GET', `/v1/embedded-signups/${id}`);
      return body.state === 'exchanging' ? undefined : body;
    });
    expect(signup).toMatchObject({ state: 'failed', problem: { code: 'code-too-old' } });
  });
});

describe('secrets', () => {
  it('of a sign-up are sealed, shown to nobody, and gone after an hour', async () => {
    const number = await aStranger();
    const { id } = await begin();
    const { code, message } = await popup({ phoneNumberId: number.phoneNumberId });
    await tell(id, 'code', { code });
    await finish(id, message);
    const row = await db.selectFrom('embeddedSignup').where('id', '=', id).selectAll().executeTakeFirstOrThrow();
    expect({ code: row.code, hasToken: row.accessToken !== null }).toEqual({ code: null, hasToken: true });
    const old = { createdAt: new Date(Date.now() - 61 * 60_000) };
    await db.updateTable('embeddedSignup').set(old).where('id', '=', id).execute();
    await eventually('the end of the sign-up', async () => {
      const left = await db.selectFrom('embeddedSignup').where('id', '=', id).select('id').executeTakeFirst();
      return left ? undefined : true;
    });
    const refused = await connect(parley, company, number, { accessToken: undefined, embeddedSignupId: id });
    expect({ status: refused.status, paths: pathsOf(refused) }).toEqual({ status: 422, paths: ['embeddedSignupId'] });
  });
});
