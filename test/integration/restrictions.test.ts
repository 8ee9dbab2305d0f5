import { describe, expect, it } from '@jest/globals';
import { takeConnection } from '../../db/connection-care.ts';
import { endRestriction } from '../../db/restrictions.ts';
import { type SelfCheck, storeSelfCheck } from '../../db/self-check.ts';
import { aLinkWorld, ban, type LinkNumber, restriction, secondsFromNow, update } from './link-world.ts';

const { world, connect, tell, rowOf, openProblems, ask, auditOf } = aLinkWorld();

/** What self-checks found the network to say of the account, one after the other. */
async function findSending({ connectionId }: LinkNumber, words: string[], more: Partial<SelfCheck> = {}) {
  for (const accountSending of words) {
    await storeSelfCheck(world().db, connectionId, { found: [], accountSending, ...more });
  }
}

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
    await tell(number, ban(number, 'DISABLE', secondsFromNow(8)));
    expect(await rowOf(number)).toMatchObject({ state: 'paused', pausedReason: 'disabled' });
    expect((await openProblems(number)).map(({ kind }) => kind)).toEqual([
      'connection-paused',
      'connection-restricted',
    ]);
    await tell(number, ban(number, 'REINSTATE', secondsFromNow(10)));
    expect((await rowOf(number)).state).toBe('connected');
    expect(await openProblems(number)).toEqual([]);
  });

  const restrictedAt = (number: LinkNumber, seconds: number, expirations: (number | undefined)[]) =>
    tell(number, restriction(number, seconds, expirations));
  const endIfOver = async ({ connectionId }: LinkNumber) => {
    const { restrictedForMs } = (await takeConnection(world().db, connectionId, 60_000)) ?? {};
    await endRestriction(world().db, connectionId);
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
    expect(open?.detail).not.toMatch(/discard/i);
    const { connectionId } = number;
    const restrictedUntil = new Date(Date.now() - 1_000);
    await world().db.updateTable('connection').set({ restrictedUntil }).where('id', '=', connectionId).execute();
    expect(await endIfOver(number)).toBeLessThan(0);
    expect(await openProblems(number)).toEqual([]);
    expect(await endIfOver(number)).toBeNull();
  });

  it('ends by itself when a self-check finds that the account may send again, whatever end was told', async () => {
    for (const end of [undefined, secondsFromNow(600)]) {
      const number = await connect();
      await restrictedAt(number, secondsFromNow(5), [end]);
      await findSending(number, ['LIMITED']);
      expect((await openProblems(number)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
      await findSending(number, ['AVAILABLE']);
      expect(await openProblems(number)).toEqual([]);
      expect(await auditOf(number)).toContain('link-restriction-lifted');
      expect(await endIfOver(number)).toBeNull();
    }
  });

  it('control: does not end where sending was never seen to be kept from the account, or only before', async () => {
    const number = await connect();
    await findSending(number, ['LIMITED']);
    await restrictedAt(number, secondsFromNow(5), [undefined]);
    await findSending(number, ['AVAILABLE', 'AVAILABLE']);
    expect((await openProblems(number)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
    expect(await auditOf(number)).not.toContain('link-restriction-lifted');
  });

  it('is not told by an event that names none', async () => {
    const number = await connect();
    await restrictedAt(number, secondsFromNow(5), []);
    expect(await openProblems(number)).toEqual([]);
    // Control: by one that does.
    await restrictedAt(number, secondsFromNow(6), [undefined]);
    expect(await openProblems(number)).toHaveLength(1);
  });

  it('outlasts a changed phone', async () => {
    const number = await connect();
    await restrictedAt(number, secondsFromNow(5), [undefined]);
    const at = (seconds: number) => ({ entryId: number.wabaId, time: secondsFromNow(seconds) });
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, at(7)));
    await tell(number, update('ACCOUNT_RECONNECTED', {}, at(9)));
    expect((await rowOf(number)).state).toBe('connected');
    expect((await openProblems(number)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
  });

  it('control: waits for a person as long as the end of anything is unknown', async () => {
    const number = await connect();
    await restrictedAt(number, secondsFromNow(5), [secondsFromNow(-600)]);
    await restrictedAt(number, secondsFromNow(6), [secondsFromNow(-600), undefined]);
    expect(await endIfOver(number)).toBeNull();
    const [open] = await openProblems(number);
    expect(open?.detail).toContain('Discard this when it is over');
  });
});

describe('a ban whose end nobody told', () => {
  const aBanned = async () => {
    const number = await connect();
    await tell(number, ban(number, 'DISABLE', secondsFromNow(0)));
    return number;
  };
  const isPaused = async (number: LinkNumber) => (await rowOf(number)).state === 'paused';

  it('is over once a self-check finds that the account may send which it could not', async () => {
    const number = await aBanned();
    await tell(number, restriction(number, secondsFromNow(2), [undefined]));
    await findSending(number, ['BLOCKED']);
    expect(await isPaused(number)).toBe(true);
    await findSending(number, ['AVAILABLE']);
    expect(await rowOf(number)).toMatchObject({ state: 'connected', pausedReason: null, hasWaiting: true });
    expect(await openProblems(number)).toEqual([]);
    expect(await auditOf(number)).toContain('link-reinstated');
  });

  it('is not believed to be over soon after it was told, and is afterwards', async () => {
    const number = await aBanned();
    await findSending(number, ['BLOCKED', 'AVAILABLE', 'AVAILABLE'], { doubtMs: 60_000 });
    expect(await isPaused(number)).toBe(true);
    expect(await auditOf(number)).not.toContain('link-reinstated');
    await findSending(number, ['AVAILABLE']);
    expect(await isPaused(number)).toBe(false);
  });

  it('control: lasts where sending was never seen to be kept from the account, or only before', async () => {
    const number = await connect();
    await findSending(number, ['BLOCKED']);
    await tell(number, ban(number, 'DISABLE', secondsFromNow(0)));
    await findSending(number, ['AVAILABLE', 'AVAILABLE']);
    expect(await isPaused(number)).toBe(true);
    // The same, remembered while it was being disconnected.
    const ending = await connect();
    await findSending(ending, ['BLOCKED']);
    await ask(ending, 'disconnect');
    await tell(ending, ban(ending, 'DISABLE', secondsFromNow(0)));
    await ask(ending, 'cancel-disconnect');
    await findSending(ending, ['AVAILABLE', 'AVAILABLE']);
    expect(await rowOf(ending)).toMatchObject({ state: 'paused', pausedReason: 'disabled' });
  });

  it('control: nothing of the kind ends a pause of another reason', async () => {
    const number = await connect();
    await tell(number, update('ACCOUNT_OFFBOARDED', {}, { entryId: number.wabaId }));
    await findSending(number, ['BLOCKED', 'AVAILABLE']);
    expect(await rowOf(number)).toMatchObject({ state: 'paused', pausedReason: 'suspended' });
  });
});
