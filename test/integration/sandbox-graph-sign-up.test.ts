import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Fields, Json } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
const fresh = '400800';
const onPhone = '400900';
const phoneWaba = '300900';
const dayMs = 24 * 3_600_000;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  const { accessToken: _token, ...unseen } = numberOf(fresh, { kind: 'unregistered', wabaId: '300800' });
  const { accessToken: _other, ...phone } = numberOf(onPhone, { kind: 'business-app', wabaId: phoneWaba });
  await server.control('POST', '/graph/numbers', { numbers: [unseen, phone] });
});

afterAll(() => server.close());

type SignUp = { code: string | null; message: { event: string; data: Fields } };

const signUp = async (body: Fields): Promise<SignUp> =>
  (await server.control('POST', '/graph/sign-ups', { appId: ids.app, ...body })) as unknown as SignUp;

const exchange = (code: string | null, more: Fields = {}) => {
  const query = { client_id: ids.app, client_secret: ids.secret, code: String(code), ...more };
  return server.call('GET', `/graph/v26.0/oauth/access_token?${new URLSearchParams(query as Record<string, string>)}`);
};

const inspect = async (token: unknown, access = `${ids.app}|${ids.secret}`): Promise<Json> => {
  const query = new URLSearchParams({ input_token: String(token), access_token: access });
  return (await server.call('GET', `/graph/debug_token?${query}`)).json;
};

const withToken = (token: unknown, path: string) =>
  server.call('GET', `/graph/v26.0${path}`, undefined, { authorization: `Bearer ${String(token)}` });

describe('the code', () => {
  it('becomes a token once', async () => {
    const { code, message } = await signUp({ phoneNumberId: fresh });
    expect(message).toMatchObject({
      type: 'WA_EMBEDDED_SIGNUP',
      event: 'FINISH',
      data: { phone_number_id: fresh, waba_id: '300800', business_id: ids.business },
    });
    const { json } = await exchange(code);
    expect(json).toMatchObject({ token_type: 'bearer', expires_in: (60 * dayMs) / 1_000 });
    expect((await withToken(json.access_token, `/${fresh}`)).status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, json: { error: { code: 100, error_subcode: 36009 } } });
  });

  it('lives thirty seconds of the clock', async () => {
    await server.control('POST', '/clock', { freeze: true });
    const [first, second] = [await signUp({ phoneNumberId: fresh }), await signUp({ phoneNumberId: fresh })];
    await server.control('POST', '/clock', { advanceMs: 29_000 });
    expect((await exchange(first.code)).status).toBe(200);
    await server.control('POST', '/clock', { advanceMs: 2_000 });
    expect((await exchange(second.code)).json.error).toMatchObject({ code: 100, error_subcode: 36007 });
  });

  it('is good for its own app with its own secret only', async () => {
    await server.control('POST', '/graph/apps', { appId: '700200', appSecret: 'other' });
    const { code } = await signUp({ phoneNumberId: fresh });
    expect((await exchange(code, { client_secret: 'wrong' })).json.error.code).toBe(1);
    expect((await exchange(code, { client_id: '1' })).json.error.code).toBe(101);
    const foreign = await exchange(code, { client_id: '700200', client_secret: 'other' });
    expect(foreign.json.error).toMatchObject({ code: 100, error_subcode: 36008 });
    expect((await exchange('nonsense')).json.error.error_subcode).toBe(36008);
    expect((await exchange(code)).status).toBe(200);
  });
});

