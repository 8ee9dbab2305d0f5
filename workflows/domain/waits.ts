/**
 * Every wait, interval and deadline, in milliseconds. Each is a setting of the processes: `idleMs` is
 * `PARLEY_WAIT_IDLE_MS`, and so on, so that a test can shorten it.
 */
export const DEFAULT_WAITS = {
  /** A conversation's run ends after this long without work. */
  idleMs: 15 * 60_000,
  /** How long one turn of a lane may hold its lease before a successor may take it. */
  leaseMs: 30_000,
  /** A turn stops taking new rows after this long. */
  turnMs: 15_000,
  /** A turn that has not come back by then is lost. */
  turnTimeoutMs: 60_000,
  /** A worker that has not been heard of for this long during a turn is lost. */
  turnHeartbeatMs: 10_000,
  /** A call that can be posted twice, from the moment its intent is written to its last byte. */
  callDeadlineMs: 8_000,
  /** First look for an effect whose answer was lost, counted from the call's deadline. */
  readBackFirstMs: 30_000,
  /** Second look, counted from the first. */
  readBackSecondMs: 10_000,
  /** How far below an intent a read-back looks, in Planfix's time. */
  readBackOverlapMs: 2 * 60_000,
  /** No activity slot waits longer than this for a token. */
  gateWaitMs: 1_000,
  /** A caller of the API waits this long for the outcome of a live check; then they are told to look for themselves. */
  liveCheckMs: 25_000,
  /** What else a caller of the API waits for the worker and the network; later, they are told where to look. */
  answerMs: 2_000,
  /** As above for a reading of templates, which may have to wait for another one. */
  templatesAnswerMs: 5_000,
  /** A live check, and a poll, make several calls in a row and may wait for each of them. */
  checkPatienceMs: 10_000,
  pollPatienceMs: 30_000,
  /** A message waits this long for its files; then it is posted without them, and they are added when they come. */
  fileWaitMs: 60_000,
  /** A transfer that nobody heard of for this long is lost; a stalled connection is cut after this long. */
  transferHeartbeatMs: 30_000,
  transferIdleMs: 20_000,
  /** One attempt at moving one file; 100 MB over a slow line. */
  transferTimeoutMs: 15 * 60_000,
  /** A file for the customer that cannot be moved holds its conversation for at most this long. */
  outgoingFileMs: 15 * 60_000,
  /** An uploaded file is sent again under the same id for this long; the network keeps it for thirty days. */
  mediaReuseMs: 25 * 24 * 60 * 60_000,
  /** How long before its end the assignee is told that a window closes over an unanswered customer. */
  windowWarningMs: 60 * 60_000,
  /** Planfix allows one request a second. */
  planfixIntervalMs: 1_000,
  /** WhatsApp allows one message in six seconds to one person, 45 at once. */
  pairIntervalMs: 6_000,
  /** WhatsApp allows 80 messages a second and number, both directions together. */
  numberIntervalMs: 15,
  /**
   * A number that the network found too fast sends at half the speed for this long. Each time it happens again, the speed
   * is halved once more and as much time is added, so that it comes back step by step.
   */
  slowStepMs: 30_000,
  /** A number of which the network takes nothing for this long, at whatever speed, is paused. */
  tooFastMs: 10 * 60_000,
  /** An unknown outcome holds its lane for this long; then later replies go. */
  unknownHoldMs: 60_000,
  /** An unknown outcome that no status settled by then is a problem for a person. */
  unknownProblemMs: 10 * 60_000,
  /** A message that Planfix refuses blocks its conversation for at most this long, then it is parked. */
  parkMs: 15 * 60_000,
  /** First and longest wait before another try of a message that failed for itself. */
  retryFirstMs: 5_000,
  retryLongestMs: 2 * 60_000,
  /** First and longest wait before a paused account or connection is probed again. */
  probeFirstMs: 5_000,
  probeLongestMs: 60_000,
  /** The schedule of the sweep, and what it regards as overdue. */
  sweepIntervalMs: 10_000,
  sweepOverdueMs: 15_000,
  sweepUndueMs: 60_000,
  /** The schedule of the poll, how often one account is polled, and how far each poll overlaps the last. */
  pollScheduleMs: 10_000,
  pollIntervalMs: 60_000,
  pollOverlapMs: 2 * 60_000,
  /** How far below a task's cursor each read of its comments reaches. */
  commentOverlapMs: 10 * 60_000,
  /** An active flag older than this is read again before a message is posted. */
  activeFlagMs: 90_000,
  /** Tasks in which somebody wrote within this time are watched for being moved to the bin. */
  livelyTaskMs: 60 * 60_000,
  /** Templates and employees are read again after this long. */
  directoryMs: 60 * 60_000,
  /** A task creation that nobody heard of for this long is looked at again. */
  taskCreationMs: 5 * 60_000,
  /** A draft account or connection that was not settled by then is deleted. */
  draftMs: 15 * 60_000,
  /** The answer to a call with an idempotency key is kept for this long. */
  idempotencyMs: 24 * 60 * 60_000,
  /** Identical messages less than this far from each other count together. */
  bulkWindowMs: 5 * 60_000,
  /** A page of sends to many ends after this long, and the next one is begun. */
  bulkPageMs: 30_000,
  /** A page of bulk sends that has not come back by then is lost. */
  bulkPageTimeoutMs: 2 * 60_000,
  /** While a mailing runs, the network is asked this often how it rates the number. */
  numberQualityMs: 60_000,
  /** Fingerprints of what was sent, and requests to send, are kept for this long. */
  fingerprintMs: 8 * 24 * 60 * 60_000,
  /** Templates are read again after this long, if the network does not tell of a change before. */
  templateSyncMs: 24 * 60 * 60_000,
  /** The same form from the same button is the same request for this long. */
  formRepeatMs: 4 * 60 * 60_000,
  /** What a connection can be asked without a customer noticing is asked this often. */
  selfCheckMs: 4 * 60_000,
  /** The network calls our address when it is asked to; later than this, the address is not to be reached. */
  canaryMs: 10_000,
  /** What an onboarded business account must be asked once may be asked for this long. (coexistence, `smb_app_data`) */
  syncDeadlineMs: 24 * 60 * 60_000,
  /** A sync whose answer was lost is asked for again after this long, unless what it brings has come. */
  syncEvidenceMs: 10 * 60_000,
  /** The code of a sign-up is good for this long; a sign-up that was not used by then is deleted. */
  signupCodeMs: 30_000,
  signupMs: 60 * 60_000,
  /** What its token is worth, and which apps hear of the account, is asked less often. */
  deepCheckMs: 60 * 60_000,
  /** The network tells within seconds what becomes of a message; later than this it has forgotten to. */
  statusLateMs: 2 * 60_000,
  /** For so long after the news of a ban the network may still say what was true before it. */
  banDoubtMs: 15 * 60_000,
  /** A number whose phone is being changed is a problem if it is not back by then. */
  suspendedMs: 60 * 60_000,
  /** While a connection ends, its token is tried this often; the administrator is reminded after this long. */
  disconnectProbeMs: 60 * 60_000,
  disconnectReminderMs: 24 * 60 * 60_000,
  /** Templates, employees and groups that settings are chosen from are read again after this long. */
  choicesMs: 5 * 60_000,
  /** Somebody who signed in is signed out after this long without a call, and after that long in any case. */
  sessionIdleMs: 12 * 60 * 60_000,
  sessionMs: 14 * 24 * 60 * 60_000,
  /** After too many wrong passwords for one e-mail address, none is looked at for this long. */
  signInLockMs: 15 * 60_000,
  /** How long the secret addresses let somebody in: the first administrator, somebody invited, a forgotten password. */
  firstOperatorMs: 24 * 60 * 60_000,
  invitationMs: 7 * 24 * 60 * 60_000,
  newPasswordMs: 24 * 60 * 60_000,
  /** Whoever was sent to the identity provider must be back by then. */
  singleSignOnMs: 10 * 60_000,
  /** How often the api looks for changes that an open page is to hear of, and how often it says that it is there. */
  streamLookMs: 1_000,
  streamCommentMs: 15_000,
  /** An account's workflow ends after this long without hints. */
  accountIdleMs: 5 * 60_000,
};
export type Waits = typeof DEFAULT_WAITS;
export type WaitName = keyof Waits;

export const waitVariable = (name: WaitName) =>
  `PARLEY_WAIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** The waits that the environment changes; throws with every wrong value named. */
export function waitsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Partial<Waits> {
  const changed: Partial<Waits> = {};
  const problems: string[] = [];
  for (const name of Object.keys(DEFAULT_WAITS) as WaitName[]) {
    const text = environment[waitVariable(name)];
    if (text === undefined || text === '') continue;
    if (/^\d{1,10}$/.test(text)) changed[name] = Number(text);
    else problems.push(`${waitVariable(name)} must be a whole number of milliseconds`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return changed;
}

/** What a run was started with, over the defaults; a run carries only the differences. */
export const waitsOf = (changed: Partial<Waits> | undefined): Waits => ({ ...DEFAULT_WAITS, ...changed });
