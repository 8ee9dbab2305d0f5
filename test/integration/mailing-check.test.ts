import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createMailingActivities } from '../../activities/mailing.ts';
import { recordOptOut } from '../../db/opt-outs.ts';
import { DEFAULT_WAITS } from '../../workflows/domain/waits.ts';
import { aTemplate, knowTemplates } from '../support/templates.ts';
import { type ApiAnswer, type ApiWorld, anEnvelope, aText, postMeta, startApiWorld, until } from './api-world.ts';

const WABA = { provider: 'whatsapp-cloud', accountKey: '102290129340398' };
const ORDER = aTemplate();
const OFFER = aTemplate({
  id: '2',
  name: 'offer',
  language: 'en',
  category: 'marketing',
  components: { body: { text: 'Half price' } },
});

let world: ApiWorld;
let connectionId: string;
let planfixAccountId: string;
let metaAppId: string;
let phoneNumberId: string;

beforeAll(async () => {
  world = await startApiWorld();
  ({ connectionId, planfixAccountId, metaAppId, phoneNumberId } = await world.connect());
  await world.db
    .updateTable('connection')
    .set({ displayPhoneNumber: '+49 1511 0000000' })
    .where('id', '=', connectionId)
    .execute();
  await knowTemplates(world.db, WABA, [ORDER, OFFER]);
});
afterAll(() => world?.close());
beforeEach(() => void world.beyond.runs.splice(0));

/** One page of the worker's, as the run of the mailing would have it; the network is not reached by a check. */
async function work(mailingId: string): Promise<void> {
  const nothing = async () => undefined;
  const dependencies = {
    db: world.db,
    waits: DEFAULT_WAITS,
    wake: nothing,
    lookAt: nothing,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  } as unknown as Dependencies;
  const { workOnMailing } = createMailingActivities(dependencies, () => Promise.reject(new Error('no network here')));
  await new MockActivityEnvironment().run(workOnMailing, { mailingId });
}

type Shown = { id: string; state: string; errors?: { path: string; message: string }[] } & Record<string, never>;
type Posted = ApiAnswer & { body: Shown };

/** Posts a mailing, and has it checked while the caller waits. */
async function whenChecked(posted: Promise<unknown>): Promise<Posted> {
  await until('the mailing is told of', () => world.beyond.runs.length > 0);
  for (const { id } of world.beyond.runs.splice(0)) await work(id);
  return (await posted) as Posted;
}

const post = (recipients: unknown[], more: Record<string, unknown> = {}) =>
  whenChecked(
    world.call('POST', '/v1/mailings', {
      body: { connectionId, template: { name: 'order_ready', language: 'en_US' }, recipients, ...more },
    }),
  );

async function upload(file: string | Uint8Array<ArrayBuffer>, mailing: Record<string, unknown> = {}, key?: string) {
  const form = new FormData();
  const template = { name: 'offer', language: 'en' };
  form.set('mailing', JSON.stringify({ connectionId, template, ...mailing }));
  form.set('recipients', new Blob([file]), 'recipients.csv');
  const response = await fetch(`${world.url}/v1/mailings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminKey}`, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as Shown };
}

