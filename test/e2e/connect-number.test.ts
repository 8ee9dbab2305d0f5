import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listAll } from '../support/chat-world.ts';
import {
  aCompany,
  aNumber,
  anApp,
  call,
  connect,
  graphCalls,
  type NewNumber,
  numberAt,
  pathsOf,
  type Shown,
  stepsOf,
  strikeOnce,
} from '../support/onboarding.ts';
import { type Company, type Parley, startParley } from '../support/parley.ts';
import { startWorker } from '../support/processes.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley({ waits: { canaryMs: 1_500, callDeadlineMs: 5_000, liveCheckMs: 40_000 } });
  company = await aCompany(parley);
});
afterAll(() => parley?.stop());

const registrations = (phoneNumberId: string) => graphCalls(parley, `/${phoneNumberId}/register`);

describe('a number that is verified and not registered', () => {
  it('is registered with the PIN that was given, and its messages come to us', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const { status, body } = await connect(parley, company, number, { pin: '482913' });
    expect({ status, state: body.state, steps: stepsOf(body) }).toEqual({
      status: 201,
      state: 'connected',
      steps: { subscribe: 'done', webhook: 'done', register: 'done' },
    });
    expect(body.facts).toMatchObject({ status: 'CONNECTED', platform: 'CLOUD_API' });
    const known = await numberAt(parley, number);
    expect(known).toMatchObject({ status: 'CONNECTED', pin: '482913', registerCalls: 1 });
    const overrideUrl = `http://127.0.0.1:${parley.world.apiPort}/webhooks/meta/${number.metaAppId}`;
    expect(known.subscribedApps).toEqual([{ appId: number.appId, overrideUrl }]);
  });

  it('gets a PIN of ours where none was given, which nobody is shown', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const { status, body } = await connect(parley, company, number);
    expect(status).toBe(201);
    const { pin } = await numberAt(parley, number);
    expect(pin).toMatch(/^\d{6}$/);
    expect(JSON.stringify(body)).not.toContain(pin);
  });

  it('that has two-step verification is refused without its PIN, and with a wrong one, and taken with the right one', async () => {
    const number = await aNumber(parley, { kind: 'unregistered', pin: '111111' });
    const without = await connect(parley, company, number);
    expect({ status: without.status, paths: pathsOf(without) }).toEqual({ status: 422, paths: ['pin'] });
    expect(await registrations(number.phoneNumberId)).toHaveLength(0);
    const wrong = await connect(parley, company, number, { pin: '222222' });
    expect({ status: wrong.status, paths: pathsOf(wrong) }).toEqual({ status: 422, paths: ['pin'] });
    await parley.sandbox.control('PUT', 'graph/settings', { pinGapMs: 0 });
    expect((await connect(parley, company, number, { pin: '111111' })).status).toBe(201);
    expect(await registrations(number.phoneNumberId)).toHaveLength(2);
  });

  it('is registered ten times in 72 hours at most, and never called after that', async () => {
    const number = await aNumber(parley, { kind: 'unregistered', pin: '111111' });
    await parley.sandbox.control('PUT', 'graph/settings', { pinGapMs: 0, pinGuesses: 1_000 });
    for (let time = 0; time < 10; time += 1) {
      expect(pathsOf(await connect(parley, company, number, { pin: '222222' }))).toEqual(['pin']);
    }
    const refused = await connect(parley, company, number, { pin: '111111' });
    expect({ status: refused.status, paths: pathsOf(refused) }).toEqual({ status: 422, paths: ['phoneNumberId'] });
    expect(refused.body.errors?.[0]?.remedy).toContain('72 hours');
    expect(await registrations(number.phoneNumberId)).toHaveLength(10);
  });
});

describe('a number that is registered', () => {
  it('is not registered again', async () => {
    const number = await aNumber(parley);
    expect((await connect(parley, company, number)).status).toBe(201);
    expect(await registrations(number.phoneNumberId)).toHaveLength(0);
  });
});

