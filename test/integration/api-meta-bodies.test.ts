import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { channelWebhooks } from '../../activities/channels/webhooks.ts';
import { ROOT } from '../../dev/folders.ts';
import {
  type ApiWorld,
  anEnvelope,
  aStatus,
  aText,
  type ConnectedNumber,
  countRows,
  postMeta,
  sign,
  startApiWorld,
  until,
  untilSignalled,
} from './api-world.ts';

const FIXTURES = join(ROOT, 'test', 'fixtures', 'whatsapp-cloud');
const THREE_MB = 3 * 1024 * 1024;

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world.close());

const post = (body: unknown, signature?: string | null) => postMeta(world, number.metaAppId, body, signature);
const eventsOf = (kind: string) => world.db.selectFrom('inboundEvent').selectAll().where('kind', '=', kind).execute();
const messagesFrom = (text: string) => world.db.selectFrom('message').selectAll().where('text', '=', text).execute();

/** A fixture as it would come for this world's number. */
const fixture = (name: string) =>
  readFileSync(join(FIXTURES, name), 'utf8').replaceAll('106540352242922', number.phoneNumberId);

describe('what is posted', () => {
  it('is stored with its sender and wakes its conversation after the commit', async () => {
    world.beyond.wakes.length = 0;
    await post(
      anEnvelope(number.phoneNumberId, {
        contacts: [{ profile: { name: 'Anna' }, wa_id: '4915111111111' }],
        messages: [aText('4915111111111', 'first of Anna')],
      }),
    );
    const [message] = await messagesFrom('first of Anna');
    expect(message).toMatchObject({
      state: 'received',
      direction: 'inbound',
      kind: 'text',
      connectionId: number.connectionId,
    });
    await until('the wake', () => world.beyond.wakes.length > 0);
    expect(world.beyond.wakes).toEqual([
      {
        conversationId: message?.conversationId,
        lane: 'to-planfix',
        connectionId: number.connectionId,
        planfixTask: undefined,
      },
    ]);
  });

  it('three times at once is one row, one message and one wake', async () => {
    world.beyond.wakes.length = 0;
    const body = anEnvelope(number.phoneNumberId, { messages: [aText('4915122222222', 'thrice')] });
    const answers = await Promise.all([post(body), post(body), post(body)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const [message, ...others] = await messagesFrom('thrice');
    expect(others).toEqual([]);
    const wakes = () => world.beyond.wakes.filter((wake) => wake.conversationId === message?.conversationId);
    await until('the wake', () => wakes().length > 0);
    await untilSignalled(world, number);
    expect(wakes()).toHaveLength(1);
    // The control: the same text under another id is another message.
    await post(anEnvelope(number.phoneNumberId, { messages: [aText('4915122222222', 'thrice')] }));
    expect(await messagesFrom('thrice')).toHaveLength(2);
  });

  it('with 1,000 items and 3 MB is stored whole', async () => {
    const filler = 'x'.repeat(2_900);
    const messages = Array.from({ length: 1_000 }, (_, index) => aText(`49151${5_000_000 + index}`, `big ${filler}`));
    const bytes = JSON.stringify(anEnvelope(number.phoneNumberId, { messages }));
    expect(bytes.length).toBeGreaterThan(THREE_MB - 150_000);
    expect(bytes.length).toBeLessThan(THREE_MB + 200_000);
    expect((await post(bytes)).status).toBe(200);
    expect(await messagesFrom(`big ${filler}`)).toHaveLength(1_000);
  });

  it('that is larger than any of Meta is refused whole, with an empty answer', async () => {
    const before = await countRows(world.db, 'inboundEvent');
    const messages = [aText('4915133333333', 'y'.repeat(THREE_MB + 600_000))];
    const bytes = JSON.stringify(anEnvelope(number.phoneNumberId, { messages }));
    expect(await postTooMuch(`${world.url}/webhooks/meta/${number.metaAppId}`, bytes)).toEqual({
      status: 413,
      text: '',
    });
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
    expect(await world.count('parley_webhooks_total', { source: 'meta', outcome: 'too-large' })).toBe(1);
  });

  it('and cannot be stored as a whole is not stored at all: 503, and later all of it', async () => {
    const messages = Array.from({ length: 20 }, (_, index) => aText(`49152${6_000_000 + index}`, 'whole or not'));
    const body = anEnvelope(number.phoneNumberId, { messages });
    const before = await countRows(world.db, 'inboundEvent');
    const last = messages.at(-1)?.id ?? '';
    await refuseEvent(last);
    expect(await post(body)).toEqual({ status: 503, text: '' });
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
    expect(await messagesFrom('whole or not')).toEqual([]);
    await allowEvents();
    expect((await post(body)).status).toBe(200);
    expect(await messagesFrom('whole or not')).toHaveLength(20);
  });

  it('with one poisonous item among 999 good ones stores the 999, and the one as unreadable', async () => {
    const good = Array.from({ length: 999 }, (_, index) => aText(`49153${7_000_000 + index}`, 'among poison'));
    const messages: unknown[] = [...good];
    messages.splice(500, 0, { id: 'wamid.poison', timestamp: 'never', type: 'text', text: { body: 'by nobody' } });
    expect((await post(anEnvelope(number.phoneNumberId, { messages }))).status).toBe(200);
    expect(await messagesFrom('among poison')).toHaveLength(999);
    const unreadable = await eventsOf('unreadable');
    expect(unreadable).toMatchObject([
      { connectionId: number.connectionId, eventKey: 'message:wamid.poison', reason: 'a message without a sender' },
    ]);
  });

  it('with a message whose content cannot be read keeps it as a message: somebody wrote something', async () => {
    const broken = { from: '4915177777777', id: 'wamid.broken', timestamp: 'never', type: 'text', text: 7 };
    expect((await post(anEnvelope(number.phoneNumberId, { messages: [broken] }))).status).toBe(200);
    const rows = await world.db.selectFrom('message').selectAll().where('channelMessageId', '=', broken.id).execute();
    expect(rows).toMatchObject([{ kind: 'text', text: '', reason: 'the content is missing or of an unknown shape' }]);
  });

  it('with text that Postgres could not take is stored all the same', async () => {
    const body = `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"${number.phoneNumberId}"},"messages":[{"from":"4915144444444","id":"wamid.nul","timestamp":"1764000000","type":"text","text":{"body":"nul \\u0000 and \\ud800 half"}}]}}]}]}`;
    expect((await post(body)).status).toBe(200);
    const rows = await world.db.selectFrom('message').selectAll().where('channelMessageId', '=', 'wamid.nul').execute();
    expect(rows).toMatchObject([{ text: 'nul \uFFFD and \uFFFD half' }]);
  });

  it('by somebody without a phone is theirs by their business-scoped id', async () => {
    expect((await post(fixture('text-username-only.json'))).status).toBe(200);
    const identities = await world.db
      .selectFrom('customerIdentity')
      .select(['kind', 'scope'])
      .where('value', 'like', 'DE.%')
      .orderBy('kind')
      .execute();
    expect(identities).toEqual([
      { kind: 'bsuid', scope: 'portfolio-1' },
      { kind: 'parent-bsuid', scope: 'portfolio-1' },
    ]);
  });

  it('with nothing but statuses is stored; those that match no message stay unapplied', async () => {
    const body = anEnvelope(number.phoneNumberId, { statuses: [aStatus('wamid.of-nobody', 'delivered')] });
    expect((await post(body)).status).toBe(200);
    const events = await eventsOf('status');
    expect(events).toMatchObject([{ subject: 'wamid.of-nobody', appliedAt: null, reason: null }]);
  });

  it.each([
    ['connected', 1],
    ['paused', 1],
    ['draft', 0],
    ['disconnected', 0],
  ])('for a connection that is %s is worked on or put aside, and stored either way', async (state, messages) => {
    const { metaAppId, phoneNumberId, connectionId } = await world.connect();
    await world.db.updateTable('connection').set({ state }).where('id', '=', connectionId).execute();
    const text = `to a ${state} one`;
    const body = anEnvelope(phoneNumberId, { messages: [aText('4915166666666', text, `wamid.${state}`)] });
    expect((await postMeta(world, metaAppId, body)).status).toBe(200);
    expect(await messagesFrom(text)).toHaveLength(messages);
    const key = `message:wamid.${state}`;
    const [event] = await world.db.selectFrom('inboundEvent').selectAll().where('eventKey', '=', key).execute();
    expect(event?.reason).toBe(messages === 1 ? null : `the connection of this number is ${state}`);
  });

  it('for a number that nobody connected is stored with the reason', async () => {
    expect((await post(anEnvelope('999', { messages: [aText('4915155555555', 'to nobody')] }))).status).toBe(200);
    expect(await messagesFrom('to nobody')).toEqual([]);
    const listed = await world.call('GET', '/v1/events?kind=message&putAside=true&limit=1');
    expect(listed.body.items).toMatchObject([{ kind: 'message', reason: 'no connection has this number' }]);
  });

  it.each(readdirSync(FIXTURES))('%s is stored item by item, and a repeat of it changes nothing', async (name) => {
    const body = fixture(name);
    const keys = channelWebhooks['whatsapp-cloud'].parse(Buffer.from(body)).map((event) => event.eventKey);
    expect(await post(body)).toEqual({ status: 200, text: '' });
    const stored = await world.db.selectFrom('inboundEvent').select('eventKey').where('eventKey', 'in', keys).execute();
    expect(new Set(stored.map((event) => event.eventKey))).toEqual(new Set(keys));
    const before = await countRows(world.db, 'inboundEvent');
    expect(await post(body)).toEqual({ status: 200, text: '' });
    expect(await countRows(world.db, 'inboundEvent')).toBe(before);
  });

  it.each([
    ['not JSON', 'hello'],
    ['an empty body', ''],
    ['a JSON word', 'null'],
    ['no entries', '{"object":"page"}'],
    ['deep nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('that is %s but authentic is kept as unreadable: 200', async (_name, body) => {
    const before = (await eventsOf('unreadable')).length;
    expect(await post(body)).toEqual({ status: 200, text: '' });
    expect((await eventsOf('unreadable')).length).toBe(before + 1);
  });
});

/** Makes the database refuse one event, as a defect or a full disk might. */
async function refuseEvent(eventKey: string): Promise<void> {
  await sql`create function refuse_event() returns trigger language plpgsql as $$
    begin raise exception 'refused'; end $$`.execute(world.db);
  await sql`create trigger refuse_event before insert on inbound_event for each row
    when (new.subject = ${sql.lit(eventKey)}) execute function refuse_event()`.execute(world.db);
}

async function allowEvents(): Promise<void> {
  await sql`drop function refuse_event cascade`.execute(world.db);
}

/** The answer may come while the body is still on its way, which fetch does not allow for. */
function postTooMuch(url: string, bytes: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'x-hub-signature-256': sign(bytes) } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}