const rows = async (table: 'mailing' | 'mailingRecipient') => {
  const { count } = await world.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

const GOOD = { to: '+49 1512 3456789', parameters: { body: ['A-17', 'Monday'] } };

describe('a line of a mailing', () => {
  it.each([
    ['without a country', { ...GOOD, to: '01512 3456789' }, 'to', /no country/],
    ['with a landline', { ...GOOD, to: '+49 30 1234567' }, 'to', /landline/],
    ["with the connection's own number", { ...GOOD, to: '+4915110000000' }, 'to', /own number/],
    ['with what is no phone', { ...GOOD, to: 'Jane' }, 'to', /not a phone/],
    ['with nothing', { ...GOOD, to: ' ' }, 'to', /empty/],
    ['with a value that is missing', { ...GOOD, parameters: { body: ['A-17'] } }, 'parameters.body.1', /missing/],
    [
      'with a value too many',
      { ...GOOD, parameters: { body: ['a', 'b', 'c'] } },
      'parameters.body.2',
      /no placeholder/,
    ],
    [
      'with a line break in a value',
      { ...GOOD, parameters: { body: ['a\nb', 'c'] } },
      'parameters.body.0',
      /line break/,
    ],
    [
      'with 1,025 characters',
      { ...GOOD, parameters: { body: ['x'.repeat(999), 'y'] } },
      'parameters.body',
      /1025|1,025/,
    ],
  ])('%s is refused with its place, and nothing else goes', async (_what, line, path, message) => {
    const { status, body } = await post([GOOD, line]);
    expect(status).toBe(422);
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.path).toBe(`recipients.1.${path}`);
    expect(body.errors?.[0]?.message).toMatch(message);
    // Control: without that line it goes.
    const good = await post([GOOD]);
    expect([good.status, good.body.state]).toEqual([201, 'running']);
  });

  it('with 1,024 characters is just right', async () => {
    const { status } = await post([{ ...GOOD, parameters: { body: ['x'.repeat(998), 'y'] } }]);
    expect(status).toBe(201);
  });

  it('that names a recipient again is merged with the first, in whatever spelling', async () => {
    const { body } = await post([GOOD, { ...GOOD, to: '004915123456789' }, { ...GOOD, to: '+49 1512 3456780' }]);
    const shown = await world.call('GET', `/v1/mailings/${body.id}`);
    expect(shown.body.counts).toMatchObject({ recipients: 3, duplicate: 1, bad: 0, waiting: 2 });
    const { items } = (await world.call('GET', `/v1/mailings/${body.id}/recipients?state=duplicate`)).body as {
      items: { line: number }[];
    };
    expect(items.map(({ line }) => line)).toEqual([2]);
  });

  it('brings what the mailing leaves open, and goes over what it says', async () => {
    const template = { name: 'order_ready', language: 'en_US', parameters: { body: { 1: 'A-1' } } };
    const answer = await post([{ to: GOOD.to, parameters: { body: { 2: 'Monday' } } }], { template });
    expect(answer.status).toBe(201);
    // Control: without it something is missing.
    const refused = await post([{ to: GOOD.to }], { template });
    expect(refused.body.errors?.[0]?.path).toBe('recipients.0.parameters.body.1');
  });

  it('with a text reaches those only who wrote within a day', async () => {
    await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915170000001', 'Hello')] }));
    const text = { template: undefined, text: 'Hello again' };
    const { status, body } = await post([{ to: '+4915170000001' }, { to: '+4915170000002' }], text);
    expect(status).toBe(422);
    expect(body.errors?.map(({ path }) => path)).toEqual(['recipients.1.to']);
    expect((await post([{ to: '+4915170000001' }], text)).status).toBe(201);
  });

  it('of somebody who wants no marketing is left out of marketing, by whatever customer they said so', async () => {
    await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915170000011', 'Hello')] }));
    await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915170000012', 'Hello')] }));
    const [one, other] = await world.db
      .selectFrom('customerIdentity')
      .where('value', 'in', ['4915170000011', '4915170000012'])
      .orderBy('value')
      .select('customerId as id')
      .execute();
    const customerId = one?.id as string;
    await world.db
      .transaction()
      .execute((trx) => recordOptOut(trx, { planfixAccountId, customerId, source: 'stop-word' }));
    const recipients = [{ to: '+4915170000011' }, { to: '+4915170000012' }, { to: '+4915170000013' }];
    const counted = async () => {
      const { body } = await post(recipients, { template: { name: 'offer', language: 'en' } });
      return ((await world.call('GET', `/v1/mailings/${body.id}`)).body.counts as { optedOut: number }).optedOut;
    };
    expect(await counted()).toBe(1);
    // Both turn out to be one person.
    await world.db
      .updateTable('customer')
      .set({ mergedInto: customerId })
      .where('id', '=', other?.id as string)
      .execute();
    expect(await counted()).toBe(2);
  });
});

