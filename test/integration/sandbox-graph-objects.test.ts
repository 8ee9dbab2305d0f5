import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const wrongToken = { status: 401, json: { error: { code: 190, type: 'OAuthException' } } };

describe('tokens', () => {
  it('are refused when missing, wrong, revoked or expired', async () => {
    const path = `/graph/v26.0/${ids.number}`;
    expect(await server.call('GET', path)).toMatchObject(wrongToken);
    expect(await server.call('GET', path, undefined, { authorization: 'Bearer x' })).toMatchObject(wrongToken);
    expect((await server.graph('GET', `/${ids.number}`)).status).toBe(200);
    await server.control('POST', '/graph/tokens', { accessToken: ids.token, revoked: true });
    expect(await server.graph('GET', `/${ids.number}`)).toMatchObject({
      status: 401,
      json: { error: { code: 190, error_subcode: 467 } },
    });
    const { nowMs } = await server.control('GET', '/clock');
    await server.control('POST', '/graph/tokens', {
      accessToken: ids.token,
      revoked: false,
      expiresAtMs: nowMs + 60_000,
    });
    expect((await server.graph('GET', `/${ids.number}`)).status).toBe(200);
    await server.control('POST', '/clock', { advanceMs: 60_000 });
    expect((await server.graph('GET', `/${ids.number}`)).json.error.error_subcode).toBe(463);
  });

  it("do not see another account's number, nor tell it from one that does not exist", async () => {
    const other = numberOf('400300', { wabaId: '300300', accessToken: 'another-token' });
    await server.control('POST', '/graph/numbers', other);
    const foreign = await server.graph('GET', '/400300');
    const absent = await server.graph('GET', '/999999');
    expect(foreign).toMatchObject({ status: 400, json: { error: { code: 100, error_subcode: 33 } } });
    expect(foreign.json.error.message.replace('400300', '999999')).toBe(absent.json.error.message);
  });

  it('are described by debug_token', async () => {
    const query = new URLSearchParams({ input_token: ids.token, access_token: `${ids.app}|${ids.secret}` });
    const { json } = await server.call('GET', `/graph/v26.0/debug_token?${query}`);
    expect(json.data).toMatchObject({
      app_id: ids.app,
      is_valid: true,
      expires_at: 0,
      granular_scopes: [{ target_ids: [ids.waba] }, { target_ids: [ids.waba] }],
    });
    query.set('input_token', 'unknown');
    expect((await server.call('GET', `/graph/debug_token?${query}`)).json.data).toMatchObject({ is_valid: false });
    query.set('access_token', `${ids.app}|wrong`);
    expect(await server.call('GET', `/graph/debug_token?${query}`)).toMatchObject(wrongToken);
  });
});

describe('objects', () => {
  it('give the wanted fields of a number, whatever the version', async () => {
    const fields = 'display_phone_number,throughput{level},status';
    for (const version of ['v24.0', 'v26.0']) {
      const answer = await server.call('GET', `/graph/${version}/${ids.number}?fields=${fields}`, undefined, {
        authorization: `Bearer ${ids.token}`,
      });
      expect(answer.json).toEqual({
        id: ids.number,
        display_phone_number: `+1 555 0${ids.number}`,
        throughput: { level: 'STANDARD' },
        status: 'CONNECTED',
      });
    }
  });

  it('refuse a field that is not there', async () => {
    expect((await server.graph('GET', `/${ids.number}?fields=id,shoe_size`)).json.error).toMatchObject({
      code: 100,
      message: '(#100) Tried accessing nonexisting field (shoe_size) on node type (WhatsAppBusinessPhoneNumber)',
    });
  });

  it('change by hand', async () => {
    await server.control('POST', `/graph/numbers/${ids.number}`, { status: 'BANNED', qualityRating: 'RED' });
    await server.control('POST', `/graph/wabas/${ids.waba}`, { reviewStatus: 'REJECTED' });
    const number = await server.graph('GET', `/${ids.number}?fields=status,quality_rating,health_status`);
    expect(number.json).toMatchObject({
      status: 'BANNED',
      quality_rating: 'RED',
      health_status: { can_send_message: 'BLOCKED' },
    });
    expect((await server.graph('GET', `/${ids.waba}?fields=account_review_status`)).json).toMatchObject({
      account_review_status: 'REJECTED',
    });
  });

  it('name the account and its owner', async () => {
    const { json } = await server.graph('GET', `/${ids.waba}?fields=id,name,owner_business_info`);
    expect(json).toEqual({
      id: ids.waba,
      name: 'Acme',
      owner_business_info: { id: ids.business, name: 'Acme Holding' },
    });
  });

  it("list an account's numbers by pages, newest first", async () => {
    const numbers = ['400401', '400402', '400403'].map((id) => numberOf(id));
    for (const number of numbers) {
      await server.control('POST', '/clock', { advanceMs: 1_000 });
      await server.control('POST', '/graph/numbers', number);
    }
    const first = await server.graph('GET', `/${ids.waba}/phone_numbers?fields=id&limit=3`);
    expect(first.json.data).toEqual([{ id: '400403' }, { id: '400402' }, { id: '400401' }]);
    const next = new URL(String(first.json.paging.next));
    expect(next.origin).toBe(server.origin);
    const second = await server.call('GET', next.pathname + next.search, undefined, {
      authorization: `Bearer ${ids.token}`,
    });
    expect(second.json.data).toEqual([{ id: ids.number }]);
    expect(second.json.paging).not.toHaveProperty('next');
  });

  it('know no other paths', async () => {
    expect((await server.graph('GET', `/${ids.number}/shoes`)).json.error.code).toBe(2500);
    expect((await server.call('GET', '/graph/latest/1')).json.error.code).toBe(2500);
  });
});

