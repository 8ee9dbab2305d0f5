import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelSetup } from '../../activities/channels/channel.ts';
import { channelClients } from '../../activities/channels/clients.ts';
import type { ChannelError } from '../../activities/channels/errors.ts';
import { exchangeCode } from '../../activities/channels/whatsapp-cloud/signup.ts';
import { createFileHttp } from '../../activities/file-http.ts';
import { createHttp } from '../../activities/http.ts';
import { type GraphServer, startGraphServer } from './sandbox-graph-server.ts';

const APP = { appId: '900000000000077', appSecret: 'setup-secret' };
const NUMBER = { phoneNumberId: '106000000000077', wabaId: '102000000000077', displayPhoneNumber: '+49 30 5550177' };
const TOKEN = 'setup-token';

let server: GraphServer;
let http: ReturnType<typeof createHttp>;
let files: ReturnType<typeof createFileHttp>;

beforeAll(async () => {
  server = await startGraphServer();
  const allowedHosts = [new URL(server.origin).host];
  http = createHttp({ allowedHosts });
  files = createFileHttp({ allowedHosts });
});
afterAll(async () => {
  await Promise.all([http.close(), files.close()]);
  await server.close();
});
beforeEach(async () => {
  await server.control('DELETE', '');
  await server.control('POST', '/graph/apps', { ...APP, callbackUrl: server.receiver.url });
  await aNumber();
});

const aNumber = (more: Record<string, unknown> = {}) =>
  server.control('POST', '/graph/numbers', { ...NUMBER, appId: APP.appId, accessToken: TOKEN, ...more });
const change = (body: Record<string, unknown>) =>
  server.control('POST', `/graph/numbers/${NUMBER.phoneNumberId}`, { tell: false, ...body });

const api = () => ({ apiUrl: `${server.origin}/graph`, apiVersion: 'v26.0' });

function open(changes: Record<string, string> = {}): ChannelSetup {
  const credentials = {
    ...api(),
    ...APP,
    numberId: NUMBER.phoneNumberId,
    accountId: NUMBER.wabaId,
    accessToken: TOKEN,
    ...changes,
  };
  const { setup } = channelClients['whatsapp-cloud'](credentials, { send: http.send, files });
  if (!setup) throw new Error('no setup');
  return setup;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: ChannelError) => error.code ?? error.kind,
  );

describe('a token', () => {
  it('is told of by the app: its app, rights, end and accounts', async () => {
    const expiresAtMs = Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000;
    await server.control('POST', '/graph/tokens', { accessToken: TOKEN, appId: APP.appId, expiresAtMs });
    expect(await open().readToken()).toEqual({
      isValid: true,
      appId: APP.appId,
      scopes: expect.arrayContaining(['whatsapp_business_management', 'whatsapp_business_messaging']),
      expiresAtMs,
      accountIds: [NUMBER.wabaId],
    });
    await server.control('POST', '/graph/tokens', { accessToken: TOKEN, appId: APP.appId, revoked: true });
    expect(await open().readToken()).toMatchObject({ isValid: false });
  });

  it('that lasts has no end, and a wrong secret of the app is refused', async () => {
    expect(await open().readToken()).not.toHaveProperty('expiresAtMs');
    expect(await codeOf(open({ appSecret: 'wrong' }).readToken())).toBe(190);
  });
});

describe('numbers', () => {
  it('of an account are all listed, page by page, with what decides their road', async () => {
    const numbers = Array.from({ length: 130 }, (_none, index) => ({
      ...NUMBER,
      appId: APP.appId,
      phoneNumberId: `20600000000${String(index).padStart(4, '0')}`,
    }));
    await server.control('POST', '/graph/numbers', { numbers });
    await change({ pin: '123456' });
    const listed = await open().listNumbers();
    expect(listed).toHaveLength(131);
    expect(listed.find(({ id }) => id === NUMBER.phoneNumberId)).toMatchObject({
      status: 'CONNECTED',
      codeVerification: 'VERIFIED',
      hasPin: true,
      onBusinessApp: false,
    });
  });

  it('tell what keeps them from sending, each thing once', async () => {
    expect((await open().readNumber()).faults).toEqual([]);
    await change({
      payment: false,
      health: [
        { entity: 'PHONE_NUMBER', code: 141_006 },
        { entity: 'BUSINESS', code: 141_010, description: 'The display name is pending review.' },
      ],
    });
    const { faults } = await open().readNumber();
    expect(faults.map(({ code, isPending }) => ({ code, isPending }))).toEqual([
      { code: 141_006, isPending: false },
      { code: 141_010, isPending: true },
    ]);
  });

  it('have accounts, of which those that the token does not see are left out', async () => {
    expect(await open().readAccounts([NUMBER.wabaId, '1'])).toEqual([{ id: NUMBER.wabaId, name: expect.any(String) }]);
  });
});

