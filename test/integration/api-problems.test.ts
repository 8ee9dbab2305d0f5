import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { MessageState } from '../../workflows/domain/message.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld, until } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
let conversationId: string;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
  await postMeta(
    world,
    number.metaAppId,
    anEnvelope(number.phoneNumberId, { messages: [aText('4915112345678', 'x')] }),
  );
  conversationId = (await world.db.selectFrom('conversation').select('id').executeTakeFirstOrThrow()).id;
  await until("the message's own wake", () => world.beyond.wakes.length > 0);
});
afterAll(() => world.close());

type Given = { kind: string; direction: 'inbound' | 'outbound'; state: MessageState; reason?: string };

/** A message in that state, and the problem about it. */
async function aProblem({ kind, direction, state, reason = 'outcome-unknown' }: Given) {
  const messageId = randomUUID();
  const problemId = uuidv7();
  const { planfixAccountId, connectionId } = number;
  const owner = { planfixAccountId, connectionId, conversationId };
  await world.db
    .insertInto('message')
    .values({
      id: messageId,
      ...owner,
      direction,
      kind: 'text',
      state,
      text: 'words',
      reason,
      claimToken: randomUUID(),
    })
    .execute();
  await world.db
    .insertInto('problem')
    .values({ id: problemId, ...owner, messageId, kind, reason })
    .execute();
  return { messageId, problemId };
}
const messageOf = (id: string) =>
  world.db.selectFrom('message').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const decide = (id: string, decision: string) => world.call('POST', `/v1/problems/${id}/${decision}`);
const unknownSend: Given = { kind: 'unknown-send', direction: 'outbound', state: 'unknown' };
const parked: Given = { kind: 'parked', direction: 'inbound', state: 'parked', reason: 'invalid-request' };

describe('an unknown send', () => {
  it('is sent again last of all when a person says so, and its lane is woken', async () => {
    const { messageId, problemId } = await aProblem(unknownSend);
    const waiting = await aProblem({ ...unknownSend, state: 'ready' });
    world.beyond.wakes.length = 0;
    const answer = await decide(problemId, 'resend');
    expect(answer).toMatchObject({
      status: 200,
      body: { state: 'settled', resolution: 'resend by admin', messageState: 'ready' },
    });
    const message = await messageOf(messageId);
    expect(message).toMatchObject({ state: 'ready', claimToken: null, reason: null });
    expect(message.position).toBeGreaterThan((await messageOf(waiting.messageId)).position);
    await until('the wake', () => world.beyond.wakes.length > 0);
    await until('the wake', () => world.beyond.wakes.length > 0);
    expect(world.beyond.wakes).toMatchObject([{ conversationId, lane: 'to-customer' }]);
  });

  it('is given up when a person says so', async () => {
    const { messageId, problemId } = await aProblem(unknownSend);
    expect((await decide(problemId, 'discard')).status).toBe(200);
    expect(await messageOf(messageId)).toMatchObject({ state: 'refused', reason: 'outcome-unknown' });
  });

  it('is settled by a call that says it sends JSON and sends nothing', async () => {
    const { problemId } = await aProblem(unknownSend);
    const headers = { 'content-type': 'application/json' };
    const answer = await world.call('POST', `/v1/problems/${problemId}/discard`, { headers });
    expect(answer).toMatchObject({ status: 200, body: { state: 'settled' } });
  });

  it('is left alone when a status was faster, or another person', async () => {
    const late = await aProblem({ ...unknownSend, state: 'delivered' });
    expect(await decide(late.problemId, 'resend')).toMatchObject({
      status: 409,
      body: { detail: 'The message is no longer unknown' },
    });
    expect(await messageOf(late.messageId)).toMatchObject({ state: 'delivered' });
    const twice = await aProblem(unknownSend);
    const answers = await Promise.all([decide(twice.problemId, 'resend'), decide(twice.problemId, 'discard')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  it('cannot be retried, which is for parked messages', async () => {
    const { problemId } = await aProblem(unknownSend);
    expect(await decide(problemId, 'retry')).toMatchObject({ status: 409 });
  });
});

describe('a parked message', () => {
  it('is tried again in its place', async () => {
    const { messageId, problemId } = await aProblem(parked);
    const { position } = await messageOf(messageId);
    world.beyond.wakes.length = 0;
    expect((await decide(problemId, 'retry')).status).toBe(200);
    expect(await messageOf(messageId)).toMatchObject({ state: 'received', position, reason: null });
    await until('the wake', () => world.beyond.wakes.length > 0);
    await until('the wake', () => world.beyond.wakes.length > 0);
    expect(world.beyond.wakes).toMatchObject([{ conversationId, lane: 'to-planfix' }]);
  });

  it('is tried again with all that were parked for the same reason, the oldest first', async () => {
    const first = await aProblem({ ...parked, reason: 'unexpected-response' });
    const second = await aProblem({ ...parked, reason: 'unexpected-response' });
    const other = await aProblem({ ...parked, reason: 'file-rejected' });
    world.beyond.wakes.length = 0;
    const retried = await world.call('POST', '/v1/problems/retry', { body: { reason: 'unexpected-response' } });
    expect(retried).toMatchObject({ status: 200, body: { retried: 2, more: false } });
    for (const { messageId } of [first, second])
      expect(await messageOf(messageId)).toMatchObject({ state: 'received' });
    expect(await messageOf(other.messageId)).toMatchObject({ state: 'parked' });
    await until('the wake', () => world.beyond.wakes.length > 0);
    const elsewhere = { planfixAccountId: randomUUID() };
    expect(await world.call('POST', '/v1/problems/retry', { body: elsewhere })).toMatchObject({ body: { retried: 0 } });
  });

  it('stays in the list when it is given up', async () => {
    const { messageId, problemId } = await aProblem(parked);
    expect((await decide(problemId, 'discard')).status).toBe(200);
    expect(await messageOf(messageId)).toMatchObject({ state: 'ignored', reason: 'invalid-request' });
  });
});

describe('the list of problems', () => {
  it('shows what is open, by kind and conversation, and what was settled when asked', async () => {
    const { problemId } = await aProblem(parked);
    const ids = async (query: string) =>
      ((await world.call('GET', `/v1/problems?${query}`)).body.items as { id: string }[]).map((item) => item.id);
    expect((await ids(''))[0]).toBe(problemId);
    expect(await ids(`kind=parked&conversationId=${conversationId}`)).toContain(problemId);
    expect(await ids('kind=notified-nobody')).toEqual([]);
    await decide(problemId, 'discard');
    expect(await ids('')).not.toContain(problemId);
    expect(await ids('state=settled')).toContain(problemId);
  });

  it('keeps what ends by itself from being settled by hand', async () => {
    const id = randomUUID();
    const { planfixAccountId } = number;
    await world.db.insertInto('problem').values({ id, planfixAccountId, kind: 'account-paused' }).execute();
    expect(await decide(id, 'discard')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('ends by itself') },
    });
  });
});
