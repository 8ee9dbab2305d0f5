import { readCursors, type TaskCursor } from '../db/comments.ts';
import { recordTaskFacts } from '../db/conversation-tasks.ts';
import { postponeAccountProbe, resumeAccount } from '../db/pauses.ts';
import {
  countDueAccounts,
  type DueAccount,
  leaveUnread,
  linkedTasks,
  livelyTasks,
  postponePoll,
  recordPoll,
  takeDueAccounts,
  unreadTasks,
  watchedTasks,
} from '../db/polls.ts';
import { describeError } from '../workflows/domain/describe-error.ts';
import { withHeartbeat } from './attempt.ts';
import { readTaskComments } from './comment-reading.ts';
import type { Dependencies } from './dependencies.ts';
import { keepChoicesFresh } from './directory.ts';
import { backOff, NotNow, sleep } from './not-now.ts';
import { PlanfixError } from './planfix/errors.ts';
import { PAGE_SIZE } from './planfix/paging.ts';
import type { Task } from './planfix/tasks.ts';
import { type OpenPlanfixAccount, type PlanfixAccount, ping } from './planfix-account.ts';
import { wakeAllWaiting } from './wake-waiting.ts';

/** Accounts that are polled side by side; each is held back by its own gate only. */
const ACCOUNTS_AT_ONCE = 32;
/** The share of the time between two runs over which their starts are spread: live steps hardly notice them then. */
const SPREAD = 0.4;
const LONGEST_SPACING_MS = 50;
const ACCOUNT_LEASE_MS = 5 * 60_000;

export type PlanfixPollActivities = {
  /** Polls every account that is due, paused ones by a probe. Returns how many there were. */
  pollPlanfixAccounts: () => Promise<{ polled: number }>;
};

export function createPlanfixPollActivities(
  dependencies: Dependencies,
  openAccount: OpenPlanfixAccount,
): PlanfixPollActivities {
  const { db, waits, log } = dependencies;
  return {
    pollPlanfixAccounts: () =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const endsAtMs = Date.now() + waits.turnTimeoutMs / 2;
        const untilStart = createPace((waits.pollScheduleMs * SPREAD) / Math.max(1, await countDueAccounts(db)));
        let polled = 0;
        let isDone = false;
        const pollNext = async (): Promise<void> => {
          for (;;) {
            await untilStart();
            if (isDone || Date.now() >= endsAtMs) return;
            const [due] = await takeDueAccounts(db, 1, ACCOUNT_LEASE_MS);
            isDone ||= due === undefined;
            if (!due) return;
            polled += 1;
            await pollAccount(dependencies, await openAccount(due.id, waits.pollPatienceMs), due).catch(
              async (error: unknown) => {
                log.error({ planfixAccountId: due.id, failure: describeError(error) }, 'poll failed');
                await postponePoll(db, due.id, waits.retryLongestMs);
              },
            );
          }
        };
        await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, pollNext));
        return { polled };
      }),
  };
}

/** Gives each caller its time to start, so many milliseconds after the one before. */
function createPace(spacingMs: number): () => Promise<void> {
  let nextMs = 0;
  return () => {
    const startMs = Math.max(Date.now(), nextMs);
    nextMs = startMs + Math.min(spacingMs, LONGEST_SPACING_MS);
    return sleep(startMs - Date.now());
  };
}

async function pollAccount(dependencies: Dependencies, account: PlanfixAccount, due: DueAccount): Promise<void> {
  const { db, waits } = dependencies;
  if (due.state === 'paused' && !(await probeAccount(dependencies, account, due))) return;
  try {
    const beganAtMs = account.planfixTime(Date.now());
    const fromMs = due.polledThrough ? +due.polledThrough : account.planfixTime(+account.access.createdAt);
    await readTasks(dependencies, account, fromMs - waits.pollOverlapMs);
    // Half a step of the schedule earlier, so that it is due when that step comes and not only at the next one.
    await recordPoll(db, due.id, new Date(beganAtMs), waits.pollIntervalMs - waits.pollScheduleMs / 2);
    await keepChoicesFresh(dependencies, account);
  } catch (error) {
    if (error instanceof NotNow) return postponePoll(db, due.id, error.waitMs);
    if (!(error instanceof PlanfixError)) throw error;
    if (await account.pauseIfDown(error)) return;
    await postponePoll(db, due.id, error.retryAfterMs ?? waits.retryFirstMs);
  }
}

