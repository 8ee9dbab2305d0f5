import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { hostNumber } from '../support/dialog360-world.ts';
import {
  type Answer,
  aCompany,
  aNumber,
  call,
  connect,
  graphCalls,
  type NewNumber,
  numberAt,
  pathsOf,
  type Refusal,
  strikeOnce,
} from '../support/onboarding.ts';
import { type Company, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;
let db: Database;

beforeAll(async () => {
  parley = await startParley({ waits: { liveCheckMs: 40_000 } });
  company = await aCompany(parley);
  db = createDatabase(parley.world.databaseUrl, 2);
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

const change = (path: string, body: Record<string, unknown>) => parley.sandbox.control('POST', `graph/${path}`, body);

async function stored({ phoneNumberId }: NewNumber): Promise<number> {
  const rows = await db.selectFrom('connection').where('phoneNumberId', '=', phoneNumberId).select('id').execute();
  return rows.length;
}

type Finding = { field: string; ok: boolean; code: string; remedy?: string };
const check = ({ metaAppId, accessToken, wabaId, phoneNumberId }: NewNumber, more: Record<string, unknown> = {}) =>
  call<{ findings: Finding[] }>(parley, 'POST', '/v1/credential-checks', {
    provider: 'whatsapp-cloud',
    metaAppId,
    accessToken,
    wabaId,
    phoneNumberId,
    ...more,
  });
const faultsOf = ({ body }: Answer<{ findings: Finding[] }>) => body.findings.filter(({ ok }) => !ok);

/** What is wrong with a number before it is connected, where the wizard says so, and where the connection does. */
type Case = {
  what: string;
  spoil: (number: NewNumber) => Promise<NewNumber>;
  looked: { field: string; code: string };
  path: string;
  says: RegExp;
};

const CASES: Case[] = [
  {
    what: 'a token that nobody gave out',
    spoil: async (number) => ({ ...number, accessToken: 'made-up' }),
    looked: { field: 'accessToken', code: 'token-rejected' },
    path: 'accessToken',
    says: /refuses the access token/,
  },
  {
    what: 'a token of another app',
    spoil: async (number) => ({ ...number, accessToken: (await aNumber(parley)).accessToken }),
    looked: { field: 'accessToken', code: 'token-of-another-app' },
    path: 'accessToken',
    says: /another Meta app/,
  },
  {
    what: 'a token that has expired',
    spoil: async (number) => {
      await change('tokens', { accessToken: number.accessToken, appId: number.appId, expiresInMs: -1 });
      return number;
    },
    looked: { field: 'accessToken', code: 'token-expired' },
    path: 'accessToken',
    says: /has expired/,
  },
  {
    what: 'a token without the right to manage',
    spoil: async (number) => {
      const { accessToken, appId } = number;
      await change('tokens', { accessToken, appId, scopes: ['whatsapp_business_messaging'] });
      return number;
    },
    looked: { field: 'accessToken', code: 'scopes-missing' },
    path: 'accessToken',
    says: /lacks whatsapp_business_messaging or whatsapp_business_management/,
  },
  {
    what: 'an app whose secret is another one by now',
    spoil: async (number) => {
      await change('apps', { appId: number.appId, appSecret: 'changed-since' });
      return number;
    },
    looked: { field: 'metaAppId', code: 'app-secret-wrong' },
    path: 'metaAppId',
    says: /refuses the secret/,
  },
  {
    what: 'an account that the token does not see',
    spoil: async (number) => ({ ...number, wabaId: (await aNumber(parley)).wabaId }),
    looked: { field: 'wabaId', code: 'account-not-readable' },
    path: 'wabaId',
    says: /does not show this to the token/,
  },
  {
    what: 'a number of another portfolio',
    spoil: async (number) => ({ ...number, phoneNumberId: (await aNumber(parley)).phoneNumberId }),
    looked: { field: 'phoneNumberId', code: 'number-not-in-account' },
    path: 'phoneNumberId',
    says: /does not show this to the token|does not belong/,
  },
  {
    what: 'a personal number',
    spoil: async (number) => aNumber(parley, { kind: 'personal' }, number),
    looked: { field: 'phoneNumberId', code: 'number-not-verified' },
    path: 'phoneNumberId',
    says: /not verified/,
  },
  {
    what: 'a number that is in the WhatsApp Business app and not linked',
    spoil: async (number) => {
      const other = await aNumber(parley, { kind: 'business-app' }, number);
      const { accessToken, appId, wabaId } = other;
      await change('tokens', { accessToken, appId, wabaIds: [wabaId] });
      return other;
    },
    looked: { field: 'phoneNumberId', code: 'business-app-not-linked' },
    path: 'phoneNumberId',
    says: /WhatsApp Business app/,
  },
];

describe('connecting a number', () => {
  it.each(CASES)('with $what is refused at the field, and nothing stays', async ({ spoil, looked, path, says }) => {
    const sound = await aNumber(parley);
    const number = await spoil(sound);
    const seen = faultsOf(await check(number));
    expect(seen).toContainEqual(expect.objectContaining({ ...looked, remedy: expect.any(String) }));
    const answer = await connect(parley, company, number);
    expect(answer.status).toBe(422);
    const error = answer.body.errors?.find((one) => one.path === path && says.test(one.message));
    expect({ errors: answer.body.errors, error }).toEqual({
      errors: answer.body.errors,
      error: expect.objectContaining({ remedy: expect.stringMatching(/.{10}/) }),
    });
    expect(await stored(number)).toBe(0);
    expect(await graphCalls(parley, `/${number.phoneNumberId}/register`)).toHaveLength(0);
    expect(await graphCalls(parley, `/${number.wabaId}/subscribed_apps`)).toHaveLength(0);
  });

  it('with all of it right works: the control of the above', async () => {
    const number = await aNumber(parley);
    expect(faultsOf(await check(number))).toEqual([]);
    expect((await connect(parley, company, number)).status).toBe(201);
    expect(await stored(number)).toBe(1);
    expect(await graphCalls(parley, `/${number.wabaId}/subscribed_apps`)).toHaveLength(1);
  });

  it('says by code why the network could not be asked', async () => {
    const number = await aNumber(parley);
    const fault = { target: 'graph', method: 'GET', path: number.wabaId, kind: 'error', code: 4, times: 0 };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', fault);
    expect(faultsOf(await check(number))).toMatchObject([
      { field: 'accessToken', code: 'network-unreachable', because: { code: 'network-app-rate', values: {} } },
    ]);
    await parley.sandbox.control('DELETE', `faults/${id}`);
    expect(faultsOf(await check(number))).toEqual([]);
  });

  it('says that the token ended between two steps of the wizard', async () => {
    const number = await aNumber(parley);
    expect(faultsOf(await check(number))).toEqual([]);
    await change('tokens', { accessToken: number.accessToken, appId: number.appId, expiresInMs: -1 });
    const answer = await connect(parley, company, number);
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({
      status: 422,
      errors: [
        expect.objectContaining({ path: 'accessToken', message: 'The access token has expired' }),
        // What is left are findings of the other side, of which there are none.
      ],
    });
  });
});

describe('a request that makes no sense', () => {
  const refused = async (body: Record<string, unknown>) => {
    const number = await aNumber(parley);
    const answer = await connect(parley, company, number, body);
    return { status: answer.status, paths: pathsOf(answer as Answer<Refusal>) };
  };

  it.each<[string, Record<string, unknown>, string]>([
    ['a PIN of letters', { pin: 'abcdef' }, 'pin'],
    ['neither token nor sign-up', { accessToken: undefined }, 'accessToken'],
    ['a token and a sign-up', { embeddedSignupId: '00000000-0000-7000-8000-000000000000' }, 'accessToken'],
    [
      'a sign-up that is not there',
      { accessToken: undefined, embeddedSignupId: '00000000-0000-7000-8000-000000000000' },
      'embeddedSignupId',
    ],
    ['a phone id with a path in it', { phoneNumberId: '1/../2' }, 'phoneNumberId'],
    ['a token with a line break in it', { accessToken: 'one\r\nX-Two: three' }, 'accessToken'],
    ['a provider that is not there', { provider: 'telepathy' }, 'provider'],
  ])('%s is named', async (_what, body, path) => {
    expect(await refused(body)).toEqual({ status: 422, paths: [path] });
  });
});

describe('a registration that is refused for something else than the number', () => {
  it('says what, and is tried again with the same PIN: a PIN of ours may be the number’s by now', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const refusedWith = async (code: number) => {
      await strikeOnce(parley, number, '/register', { kind: 'error', code });
      const { status, body } = await connect(parley, company, number);
      return { status, error: body.errors?.[0] };
    };
    expect(await refusedWith(10)).toMatchObject({
      status: 422,
      error: { path: 'accessToken', message: 'The access token lacks a permission' },
    });
    const throttled = await refusedWith(4);
    expect(throttled).toMatchObject({ status: 422, error: { path: 'accessToken' } });
    expect(throttled.error?.message).toContain('cannot be asked');
    // Control: what is the number's fault is said to be the number's.
    expect(await refusedWith(133006)).toMatchObject({ status: 422, error: { path: 'phoneNumberId' } });
    expect((await connect(parley, company, number)).status).toBe(201);
    const calls = (await graphCalls(parley, `/${number.phoneNumberId}/register`)) as unknown as {
      body: { pin: string };
    }[];
    expect(calls).toHaveLength(4);
    expect(new Set(calls.map(({ body }) => body.pin)).size).toBe(1);
  });
});

describe('an app that does not hear of messages', () => {
  it('is named before anything is set up, and taken once it does, whatever else it does not hear (control)', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const fields = (names: string[]) => parley.sandbox.control('POST', `graph/apps/${number.appId}`, { fields: names });
    await fields(['account_update', 'security']);
    const refused = await connect(parley, company, number);
    expect({ status: refused.status, paths: pathsOf(refused) }).toEqual({ status: 422, paths: ['metaAppId'] });
    expect(refused.body.errors?.[0]?.message).toContain('messages is missing');
    expect(await graphCalls(parley, `/${number.phoneNumberId}/register`)).toHaveLength(0);
    expect((await numberAt(parley, number)).subscribedApps).toEqual([]);
    await fields(['account_update', 'messages']);
    expect((await connect(parley, company, number)).status).toBe(201);
  });
});

describe('a token that takes the place of another', () => {
  it('is refused when it belongs to another app, and the connection goes on with the one that it has', async () => {
    const number = await aNumber(parley);
    const { id } = (await connect(parley, company, number)).body;
    const { accessToken } = await aNumber(parley);
    const answer = await call<Refusal>(parley, 'PATCH', `/v1/connections/${id}`, { accessToken });
    expect({ status: answer.status, paths: new Set(pathsOf(answer)).has('accessToken') }).toEqual({
      status: 422,
      paths: true,
    });
    const checked = await call<{ state: string; checks: { ok: boolean }[] }>(
      parley,
      'POST',
      `/v1/connections/${id}/check`,
    );
    expect(checked.body.checks.filter(({ ok }) => !ok)).toEqual([]);
    // Control: another token of the same app is taken.
    const { appId, wabaId } = number;
    await change('tokens', { accessToken: 'its-successor', appId, wabaIds: [wabaId] });
    const taken = await call(parley, 'PATCH', `/v1/connections/${id}`, { accessToken: 'its-successor' });
    expect(taken.status).toBe(200);
  });
});

describe('a key of a number that somebody else hosts', () => {
  const look = (body: Record<string, unknown>) =>
    call<{ findings: Finding[] }>(parley, 'POST', '/v1/credential-checks', { provider: 'dialog360', ...body });

  it('is looked at like any other credentials', async () => {
    const { phone, apiKey } = await hostNumber(parley);
    expect(faultsOf(await look({ phone, apiKey }))).toEqual([]);
    expect((await look({ phone, apiKey })).body.findings).toContainEqual(
      expect.objectContaining({ field: 'apiKey', code: 'key-accepted' }),
    );
    expect(faultsOf(await look({ phone, apiKey: 'made-up' }))).toContainEqual(
      expect.objectContaining({ field: 'apiKey', code: 'key-rejected' }),
    );
    const { phone: other } = await hostNumber(parley);
    expect(faultsOf(await look({ phone: other, apiKey }))).toContainEqual(
      expect.objectContaining({ field: 'phone', code: 'key-of-other-number' }),
    );
  });
});

describe('what was typed in', () => {
  it('is kept neither as a draft nor as a check', async () => {
    const number = await aNumber(parley);
    await check(number);
    await check(number, { accessToken: 'made-up' });
    const rows = await db.selectFrom('credentialCheck').selectAll().execute();
    expect(rows).toEqual([]);
    expect(await stored(number)).toBe(0);
  });
});
