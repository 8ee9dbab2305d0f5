import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '../../db/database.ts';
import { changeConnection } from '../support/connection-rows.ts';
import {
  connectionOf,
  connectionOnce,
  connectionProblemOnce,
  healthOnce,
  noProblemOnce,
  openProblemsOf,
  SHORT_CHECKS,
  tellOfAccount,
} from '../support/connection-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import { commentOn, messagesOf, startDialogueIn, textsOnceThereAre, textsTo } from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  // No suspension lasts too long unless a test says so.
  parley = await startParley({ waits: { ...SHORT_CHECKS, suspendedMs: 3_600_000 } });
});

afterAll(() => parley?.stop());

const control = (path: string, body: object, method: 'POST' | 'PUT' = 'POST') =>
  parley.sandbox.control(method, `graph/${path}`, body);

/** A company whose connection was found to be well in every respect that can be known of it. */
async function aHealthyCompany(options: Parameters<typeof connectCompany>[1] = {}): Promise<Company> {
  const company = await connectCompany(parley, options);
  await healthOnce({ parley, company }, 'account-events', 'account-events-arrive');
  await eventually('no open problem', async () =>
    (await openProblemsOf({ parley, company })).length === 0 ? true : undefined,
  );
  return company;
}

type Fault = {
  what: string;
  check: string;
  code: string;
  kind: string;
  make: (company: Company) => Promise<unknown>;
  mend: (company: Company) => Promise<unknown>;
};

const number = ({ phoneNumberId }: Company, change: object) =>
  control(`numbers/${phoneNumberId}`, { tell: false, ...change });
const token = ({ accessToken, appId, wabaId }: Company, change: object) =>
  control('tokens', { accessToken, appId, wabaIds: [wabaId], ...change });
const planfix = ({ account }: Company, change: object) =>
  parley.sandbox.control('PUT', `planfix/${account}/settings`, change);
const elsewhere = 'http://127.0.0.1:9/elsewhere';

const FAULTS: Fault[] = [
  {
    what: 'a number that is not connected any more',
    check: 'number',
    code: 'number-not-connected',
    kind: 'number-unusable',
    make: (company) => number(company, { status: 'BANNED' }),
    mend: (company) => number(company, { status: 'CONNECTED' }),
  },
  {
    what: 'a low quality rating',
    check: 'quality',
    code: 'quality-low',
    kind: 'quality-low',
    make: (company) => number(company, { qualityRating: 'RED' }),
    mend: (company) => number(company, { qualityRating: 'GREEN' }),
  },
  {
    what: 'a declined display name',
    check: 'display-name',
    code: 'display-name-declined',
    kind: 'display-name-declined',
    make: (company) => number(company, { nameStatus: 'DECLINED' }),
    mend: (company) => number(company, { nameStatus: 'APPROVED' }),
  },
  {
    what: 'a missing payment method',
    check: 'sending',
    code: 'payment-missing',
    kind: 'sending-limited',
    make: (company) => number(company, { payment: false }),
    mend: (company) => number(company, { payment: true }),
  },
  {
    what: 'a lowered limit',
    check: 'limit',
    code: 'limit-lowered',
    kind: 'limit-lowered',
    make: (company) => number(company, { messagingLimit: 'TIER_50' }),
    mend: (company) => number(company, { messagingLimit: 'TIER_100K' }),
  },
  {
    what: 'a token that ends soon',
    check: 'token',
    code: 'token-expires',
    kind: 'token-expires',
    make: (company) => token(company, { expiresInDays: 5 }),
    mend: (company) => token(company, { expiresInDays: 60 }),
  },
  {
    what: 'webhooks that go to another address',
    check: 'subscription',
    code: 'webhook-misdirected',
    kind: 'webhook-misdirected',
    make: ({ wabaId }) => control(`wabas/${wabaId}`, { overrideUrl: elsewhere }),
    mend: ({ wabaId }) => control(`wabas/${wabaId}`, { overrideUrl: null }),
  },
  {
    what: 'an app whose own address is not ours',
    check: 'account-events',
    code: 'account-events-missing',
    kind: 'account-events-missing',
    make: ({ appId }) => control(`apps/${appId}`, { callbackUrl: elsewhere, verify: false }),
    mend: ({ appId, metaAppId }) =>
      control(`apps/${appId}`, { callbackUrl: `${parley.api.url}/webhooks/meta/${metaAppId}` }),
  },
  {
    what: 'an app that does not hear of everything',
    check: 'fields',
    code: 'fields-missing',
    kind: 'fields-missing',
    make: ({ appId }) => control(`apps/${appId}`, { fields: ['messages', 'security'] }),
    mend: ({ appId }) => control(`apps/${appId}`, { fields: null }),
  },
  {
    what: "the network's clock ten minutes off",
    check: 'clock',
    code: 'network-clock',
    kind: 'clock-wrong',
    make: () => control('settings', { dateSkewMs: 600_000 }, 'PUT'),
    mend: () => control('settings', { dateSkewMs: 0 }, 'PUT'),
  },
  {
    what: "Planfix's clock ten minutes off",
    check: 'clock',
    code: 'planfix-clock',
    kind: 'clock-wrong',
    make: (company) => planfix(company, { clockSkewMs: 600_000 }),
    mend: (company) => planfix(company, { clockSkewMs: 0 }),
  },
];