/** One probe. When the account is well again, its conversations are woken in pages, and it is polled at once. */
async function probeAccount(dependencies: Dependencies, account: PlanfixAccount, due: DueAccount): Promise<boolean> {
  const { db, waits } = dependencies;
  const failure = await ping(account.client);
  if (failure) {
    const probeInMs = failure.retryAfterMs ?? backOff(due.probeAttempts, waits.probeFirstMs, waits.probeLongestMs);
    await postponeAccountProbe(db, due.id, { reason: failure.kind, probeInMs });
    return false;
  }
  await resumeAccount(db, due.id);
  await wakeAllWaiting(dependencies, { planfixAccountId: due.id });
  return true;
}

/** So many fit on one page of a list that is then known to be complete. */
const TASKS_ASKED_BY_NUMBER = PAGE_SIZE - 1;
const QUIET_TASKS_PER_POLL = 300;
const MISSING_TASKS_PER_POLL = 10;

/**
 * Lists leave out what is in the bin, so a task that was binned simply stops to appear. An account with few tasks is
 * asked for all of them by number: one call tells what changed and what is missing. One with more is asked for what
 * changed, and by number for the tasks in which somebody wrote lately, and for those that were never read: they changed
 * before they were known to be ours.
 */
async function readTasks(dependencies: Dependencies, account: PlanfixAccount, sinceMs: number): Promise<void> {
  const { db, waits } = dependencies;
  const { client, access } = account;
  // Read before the list: a task that is made meanwhile is not missing from it.
  const lively = await livelyTasks(db, access.id, waits.livelyTaskMs, QUIET_TASKS_PER_POLL);
  const unread = await unreadTasks(db, access.id, TASKS_ASKED_BY_NUMBER);
  const watched = await watchedTasks(db, access.id, TASKS_ASKED_BY_NUMBER + 1);
  const byNumber = watched.length > 0 && watched.length <= TASKS_ASKED_BY_NUMBER;
  const pages = byNumber
    ? client.listTasksByNumber(watched.map((task) => task.planfixTask))
    : client.listTasksChangedSince({ sinceMs });
  const seen = await readListedTasks(dependencies, account, pages);
  const quiet = [...new Set([...unread, ...lively])].filter((task) => !seen.has(task));
  if (quiet.length === 0) return;
  const found = byNumber ? seen : await readListedTasks(dependencies, account, client.listTasksByNumber(quiet));
  for (const task of quiet.filter((number) => !found.has(number)).slice(0, MISSING_TASKS_PER_POLL)) {
    const facts = await client.getTask(task);
    await recordTaskFacts(db, access.id, task, facts && factsOf(facts));
    if (facts?.isDeleted) await leaveUnread(db, access.id, task);
  }
}

/** Of each task the active flag, and the comments unless those were read after the last one. */
async function readListedTasks(
  dependencies: Dependencies,
  account: PlanfixAccount,
  pages: AsyncIterable<Task[]>,
): Promise<Set<number>> {
  const { db, wake } = dependencies;
  const planfixAccountId = account.access.id;
  const seen = new Set<number>();
  for await (const page of pages) {
    const numbers = page.map((task) => task.id);
    const linked = await linkedTasks(db, planfixAccountId, numbers);
    const cursors = await readCursors(db, planfixAccountId, [...linked.keys()]);
    for (const task of page) {
      const stored = linked.get(task.id);
      if (!stored) continue;
      seen.add(task.id);
      const facts = factsOf(task);
      const isActive = facts.isActive && !facts.isDeleted;
      if (stored.isActive !== isActive || stored.isGone) await recordTaskFacts(db, planfixAccountId, task.id, facts);
      const cursor = cursors.find((entry) => entry.planfixTask === task.id);
      if (wasReadSince(task, cursor)) continue;
      await wake(await readTaskComments(dependencies, account, task.id, cursor));
    }
  }
  return seen;
}

const factsOf = (task: Task) => ({ isActive: task.status?.isActive ?? true, isDeleted: task.isDeleted });

const MINUTE_MS = 60_000;
/** By so much our idea of Planfix's time may be ahead: it comes from a header of whole seconds, and is kept coarsely. */
const CLOCK_ERROR_MS = 5_000;

/** Planfix tells whole minutes: only a read that began after the minute of the last comment surely saw it. */
function wasReadSince(task: Task, cursor: TaskCursor | undefined): boolean {
  if (cursor?.readBeganAt == null) return false;
  return task.lastCommentAtMs === undefined || +cursor.readBeganAt >= task.lastCommentAtMs + MINUTE_MS + CLOCK_ERROR_MS;
}