describe('a mailing', () => {
  it('whose template cannot be sent is refused before anything is stored', async () => {
    const before = await rows('mailing');
    const refused = (template: unknown) =>
      world.call('POST', '/v1/mailings', { body: { connectionId, template, recipients: [GOOD] } });
    const unknown = await refused({ name: 'nothing', language: 'en' });
    expect([unknown.status, (unknown.body as Shown).errors?.[0]?.path]).toEqual([422, 'template.name']);
    const language = await refused({ name: 'order_ready', language: 'de' });
    expect((language.body as Shown).errors?.[0]?.path).toBe('template.language');
    expect(await rows('mailing')).toBe(before);
  });

  it('whose template is deleted between its acceptance and its start stops, with the reason', async () => {
    const startAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await post([GOOD], { startAt });
    expect(body.state).toBe('scheduled');
    await knowTemplates(world.db, WABA, [OFFER]);
    const shown = await world.call('GET', `/v1/mailings/${body.id}`);
    expect([shown.body.state, shown.body.reason]).toEqual(['stopped', 'template-gone']);
    // One that somebody resumes although it is gone stops again.
    await world.call('POST', `/v1/mailings/${body.id}/resume`);
    await world.db.updateTable('mailing').set({ startAt: new Date() }).where('id', '=', body.id).execute();
    for (let page = 0; page < 3; page += 1) await work(body.id);
    expect((await world.call('GET', `/v1/mailings/${body.id}`)).body.state).toBe('stopped');
    await knowTemplates(world.db, WABA, [ORDER, OFFER]);
  });

  it('is one of its own account only', async () => {
    const { body } = await post([GOOD]);
    const other = await world.connect();
    const { planfixAccountId: bound } = other;
    const made = await world.call('POST', '/v1/api-keys', {
      body: { name: 'bound', scopes: ['read', 'write:messages'], planfixAccountId: bound },
    });
    const key = String(made.body.secret ?? made.body.key);
    for (const path of [`/v1/mailings/${body.id}`, `/v1/mailings/${body.id}/recipients`]) {
      expect((await world.call('GET', path, { key })).status).toBe(404);
      // Control: whoever may see all sees it.
      expect((await world.call('GET', path)).status).toBe(200);
    }
    expect((await world.call('POST', `/v1/mailings/${body.id}/cancel`, { key })).status).toBe(404);
    expect((await world.call('GET', '/v1/mailings', { key })).body.items).toEqual([]);
  });

  it('leaves no phone in what was refused', async () => {
    const { status } = await post([{ ...GOOD, to: 'no phone 81723' }, GOOD]);
    expect(status).toBe(422);
    const { id } = await world.db.selectFrom('mailing').orderBy('id', 'desc').select('id').executeTakeFirstOrThrow();
    await work(id);
    const kept = await world.db.selectFrom('mailingRecipient').where('mailingId', '=', id).selectAll().execute();
    expect(kept).toHaveLength(2);
    expect(JSON.stringify(kept)).not.toMatch(/81723|3456789/);
    // Control: they were there as they had been given.
    const accepted = await post([GOOD]);
    const stored = await world.db
      .selectFrom('mailingRecipient')
      .where('mailingId', '=', accepted.body.id)
      .selectAll()
      .execute();
    expect(JSON.stringify(stored)).toMatch(/3456789/);
  });
});