describe('the token', () => {
  it('sees all that this business shared with the app, in no certain order', async () => {
    await signUp({ wabaId: ids.waba });
    const { code } = await signUp({ phoneNumberId: fresh, tokenLifeMs: 0 });
    const { json } = await exchange(code);
    expect(json).not.toHaveProperty('expires_in');
    const orders = new Set<string>();
    for (let look = 0; look < 60 && orders.size < 2; look += 1) {
      const { data } = (await inspect(json.access_token)) as unknown as {
        data: Fields & { granular_scopes: Fields[] };
      };
      expect(data).toMatchObject({ app_id: ids.app, is_valid: true, expires_at: 0 });
      const targets = data.granular_scopes[0]?.target_ids as string[];
      expect([...targets].sort()).toEqual([ids.waba, '300800'].sort());
      orders.add(targets.join());
    }
    expect(orders.size).toBe(2);
  });

  it("does not see another business's account", async () => {
    const other = { ...numberOf('400850', { wabaId: '300850', businessId: '500850' }), accessToken: undefined };
    await server.control('POST', '/graph/numbers', other);
    await signUp({ phoneNumberId: '400850' });
    const { code } = await signUp({ phoneNumberId: fresh });
    const { access_token: token } = (await exchange(code)).json;
    expect((await withToken(token, '/400850')).json.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it('is told of by its own app only', async () => {
    await server.control('POST', '/graph/apps', { appId: '700200', appSecret: 'other' });
    expect((await inspect(ids.token, '700200|other')).error).toMatchObject({ code: 100 });
    expect(await inspect(ids.token)).toMatchObject({ data: { is_valid: true } });
  });

  it('is made as the configuration says', async () => {
    const configuration = {
      configurationId: 'c1',
      appId: ids.app,
      tokenLifeMs: dayMs,
      scopes: ['whatsapp_business_messaging'],
    };
    await server.control('POST', '/graph/sign-up-configurations', configuration);
    const { code } = await signUp({ phoneNumberId: fresh, configurationId: 'c1' });
    const { json } = await exchange(code);
    expect(json.expires_in).toBe(dayMs / 1_000);
    expect(await inspect(json.access_token)).toMatchObject({ data: { scopes: ['whatsapp_business_messaging'] } });
    expect(
      (await server.call('POST', '/control/graph/sign-ups', { appId: ids.app, configurationId: 'c2' })).status,
    ).toBe(404);
  });
});

describe('the message', () => {
  it('promises of a number in the phone app nothing but the account, and links it', async () => {
    const { nowMs } = await server.control('POST', '/clock', { advanceMs: 5_000 });
    const { code, message } = await signUp({ phoneNumberId: onPhone });
    expect(message).toEqual({
      type: 'WA_EMBEDDED_SIGNUP',
      event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
      version: 3,
      data: { waba_id: phoneWaba },
    });
    const { access_token: token } = (await exchange(code)).json;
    const fields = 'id,is_on_biz_app,platform_type,status,last_onboarded_time';
    const { data } = (await withToken(token, `/${phoneWaba}/phone_numbers?fields=${fields}`)).json;
    expect(data).toMatchObject([{ id: onPhone, is_on_biz_app: true, platform_type: 'CLOUD_API', status: 'CONNECTED' }]);
    expect(Date.parse(String(data[0]?.last_onboarded_time))).toBeGreaterThanOrEqual(nowMs - 1_000);
  });

  it('leaves the number out where none was chosen', async () => {
    const { message } = await signUp({ wabaId: '300800' });
    expect(message).toMatchObject({ event: 'FINISH_ONLY_WABA', data: { waba_id: '300800' } });
    expect(message.data).not.toHaveProperty('phone_number_id');
  });

  it('tells who left where, and what went wrong', async () => {
    expect(await signUp({ outcome: 'cancel', currentStep: 'PERMISSIONS' })).toEqual({
      code: null,
      message: { type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', data: { current_step: 'PERMISSIONS' } },
    });
    const reported = { outcome: 'cancel', errorMessage: 'No code came', errorCode: '524126' };
    expect(await signUp(reported)).toMatchObject({
      code: null,
      message: { event: 'CANCEL', data: { error_message: 'No code came', error_code: '524126' } },
    });
    expect((await signUp({ outcome: 'error' })).message).toMatchObject({
      event: 'ERROR',
      data: { session_id: expect.any(String), timestamp: expect.any(String) },
    });
  });

  it('does not come for a personal number', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400860', { kind: 'personal' }));
    const refused = await server.call('POST', '/control/graph/sign-ups', { appId: ids.app, phoneNumberId: '400860' });
    expect(refused).toMatchObject({ status: 400, json: { error: expect.stringContaining('Messenger') } });
  });
});

it('tells the app of its new partner, subscribed to the account or not, and only once', async () => {
  await signUp({ phoneNumberId: fresh });
  await signUp({ phoneNumberId: fresh });
  const told = await until(() => {
    const changes = server.receiver.changes('account_update');
    return changes.length > 0 ? changes : undefined;
  });
  expect(told).toMatchObject([
    {
      account: `8${ids.app}`,
      value: { event: 'PARTNER_ADDED', waba_info: { waba_id: '300800', owner_business_id: ids.business } },
    },
  ]);
  await until(async () => (await server.control('GET', '/graph/deliveries')).counts.pending === 0);
  expect(server.receiver.changes('account_update')).toHaveLength(1);
});
