import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type ApiWorld, aText, countRows, startApiWorld } from './api-world.ts';

const PHONE = '+49 30 5550100';
const DIGITS = '49305550100';
const OTHER = '49305550199';
const CUSTOMER = '4915112345678';
/** The process in front of the api, as it sees itself. */
const PROXY = '127.0.0.1';

type Number = { connectionId: string; planfixAccountId: string; secret: string };

let world: ApiWorld;
let number: Number;
beforeAll(async () => {
  world = await startApiWorld({ trustProxy: [PROXY] });
  number = await connect(world, PHONE);
});
afterAll(() => world.close());

async function connect(world: ApiWorld, phone: string, more: Record<string, unknown> = {}): Promise<Number> {
  const { planfixAccountId } = await world.connect();
  const answer = await world.call('POST', '/v1/connections', {
    body: {
      provider: 'dialog360',
      planfixAccountId,
      phone,
      apiKey: 'a-key-of-360dialog',
      configuredBy: 'user:2',
      settings: { taskTemplate: 10 },
      ...more,
    },
  });
  if (answer.status !== 201) throw new Error(answer.text);
  const connectionId = String(answer.body.id);
  const { webhookSecret } = await world.db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select('webhookSecret')
    .executeTakeFirstOrThrow();
  return { connectionId, planfixAccountId, secret: world.secrets.open(webhookSecret as Buffer) };
}

const envelope = (value: object, display = DIGITS, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '37000',
      changes: [
        {
          field,
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: display, phone_number_id: '36000' },
            ...value,
          },
        },
      ],
    },
  ],
});
const message = (text: string, display = DIGITS) => envelope({ messages: [aText(CUSTOMER, text)] }, display);