describe('a file of recipients', () => {
  it('is the same request only with the same bytes', async () => {
    const key = randomUUID();
    const first = await whenChecked(upload('to\n+4915123456789', {}, key));
    const again = await upload('to\n+4915123456789', {}, key);
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    expect((await upload('to\n+4915123456780', {}, key)).status).toBe(409);
  });

  it('finds the mailing that it made when the api died before it answered', async () => {
    const key = randomUUID();
    const first = await whenChecked(upload('to\n+4915123456789', {}, key));
    const forget = () =>
      world.db
        .updateTable('idempotencyKey')
        .set({ responseStatus: null, responseBody: null, createdAt: new Date(Date.now() - 120_000) })
        .where('key', '=', key)
        .execute();
    await forget();
    const again = await upload('to\n+4915123456789', {}, key);
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    // Control: where the mailing does not know its request, it is made anew.
    await forget();
    await world.db.updateTable('mailing').set({ requestKey: null }).where('id', '=', first.body.id).execute();
    world.beyond.runs.splice(0);
    const anew = await whenChecked(upload('to\n+4915123456789', {}, key));
    expect(anew.body.id).not.toBe(first.body.id);
  });

  it('is another request a day later, whatever key it has', async () => {
    const key = randomUUID();
    const first = await whenChecked(upload('to\n+4915123456789', {}, key));
    const createdAt = new Date(Date.now() - DEFAULT_WAITS.idempotencyMs - 1_000);
    await world.db.updateTable('idempotencyKey').set({ createdAt }).where('key', '=', key).execute();
    // Control: the mailing itself is not a day old yet.
    expect((await upload('to\n+4915123456780', {}, key)).status).toBe(409);
    await world.db.updateTable('mailing').set({ createdAt }).where('id', '=', first.body.id).execute();
    world.beyond.runs.splice(0);
    const next = await whenChecked(upload('to\n+4915123456780', {}, key));
    expect(next.status).toBe(201);
    expect(next.body.id).not.toBe(first.body.id);
  });

  it('of more than 64 MB is refused with the limit, and one without its parts with what is missing', async () => {
    const large = await upload(`to\n${'+4915123456789,'.repeat(4_600_000)}`);
    expect([large.status, JSON.stringify(large.body)]).toEqual([413, expect.stringContaining('64 MB')]);
    const form = new FormData();
    form.set('recipients', new Blob(['to']), 'recipients.csv');
    const headers = { authorization: `Bearer ${world.adminKey}` };
    const missing = await fetch(`${world.url}/v1/mailings`, { method: 'POST', headers, body: form });
    expect([missing.status, await missing.text()]).toEqual([422, expect.stringContaining('no field')]);
  });

  it('tells a bad line by its number and column', async () => {
    const { status, body } = await whenChecked(upload('to;name\n+4915123456789;Anna\n=HYPERLINK("x");Eve\n030 1;Bob'));
    expect(status).toBe(422);
    expect(body.errors?.map(({ path }) => path)).toEqual(['line 3: to', 'line 4: to']);
    expect(body.errors?.[0]?.message).toMatch(/formula/);
  });

  it.each([
    ['that is empty', '', /empty/],
    ['with a header alone', 'to,name\n', /names no recipient/],
    ['with an unknown column', 'to,colour\n+4915123456789,red', /"colour"/],
  ])('%s is refused, and nothing stays stored', async (_what, file, message) => {
    const before = [await rows('mailing'), await rows('mailingRecipient')];
    const { status, body } = await upload(file);
    expect(status).toBe(422);
    expect(body.errors?.[0]?.message).toMatch(message);
    expect([await rows('mailing'), await rows('mailingRecipient')]).toEqual(before);
  });

  it('of 1,000,001 lines is refused with the limit, and nothing stays stored', async () => {
    const before = [await rows('mailing'), await rows('mailingRecipient')];
    const lines = Array.from({ length: 1_000_001 }, (_, index) => `+4915${String(index).padStart(9, '0')}`);
    const { status, body } = await upload(`to\n${lines.join('\n')}\n`);
    expect(status).toBe(422);
    expect(body.errors?.[0]?.message).toMatch(/1,000,000/);
    expect([await rows('mailing'), await rows('mailingRecipient')]).toEqual(before);
    // Control: as many as a batch has, and one more, are stored.
    const stored = await whenChecked(upload(`to\n${lines.slice(0, 5_001).join('\n')}\n`, { skipBadLines: true }));
    expect(stored.status).toBe(201);
    expect(await rows('mailingRecipient')).toBe((before[1] as number) + 5_001);
  });
});
