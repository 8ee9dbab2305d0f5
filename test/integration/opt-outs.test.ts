import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { optedOut, recordOptOut, revokeOptOut } from '../../db/opt-outs.ts';
import { type ApiWorld, anEnvelope, aText, type ConnectedNumber, postMeta, startApiWorld } from './api-world.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  number = await world.connect();
});
afterAll(() => world?.close());

let last = 4_915_180_000_000;
/** Somebody writes; the answer is the customer that they are. */
async function aWriter(text = 'Hello'): Promise<{ id: string; phone: string }> {
  last += 1;
  const phone = String(last);
  await write(phone, text);
  const { customerId } = await world.db
    .selectFrom('customerIdentity')
    .where('value', '=', phone)
    .where('planfixAccountId', '=', number.planfixAccountId)
    .select('customerId')
    .executeTakeFirstOrThrow();
  return { id: customerId, phone };
}
const write = (phone: string, text: string, at?: number) =>
  postMeta(
    world,
    number.metaAppId,
    anEnvelope(number.phoneNumberId, {
      messages: [{ ...aText(phone, text), ...(at === undefined ? {} : { timestamp: String(Math.trunc(at / 1_000)) }) }],
    }),
  );

const isOut = async (...ids: string[]) => {
  const out = await optedOut(world.db, ids);
  return ids.map((id) => out.has(id));
};
const record = (customerId: string, at?: Date) =>
  world.db
    .transaction()
    .execute((trx) =>
      recordOptOut(trx, { planfixAccountId: number.planfixAccountId, customerId, source: 'stop-word', at }),
    );
const revoke = (customerId: string, at: Date) =>
  world.db.transaction().execute((trx) => revokeOptOut(trx, { customerId, source: 'preference', at }));

describe('who wants no marketing', () => {
  it('is known from the message that said so, in the transaction that stored it', async () => {
    const { id } = await aWriter('STOP');
    const other = await aWriter('please stop the car');
    expect(await isOut(id, other.id)).toEqual([true, false]);
    const row = await world.db
      .selectFrom('marketingOptOut')
      .where('customerId', '=', id)
      .selectAll()
      .executeTakeFirst();
    expect([row?.source, row?.connectionId]).toEqual(['stop-word', number.connectionId]);
    expect(row?.messageId).not.toBeNull();
  });

  it('is one row, however often and at the same moment it is said', async () => {
    const { id } = await aWriter();
    const results = await Promise.all(Array.from({ length: 8 }, () => record(id)));
    expect(results.filter((result) => result?.isNew)).toHaveLength(1);
    const rows = await world.db.selectFrom('marketingOptOut').where('customerId', '=', id).select('id').execute();
    expect(rows).toHaveLength(1);
  });

  it('is the person, not one of their customers', async () => {
    const [one, other, stranger] = [await aWriter(), await aWriter(), await aWriter()];
    await record(other.id);
    // Control: before they are known to be one person they are two.
    expect(await isOut(one.id, other.id, stranger.id)).toEqual([false, true, false]);
    await world.db.updateTable('customer').set({ mergedInto: one.id }).where('id', '=', other.id).execute();
    expect(await isOut(one.id, other.id, stranger.id)).toEqual([true, true, false]);
    expect(await record(one.id)).toMatchObject({ isNew: false });
    await revoke(one.id, new Date());
    expect(await isOut(one.id, other.id)).toEqual([false, false]);
  });

  it('is what was said last, in whatever order it arrives', async () => {
    const { id, phone } = await aWriter();
    const minute = 60_000;
    const now = Date.now();
    await write(phone, 'START', now - minute);
    await write(phone, 'STOP', now - 2 * minute);
    // Nothing held when they allowed it, so only the order tells that nothing holds now.
    await write(phone, 'STOP', now - 3 * minute);
    expect(await isOut(id)).toEqual([true]);
    await revoke(id, new Date(now - 4 * minute));
    // Control: an older word takes nothing back, a younger one does.
    expect(await isOut(id)).toEqual([true]);
    await write(phone, 'START', now);
    expect(await isOut(id)).toEqual([false]);
    await write(phone, 'STOP', now - minute);
    expect(await isOut(id)).toEqual([false]);
  });

  it('is what a person of this side put down, with an entry for each change', async () => {
    const { phone } = await aWriter();
    const body = { planfixAccountId: number.planfixAccountId, to: `+${phone}` };
    const made = await world.call('POST', '/v1/opt-outs', { body });
    expect([made.status, made.body.source]).toEqual([201, 'operator']);
    const id = String(made.body.id);
    await world.call('DELETE', `/v1/opt-outs/${id}`);
    const entries = await world.db
      .selectFrom('auditEntry')
      .where('subjectId', '=', id)
      .select(['actor', 'action'])
      .orderBy('id')
      .execute();
    expect(entries.map(({ actor, action }) => `${actor} ${action}`)).toEqual(['admin create', 'admin revoke']);
    const listed = (await world.call('GET', '/v1/opt-outs?state=revoked')).body.items as { id: string }[];
    expect(listed.some((row) => row.id === id)).toBe(true);
  });

  it('is said of a conversation, too, and of none that the caller may not see', async () => {
    const { id } = await aWriter();
    const conversation = await world.db
      .selectFrom('conversation')
      .where('customerId', '=', id)
      .select('id')
      .executeTakeFirstOrThrow();
    const other = await world.connect();
    const made = await world.call('POST', '/v1/api-keys', {
      body: { name: 'bound', scopes: ['read', 'write:messages'], planfixAccountId: other.planfixAccountId },
    });
    const key = String(made.body.secret ?? made.body.key);
    const body = { conversationId: conversation.id };
    expect((await world.call('POST', '/v1/opt-outs', { body, key })).status).toBe(404);
    expect(await isOut(id)).toEqual([false]);
    expect((await world.call('POST', '/v1/opt-outs', { body })).status).toBe(201);
    expect(await isOut(id)).toEqual([true]);
  });
});
