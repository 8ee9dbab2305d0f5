import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeConnection } from '../../db/connection-care.ts';
import { endRestriction } from '../../db/restrictions.ts';
import { storeSelfCheck } from '../../db/self-check.ts';
import { type ApiWorld, startApiWorld } from './api-world.ts';
import {
  connectNumber,
  type LinkNumber,
  openProblems as problemsIn,
  rowOf as rowIn,
  secondsFromNow,
  tell as tellIn,
  update,
} from './link-world.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});

afterAll(() => world?.close());

const connect = (beside?: LinkNumber) => connectNumber(world, beside);
const tell = (number: LinkNumber, body: object) => tellIn(world, number, body);
const rowOf = (number: LinkNumber) => rowIn(world, number);
const openProblems = (number: LinkNumber) => problemsIn(world, number);

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

  const restrictedAt = (number: LinkNumber, seconds: number, expirations: (number | undefined)[]) => {
    const restriction_info = expirations.map((expiration) => ({
      restriction_type: 'RESTRICTED_SOMETHING',
      expiration,
    }));
    return tell(number, update('ACCOUNT_RESTRICTION', { restriction_info }, { entryId: number.wabaId, time: seconds }));
  };
  const endIfOver = async ({ connectionId }: LinkNumber) => {
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

  const findSending = ({ connectionId }: LinkNumber, ...words: string[]) =>
    words.reduce(
      (before, accountSending) =>
        before.then(() => storeSelfCheck(world.db, connectionId, { found: [], accountSending })),
      Promise.resolve(),
    );
  const audited = async ({ connectionId }: LinkNumber) => {
    const { body } = await world.call('GET', `/v1/audit-entries?subjectId=${connectionId}`);
    return (body.items as { action: string }[]).map(({ action }) => action);
  };

  it('ends by itself when a self-check finds that the account may send again, whatever end was told', async () => {
    for (const end of [undefined, secondsFromNow(600)]) {
      const number = await connect();
      await restrictedAt(number, secondsFromNow(5), [end]);
      await findSending(number, 'LIMITED');
      expect((await openProblems(number)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
      await findSending(number, 'AVAILABLE');
      expect(await openProblems(number)).toEqual([]);
      expect(await audited(number)).toContain('link-restriction-lifted');
      expect(await endIfOver(number)).toBeNull();
    }
  });

  it('control: does not end where sending was never seen to be kept from the account, or only before', async () => {
    const number = await connect();
    await findSending(number, 'LIMITED');
    await restrictedAt(number, secondsFromNow(5), [undefined]);
    await findSending(number, 'AVAILABLE', 'AVAILABLE');
    expect((await openProblems(number)).map(({ kind }) => kind)).toEqual(['connection-restricted']);
    expect(await audited(number)).not.toContain('link-restriction-lifted');
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
    expect(open?.detail).toContain('discard this when it is over');
  });
});
