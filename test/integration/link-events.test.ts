import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeConnection } from '../../db/connection-care.ts';
import { endRestriction } from '../../db/link-events.ts';
import {
  type ApiWorld,
  aNewConnection,
  anEnvelope,
  aText,
  type ConnectedNumber,
  postMeta,
  startApiWorld,
} from './api-world.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world?.close());

type Number = ConnectedNumber & { phone: string; wabaId: string };

/** A number with a phone and an account of its own, or of the account of another one. */
async function connect(beside?: Number): Promise<Number> {
  const connected = beside ? await connectBeside(beside) : await world.connect();
  const phone = `1555${randomInt(1e7, 1e8)}`;
  const wabaId = beside?.wabaId ?? `2${randomInt(1e9)}`;
  await world.db
    .updateTable('connection')
    .set({ displayPhoneNumber: `+${phone.slice(0, 4)} ${phone.slice(4)}`, wabaId })
    .where('id', '=', connected.connectionId)
    .execute();
  return { ...connected, phone, wabaId };
}

async function connectBeside(beside: Number): Promise<ConnectedNumber> {
  const { planfixAccountId, metaAppId } = beside;
  const body = aNewConnection({ planfixAccountId, metaAppId });
  const { status, body: made, text } = await world.call('POST', '/v1/connections', { body });
  if (status !== 201) throw new Error(text);
  return { ...beside, connectionId: String(made.id), phoneNumberId: body.phoneNumberId };
}

const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

/** As Meta tells it: under the account's id, or under that of the partner's business. */
function update(
  event: string,
  value: object,
  { entryId, time = secondsFromNow(5) }: { entryId: string; time?: number },
) {
  const change = { field: 'account_update', value: { event, ...value } };
  return { object: 'whatsapp_business_account', entry: [{ id: entryId, time, changes: [change] }] };
}

async function tell(number: Number, body: object): Promise<void> {
  const { status } = await postMeta(world, number.metaAppId, body);
  expect(status).toBe(200);
}

const rowOf = ({ connectionId }: Number) =>
  world.db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select(['state', 'pausedReason', 'probeDueAt', 'hasWaiting', 'accessToken', 'inboundHeldSince'])
    .executeTakeFirstOrThrow();

const openProblems = async ({ connectionId }: Number) =>
  world.db
    .selectFrom('problem')
    .where('connectionId', '=', connectionId)
    .where('state', '=', 'open')
    .orderBy('kind')
    .select(['kind', 'reason', 'detail'])
    .execute();

async function messagesFrom({ connectionId }: Number): Promise<number> {
  const row = await world.db
    .selectFrom('message')
    .where('connectionId', '=', connectionId)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const write = (number: Number) =>
  tell(number, anEnvelope(number.phoneNumberId, { messages: [aText('4915112345678', 'Hello')] }));

describe('a suspended link', () => {
  it('is a pause without a probe and without a problem; what comes is taken, and it goes on by itself', async () => {
    const number = await connect();
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, { entryId: number.wabaId }));
    expect(await rowOf(number)).toMatchObject({ state: 'paused', pausedReason: 'suspended', probeDueAt: null });
    expect(await openProblems(number)).toEqual([]);
    expect((await rowOf(number)).accessToken).not.toBeNull();
    await write(number);
    expect(await messagesFrom(number)).toBe(1);

    world.beyond.runs.length = 0;
    await tell(number, update('ACCOUNT_RECONNECTED', {}, { entryId: number.wabaId, time: secondsFromNow(6) }));
    expect(await rowOf(number)).toMatchObject({ state: 'connected', pausedReason: null, hasWaiting: true });
    expect(world.beyond.runs).toContainEqual({ kind: 'connection', id: number.connectionId });
  });

  it('counts in the order in which it happened, however it arrives', async () => {
    const number = await connect();
    await tell(number, update('ACCOUNT_RECONNECTED', {}, { entryId: number.wabaId, time: secondsFromNow(9) }));
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, { entryId: number.wabaId, time: secondsFromNow(7) }));
    expect((await rowOf(number)).state).toBe('connected');
    // Control: a later one is heeded.
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, { entryId: number.wabaId, time: secondsFromNow(11) }));
    expect((await rowOf(number)).state).toBe('paused');
  });

  it('has no effect if it happened in an earlier life of the connection', async () => {
    const number = await connect();
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, { entryId: number.wabaId, time: secondsFromNow(-60) }));
    expect((await rowOf(number)).state).toBe('connected');
  });
});