async function post(
  path: string,
  body: unknown,
  { headers = {}, at = world }: { headers?: Record<string, string>; at?: ApiWorld } = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${at.url}/webhooks/dialog360/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const own = () => `${number.connectionId}/${number.secret}`;
const messagesWith = (text: string, { db } = world) =>
  db.selectFrom('message').selectAll().where('text', '=', text).execute();
const eventsBecause = (reason: string) =>
  world.db.selectFrom('inboundEvent').selectAll().where('reason', '=', reason).execute();

const TAKEN = { status: 200, text: '' };
const REFUSED = { status: 404, text: '' };

describe('who may post', () => {
  it('whoever has the secret of the address', async () => {
    expect(await post(own(), message('by address'))).toEqual(TAKEN);
    expect(await messagesWith('by address')).toMatchObject([{ connectionId: number.connectionId, state: 'received' }]);
  });

  it('whoever has it in the header', async () => {
    const headers = { authorization: `Bearer ${number.secret}` };
    expect(await post(number.connectionId, message('by header'), { headers })).toEqual(TAKEN);
    expect(await messagesWith('by header')).toHaveLength(1);
  });

  it.each<[string, () => [string, Record<string, string>]]>([
    ['another secret', () => [`${number.connectionId}/another`, {}]],
    ['a part of it', () => [`${number.connectionId}/${number.secret.slice(0, -1)}`, {}]],
    ['none', () => [number.connectionId, {}]],
    ['an empty header', () => [number.connectionId, { authorization: 'Bearer ' }]],
    ['another header', () => [number.connectionId, { authorization: 'Bearer another' }]],
    [
      'the right header beside a wrong address',
      () => [`${number.connectionId}/x`, { authorization: `Bearer ${number.secret}` }],
    ],
    ['another connection', () => [`00000000-0000-7000-8000-000000000000/${number.secret}`, {}]],
    ['no id at all', () => [`nonsense/${number.secret}`, {}]],
    ['a path too many', () => [`${own()}/more`, {}]],
  ])('nobody with %s: 404, empty, nothing stored, counted', async (_what, request) => {
    const [path, headers] = request();
    const labels = { source: 'dialog360', outcome: 'unknown-receiver' };
    const counted = await world.count('parley_webhooks_total', labels);
    const before = await countRows(world.db, 'inboundEvent');
    expect(await post(path, message('forged'), { headers })).toEqual(REFUSED);
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
    expect(await world.count('parley_webhooks_total', labels)).toBe(counted + 1);
  });

  it('not with the secret of another connection', async () => {
    const other = await connect(world, `+${OTHER}`);
    expect(await post(`${number.connectionId}/${other.secret}`, message('crossed'))).toEqual(REFUSED);
    expect(await post(`${other.connectionId}/${other.secret}`, message('uncrossed', OTHER))).toEqual(TAKEN);
  });

  it('nobody where the secret is gone', async () => {
    const { connectionId, secret } = await connect(world, '+49 30 5550111');
    await world.db.updateTable('connection').set({ webhookSecret: null }).where('id', '=', connectionId).execute();
    expect(await post(`${connectionId}/${secret}`, message('after the end', '49305550111'))).toEqual(REFUSED);
    expect(await post(`${connectionId}/`, message('after the end', '49305550111'))).toEqual(REFUSED);
  });

  it('not at the address of a connection of another kind', async () => {
    const { connectionId } = await world.connect();
    expect(await post(`${connectionId}/${number.secret}`, message('of another kind'))).toEqual(REFUSED);
  });
});

describe('whence they may come', () => {
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

  it('only from listed addresses, of both families', async () => {
    const allowedAddresses = ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'];
    const { connectionId, secret } = await connect(world, '+49 30 5550122', { allowedAddresses });
    const send = (address: string, text: string) =>
      post(`${connectionId}/${secret}`, message(text, '49305550122'), from(address));
    expect(await send('203.0.113.9', 'listed')).toEqual(TAKEN);
    expect(await send('198.51.100.7', 'single')).toEqual(TAKEN);
    expect(await send('2001:db8:1::5', 'six')).toEqual(TAKEN);
    expect(await send('203.0.114.9', 'unlisted')).toEqual(REFUSED);
    expect(await send('2001:db9::5', 'unlisted')).toEqual(REFUSED);
    expect(await send('127.0.0.1, 198.51.100.8', 'unlisted')).toEqual(REFUSED);
    expect(await messagesWith('unlisted')).toEqual([]);
  });

  it("nobody's word counts for it where no proxy is trusted", async () => {
    const bare = await startApiWorld();
    try {
      const { connectionId, secret } = await connect(bare, PHONE, { allowedAddresses: ['203.0.113.0/24'] });
      const claimed = { ...from('203.0.113.9'), at: bare };
      expect(await post(`${connectionId}/${secret}`, message('claimed'), claimed)).toEqual(REFUSED);
      expect(await messagesWith('claimed', bare)).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});

describe('what is taken', () => {
  it('is stored once, however often it comes', async () => {
    const body = message('again and again');
    expect(await post(own(), body)).toEqual(TAKEN);
    expect(await post(own(), body)).toEqual(TAKEN);
    expect(await messagesWith('again and again')).toHaveLength(1);
    expect(await world.count('parley_webhooks_total', { source: 'dialog360', outcome: 'repeated' })).toBeGreaterThan(0);
  });

  it('in any spelling of the number', async () => {
    expect(await post(own(), message('spelt', '+49 30 5550100'))).toEqual(TAKEN);
    expect(await messagesWith('spelt')).toHaveLength(1);
  });

  it('of another number is put aside, and not posted', async () => {
    expect(await post(own(), message('of another number', '49309999999'))).toEqual(TAKEN);
    expect(await messagesWith('of another number')).toEqual([]);
    expect(await eventsBecause('is about another number than that of this address')).toMatchObject([
      { kind: 'message', connectionId: null, sourceId: number.planfixAccountId },
    ]);
  });

  it('whatever it is, even what is no JSON', async () => {
    expect(await post(own(), 'nothing of the kind')).toEqual(TAKEN);
    expect(await eventsBecause('the body is not JSON')).toMatchObject([{ connectionId: number.connectionId }]);
  });

  it('from a partner, wrapped', async () => {
    const metadata = { display_phone_number: DIGITS, phone_number_id: '36000' };
    const data = { id: '37000', metadata, messages: [aText(CUSTOMER, 'wrapped')] };
    expect(await post(own(), { id: 'event-1', event: 'messages', data })).toEqual(TAKEN);
    expect(await messagesWith('wrapped')).toHaveLength(1);
  });

  it('about the account: its templates are read again', async () => {
    await world.db
      .insertInto('channelAccount')
      .values({
        id: number.connectionId,
        provider: 'dialog360',
        accountKey: DIGITS,
        templatesDueAt: new Date('2100-01-01'),
      })
      .onConflict((conflict) =>
        conflict.columns(['provider', 'accountKey']).doUpdateSet({ templatesDueAt: new Date('2100-01-01') }),
      )
      .execute();
    const news = { id: 'event-2', event: 'message_template_status_update', data: { id: '37000', event: 'APPROVED' } };
    expect(await post(own(), news)).toEqual(TAKEN);
    const { templatesDueAt } = await world.db
      .selectFrom('channelAccount')
      .where('accountKey', '=', DIGITS)
      .select('templatesDueAt')
      .executeTakeFirstOrThrow();
    expect((templatesDueAt as Date).getTime()).toBeLessThan(Date.now() + 60_000);
  });

  it('for a draft is put aside, and taken when it comes again once it is connected', async () => {
    const { connectionId, secret } = await connect(world, '+49 30 5550133');
    const setState = (state: string) =>
      world.db.updateTable('connection').set({ state }).where('id', '=', connectionId).execute();
    await setState('draft');
    const body = message('too early', '49305550133');
    expect(await post(`${connectionId}/${secret}`, body)).toEqual(TAKEN);
    expect(await messagesWith('too early')).toEqual([]);
    await setState('connected');
    expect(await post(`${connectionId}/${secret}`, body)).toEqual(TAKEN);
    expect(await messagesWith('too early')).toHaveLength(1);
  });

  it('only once it is stored: until then 503, so that it comes again', async () => {
    const rename = (from: string, to: string) => sql`alter table ${sql.table(from)} rename to ${sql.id(to)}`;
    const body = message('while the table was away');
    await rename('inbound_event', 'away').execute(world.db);
    expect(await post(own(), body)).toEqual({ status: 503, text: '' });
    await rename('away', 'inbound_event').execute(world.db);
    expect(await messagesWith('while the table was away')).toEqual([]);
    expect(await post(own(), body)).toEqual(TAKEN);
    expect(await messagesWith('while the table was away')).toHaveLength(1);
  });

  it('up to its limit', async () => {
    expect(await post(own(), `{"pad":"${'x'.repeat(4 * 1024 * 1024)}"}`)).toEqual({ status: 413, text: '' });
  });

  it('without a word of secrets in the log', () => {
    expect(world.logged()).not.toContain(number.secret);
    expect(world.logged().length).toBeGreaterThan(0);
  });
});
