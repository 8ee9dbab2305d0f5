import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type Answer, type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
const fresh = '400800';

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  await server.control('POST', '/graph/numbers', numberOf(fresh, { kind: 'unregistered' }));
});

afterAll(() => server.close());

const register = (pin: unknown = '123456', number = fresh): Promise<Answer> =>
  server.graph('POST', `/${number}/register`, { messaging_product: 'whatsapp', pin });
const deregister = () => server.graph('POST', `/${fresh}/deregister`);
const advance = (advanceMs: number) => server.control('POST', '/clock', { advanceMs });
const codeOf = ({ status, json }: Answer) => (status === 200 ? 0 : json.error.code);
const fields = 'status,platform_type,code_verification_status,is_pin_enabled,last_onboarded_time';
const look = async () => (await server.graph('GET', `/${fresh}?fields=${fields}`)).json;
const hourMs = 3_600_000;

describe('registering', () => {
  it('takes a verified number onto the platform and sets its PIN', async () => {
    expect(await look()).toMatchObject({ status: 'PENDING', platform_type: 'NOT_APPLICABLE', is_pin_enabled: false });
    const message = { messaging_product: 'whatsapp', to: `+${ids.customer}`, text: { body: 'Hi' } };
    expect(codeOf(await server.graph('POST', `/${fresh}/messages`, message))).toBe(133010);
    expect(await register()).toMatchObject({ status: 200, json: { success: true } });
    expect(await look()).toMatchObject({ status: 'CONNECTED', platform_type: 'CLOUD_API', is_pin_enabled: true });
    expect(codeOf(await server.graph('POST', `/${fresh}/messages`, message))).toBe(0);
    expect(await server.control('GET', `/graph/numbers/${fresh}`)).toMatchObject({ kind: 'registered', pin: '123456' });
  });

  it.each([[undefined], ['12345'], ['1234567'], ['12a456']])('refuses the PIN %s', async (pin) => {
    expect(await server.graph('POST', `/${fresh}/register`, { messaging_product: 'whatsapp', pin })).toMatchObject({
      status: 400,
      json: { error: { code: 100 } },
    });
    // Such a call is no attempt.
    expect(await server.control('GET', `/graph/numbers/${fresh}`)).toMatchObject({ registerCalls: 0 });
  });

  it('asks for the PIN that is set, locks after too many guesses, and waits between them if so set', async () => {
    await server.control('POST', `/graph/numbers/${fresh}`, { pin: '654321' });
    await server.control('PUT', '/graph/settings', { pinGuesses: 3, pinLockMs: hourMs });
    expect(codeOf(await register())).toBe(133005);
    await server.control('PUT', '/graph/settings', { pinGapMs: 60_000 });
    expect(codeOf(await register('654321'))).toBe(133009);
    await advance(60_000);
    expect(codeOf(await register())).toBe(133005);
    await advance(60_000);
    expect([codeOf(await register()), codeOf(await register('654321'))]).toEqual([133008, 133008]);
    await advance(hourMs);
    expect(codeOf(await register('654321'))).toBe(0);
  });

  it('is over after ten calls in 72 hours, whatever they were answered, for another 72', async () => {
    await server.control('POST', `/graph/numbers/${fresh}`, { pin: '654321' });
    await server.control('PUT', '/graph/settings', { pinGuesses: 100 });
    const answers: number[] = [];
    for (let call = 0; call < 5; call += 1) answers.push(codeOf(await register()));
    for (let call = 0; call < 5; call += 1) answers.push(codeOf(await deregister()));
    expect(answers).toEqual([...Array(5).fill(133005), ...Array(5).fill(133010)]);
    expect(codeOf(await register('654321'))).toBe(133016);
    await advance(71 * hourMs);
    expect(codeOf(await register('654321'))).toBe(133016);
    await advance(2 * hourMs);
    expect(codeOf(await register('654321'))).toBe(0);
  });

  it('waits for a number that was just deleted', async () => {
    const { nowMs } = await server.control('GET', '/clock');
    await server.control('POST', `/graph/numbers/${fresh}`, { deletedUntilMs: nowMs + 300_000 });
    expect(codeOf(await register())).toBe(133015);
    await advance(300_000);
    expect(codeOf(await register())).toBe(0);
  });

  it('is nothing for a number in the WhatsApp Business app, nor for one that is not verified', async () => {
    await server.control('POST', `/graph/numbers/${fresh}`, { isOnBizApp: true });
    expect([codeOf(await register()), codeOf(await deregister())]).toEqual([100, 100]);
    await server.control('POST', `/graph/numbers/${fresh}`, {
      isOnBizApp: false,
      codeVerificationStatus: 'NOT_VERIFIED',
    });
    expect(codeOf(await register())).toBe(133006);
  });

  it('is undone by deregistering, which keeps the PIN', async () => {
    await register();
    expect(codeOf(await deregister())).toBe(0);
    expect(await look()).toMatchObject({ status: 'DISCONNECTED', platform_type: 'NOT_APPLICABLE' });
    expect(codeOf(await register('000000'))).toBe(133005);
    expect(codeOf(await register())).toBe(0);
  });

  it('puts the number first in the list of its account', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400801'));
    await advance(1_000);
    await register();
    const { json } = await server.graph('GET', `/${ids.waba}/phone_numbers?fields=id`);
    expect(json.data[0]).toEqual({ id: fresh });
  });

  it('belongs to management', async () => {
    await server.control('POST', '/graph/tokens', { accessToken: ids.token, scopes: ['whatsapp_business_messaging'] });
    const calls = [register(), server.graph('GET', `/${ids.waba}/phone_numbers`)];
    const subscriptions = ['GET', 'POST', 'DELETE'].map((method) =>
      server.graph(method, `/${ids.waba}/subscribed_apps`),
    );
    const answers = await Promise.all([...calls, ...subscriptions]);
    expect(answers.map(codeOf)).toEqual([200, 200, 200, 200, 200]);
    expect(codeOf(await server.send(`+${ids.customer}`, 'still'))).toBe(0);
  });
});