describe('a worker that is killed while it registers a number', () => {
  const killInside = async (kind: string) => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const fault = await strikeOnce(parley, number, '/register', { kind });
    const answer = connect(parley, company, number, { pin: '123456' });
    await fault.untilStruck();
    await parley.worker.stop('SIGKILL', 1_000);
    parley.worker = await parley.worker.startAgain();
    return { number, answer: await answer };
  };

  it('after Meta heard of it: connected, with one call', async () => {
    const { number, answer } = await killInside('hang-after');
    expect({ status: answer.status, steps: stepsOf(answer.body) }).toEqual({
      status: 201,
      steps: { subscribe: 'done', webhook: 'done', register: 'done' },
    });
    expect(await registrations(number.phoneNumberId)).toHaveLength(1);
  });

  it('before Meta heard of it: refused as unknown, with one call, and taken when somebody tries again', async () => {
    const { number, answer } = await killInside('hang');
    expect({ status: answer.status, paths: pathsOf(answer) }).toEqual({ status: 422, paths: ['phoneNumberId'] });
    expect(await registrations(number.phoneNumberId)).toHaveLength(1);
    expect((await connect(parley, company, number, { pin: '123456' })).status).toBe(201);
  });
});

describe('an address that Meta does not reach', () => {
  /** Connects a number while the worker believes that Parley is there. */
  const connectAt = async (publicUrl: string) => {
    await parley.worker.stop('SIGTERM', 30_000);
    parley.worker = await startWorker(parley.world, { ...parley.waits, PARLEY_PUBLIC_URL: publicUrl });
    const number = await aNumber(parley);
    const answer = await connect(parley, company, number);
    await parley.worker.stop('SIGTERM', 30_000);
    parley.worker = await startWorker(parley.world, parley.waits);
    return { number, answer };
  };
  const listed = async ({ phoneNumberId }: NewNumber) =>
    (await listAll<{ id: string; phoneNumberId: string }>(parley, '/v1/connections', {}))
      .filter((connection) => connection.phoneNumberId === phoneNumberId)
      .map(({ id }) => id);

  it('is named, and nothing stays stored', async () => {
    const { number, answer } = await connectAt('http://127.0.0.1:9');
    expect({ status: answer.status, paths: pathsOf(answer) }).toEqual({ status: 422, paths: ['metaAppId'] });
    expect(answer.body.errors?.[0]?.message).toBe(
      `Meta cannot reach http://127.0.0.1:9/webhooks/meta/${number.metaAppId}`,
    );
    expect(await listed(number)).toEqual([]);
    // Control: the same number, once the address is right.
    const { status, body } = await connect(parley, company, number);
    expect({ status, listed: await listed(number) }).toEqual({ status: 201, listed: [body.id] });
  });

  it('is not believed although somebody else answers there', async () => {
    const other = await answerChallenges();
    const { port } = other.address() as AddressInfo;
    const { number, answer } = await connectAt(`http://127.0.0.1:${port}`).finally(() => {
      other.closeAllConnections();
      other.close();
    });
    expect({ status: answer.status, paths: pathsOf(answer) }).toEqual({ status: 422, paths: ['metaAppId'] });
    expect(answer.body.errors?.[0]?.message).toContain('Meta cannot reach');
    expect(await listed(number)).toEqual([]);
  });
});

