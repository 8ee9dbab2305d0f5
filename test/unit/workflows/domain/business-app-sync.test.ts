import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseSync, SYNC_LOOK_MS, type SyncState } from '../../../../workflows/domain/business-app-sync.ts';

const EVIDENCE_MS = 600_000;
const WAITING: SyncState = { state: 'waiting', dueInMs: null, deadlineInMs: 1_000, calledMsAgo: null, isSeen: false };
const CALLED: SyncState = { ...WAITING, state: 'called', calledMsAgo: 1_000 };

const movesOf = (sync: SyncState) => chooseSync(sync, { evidenceMs: EVIDENCE_MS });

describe('what the phone app hands over', () => {
  it.each<[string, SyncState, object]>([
    ['is asked for at once', WAITING, { kind: 'call' }],
    [
      'is asked for again after a refusal, when that is due',
      { ...WAITING, dueInMs: 500 },
      { kind: 'wait', waitMs: 500 },
    ],
    ['is given up after the deadline', { ...WAITING, deadlineInMs: 0 }, { kind: 'too-late' }],
    ['is looked for while an answer is lost', CALLED, { kind: 'wait', waitMs: SYNC_LOOK_MS }],
    ['is asked for again when nothing came', { ...CALLED, calledMsAgo: EVIDENCE_MS }, { kind: 'call-again' }],
    [
      'is not asked for at once after a second refusal',
      { ...CALLED, calledMsAgo: EVIDENCE_MS, dueInMs: 50 },
      { kind: 'wait', waitMs: 50 },
    ],
    ['is there when it comes', { ...CALLED, isSeen: true }, { kind: 'seen' }],
  ])('%s', (_what, sync, move) => {
    expect(movesOf(sync)).toEqual(move);
  });

  it('is never called twice while the first call may still show itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: EVIDENCE_MS - 1 }),
        fc.option(fc.integer({ min: -1_000, max: 1_000 })),
        fc.option(fc.integer({ min: -1_000, max: 1_000 })),
        (calledMsAgo, deadlineInMs, dueInMs) => {
          const { kind } = movesOf({ state: 'called', calledMsAgo, deadlineInMs, dueInMs, isSeen: false });
          expect(kind).toBe('wait');
        },
      ),
    );
    // Control: the same without the mark that it was called.
    expect(movesOf({ ...CALLED, state: 'waiting' }).kind).toBe('call');
  });
});
