import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { MessageState } from '../../workflows/domain/message.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld, until } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
let other: ConnectedNumber;
let conversations: Record<string, string>;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  other = await world.connect();
  conversations = {};
  for (const one of [number, other]) conversations[one.connectionId] = await aConversation(one);
  await until('the wakes of their first messages', () => world.beyond.wakes.length === 2);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.db.deleteFrom('problem').execute();
  world.beyond.wakes.length = 0;
});

async function aConversation({ metaAppId, phoneNumberId, connectionId }: ConnectedNumber): Promise<string> {
  await postMeta(world, metaAppId, anEnvelope(phoneNumberId, { messages: [aText('4915112345678', 'x')] }));
  const { id } = await world.db
    .selectFrom('conversation')
    .where('connectionId', '=', connectionId)
    .select('id')
    .executeTakeFirstOrThrow();
  return id;
}

type Given = { kind?: string; state?: MessageState; reason?: string; of?: ConnectedNumber };

/** Parked unless it is said otherwise, with its problem. */
async function aProblem({ kind = 'parked', state = 'parked', reason = 'invalid-request', of = number }: Given = {}) {
  const { planfixAccountId, connectionId } = of;
  const conversationId = conversations[connectionId] as string;
  const owner = { planfixAccountId, connectionId, conversationId };
  const messageId = randomUUID();
  const direction = kind === 'unknown-send' ? 'outbound' : 'inbound';
  await world.db
    .insertInto('message')
    .values({ id: messageId, ...owner, direction, kind: 'text', state, text: 'words', reason })
    .execute();
  const id = uuidv7();
  await world.db
    .insertInto('problem')
    .values({ id, ...owner, messageId, kind, reason })
    .execute();
  return { id, messageId };
}

const stateOf = async ({ messageId }: { messageId: string }) =>
  (await world.db.selectFrom('message').where('id', '=', messageId).select('state').executeTakeFirstOrThrow()).state;
const decide = (body: object, key?: string) =>
  world.call('POST', '/v1/problems/decide', { body, ...(key === undefined ? {} : { key }) });
const open = async (query = '') => (await world.call('GET', `/v1/problems?${query}`)).body.items as { id: string }[];