describe('a link that the owner ended', () => {
  it('concerns the number that is named, in both forms, and nothing of another app', async () => {
    const [first, other] = [await connect(), await connect()];
    const second = await connect(first);
    const info = { disconnection_info: { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' } };
    await tell(first, update('PARTNER_REMOVED', { phone_number: first.phone, ...info }, { entryId: first.wabaId }));
    expect(await rowOf(first)).toMatchObject({ state: 'paused', pausedReason: 'owner-disconnected', probeDueAt: null });
    expect((await rowOf(first)).accessToken).not.toBeNull();
    const [problem] = await openProblems(first);
    expect(problem).toMatchObject({ kind: 'owner-disconnected', reason: 'PRIMARY_INACTIVITY' });
    expect(problem?.detail).toMatch(/disconnect it here, too; if not, connect the number again/);
    expect((await rowOf(second)).state).toBe('connected');

    const waba_info = { waba_id: first.wabaId, owner_business_id: '77' };
    await tell(first, update('PARTNER_APP_UNINSTALLED', { waba_info }, { entryId: '990099' }));
    expect(await rowOf(second)).toMatchObject({ state: 'paused', pausedReason: 'owner-disconnected' });
    // Control: the word of this app about an account of another app's is nobody's.
    await tell(first, update('PARTNER_REMOVED', {}, { entryId: other.wabaId }));
    expect((await rowOf(other)).state).toBe('connected');
  });

  it('loses nothing, and confirms step two once step one is done', async () => {
    const number = await connect();
    await tell(number, update('PARTNER_REMOVED', { phone_number: number.phone }, { entryId: number.wabaId }));
    await write(number);
    expect(await messagesFrom(number)).toBe(1);
    const { body } = await world.call('POST', `/v1/connections/${number.connectionId}/disconnect`);
    expect(body.state).toBe('disconnecting');
    expect(body.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ step: 'disconnect-in-business-settings', state: 'done', code: 'event' }),
        expect.objectContaining({ step: 'remove-subscription', state: 'waiting' }),
      ]),
    );
    expect(await openProblems(number)).toEqual([]);
  });

  it('confirms step two where step one came first', async () => {
    const number = await connect();
    await world.call('POST', `/v1/connections/${number.connectionId}/disconnect`);
    expect((await rowOf(number)).inboundHeldSince).not.toBeNull();
    await tell(number, update('PARTNER_REMOVED', { phone_number: number.phone }, { entryId: number.wabaId }));
    expect(await rowOf(number)).toMatchObject({ state: 'disconnecting', inboundHeldSince: null, hasWaiting: true });
    const cancelled = await world.call('POST', `/v1/connections/${number.connectionId}/cancel-disconnect`);
    expect(cancelled.status).toBe(409);
  });
});

describe('a restriction or a ban', () => {
  it('is a problem, a ban a pause, too, and both end with the reinstatement', async () => {
    const number = await connect();
    const restriction_info = [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1 }];
    await tell(number, update('ACCOUNT_RESTRICTION', { restriction_info }, { entryId: number.wabaId }));
    expect((await rowOf(number)).state).toBe('connected');
    expect(await openProblems(number)).toEqual([
      {
        kind: 'connection-restricted',
        reason: 'RESTRICTED_BIZ_INITIATED_MESSAGING',
        detail: expect.stringContaining('ask for a review'),
      },
    ]);
    const ban = (waba_ban_state: string) => ({ ban_info: { waba_ban_state, waba_ban_date: 'April 17, 2026' } });
    const at = (seconds: number) => ({ entryId: number.wabaId, time: secondsFromNow(seconds) });
    await tell(number, update('DISABLED_UPDATE', ban('DISABLE'), at(8)));
    expect(await rowOf(number)).toMatchObject({ state: 'paused', pausedReason: 'disabled' });
    expect((await openProblems(number)).map(({ kind }) => kind)).toEqual([
      'connection-paused',
      'connection-restricted',
    ]);
    await tell(number, update('DISABLED_UPDATE', ban('REINSTATE'), at(10)));
    expect((await rowOf(number)).state).toBe('connected');
    expect(await openProblems(number)).toEqual([]);
  });

  const restrictedAt = (number: Number, seconds: number, expirations: (number | undefined)[]) => {
    const restriction_info = expirations.map((expiration) => ({
      restriction_type: 'RESTRICTED_SOMETHING',
      expiration,
    }));
    return tell(number, update('ACCOUNT_RESTRICTION', { restriction_info }, { entryId: number.wabaId, time: seconds }));
  };
  const endIfOver = async ({ connectionId }: Number) => {
    const { restrictedForMs } = (await takeConnection(world.db, connectionId, 60_000)) ?? {};
    await endRestriction(world.db, connectionId);
    return restrictedForMs;
  };

  it('ends by itself when all that is restricted has ended', async () => {
    const number = await connect();
    const soon = secondsFromNow(600);
    await restrictedAt(number, secondsFromNow(5), [soon - 300, soon]);
    await restrictedAt(number, secondsFromNow(6), [soon - 500]);
    const leftMs = await endIfOver(number);
    expect(leftMs).toBeGreaterThan(500_000);
    expect(leftMs).toBeLessThanOrEqual(600_000);
    const [open] = await openProblems(number);
    expect(open?.detail).toContain('restricted the account until 20');
    expect(open?.detail).not.toContain('discard');
    const { connectionId } = number;
    const restrictedUntil = new Date(Date.now() - 1_000);
    await world.db.updateTable('connection').set({ restrictedUntil }).where('id', '=', connectionId).execute();
    expect(await endIfOver(number)).toBeLessThan(0);
    expect(await openProblems(number)).toEqual([]);
    expect(await endIfOver(number)).toBeNull();
  });

  it('control: waits for a person as long as the end of anything is unknown', async () => {
    const number = await connect();
    await restrictedAt(number, secondsFromNow(5), [secondsFromNow(-600)]);
    await restrictedAt(number, secondsFromNow(6), [secondsFromNow(-600), undefined]);
    expect(await endIfOver(number)).toBeNull();
    const [open] = await openProblems(number);
    expect(open?.detail).toContain('discard this when it is over');
  });
});
