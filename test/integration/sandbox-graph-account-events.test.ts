import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import type { Fields, Json } from './sandbox-graph-receiver.ts';
import { type Answer, type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  await server.control('POST', `/graph/numbers/${ids.number}`, { isOnBizApp: true });
});

afterAll(() => server.close());

const happen = (event: string, more: Fields = {}): Promise<Json> =>
  server.control('POST', `/graph/wabas/${ids.waba}/events`, { event, wait: true, ...more });
const told = () => server.receiver.changes('account_update');
const codeOf = ({ status, json }: Answer) => (status === 200 ? 0 : json.error.code);
const send = async (text = 'Hi') => codeOf(await server.send(`+${ids.customer}`, text));
const read = () => server.graph('GET', `/${ids.number}`);
const digits = `15550${ids.number}`;

describe('the end of a partnership', () => {
  it('comes from the phone, with or without its reason', async () => {
    expect(await happen('PARTNER_REMOVED', { reason: 'PRIMARY_INACTIVITY', initiatedBy: 'SYSTEM' })).toMatchObject({
      statuses: [200],
    });
    expect(told()).toMatchObject([
      {
        account: ids.waba,
        value: {
          event: 'PARTNER_REMOVED',
          phone_number: digits,
          disconnection_info: { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' },
        },
      },
    ]);
    expect((await read()).json.error).toMatchObject({ code: 100, error_subcode: 33 });
    const number = await server.control('GET', `/graph/numbers/${ids.number}`);
    expect(number).toMatchObject({ kind: 'business-app', status: 'DISCONNECTED', subscribedApps: [], partners: [] });
    await server.write(ids.customer, 'unheard', { wait: true });
    expect(server.receiver.messages()).toEqual([]);
  });

  it('comes without a reason from some', async () => {
    await happen('PARTNER_REMOVED', { withInfo: false });
    expect(told()[0]?.value).toEqual({ event: 'PARTNER_REMOVED', phone_number: digits });
  });

  it("comes from Meta's settings under the partner's own business", async () => {
    await happen('PARTNER_REMOVED', { form: 'partner', token: 'invalid' });
    expect(told()).toMatchObject([
      {
        account: `8${ids.app}`,
        value: {
          event: 'PARTNER_REMOVED',
          waba_info: { waba_id: ids.waba, owner_business_id: ids.business, partner_app_id: ids.app },
        },
      },
    ]);
    expect(told()[0]?.value).not.toHaveProperty('phone_number');
    expect((await read()).json.error).toMatchObject({ code: 190, error_subcode: 467 });
  });

  it('is an uninstalled app, too', async () => {
    // Told to the app even where nobody is subscribed to the account.
    await server.control('POST', `/graph/wabas/${ids.waba}`, { subscribedApps: [] });
    await happen('PARTNER_APP_UNINSTALLED');
    expect(told()).toMatchObject([{ account: `8${ids.app}`, value: { event: 'PARTNER_APP_UNINSTALLED' } }]);
    expect((await read()).json.error).toMatchObject({ code: 190, error_subcode: 458 });
  });

  it('goes unnoticed when it is not told, and takes nothing from another account', async () => {
    const other = numberOf('400300', { wabaId: '300300', accessToken: ids.token });
    await server.control('POST', '/graph/numbers', other);
    await happen('PARTNER_REMOVED', { tell: false });
    expect(told()).toEqual([]);
    expect([codeOf(await read()), codeOf(await server.graph('GET', '/400300'))]).toEqual([100, 0]);
  });

  it('ends with a new token for the same account', async () => {
    await happen('PARTNER_REMOVED');
    await server.control('POST', '/graph/numbers', numberOf(ids.number, { kind: 'registered', isOnBizApp: true }));
    expect([codeOf(await read()), await send()]).toEqual([0, 0]);
  });

  it('is the account itself, deleted', async () => {
    await happen('ACCOUNT_DELETED');
    expect(told()).toMatchObject([{ account: ids.waba, value: { event: 'ACCOUNT_DELETED' } }]);
    expect((await read()).json.error).toMatchObject({ code: 100, error_subcode: 33 });
  });
});

describe('a changed phone', () => {
  it('is a pause: nothing goes in or out, and everything is there again afterwards', async () => {
    await happen('ACCOUNT_OFFBOARDED');
    expect(told()).toMatchObject([{ account: ids.waba, value: { event: 'ACCOUNT_OFFBOARDED' } }]);
    expect(await send()).toBe(133010);
    await server.write(ids.customer, 'meanwhile', { wait: true });
    expect(codeOf(await read())).toBe(0);
    await happen('ACCOUNT_RECONNECTED');
    expect(await send()).toBe(0);
    await server.write(ids.customer, 'again', { wait: true });
    // What passed meanwhile is not told later.
    expect(server.receiver.messages()).toMatchObject([{ text: { body: 'again' } }]);
  });

  it('does not concern numbers that are in no phone', async () => {
    await server.control('POST', `/graph/numbers/${ids.number}`, { isOnBizApp: false });
    await happen('ACCOUNT_OFFBOARDED');
    expect(await send()).toBe(0);
  });
});

describe('penalties', () => {
  const template = { type: 'template', text: undefined, template: { name: 'hello', language: { code: 'en' } } };
  const sendTemplate = async () => codeOf(await server.send(`+${ids.customer}`, '', template));

  const accountSending = async () => {
    const { json } = await server.graph('GET', `/${ids.number}?fields=health_status`);
    const { entities } = json.health_status as { entities: Fields[] };
    return entities.find((entity) => entity.entity_type === 'WABA')?.can_send_message;
  };

  it('restrict who is written to, until they end', async () => {
    await server.control('POST', '/graph/templates', { wabaId: ids.waba, name: 'hello', language: 'en', body: 'Hi' });
    const { nowMs } = await server.control('GET', '/clock');
    await happen('ACCOUNT_RESTRICTION', { untilMs: nowMs + 60_000 });
    expect(told()[0]?.value).toEqual({
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [
        { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: Math.floor((nowMs + 60_000) / 1_000) },
      ],
    });
    expect([await sendTemplate(), await send(), await accountSending()]).toEqual([368, 0, 'LIMITED']);
    await server.control('POST', '/clock', { advanceMs: 61_000 });
    expect([await sendTemplate(), await accountSending()]).toEqual([0, 'AVAILABLE']);
    await happen('ACCOUNT_RESTRICTION', { restrictionType: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING' });
    expect([await sendTemplate(), await send()]).toEqual([0, 368]);
  });

  it('are lifted, which nobody is told', async () => {
    await happen('ACCOUNT_RESTRICTION', { restrictionType: 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING' });
    expect([await send(), await accountSending(), told().length]).toEqual([368, 'LIMITED', 1]);
    await happen('ACCOUNT_RESTRICTION', { restrictionType: null });
    expect([await accountSending(), told().length]).toEqual(['AVAILABLE', 1]);
    // Control: the next event is told.
    await happen('ACCOUNT_RESTRICTION', { restrictionType: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' });
    expect([await accountSending(), told().length]).toEqual(['AVAILABLE', 2]);
  });

  it('disable the account and reinstate it', async () => {
    await server.control('POST', '/clock', { setMs: Date.UTC(2030, 10, 27) });
    await happen('DISABLED_UPDATE', { state: 'SCHEDULE_FOR_DISABLE' });
    expect(told()[0]?.value.ban_info).toEqual({
      waba_ban_state: 'SCHEDULE_FOR_DISABLE',
      waba_ban_date: 'November 27, 2030',
    });
    await server.write(ids.customer, 'open');
    expect(await send()).toBe(0);
    await happen('DISABLED_UPDATE');
    const health = (await server.graph('GET', `/${ids.number}?fields=health_status`)).json.health_status;
    expect([await send(), health]).toMatchObject([131031, { can_send_message: 'BLOCKED' }]);
    expect([await accountSending(), told().length]).toEqual(['BLOCKED', 2]);
    await happen('DISABLED_UPDATE', { state: 'REINSTATE', tell: false });
    expect([await send(), await accountSending(), told().length]).toEqual([0, 'AVAILABLE', 2]);
  });

  it('are announced as violations', async () => {
    await happen('ACCOUNT_VIOLATION', { violationType: 'SCAM' });
    expect(told()[0]?.value).toEqual({ event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } });
  });

  it('have names that are known', async () => {
    const path = `/control/graph/wabas/${ids.waba}/events`;
    expect((await server.call('POST', path, { event: 'toString' })).status).toBe(400);
  });
});

it("goes to the app's own address whatever the override says", async () => {
  const uri = `${server.receiver.url}/override`;
  await server.graph('POST', `/${ids.waba}/subscribed_apps`, {
    override_callback_uri: uri,
    verify_token: ids.verifyToken,
  });
  await server.write(ids.customer, 'here', { wait: true });
  await happen('ACCOUNT_VIOLATION');
  const { items } = await server.control('GET', '/graph/deliveries?limit=2');
  expect(items.map(({ url }) => url)).toEqual([server.receiver.url, uri]);
  expect(await until(() => told().length)).toBe(1);
});
