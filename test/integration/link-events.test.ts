import { describe, expect, it } from '@jest/globals';
import { anEnvelope, aText, until } from './api-world.ts';
import { aLinkWorld, ban, type LinkNumber, restriction, secondsFromNow, update } from './link-world.ts';

const { world, connect, tell, rowOf, openProblems, ask } = aLinkWorld();

async function messagesFrom({ connectionId }: LinkNumber): Promise<number> {
  const row = await world()
    .db.selectFrom('message')
    .where('connectionId', '=', connectionId)
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const write = (number: LinkNumber) =>
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

    world().beyond.runs.length = 0;
    await tell(number, update('ACCOUNT_RECONNECTED', {}, { entryId: number.wabaId, time: secondsFromNow(6) }));
    expect(await rowOf(number)).toMatchObject({ state: 'connected', pausedReason: null, hasWaiting: true });
    await until('its run', () =>
      world().beyond.runs.some(({ kind, id }) => kind === 'connection' && id === number.connectionId),
    );
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
    const { body } = await ask(number, 'disconnect');
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
    await ask(number, 'disconnect');
    expect((await rowOf(number)).inboundHeldSince).not.toBeNull();
    await tell(number, update('PARTNER_REMOVED', { phone_number: number.phone }, { entryId: number.wabaId }));
    expect(await rowOf(number)).toMatchObject({ state: 'disconnecting', inboundHeldSince: null, hasWaiting: true });
    const cancelled = await ask(number, 'cancel-disconnect');
    expect(cancelled.status).toBe(409);
  });
});

describe('news that comes while a connection is being disconnected', () => {
  it('of a phone that is back: cancelled, it goes on', async () => {
    const number = await connect();
    const at = (seconds: number) => ({ entryId: number.wabaId, time: secondsFromNow(seconds) });
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, at(5)));
    await ask(number, 'disconnect');
    await tell(number, update('ACCOUNT_RECONNECTED', {}, at(7)));
    await ask(number, 'cancel-disconnect');
    expect(await rowOf(number)).toMatchObject({ state: 'connected', pausedReason: null });
    expect(await openProblems(number)).toEqual([]);
  });

  it('of a ban: cancelled, it is paused for that, which is told; without news it is not (control)', async () => {
    const [banned, other] = [await connect(), await connect()];
    for (const number of [banned, other]) await ask(number, 'disconnect');
    await tell(banned, ban(banned, 'DISABLE'));
    expect((await rowOf(banned)).state).toBe('disconnecting');
    for (const number of [banned, other]) await ask(number, 'cancel-disconnect');
    expect(await rowOf(banned)).toMatchObject({ state: 'paused', pausedReason: 'disabled' });
    expect(await openProblems(banned)).toMatchObject([{ kind: 'connection-paused', reason: 'disabled' }]);
    expect(await rowOf(other)).toMatchObject({ state: 'connected', pausedReason: null });
    expect(await openProblems(other)).toEqual([]);
  });

  it('of a restriction: cancelled, it is told with its end; without news nothing is (control)', async () => {
    const [restricted, endless, other] = [await connect(), await connect(), await connect()];
    for (const number of [restricted, endless, other]) await ask(number, 'disconnect');
    await tell(restricted, restriction(restricted, secondsFromNow(5), [secondsFromNow(600)]));
    await tell(endless, restriction(endless, secondsFromNow(5), [undefined]));
    for (const number of [restricted, endless, other]) {
      // Whoever disconnects need not care.
      expect(await openProblems(number)).toEqual([]);
      await ask(number, 'cancel-disconnect');
      expect((await rowOf(number)).state).toBe('connected');
    }
    const [told] = await openProblems(restricted);
    expect(told).toMatchObject({ kind: 'connection-restricted', reason: 'RESTRICTED_SOMETHING' });
    expect(told?.detail).toContain('restricted the account until 20');
    expect(await openProblems(endless)).toMatchObject([{ detail: expect.stringContaining('Discard this') }]);
    expect(await openProblems(other)).toEqual([]);
  });

  it('of a restriction that is over before it is cancelled: nothing is told', async () => {
    const [ended, reinstated] = [await connect(), await connect()];
    for (const number of [ended, reinstated]) {
      await ask(number, 'disconnect');
      await tell(number, restriction(number, secondsFromNow(5), [secondsFromNow(600)]));
    }
    const restrictedUntil = new Date(Date.now() - 1_000);
    await world().db.updateTable('connection').set({ restrictedUntil }).where('id', '=', ended.connectionId).execute();
    await tell(reinstated, ban(reinstated, 'DISABLE', secondsFromNow(7)));
    await tell(reinstated, ban(reinstated, 'REINSTATE', secondsFromNow(9)));
    for (const number of [ended, reinstated]) {
      await ask(number, 'cancel-disconnect');
      expect(await openProblems(number)).toEqual([]);
      expect(await rowOf(number)).toMatchObject({ state: 'connected', pausedReason: null });
    }
  });

  it('beside a restriction from before: cancelled, that shows as it did, and only once', async () => {
    const number = await connect();
    await tell(number, restriction(number, secondsFromNow(5), [undefined]));
    const before = await openProblems(number);
    await ask(number, 'disconnect');
    expect(await openProblems(number)).toEqual([]);
    await ask(number, 'cancel-disconnect');
    expect(await openProblems(number)).toEqual(before);
    await ask(number, 'disconnect');
    await tell(number, restriction(number, secondsFromNow(7), [secondsFromNow(900)]));
    await ask(number, 'cancel-disconnect');
    expect(await openProblems(number)).toMatchObject([{ detail: expect.stringContaining('until 20') }]);
    // Control: what a person has discarded stays so.
    await world()
      .db.updateTable('problem')
      .set({ state: 'settled', resolution: 'discarded' })
      .where('connectionId', '=', number.connectionId)
      .where('state', '=', 'open')
      .execute();
    await ask(number, 'disconnect');
    await ask(number, 'cancel-disconnect');
    expect(await openProblems(number)).toEqual([]);
  });
});
