import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordOptOut } from '../../db/opt-outs.ts';
import {
  type ApiAnswer,
  type ApiWorld,
  anEnvelope,
  aText,
  type ConnectedNumber,
  postMeta,
  startApiWorld,
  until,
} from './api-world.ts';
import { storeTemplate } from './stored-templates.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld({ waits: { answerMs: 100 } });
  number = await world.connect();
  await storeTemplate(world.db, { name: 'order_ready', body: 'Order {{1}} is ready' });
  await storeTemplate(world.db, { name: 'sale', body: 'Sale {{1}}', category: 'marketing' });
  await storeTemplate(world.db, { name: 'old', body: 'Old', status: 'paused' });
});
afterAll(() => world.close());

let people = 0;
const aPhone = () => {
  people += 1;
  return `49151${String(people).padStart(8, '0')}`;
};
/** Words that nobody else sends: identical ones count together. */
const order = (word: string = randomUUID()) => ({
  template: { name: 'order_ready', language: 'en', parameters: { body: [word] } },
});

const start = (to: unknown, more: Record<string, unknown> = order(), headers: Record<string, string> = {}) =>
  world.call('POST', '/v1/conversations', { body: { connectionId: number.connectionId, to, ...more }, headers });
const firstError = ({ body }: ApiAnswer) => (body.errors as { path: string; message: string; remedy: string }[])[0];
const rowsIn = async (table: 'conversationStart' | 'conversation' | 'customer' | 'message') =>
  Number(
    (
      await world.db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );
const messageOf = ({ body }: ApiAnswer) => body.message as { id: string; state: string; hold: string | null };
const writeIn = (from: string, text = 'Hello', name = 'Jane') =>
  postMeta(
    world,
    number.metaAppId,
    anEnvelope(number.phoneNumberId, {
      messages: [aText(from, text)],
      contacts: [{ profile: { name }, wa_id: from }],
    }),
  );
const nameOf = async (conversationId: unknown) =>
  (
    await world.db
      .selectFrom('conversation as c')
      .innerJoin('customer as u', 'u.id', 'c.customerId')
      .where('c.id', '=', String(conversationId))
      .select('u.name')
      .executeTakeFirstOrThrow()
  ).name;

describe('a start', () => {
  it('is stored with its message and its note, wakes both lanes, and is answered with its place', async () => {
    const answer = await start(`+${aPhone()}`, { ...order('Z1'), name: 'Joe' });
    expect(answer).toMatchObject({ status: 202, body: { state: 'started', message: { state: 'ready', hold: null } } });
    const { id } = answer.body;
    expect(answer.headers.get('location')).toBe(`/v1/conversations/${id}`);
    const rows = world.db.selectFrom('message').where('conversationId', '=', String(id)).selectAll();
    expect(await rows.orderBy('position').execute()).toMatchObject([
      { direction: 'outbound', origin: 'api', kind: 'template', text: 'Order Z1 is ready', planfixTask: null },
      { direction: 'note', kind: 'api-message', planfixTask: null, aboutMessageId: messageOf(answer).id },
    ]);
    expect(await nameOf(id)).toBe('Joe');
    for (const lane of ['to-customer', 'to-planfix'])
      await until('the wake', () =>
        world.beyond.wakes.some((wake) => wake.conversationId === id && wake.lane === lane),
      );
    const kept = world.db.selectFrom('conversationStart').where('id', '=', String(answer.body.startId)).selectAll();
    expect(await kept.execute()).toMatchObject([{ text: '', content: null, recipient: null, name: null, dueAt: null }]);
  });

  it('to somebody who wrote uses their conversation, and leaves their name alone', async () => {
    const phone = aPhone();
    await writeIn(phone, 'Hello', 'Own Name');
    const conversations = await rowsIn('conversation');
    const byPhone = await start(`+${phone}`, { text: 'by phone', name: 'Other' });
    const { items } = (await world.call('GET', `/v1/conversations?connectionId=${number.connectionId}`)).body as {
      items: { id: string; customerId: string }[];
    };
    const customerId = items.find(({ id }) => id === byPhone.body.id)?.customerId;
    const byIdentity = await start({ identity: customerId }, { text: 'by identity' });
    expect(byIdentity.body.id).toBe(byPhone.body.id);
    expect(await rowsIn('conversation')).toBe(conversations);
    expect(await nameOf(byPhone.body.id)).toBe('Own Name');
    // Control: a stranger gets one.
    await start(`+${aPhone()}`);
    expect(await rowsIn('conversation')).toBe(conversations + 1);
  });

  it('to a contact that only Planfix knows waits for its run', async () => {
    const answer = await start({ contact: 4711 });
    expect(answer).toMatchObject({ status: 202, body: { id: null, state: 'looking', message: null } });
    const { startId } = answer.body;
    expect(answer.headers.get('location')).toBe(`/v1/conversations/starts/${startId}`);
    await until('its run', () =>
      world.beyond.runs.some(({ kind, id }) => kind === 'conversation-start' && id === startId),
    );
    expect((await world.call('GET', `/v1/conversations/starts/${startId}`)).body).toEqual(answer.body);
  });

  it('is held as the fourth of four identical ones, and has no note; a named task is not counted', async () => {
    const same = order('SAME');
    const answers: ApiAnswer[] = [];
    for (let count = 0; count < 4; count += 1) answers.push(await start(`+${aPhone()}`, same));
    expect(answers.map((answer) => messageOf(answer).hold)).toEqual([null, null, null, 'held']);
    const held = answers[3] as ApiAnswer;
    expect(held.status).toBe(202);
    const row = await world.db
      .selectFrom('message')
      .where('id', '=', messageOf(held).id)
      .selectAll()
      .executeTakeFirst();
    expect(row).toMatchObject({ hold: 'held', text: '', content: null, state: 'ready' });
    expect(row?.expiresAt).not.toBeNull();
    await until('the run of its mailing', () =>
      world.beyond.runs.some(({ kind, id }) => kind === 'bulk-hold' && id === row?.mailingId),
    );
    const notes = world.db.selectFrom('message').where('aboutMessageId', '=', messageOf(held).id).select('id');
    expect(await notes.execute()).toEqual([]);
    // Control: in a task that somebody names it stands on its own.
    await world.db
      .insertInto('conversationTask')
      .values({
        id: randomUUID(),
        planfixAccountId: number.planfixAccountId,
        conversationId: String(held.body.id),
        planfixTask: 77,
        isCurrent: true,
      })
      .execute();
    const named = await start(`+${aPhone()}`, { ...same, planfixTask: 77 });
    expect(messageOf(named)).toMatchObject({ hold: null });
    const free = await world.db
      .selectFrom('message')
      .where('id', '=', messageOf(named).id)
      .selectAll()
      .executeTakeFirst();
    expect(free).toMatchObject({ text: 'Order SAME is ready', mailingId: null });
  });
});

describe('twelve identical starts at once', () => {
  it('leave three as they are and hold the others, in one mailing; different ones stay free (control)', async () => {
    const same = order();
    const answers = await Promise.all(Array.from({ length: 12 }, () => start(`+${aPhone()}`, same)));
    const holds = answers.map((answer) => messageOf(answer).hold);
    expect(holds.filter((hold) => hold === null)).toHaveLength(3);
    const ids = answers.map((answer) => messageOf(answer).id);
    const rows = await world.db.selectFrom('message').where('id', 'in', ids).select('mailingId').execute();
    expect(new Set(rows.flatMap(({ mailingId }) => mailingId ?? [])).size).toBe(1);
    const others = await Promise.all(Array.from({ length: 12 }, () => start(`+${aPhone()}`)));
    expect(others.map((answer) => messageOf(answer).hold)).toEqual(Array.from({ length: 12 }, () => null));
  });
});

describe('what cannot be started', () => {
  const text = { text: 'Hello' };
  it.each<[string, unknown, Record<string, unknown>, string, RegExp]>([
    ['a phone without a country', '0151 23456789', order(), 'to', /no country/],
    ['a landline', '+49 30 901820', order(), 'to', /landline/],
    ['the own number', '+49 1511 9998877', order(), 'to', /own number/],
    ['no phone at all', 'Jane', order(), 'to', /not a phone/],
    ['an unknown customer', { identity: randomUUID() }, order(), 'to.identity', /No customer/],
    ['an identity of no kind', { identity: 'jane' }, order(), 'to.identity', /No customer/],
    ['a text to a stranger', '+49 1512 7654321', text, 'text', /24 hours/],
    ['an unknown template', '+49 1512 7654321', { template: { name: 'none', language: 'en' } }, 'template.name', /no/],
    ['a paused template', '+49 1512 7654321', { template: { name: 'old', language: 'en' } }, 'template.name', /paused/],
    [
      'too few values',
      '+49 1512 7654321',
      { template: { name: 'sale', language: 'en' } },
      'template.parameters.body.0',
      /./,
    ],
    ['nothing to say', '+49 1512 7654321', {}, '', /exactly one/],
    ['both', '+49 1512 7654321', { ...text, ...order() }, '', /exactly one/],
  ])('%s', async (_, to, more, path, message) => {
    await world.db
      .updateTable('connection')
      .set({ displayPhoneNumber: '+49 1511 9998877' })
      .where('id', '=', number.connectionId)
      .execute();
    const before = [await rowsIn('conversationStart'), await rowsIn('customer'), await rowsIn('message')];
    const answer = await start(to, more);
    expect(answer.status).toBe(422);
    expect(firstError(answer)?.path).toBe(path);
    expect(firstError(answer)?.message).toMatch(message);
    expect(firstError(answer)?.remedy).not.toBe('');
    expect([await rowsIn('conversationStart'), await rowsIn('customer'), await rowsIn('message')]).toEqual(before);
  });

  it('marketing to somebody who wants none; other templates may', async () => {
    const phone = aPhone();
    await writeIn(phone);
    const sale = (word: string) => ({ template: { name: 'sale', language: 'en', parameters: { body: [word] } } });
    const first = await start(`+${phone}`, sale('now'));
    expect(first.status).toBe(202);
    const { customerId } = await world.db
      .selectFrom('conversation')
      .where('id', '=', String(first.body.id))
      .select('customerId')
      .executeTakeFirstOrThrow();
    const { planfixAccountId } = number;
    await world.db
      .transaction()
      .execute((trx) => recordOptOut(trx, { planfixAccountId, customerId, source: 'operator', createdBy: 'admin' }));
    const refused = await start(`+${phone}`, sale('again'));
    expect([refused.status, firstError(refused)?.path]).toEqual([422, 'template']);
    expect((await start(`+${phone}`)).status).toBe(202);
  });

  it('by a connection that is not there, belongs to others, or was given up', async () => {
    const strange = { body: { connectionId: randomUUID(), to: '+4915127654321', ...order() } };
    expect(firstError(await world.call('POST', '/v1/conversations', strange))?.path).toBe('connectionId');
    const other = await world.connect();
    const scopes = ['write:messages'];
    const bound = { name: 'k', scopes, planfixAccountId: other.planfixAccountId };
    const key = String((await world.call('POST', '/v1/api-keys', { body: bound })).body.secret);
    const body = { connectionId: number.connectionId, to: '+4915127654321', ...order() };
    expect((await world.call('POST', '/v1/conversations', { body, key })).status).toBe(422);
    const own = { ...body, connectionId: other.connectionId };
    expect((await world.call('POST', '/v1/conversations', { body: own, key })).status).toBe(202);
    await world.db
      .updateTable('connection')
      .set({ state: 'disconnected' })
      .where('id', '=', other.connectionId)
      .execute();
    expect((await world.call('POST', '/v1/conversations', { body: own, key })).status).toBe(409);
  });
});

describe('a request that is repeated with its key', () => {
  const loseAnswers = () => world.db.deleteFrom('idempotencyKey').execute();

  it('starts once, also where the stored answer is lost, and whatever would be said of it now', async () => {
    const phone = aPhone();
    await writeIn(phone);
    const headers = { 'idempotency-key': randomUUID() };
    const once = () => start(`+${phone}`, { text: 'only once' }, headers);
    const first = await once();
    await loseAnswers();
    await world.db
      .updateTable('conversation')
      .set({ windowExpiresAt: new Date(0) })
      .where('id', '=', String(first.body.id))
      .execute();
    const again = await once();
    expect([again.status, again.body.startId]).toEqual([first.status, first.body.startId]);
    // Control: without the key it is another request, which the closed window refuses.
    expect((await start(`+${phone}`, { text: 'only once' })).status).toBe(422);
    await loseAnswers();
    expect((await start(`+${phone}`, { text: 'something else' }, headers)).status).toBe(409);
  });

  it('starts once when it is made many times at once', async () => {
    const phone = aPhone();
    const more = order();
    const headers = { 'idempotency-key': randomUUID() };
    const calls = Array.from({ length: 8 }, async () => {
      await loseAnswers();
      return start(`+${phone}`, more, headers);
    });
    const answers = (await Promise.all(calls)).filter(({ status }) => status === 202);
    expect(answers.length).toBeGreaterThan(0);
    expect(new Set(answers.map(({ body }) => body.startId)).size).toBe(1);
    // Control: without it each is one of its own.
    const free = await Promise.all([start(`+${phone}`), start(`+${phone}`)]);
    expect(new Set(free.map(({ body }) => body.startId)).size).toBe(2);
  });
});