describe('a decision about many problems', () => {
  it('is taken for each of the kind, leaves the others alone, and wakes who has to work', async () => {
    const parked = [await aProblem(), await aProblem(), await aProblem({ reason: 'file-rejected' })];
    const unknown = await aProblem({ kind: 'unknown-send', state: 'unknown', reason: 'outcome-unknown' });
    const answer = await decide({ decision: 'retry', kind: 'parked' });
    expect(answer).toMatchObject({ status: 200, body: { decided: 3, notPossible: 0, more: false, nextCursor: null } });
    for (const one of parked) expect(await stateOf(one)).toBe('received');
    expect(await stateOf(unknown)).toBe('unknown');
    expect((await open()).map(({ id }) => id)).toEqual([unknown.id]);
    await until('the wake', () => world.beyond.wakes.length > 0);
    // As many as were not yet on their way when the next one was decided.
    expect(new Set(world.beyond.wakes.map(({ lane }) => lane))).toEqual(new Set(['to-planfix']));
  });

  it('is written down for each, with who took it', async () => {
    const { id } = await aProblem();
    await decide({ decision: 'discard', kind: 'parked' });
    const entries = await world.db.selectFrom('auditEntry').where('subjectId', '=', id).selectAll().execute();
    expect(entries).toMatchObject([{ actor: 'admin', action: 'discard', subjectKind: 'problem' }]);
  });

  it('is for one reason, one connection, one account or some ids where they are named', async () => {
    const first = await aProblem({ reason: 'file-rejected' });
    const second = await aProblem();
    const foreign = await aProblem({ of: other });
    await decide({ decision: 'retry', kind: 'parked', reason: 'file-rejected' });
    expect([await stateOf(first), await stateOf(second), await stateOf(foreign)]).toEqual([
      'received',
      'parked',
      'parked',
    ]);
    await decide({ decision: 'discard', kind: 'parked', connectionId: other.connectionId });
    expect([await stateOf(second), await stateOf(foreign)]).toEqual(['parked', 'ignored']);
    expect(await decide({ decision: 'retry', kind: 'parked', planfixAccountId: other.planfixAccountId })).toMatchObject(
      {
        body: { decided: 0 },
      },
    );
    await decide({ decision: 'retry', kind: 'parked', ids: [second.id, randomUUID()] });
    expect(await stateOf(second)).toBe('received');
  });

  it('counts what was settled otherwise meanwhile, and leaves it as it is', async () => {
    const late = await aProblem({ kind: 'unknown-send', state: 'delivered', reason: 'outcome-unknown' });
    await aProblem({ kind: 'unknown-send', state: 'unknown', reason: 'outcome-unknown' });
    expect(await decide({ decision: 'discard', kind: 'unknown-send' })).toMatchObject({
      body: { decided: 1, notPossible: 1, more: false },
    });
    expect(await stateOf(late)).toBe('delivered');
  });

  it('goes on where the call before ended, past what could not be decided', async () => {
    const owner = { planfixAccountId: number.planfixAccountId, connectionId: number.connectionId };
    const rows = Array.from({ length: 501 }, (_, index) => ({
      id: uuidv7(),
      ...owner,
      kind: 'start-refused',
      detail: `start ${index}`,
    }));
    await world.db.insertInto('problem').values(rows).execute();
    const ids = rows.map(({ id }) => id).sort();
    const first = await decide({ decision: 'discard', kind: 'start-refused' });
    expect(first.body).toMatchObject({ decided: 500, more: true, nextCursor: ids[499] });
    expect((await open()).map(({ id }) => id)).toEqual([ids[500]]);
    const cursor = first.body.nextCursor;
    expect((await decide({ decision: 'discard', kind: 'start-refused', cursor })).body).toMatchObject({
      decided: 1,
      more: false,
    });
  });

  it.each([
    ['that the kind does not know', { decision: 'send', kind: 'parked' }, 'decision', 'retry, discard'],
    ['about what ends by itself', { decision: 'discard', kind: 'account-paused' }, 'decision', 'ends by itself'],
    ['without a kind', { decision: 'discard' }, 'kind', ''],
    ['about no ids', { decision: 'discard', kind: 'parked', ids: [] }, 'ids', ''],
  ])('is refused %s, with the field and the remedy', async (_what, body, path, remedy) => {
    const answer = await decide(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ path, remedy: expect.stringContaining(remedy) }]);
  });

  it("does not reach beyond a key's account", async () => {
    const own = await aProblem();
    const foreign = await aProblem({ of: other });
    const body = { name: 'bound', scopes: ['write:problems'], planfixAccountId: number.planfixAccountId };
    const key = String((await world.call('POST', '/v1/api-keys', { body })).body.secret);
    const asked = { decision: 'discard', kind: 'parked', ids: [own.id, foreign.id] };
    expect((await decide(asked, key)).body).toMatchObject({ decided: 1 });
    expect([await stateOf(own), await stateOf(foreign)]).toEqual(['ignored', 'parked']);
  });
});

describe('what a problem says', () => {
  it('is a title and a remedy in the language that was asked for, and what may be decided', async () => {
    const { id } = await aProblem();
    const shown = async (query: string, headers = {}) =>
      (await world.call('GET', `/v1/problems/${id}${query}`, { headers })).body;
    const english = await shown('');
    expect(english).toMatchObject({ title: expect.stringMatching(/put aside/), decisions: ['retry', 'discard'] });
    const russian = await shown('?language=ru');
    expect(russian).toMatchObject({ title: expect.stringMatching(/отложено/), remedy: expect.any(String) });
    expect(await shown('', { 'accept-language': 'ru-RU, en;q=0.5' })).toEqual(russian);
    expect(await shown('?language=en', { 'accept-language': 'ru' })).toEqual(english);
    expect((await world.call('GET', `/v1/problems/${id}?language=de`)).status).toBe(400);
  });

  it('allows nothing once it is settled', async () => {
    const { id } = await aProblem();
    await world.call('POST', `/v1/problems/${id}/discard`);
    expect((await world.call('GET', `/v1/problems/${id}`)).body).toMatchObject({ state: 'settled', decisions: [] });
  });

  it('is counted by kind', async () => {
    await aProblem();
    await aProblem();
    await aProblem({ kind: 'unknown-send', state: 'unknown' });
    const { items } = (await world.call('GET', '/v1/problems/kinds?language=ru')).body;
    expect(items).toMatchObject([
      { kind: 'parked', open: 2, title: expect.stringMatching(/[а-я]/), decisions: ['retry', 'discard'] },
      { kind: 'unknown-send', open: 1 },
    ]);
  });
});
