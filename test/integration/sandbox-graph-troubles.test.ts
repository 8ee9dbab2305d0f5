import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type Fields, type Receiver, startReceiver } from './sandbox-graph-receiver.ts';
import { type Answer, type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
let elsewhere: Receiver;

beforeAll(async () => {
  server = await startGraphServer();
  elsewhere = await startReceiver();
});

beforeEach(async () => {
  await server.reset();
  elsewhere.received.length = 0;
});

afterAll(async () => {
  await server.close();
  await elsewhere.close();
});

const codeOf = ({ status, json }: Answer) => (status === 200 ? 0 : json.error.code);
const send = () => server.send(`+${ids.customer}`, 'Hi');
const read = (fields: string) => server.graph('GET', `/${ids.number}?fields=${fields}`);
const number = (body: Fields) => server.control('POST', `/graph/numbers/${ids.number}`, body);
const app = (body: Fields) => server.control('POST', `/graph/apps/${ids.app}`, body);
const write = (text: string) => server.write(ids.customer, text, { wait: true });
const textsOf = (receiver: Receiver) => receiver.messages().map(({ text }) => Object(text).body);
const inspect = async () => {
  const query = new URLSearchParams({ input_token: ids.token, access_token: `${ids.app}|${ids.secret}` });
  return (await server.call('GET', `/graph/debug_token?${query}`)).json.data as unknown as Fields;
};
const dayMs = 24 * 3_600_000;

describe('a token', () => {
  it('expires in some days', async () => {
    await server.control('POST', '/graph/tokens', { accessToken: ids.token, expiresInDays: 5 });
    const { nowMs } = await server.control('GET', '/clock');
    const { expires_at: at, is_valid: isValid } = await inspect();
    expect(isValid).toBe(true);
    expect(Math.abs(Number(at) * 1_000 - (nowMs + 5 * dayMs))).toBeLessThan(10_000);
    await server.control('POST', '/clock', { advanceMs: 5 * dayMs });
    expect((await read('id')).json.error).toMatchObject({ code: 190, error_subcode: 463 });
    expect(await inspect()).toMatchObject({ is_valid: false });
  });

  it.each([
    [true, 467],
    [458, 458],
    [460, 460],
  ])('revoked as %s is subcode %s', async (revoked, subcode) => {
    await server.control('POST', '/graph/tokens', { accessToken: ids.token, revoked });
    expect((await read('id')).json.error).toMatchObject({ code: 190, error_subcode: subcode });
    await server.control('POST', '/graph/tokens', { accessToken: ids.token, revoked: false });
    expect(codeOf(await read('id'))).toBe(0);
  });

  it('lacks the right to send, or to manage', async () => {
    const scopes = (given: string[]) =>
      server.control('POST', '/graph/tokens', { accessToken: ids.token, scopes: given });
    await scopes(['whatsapp_business_management']);
    expect([codeOf(await send()), codeOf(await server.graph('GET', `/${ids.waba}/subscribed_apps`))]).toEqual([10, 0]);
    await scopes(['whatsapp_business_messaging']);
    expect([codeOf(await send()), codeOf(await server.graph('GET', `/${ids.waba}/subscribed_apps`))]).toEqual([0, 200]);
  });
});

describe('webhooks', () => {
  it('go elsewhere when somebody changed the override', async () => {
    const overrideUrl = elsewhere.url;
    await server.control('POST', `/graph/wabas/${ids.waba}`, { overrideUrl });
    await write('account');
    const { json } = await server.graph('GET', `/${ids.waba}/subscribed_apps`);
    expect(json.data).toMatchObject([{ override_callback_uri: overrideUrl }]);
    expect((await read('webhook_configuration')).json.webhook_configuration).toEqual({
      application: server.receiver.url,
      whatsapp_business_account: overrideUrl,
    });
    await server.control('POST', `/graph/wabas/${ids.waba}`, { overrideUrl: null });
    await number({ overrideUrl });
    await write('number');
    expect((await read('webhook_configuration')).json.webhook_configuration).toEqual({
      application: server.receiver.url,
      phone_number: overrideUrl,
    });
    await number({ overrideUrl: null });
    await write('back');
    expect([textsOf(elsewhere), textsOf(server.receiver)]).toEqual([['account', 'number'], ['back']]);
  });

  it('never come when they are muted, and nothing says so', async () => {
    await number({ muted: true });
    await write('1');
    await number({ muted: false });
    await app({ muted: true });
    await write('2');
    await app({ muted: false });
    await write('3');
    expect(textsOf(server.receiver)).toEqual(['3']);
    expect((await server.graph('GET', `/${ids.waba}/subscribed_apps`)).json.data).toHaveLength(1);
  });

  it('come only for the fields that the app has', async () => {
    await app({ fields: ['account_update'] });
    await write('unheard');
    await server.control('POST', `/graph/wabas/${ids.waba}/events`, { event: 'ACCOUNT_VIOLATION', wait: true });
    expect(textsOf(server.receiver)).toEqual([]);
    expect(server.receiver.changes('account_update')).toHaveLength(1);
    await app({ fields: null });
    await write('heard');
    expect(textsOf(server.receiver)).toEqual(['heard']);
  });

  it("go to another address when somebody changed the app's", async () => {
    await app({ callbackUrl: elsewhere.url, verify: false });
    await write('there');
    expect([textsOf(elsewhere), textsOf(server.receiver)]).toEqual([['there'], []]);
    expect((await read('webhook_configuration')).json.webhook_configuration).toEqual({ application: elsewhere.url });
  });

  it('stop when the subscription is taken away', async () => {
    await server.control('POST', `/graph/wabas/${ids.waba}`, { subscribedApps: [] });
    await write('unheard');
    expect((await server.graph('GET', `/${ids.waba}/subscribed_apps`)).json.data).toEqual([]);
    expect(textsOf(server.receiver)).toEqual([]);
  });
});

describe('a number', () => {
  it('has a bad name', async () => {
    await number({ nameStatus: 'DECLINED', rejectionReason: 'NAME_NOT_CONSISTENT', wait: true });
    expect((await read('name_status')).json).toMatchObject({ name_status: 'DECLINED' });
    expect(server.receiver.changes('phone_number_name_update')).toMatchObject([
      { value: { decision: 'REJECTED', rejection_reason: 'NAME_NOT_CONSISTENT' } },
    ]);
    expect(codeOf(await send())).toBe(131037);
    await number({ nameStatus: 'APPROVED', tell: false });
    expect(codeOf(await send())).toBe(0);
    expect(server.receiver.changes('phone_number_name_update')).toHaveLength(1);
  });

  it('has a lower limit', async () => {
    await number({ messagingLimit: 'TIER_250', wait: true });
    const field = 'whatsapp_business_manager_messaging_limit';
    expect((await read(field)).json[field]).toBe('TIER_250');
    expect(server.receiver.changes('phone_number_quality_update')).toMatchObject([
      { value: { event: 'DOWNGRADE', current_limit: 'TIER_250', max_daily_conversations_per_business: 'TIER_250' } },
    ]);
  });

  it('has nobody who pays', async () => {
    await number({ payment: false });
    const { health_status: health } = (await read('health_status')).json as unknown as { health_status: Fields };
    expect(health).toMatchObject({ can_send_message: 'LIMITED' });
    expect(health.entities).toContainEqual(
      expect.objectContaining({
        entity_type: 'WABA',
        can_send_message: 'LIMITED',
        errors: [expect.objectContaining({ error_code: 141_006, possible_solution: expect.any(String) })],
      }),
    );
    expect(codeOf(await send())).toBe(0);
    const failed = await until(() => server.receiver.statuses().find(({ status }) => status === 'failed'));
    expect(failed.errors).toMatchObject([{ code: 131042 }]);
    await number({ payment: true });
    expect((await read('health_status')).json.health_status).toMatchObject({ can_send_message: 'AVAILABLE' });
  });

  it('has whatever else stands in its health', async () => {
    await number({
      health: [{ entity: 'APP', code: 141_000, description: 'Broken', solution: 'Mend', state: 'BLOCKED' }],
    });
    const { health_status: health } = (await read('health_status')).json as unknown as { health_status: Fields };
    expect(health.can_send_message).toBe('BLOCKED');
    expect(health.entities).toContainEqual({
      entity_type: 'APP',
      id: ids.app,
      can_send_message: 'BLOCKED',
      errors: [{ error_code: 141_000, error_description: 'Broken', possible_solution: 'Mend' }],
    });
  });
});

it('has a clock that is wrong', async () => {
  const gap = async () => {
    const response = await fetch(`${server.origin}/graph/v26.0/${ids.number}`, {
      headers: { authorization: `Bearer ${ids.token}` },
    });
    return Math.round((Date.parse(String(response.headers.get('date'))) - Date.now()) / 60_000);
  };
  expect(Math.abs(await gap())).toBe(0);
  await server.control('PUT', '/graph/settings', { dateSkewMs: -600_000 });
  expect(await gap()).toBe(-10);
});
