/**
 * What the phone app hands over is asked for once, within a day of linking it; a second try is refused. So "called" is
 * written before the call, and a call whose answer was lost is judged by what arrives. (onboarding: B.3)
 */
export type SyncState = {
  state: 'waiting' | 'called';
  /** Of one that waits: when it may be tried again. */
  dueInMs: number | null;
  deadlineInMs: number | null;
  calledMsAgo: number | null;
  /** What it brings has begun to arrive. */
  isSeen: boolean;
};

export type SyncMove =
  | { kind: 'call' }
  /** Nothing came of a call whose answer was lost: a second one is refused if the first came through. */
  | { kind: 'call-again' }
  | { kind: 'seen' }
  | { kind: 'too-late' }
  | { kind: 'wait'; waitMs: number };

/** While something may still arrive, it is looked for this often. */
export const SYNC_LOOK_MS = 15_000;

export function chooseSync(sync: SyncState, { evidenceMs }: { evidenceMs: number }): SyncMove {
  if (sync.isSeen) return { kind: 'seen' };
  const isOver = sync.deadlineInMs !== null && sync.deadlineInMs <= 0;
  if (sync.state === 'called') {
    const leftMs = evidenceMs - (sync.calledMsAgo ?? 0);
    if (leftMs > 0) return { kind: 'wait', waitMs: Math.min(leftMs, SYNC_LOOK_MS) };
  } else if (isOver) {
    return { kind: 'too-late' };
  }
  if (sync.dueInMs !== null && sync.dueInMs > 0) return { kind: 'wait', waitMs: sync.dueInMs };
  return { kind: sync.state === 'called' ? 'call-again' : 'call' };
}