describe('a fault', () => {
  it.each(FAULTS)('$what: told with its remedy, and settled when it is mended', async (fault) => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    // Control: until then there is no such problem.
    expect((await openProblemsOf(place)).map(({ kind }) => kind)).not.toContain(fault.kind);
    await fault.make(company);
    const problem = await connectionProblemOnce(place, fault.kind);
    expect(problem.detail).toMatch(/\S\. [A-Z]/);
    expect(await healthOnce(place, fault.check, fault.code)).toMatchObject({ remedy: expect.any(String) });
    await fault.mend(company);
    await noProblemOnce(place, fault.kind);
  });

  it('a lost subscription is made again, which is said, and messages come again', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    await control(`wabas/${company.wabaId}`, { subscribedApps: [] });
    expect(await connectionProblemOnce(place, 'subscription-lost')).toMatchObject({ reason: 'subscribed-again' });
    await noProblemOnce(place, 'subscription-lost');
    await startDialogueIn(parley, company);
    const { items } = await parley.rest<{ items: { action: string; actor: string }[] }>(
      'GET',
      `/v1/audit-entries?subjectId=${company.connectionId}&action=subscribe-again`,
    );
    expect(items).toMatchObject([{ actor: 'parley' }]);
  });

  it('a network that has fallen silent about messages that it took', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    const dialogue = await startDialogueIn(parley, company);
    await number(company, { muted: true });
    // What was told a moment before the message left may be about it.
    await eventually('a while without news', async () => {
      const seenAt = Date.parse((await connectionOf(place)).webhookSeenAt ?? '');
      return Date.now() - seenAt > Number(SHORT_CHECKS.statusLateMs) ? true : undefined;
    });
    await commentOn(dialogue, { html: 'Anybody there?' });
    await connectionProblemOnce(place, 'statuses-missing');
    await number(company, { muted: false });
    await writeAs(parley, company, dialogue.customer, 'Yes');
    await noProblemOnce(place, 'statuses-missing');
  });

  it('a scenario that has never called', async () => {
    const company = await aHealthyCompany({ hint: false });
    const place = { parley, company };
    const dialogue = await startDialogueIn(parley, company);
    await commentOn(dialogue, { html: 'Found by looking' });
    await textsOnceThereAre(dialogue, 1);
    await connectionProblemOnce(place, 'hint-never-seen');
    const hint = { url: `${parley.api.url}/webhooks/planfix/${company.planfixAccountId}`, secret: company.hintSecret };
    await parley.sandbox.control('PUT', `planfix/${company.account}/hint`, hint);
    await commentOn(dialogue, { html: 'Told by the scenario' });
    await noProblemOnce(place, 'hint-never-seen');
  });

  it('a token that is refused pauses the connection, and a token that works again ends that', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    await token(company, { revoked: true });
    expect(await connectionProblemOnce(place, 'connection-paused')).toMatchObject({ reason: 'credentials-rejected' });
    await healthOnce(place, 'token', 'token-refused');
    await token(company, { revoked: false });
    await noProblemOnce(place, 'connection-paused');
    await healthOnce(place, 'token', 'token-good');
  });

  it('a token that may send and not look after the account: told, and nothing else suffers', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    const path = `${company.wabaId}/subscribed_apps`;
    const rule = { target: 'graph', kind: 'error', code: 10, method: 'GET', path, times: 0 };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
    // Control: an override that is ours makes the question needless.
    await anotherCheckOf(place);
    expect(await openProblemsOf(place)).toEqual([]);
    await control(`wabas/${company.wabaId}`, { overrideUrl: null });
    expect(await connectionProblemOnce(place, 'subscription-lost')).toMatchObject({
      reason: 'subscription-unreadable',
    });
    await anotherCheckOf(place);
    expect((await connectionOf(place)).state).toBe('connected');
    await parley.sandbox.control('DELETE', `faults/${id}`);
    await noProblemOnce(place, 'subscription-lost');
    const all = await parley.rest<{ items: { kind: string }[] }>(
      'GET',
      `/v1/problems?connectionId=${company.connectionId}&state=settled&limit=100`,
    );
    expect(all.items.map(({ kind }) => kind)).not.toContain('connection-paused');
  });

  it('a token of Planfix that is refused shows with the connection, too', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    await parley.sandbox.control('POST', `planfix/${company.account}/token`, { token: 'another-token' });
    await healthOnce(place, 'planfix', 'planfix-paused');
    await parley.sandbox.control('POST', `planfix/${company.account}/token`, { token: company.token });
    await healthOnce(place, 'planfix', 'planfix-answers');
  });

  it('an address that nobody answers at', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    const db = createDatabase(parley.world.databaseUrl, 1);
    try {
      await parley.api.stop('SIGKILL', 1_000);
      await eventually('the problem, without the api', async () =>
        db
          .selectFrom('problem')
          .where('connectionId', '=', company.connectionId)
          .where('kind', '=', 'webhook-silent')
          .where('state', '=', 'open')
          .select('id')
          .executeTakeFirst(),
      );
    } finally {
      await db.destroy();
      parley.api = await parley.api.startAgain();
    }
    await noProblemOnce(place, 'webhook-silent');
  });
});