describe('registering', () => {
  it('sets the PIN, and names the code of a refusal', async () => {
    await aNumber({ kind: 'unregistered' });
    await open().register('123456');
    await aNumber({ kind: 'unregistered' });
    expect(await codeOf(open().register('654321'))).toBe(133_005);
    await aNumber({ kind: 'unverified' });
    expect(await codeOf(open().register('123456'))).toBe(133_006);
  });

  it('of which no answer came is an unknown outcome, and one that never left is not', async () => {
    await aNumber({ kind: 'unregistered' });
    await server.control('POST', '/faults', { target: 'graph', kind: 'drop-after', path: '/register' });
    expect(await codeOf(open().register('123456'))).toBe('outcome-unknown');
    expect(await codeOf(open({ apiUrl: 'http://127.0.0.1:9' }).register('123456'))).not.toBe('outcome-unknown');
  });
});

describe('the address of an account', () => {
  it('is set when it answers, and given up again', async () => {
    const own = await server.control('GET', `/graph/numbers/${NUMBER.phoneNumberId}`);
    expect(own.subscribedApps).toEqual([{ appId: APP.appId, overrideUrl: null }]);
    expect(await codeOf(open().subscribeAt({ url: 'http://127.0.0.1:9/', verifyToken: 'token' }))).toBe(2200);
    await open().unsubscribe();
    const after = await server.control('GET', `/graph/numbers/${NUMBER.phoneNumberId}`);
    expect(after.subscribedApps).toEqual([]);
  });
});

describe('what the phone app hands over', () => {
  it('is asked for once of each kind, with an id for the support', async () => {
    await change({ isOnBizApp: true });
    expect((await open().requestSync('contacts')).requestId).toMatch(/./);
    expect(await codeOf(open().requestSync('contacts'))).toBe(2_593_107);
    expect((await open().requestSync('history')).requestId).toMatch(/./);
  });

  it('is refused after a day', async () => {
    await change({ isOnBizApp: true });
    await server.control('POST', '/clock', { advanceMs: 25 * 3_600_000 });
    expect(await codeOf(open().requestSync('history'))).toBe(2_593_108);
  });
});

describe('the code of a sign-up', () => {
  const exchange = (code: string, appSecret = APP.appSecret) =>
    exchangeCode({ ...api(), ...APP, appSecret, code }, http.send);

  it('becomes a token once, whose life is told unless it lasts', async () => {
    const signUp = { appId: APP.appId, phoneNumberId: NUMBER.phoneNumberId };
    const sixtyDays = await server.control('POST', '/graph/sign-ups', signUp);
    expect(await exchange(String(sixtyDays.code))).toEqual({
      accessToken: expect.any(String),
      lifeMs: expect.closeTo(60 * 86_400_000, -5),
    });
    expect(await codeOf(exchange(String(sixtyDays.code)))).toBe(100);
    const lasting = await server.control('POST', '/graph/sign-ups', { ...signUp, tokenLifeMs: 0 });
    expect(await exchange(String(lasting.code))).toEqual({ accessToken: expect.any(String) });
  });

  it('is refused after 30 seconds, and to whoever has not the secret', async () => {
    const signUp = { appId: APP.appId, phoneNumberId: NUMBER.phoneNumberId };
    const { code } = await server.control('POST', '/graph/sign-ups', signUp);
    expect(await codeOf(exchange(String(code), 'wrong'))).toBe(1);
    await server.control('POST', '/clock', { advanceMs: 31_000 });
    expect(await codeOf(exchange(String(code)))).toBe(100);
  });
});