/** Answers Meta's question as Parley would, and is not Parley. */
function answerChallenges(): Promise<Server> {
  const server = createServer((request, response) => {
    response.end(new URL(request.url ?? '', 'http://localhost').searchParams.get('hub.challenge'));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe('credentials that are typed in', () => {
  type Report = {
    findings: { field: string; ok: boolean; isWarning: boolean; code: string; message: string; remedy?: string }[];
    facts: {
      token?: { appId: string; scopes: string[]; expiresAt: string | null };
      accounts?: { id: string }[];
      numbers?: { id: string; status: string }[];
    };
  };
  const check = (body: Record<string, unknown>) =>
    call<Report>(parley, 'POST', '/v1/credential-checks', { provider: 'whatsapp-cloud', ...body });
  const codesOf = ({ body }: { body: Report }) => body.findings.map(({ field, code }) => `${field}: ${code}`);

  it('are looked at as far as they are there, with accounts and numbers to choose from', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    const { metaAppId, accessToken, wabaId, phoneNumberId } = number;
    expect(await check({ metaAppId })).toEqual({ status: 200, body: { findings: [], facts: {} } });
    const token = await check({ metaAppId, accessToken });
    expect(token.body.facts).toMatchObject({
      token: { appId: number.appId, expiresAt: null },
      accounts: [{ id: wabaId }],
    });
    const account = await check({ metaAppId, accessToken, wabaId });
    expect(account.body.facts.numbers).toMatchObject([{ id: phoneNumberId, status: 'PENDING' }]);
    const all = await check({ metaAppId, accessToken, wabaId, phoneNumberId });
    expect(all.body.findings.every(({ ok, isWarning }) => ok && !isWarning)).toBe(true);
    expect(codesOf(all)).toContain('phoneNumberId: will-be-registered');
    // Nothing is registered or subscribed by looking.
    expect((await numberAt(parley, number)).subscribedApps).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['without a payment method', 'wabaId: payment-missing', { payment: false }],
    ['of low quality', 'phoneNumberId: quality-low', { qualityRating: 'RED' }],
    ['with a declined name', 'phoneNumberId: display-name-declined', { nameStatus: 'DECLINED' }],
  ])('of a number %s warn, and let it be connected', async (_what, code, change) => {
    const number = await aNumber(parley);
    await parley.sandbox.control('POST', `graph/numbers/${number.phoneNumberId}`, { ...change, tell: false });
    const { metaAppId, accessToken, wabaId, phoneNumberId } = number;
    const answer = await check({ metaAppId, accessToken, wabaId, phoneNumberId });
    expect(codesOf(answer)).toContain(code);
    expect(answer.body.findings.find((found) => code.endsWith(found.code))).toMatchObject({
      ok: true,
      isWarning: true,
    });
    expect((await connect(parley, company, number)).status).toBe(201);
  });

  it('say in how many days the token ends, and the connection keeps the day', async () => {
    const number = await aNumber(parley);
    const { metaAppId, accessToken, appId } = number;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, expiresInDays: 5.5 });
    const { body } = await check({ metaAppId, accessToken });
    expect(body.findings).toContainEqual(
      expect.objectContaining({ code: 'token-expires-soon', message: 'The access token expires in 5 days' }),
    );
    const connected = await connect(parley, company, number);
    expect({ status: connected.status, hasEnd: connected.body.tokenExpiresAt !== null }).toEqual({
      status: 201,
      hasEnd: true,
    });
  });
});

describe('two browsers that connect one number at once', () => {
  it('one connects it, the other is told so', async () => {
    const number = await aNumber(parley, { kind: 'unregistered' });
    // However late the second one comes, the first one is not connected yet.
    await strikeOnce(parley, number, '/register', { kind: 'slow', delayMs: 3_000 });
    const answers = await Promise.all([connect(parley, company, number), connect(parley, company, number)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.detail).toContain('being connected');
    expect(await registrations(number.phoneNumberId)).toHaveLength(1);
    // Control: two numbers do not get in each other's way.
    const others = await Promise.all([aNumber(parley), aNumber(parley)]);
    const both = await Promise.all(others.map((other) => connect(parley, company, other)));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
  });
});

describe('the list of connections', () => {
  it('is narrowed by state, account and part of the number', async () => {
    const number = await aNumber(parley, {}, await anApp(parley));
    const { body: connected } = await connect(parley, company, number);
    const list = async (query: Record<string, string>) => {
      const { body } = await call<{ items: Shown[] }>(parley, 'GET', `/v1/connections?${new URLSearchParams(query)}`);
      return body.items.map(({ id }) => id);
    };
    const part = number.displayPhoneNumber.slice(-7);
    expect(await list({ search: part, state: 'connected', planfixAccountId: company.planfixAccountId })).toEqual([
      connected.id,
    ]);
    expect(await list({ search: part, state: 'paused' })).toEqual([]);
  });
});