describe('verifying', () => {
  const ask = (method = 'SMS') => server.graph('POST', `/${fresh}/request_code?code_method=${method}&language=en`);
  const verify = (code: string) => server.graph('POST', `/${fresh}/verify_code?code=${code}`);

  it('takes the code that the phone got', async () => {
    await server.control('POST', `/graph/numbers/${fresh}`, { codeVerificationStatus: 'NOT_VERIFIED' });
    expect(codeOf(await verify('123456'))).toBe(136025);
    expect([codeOf(await ask('PIGEON')), codeOf(await ask())]).toEqual([100, 0]);
    const { verificationCode } = await server.control('GET', `/graph/numbers/${fresh}`);
    expect(verificationCode).toMatch(/^\d{6}$/);
    expect(codeOf(await verify('abc'))).toBe(136025);
    expect(codeOf(await verify(String(verificationCode)))).toBe(0);
    expect(await look()).toMatchObject({ code_verification_status: 'VERIFIED' });
    expect(codeOf(await ask())).toBe(136024);
  });

  it('never works for a number in WhatsApp Messenger', async () => {
    const personal = numberOf('400802', { kind: 'personal' });
    await server.control('POST', '/graph/numbers', personal);
    const answer = await server.graph('POST', '/400802/request_code?code_method=SMS&language=en');
    expect(codeOf(answer)).toBe(136024);
    expect(codeOf(await register('123456', '400802'))).toBe(133006);
  });
});

describe('a number changes', () => {
  it('its PIN, told without it', async () => {
    await register();
    expect(codeOf(await server.graph('POST', `/${fresh}`, { pin: '12' }))).toBe(100);
    expect(codeOf(await server.graph('POST', `/${fresh}`, { pin: '222222' }))).toBe(0);
    expect(codeOf(await register('123456'))).toBe(133005);
    expect(codeOf(await register('222222'))).toBe(0);
    const told = await until(() => {
      const changes = server.receiver.changes('security');
      return changes.length > 0 ? changes : undefined;
    });
    expect(told).toMatchObject([{ account: ids.waba, value: { event: 'PIN_CHANGED' } }]);
    expect(JSON.stringify(told)).not.toContain('222222');
  });

  it('its name, once Meta has decided', async () => {
    const nameFields = 'verified_name,name_status,new_display_name,new_name_status';
    const read = async () => (await server.graph('GET', `/${ids.number}?fields=${nameFields}`)).json;
    await server.graph('POST', `/${ids.number}?new_display_name=Better%20Bikes`);
    expect(await read()).toMatchObject({ new_display_name: 'Better Bikes', new_name_status: 'PENDING_REVIEW' });
    await server.control('POST', `/graph/numbers/${ids.number}`, { nameStatus: 'APPROVED', wait: true });
    expect(await read()).toEqual({
      id: ids.number,
      verified_name: 'Better Bikes',
      name_status: 'APPROVED',
      new_name_status: 'NONE',
    });
    expect(server.receiver.changes('phone_number_name_update')).toMatchObject([
      { value: { decision: 'APPROVED', requested_verified_name: 'Better Bikes', rejection_reason: null } },
    ]);
  });
});
