import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countLines, readUncheckedLines, storeCheckedLines } from '../../db/mailing-check.ts';
import { decideMailing } from '../../db/mailing-decisions.ts';
import { type QueueingMailing, queueLines, readGoodLines } from '../../db/mailing-queue.ts';
import { createMailing, moveMailing, takeMailing } from '../../db/mailings.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world?.close());

/** A mailing that runs, held by an attempt, and what it is to be queued with. */
async function aRunningMailing(phones: readonly string[]) {
  const { connectionId, planfixAccountId } = number;
  const place = { connectionId, planfixAccountId };
  const shared = { kind: 'template' as const, text: 'Half price', content: null, parameters: undefined };
  async function* lines() {
    for (const [index, phone] of phones.entries()) {
      yield { line: index + 1, recipient: `+${phone}`, name: `Guest ${index}`, parameters: undefined };
    }
  }
  const plain = { name: undefined, templateId: undefined, rate: undefined, startAt: undefined, request: undefined };
  const flags = { isMarketing: true, skipsBadLines: false, isUpload: true };
  const made = await createMailing(world.db, { ...place, ...shared, ...plain, ...flags, actor: 'test' }, lines);
  const id = made?.id as string;
  const held = await take(id);
  const network = { provider: 'whatsapp-cloud', portfolio: 'portfolio-1', kind: 'template', isMarketing: true };
  const checked = (await readUncheckedLines(world.db, id, 100)).map(({ line, recipient }) => {
    const address = recipient.slice(1);
    return { line, person: { kind: 'phone', value: address, address } };
  });
  expect(await storeCheckedLines(world.db, { ...held, ...place, ...network }, checked)).toBe(true);
  await countLines(world.db, held);
  await moveMailing(world.db, held, 'checking', { state: 'running' });
  const queueing = (lease: string): QueueingMailing => ({
    ...{ id, lease, ...place, ...network },
    templateId: null,
    templateName: undefined,
  });
  return { id, held, queueing };
}

async function take(id: string) {
  const held = { id, lease: randomUUID() };
  await takeMailing(world.db, held, 60_000);
  return held;
}

const nextLines = async (id: string) =>
  (await readGoodLines(world.db, id, 100)).map((line) => ({ ...line, text: '', content: null, words: 'Half price' }));
const messagesOf = (id: string) =>
  world.db.selectFrom('message').where('mailingId', '=', id).orderBy('position').selectAll().execute();

let last = 4_915_190_000_000;
const phones = (count: number) => Array.from({ length: count }, () => String(++last));

describe('the lines of a mailing', () => {
  it('become one message each, held and ready, in their order, whose customer has the name of the line', async () => {
    const to = phones(3);
    const { id, held, queueing } = await aRunningMailing(to);
    expect(await queueLines(world.db, queueing(held.lease), await nextLines(id))).toBe(true);
    const messages = await messagesOf(id);
    expect(messages.map(({ state, hold, text, direction }) => [state, hold, text, direction])).toEqual(
      to.map(() => ['ready', 'held', '', 'outbound']),
    );
    expect(messages.every(({ expiresAt }) => expiresAt !== null && +expiresAt > Date.now() + 27 * 86_400_000)).toBe(
      true,
    );
    expect((await customersOf(id)).map(({ value, name }) => [value, name])).toEqual(
      to.map((phone, index) => [phone, `Guest ${index}`]),
    );
    // The line itself forgets whom it was for.
    const kept = await world.db.selectFrom('mailingRecipient').where('mailingId', '=', id).selectAll().execute();
    expect(JSON.stringify(kept)).not.toMatch(/49151|Guest/);
    expect(await nextLines(id)).toEqual([]);
  });

  it('become no message by an attempt that has been replaced, nor twice by one that has not', async () => {
    const { id, held, queueing } = await aRunningMailing(phones(3));
    const lines = await nextLines(id);
    const successor = await take(id);
    expect(await queueLines(world.db, queueing(held.lease), lines)).toBe(false);
    expect(await messagesOf(id)).toEqual([]);
    const both = await Promise.all([1, 2].map(() => queueLines(world.db, queueing(successor.lease), lines)));
    // Control: one of them did it.
    expect([...both].sort()).toEqual([false, true]);
    expect(await messagesOf(id)).toHaveLength(3);
  });

  it('become no message once it is paused or cancelled', async () => {
    const { id, held, queueing } = await aRunningMailing(phones(2));
    const lines = await nextLines(id);
    const by = { visibility: { planfixAccountId: undefined }, actor: 'test' };
    await decideMailing(world.db, id, 'pause', by);
    expect(await queueLines(world.db, queueing(held.lease), lines)).toBe(false);
    await decideMailing(world.db, id, 'resume', by);
    await moveMailing(world.db, held, 'scheduled', { state: 'running' });
    // Control: it goes on where it was.
    expect(await queueLines(world.db, queueing(held.lease), lines)).toBe(true);
    expect(await messagesOf(id)).toHaveLength(2);
    const found = world.db.selectFrom('auditEntry').where('subjectId', '=', id);
    const entries = await found.select('action').orderBy('id').execute();
    expect(entries.map(({ action }) => action)).toEqual(['create', 'pause', 'resume']);
  });

  it('of one person with two numbers become one message', async () => {
    const to = phones(3);
    for (const phone of to.slice(0, 2)) {
      const body = anEnvelope(number.phoneNumberId, { messages: [aText(phone, 'Hello')] });
      await postMeta(world, number.metaAppId, body);
    }
    const [one, other] = await world.db
      .selectFrom('customerIdentity')
      .where('value', 'in', to)
      .orderBy('value')
      .select('customerId as id')
      .execute();
    await world.db
      .updateTable('customer')
      .set({ mergedInto: one?.id as string })
      .where('id', '=', other?.id as string)
      .execute();
    const { id, held, queueing } = await aRunningMailing(to);
    await queueLines(world.db, queueing(held.lease), await nextLines(id));
    expect(await messagesOf(id)).toHaveLength(2);
    const { counts } = (await world.call('GET', `/v1/mailings/${id}`)).body as { counts: Record<string, number> };
    expect(counts).toMatchObject({ recipients: 3, duplicate: 1, waiting: 2 });
  });
});

const customersOf = (mailingId: string) =>
  world.db
    .selectFrom('message as m')
    .innerJoin('conversation as c', 'c.id', 'm.conversationId')
    .innerJoin('customer as u', 'u.id', 'c.customerId')
    .innerJoin('customerIdentity as i', 'i.customerId', 'u.id')
    .where('m.mailingId', '=', mailingId)
    .orderBy('m.position')
    .select(['i.value', 'u.name'])
    .execute();