describe('subscriptions', () => {
  const path = `/${ids.waba}/subscribed_apps`;

  it('decide whether an app hears anything', async () => {
    expect((await server.graph('GET', path)).json.data).toMatchObject([
      { whatsapp_business_api_data: { id: ids.app } },
    ]);
    expect((await server.graph('DELETE', path)).json).toEqual({ success: true });
    expect((await server.graph('GET', path)).json.data).toEqual([]);
    await server.write(ids.customer, 'unheard', { wait: true });
    expect(server.receiver.received).toEqual([]);
    expect((await server.graph('POST', path)).json).toEqual({ success: true });
    await server.write(ids.customer, 'heard', { wait: true });
    expect(server.receiver.messages()).toMatchObject([{ text: { body: 'heard' } }]);
  });

  it('take an address of their own once it is verified', async () => {
    const uri = `${server.receiver.url}/override`;
    const refused = await server.graph('POST', path, { override_callback_uri: uri, verify_token: 'wrong' });
    expect(refused).toMatchObject({ status: 400, json: { error: { code: 2200 } } });
    await server.graph('POST', path, { override_callback_uri: uri, verify_token: ids.verifyToken });
    expect((await server.graph('GET', path)).json.data).toMatchObject([{ override_callback_uri: uri }]);
    await server.write(ids.customer, 'one', { wait: true });
    const configuration = { override_callback_uri: `${uri}/number`, verify_token: ids.verifyToken };
    await server.graph('POST', `/${ids.number}`, { webhook_configuration: configuration });
    await server.write(ids.customer, 'two', { wait: true });
    await server.graph('POST', `/${ids.number}`, { webhook_configuration: { override_callback_uri: '' } });
    await server.graph('POST', path);
    await server.write(ids.customer, 'three', { wait: true });
    const { items } = await server.control('GET', '/graph/deliveries?limit=3');
    expect(items.map(({ url }) => url)).toEqual([server.receiver.url, `${uri}/number`, uri]);
  });
});

describe("an app's fields", () => {
  it('are shown to the app itself, as they decide which webhooks it gets', async () => {
    const asApp = { authorization: `Bearer ${ids.app}|${ids.secret}` };
    const shown = async () => {
      const { json } = await server.call('GET', `/graph/v26.0/${ids.app}/subscriptions`, undefined, asApp);
      const { fields, ...rest } = Object(json.data?.[0]) as { fields: { name: string }[] };
      return { ...rest, names: fields.map(({ name }) => name) };
    };
    expect(await shown()).toMatchObject({ object: 'whatsapp_business_account', active: true });
    expect((await shown()).names).toEqual(expect.arrayContaining(['messages', 'history']));
    await server.control('POST', `/graph/apps/${ids.app}`, { fields: ['account_update'] });
    expect((await shown()).names).toEqual(['account_update']);
    // Control: a number's token is not the app's.
    expect(await server.graph('GET', `/${ids.app}/subscriptions`)).toMatchObject({ json: { error: { code: 15 } } });
  });
});