describe('a link that the network suspends', () => {
  it('is no problem at once but when it lasts, and afterwards everything goes on by itself', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    const dialogue = await startDialogueIn(parley, company);
    await tellOfAccount(place, 'ACCOUNT_OFFBOARDED');
    expect((await connectionOnce(place, 'paused')).pausedReason).toBe('suspended');
    expect(await openProblemsOf(place)).toEqual([]);
    await commentOn(dialogue, { html: 'Waits' });
    await changeConnection(parley, company.connectionId, "paused_at = paused_at - interval '2 hours'");
    await parley.rest('POST', `/v1/connections/${company.connectionId}/check`);
    const problem = await connectionProblemOnce(place, 'connection-paused');
    expect(problem).toMatchObject({ reason: 'suspended', detail: expect.stringContaining('Open the WhatsApp') });
    // A probe would have found the number well all the while.
    expect((await connectionOf(place)).state).toBe('paused');
    expect(await textsTo(dialogue)).toEqual([]);
    await tellOfAccount(place, 'ACCOUNT_RECONNECTED');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Waits']);
    await noProblemOnce(place, 'connection-paused');
    expect(await messagesOf(place, { state: 'unknown' })).toEqual([]);
  });
});

type Place = Parameters<typeof healthOnce>[0];

async function anotherCheckOf(place: Place, name = 'number', code = 'connected'): Promise<void> {
  const { checkedAt } = await healthOnce(place, name, code);
  await eventually('another check', async () =>
    (await healthOnce(place, name, code)).checkedAt > checkedAt ? true : undefined,
  );
}

describe('a ban', () => {
  it('is over by itself when it was lifted and no event tells of it', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    const dialogue = await startDialogueIn(parley, company);
    await tellOfAccount(place, 'DISABLED_UPDATE', { state: 'DISABLE' });
    expect((await connectionOnce(place, 'paused')).pausedReason).toBe('disabled');
    await commentOn(dialogue, { html: 'Waits' });
    // Control: it lasts, however often the connection is looked at.
    for (let look = 1; look <= 4; look += 1) await anotherCheckOf(place, 'planfix', 'planfix-answers');
    expect((await openProblemsOf(place)).map(({ kind, reason }) => [kind, reason])).toEqual([
      ['connection-paused', 'disabled'],
    ]);
    await tellOfAccount(place, 'DISABLED_UPDATE', { state: 'REINSTATE', tell: false });
    await noProblemOnce(place, 'connection-paused');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Waits']);
    expect((await connectionOf(place)).state).toBe('connected');
  });
});

describe('a restriction', () => {
  it('is over by itself when its end has come, and stays a problem until then', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    await tellOfAccount(place, 'ACCOUNT_RESTRICTION', {
      untilMs: Date.now() + 3_600_000,
      restrictionType: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION',
    });
    await connectionProblemOnce(place, 'connection-restricted');
    await anotherCheckOf(place);
    // Control: its end has not come, however often the connection is looked at.
    expect((await openProblemsOf(place)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
    await changeConnection(parley, company.connectionId, 'restricted_until = clock_timestamp()');
    await noProblemOnce(place, 'connection-restricted');
    // Control: one of which nobody knows the end waits for a person, however often the connection is looked at.
    await tellOfAccount(place, 'ACCOUNT_VIOLATION');
    await connectionProblemOnce(place, 'connection-restricted');
    await anotherCheckOf(place);
    expect((await openProblemsOf(place)).map(({ kind }) => kind)).toContain('connection-restricted');
  });

  it('is over by itself when it was lifted, of which no event tells', async () => {
    const company = await aHealthyCompany();
    const place = { parley, company };
    await tellOfAccount(place, 'ACCOUNT_RESTRICTION', { untilMs: Date.now() + 7 * 24 * 3_600_000 });
    await connectionProblemOnce(place, 'connection-restricted');
    await anotherCheckOf(place);
    await anotherCheckOf(place);
    // Control: it stays, however often the connection is looked at.
    expect((await openProblemsOf(place)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
    await tellOfAccount(place, 'ACCOUNT_RESTRICTION', { restrictionType: null });
    await noProblemOnce(place, 'connection-restricted');
    expect((await connectionOf(place)).state).toBe('connected');
  });
});
