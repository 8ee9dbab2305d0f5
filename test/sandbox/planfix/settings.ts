/**
 * Everything that is not known of a live Planfix account, as a named setting of one emulated account. The defaults are
 * those of the Planfix facts ("Sandbox: what faithful must include") and, where these are silent, the stricter reading:
 * a client that copes with it copes with the milder one too.
 */
export type PlanfixSettings = {
  /** Added to every time of the account, its `Date` header included. Milliseconds. */
  clockSkewMs: number;
  /** What happens to calls above `ratePerSecond`: let through, kept waiting, or answered with `rateRefusalStatus`. */
  rate: 'accept' | 'delay' | 'refuse';
  ratePerSecond: number;
  rateRefusalStatus: number;
  dailyQuota: number;
  /** How an exhausted daily quota is reported: HTTP 200 with `result: "fail"`, or HTTP 403 with code 22. */
  quotaShape: '200' | '403';
  /** The `code` of the 200 form; nobody has published it. */
  quotaCode200: number;
  /** `X-RateLimit-Remaining` is refreshed only this often. Milliseconds. */
  quotaHeaderRefreshMs: number;
  /** How phones are matched by contact filter 4003. */
  phoneFilter: 'digits-substring' | 'raw-substring' | 'digits-equal';
  /** When a new task takes the assignees of its template. */
  templateAssignees: 'when-omitted' | 'never' | 'always';
  /** Order of a task's comments when the request names none. */
  commentsDefaultOrder: 'desc' | 'asc';
  /** Key of `resultOrder` items that the per-task comment list understands. */
  resultOrderKey: 'filed' | 'both';
  /** Dates in filters: compared by whole minutes, or exactly. */
  dateFilterPrecision: 'minute' | 'exact';
  /** Zone of `date` and `time` in answers; `datetime` and `dateTimeUtcSeconds` are always UTC. */
  timePointZone: 'utc' | 'employee';
  /** Whether `dateTimeUtcSeconds` really carries seconds. */
  secondsInTimes: boolean;
  pageSizeOver100: 'clamp' | 'refuse';
  /** What a merged contact's old number reads as. */
  mergedContactReads: 'missing' | 'survivor';
  ownerContactRefused: boolean;
  /** Error code of the refusal of a contact as comment owner. */
  ownerRefusalCode: number;
  assignerContactRefused: boolean;
  assignerRefusalCode: number;
  /** Whether contacts made from a template that bars them from tasks are refused as assigner and owner. */
  restrictedContactsRefused: boolean;
  /** Statuses in which nobody but the exempt may comment (400, code 6). */
  commentBanStatuses: number[];
  commentBanExemptsRobot: boolean;
  /** Planfix's default that assignees may not comment in "New"; concerns agents, so it is off unless asked for. */
  newStatusBansAssignees: boolean;
  commentOnDeletedTask: 'accept' | 'refuse';
  /** Code that a single read of a missing task fails with; documented is 0, "unknown error". */
  missingTaskReadCode: number;
  /** Whether task lists show tasks that are in the bin. */
  deletedTasksInLists: boolean;
  /** Whether a deleted comment still reads (with `isDeleted`) or is missing. */
  deletedCommentReads: 'flagged' | 'missing';
  /** Whether an edited comment moves its task's last-change time. */
  commentEditTouchesTask: boolean;
  /** Time that a back-dated comment gives to the task's last-comment time. */
  backdatedCommentCountsAs: 'its-date' | 'now';
  /** `fromType` of comments made by REST. */
  restCommentFromType: string;
  /** Whether notified roles read back as roles or expanded to people. */
  recipientRolesRead: 'roles' | 'people';
  /** Whether comments made by REST start the "comment added" scenario. */
  restCommentsFireScenario: boolean;
  /** Condition of that scenario on the author. */
  scenarioAuthors: 'any' | 'employees';
  /** How long the account keeps all its requests back after one failed. Milliseconds of sandbox time. */
  hintFreezeMs: number;
  hintTimeoutMs: number;
  /** Requests that come up during a freeze: wait for its end, or are lost. */
  hintDuringFreeze: 'wait' | 'drop';
  /** Further copies of each request. */
  hintDuplicates: number;
  /** Who writes the comment that the answer to a button's request becomes. */
  buttonCommentAuthor: 'robot' | 'presser';
  /** A button's variable that is not on the list: no such button can be made, or it goes out as it is, or empty. */
  unknownVariable: 'refuse' | 'keep' | 'empty';
  /** How long after a 202 the update is applied. Milliseconds of sandbox time. */
  lockedUpdateAppliesAfterMs: number;
  requiredCustomFields: number[];
  /** Custom fields whose values are refused at create with 400 "… by id - N". */
  refusedCustomFields: number[];
  contactLimit: number;
  maxCommentBytes: number;
  /** Size of files as reads state it: whole kilobytes, rounded up, as seen live, or bytes, as documented. */
  fileSizeUnit: 'kb' | 'bytes';
  maxUploadBytes: number;
  /** How a larger upload is refused: 400 with code 7002, or the 413 page of a server in front. */
  tooLargeAnswer: '7002' | '413';
  emptyFiles: 'accept' | 'refuse';
  /** Whether `files` of a comment update is the new set, as it is for tasks, or is added to it. */
  commentUpdateFiles: 'replace' | 'add';
  /** What becomes of a file that an update detached and nothing else refers to. */
  orphanedFiles: 'delete' | 'keep';
  /** How long a download link is good. Milliseconds of the account's time. */
  storageLinkLifeMs: number;
  /** Scheme and host of download links; empty: those the caller reached the sandbox by. */
  storageOrigin: string;
  /** What the storage does about a signed link that comes with an `Authorization` header, as object storages differ. */
  storageBearer: 'refuse' | 'accept';
  /** Whether files are fetched from private addresses. */
  fromUrlPrivate: 'refuse' | 'fetch';
  /** What an agent's answer to a certain comment puts before its text; REST has no field for it. */
  answerQuote: 'quote-with-link' | 'quote-only' | 'none';
  /** Host of links into Planfix's own pages; empty: the account's below planfix.com. */
  webHost: string;
  /** Longest name of a task, in characters; a longer one is refused. One client in production cuts at this length. */
  maxTaskNameLength: number;
};

export const defaultSettings: PlanfixSettings = {
  clockSkewMs: 0,
  rate: 'accept',
  ratePerSecond: 1,
  rateRefusalStatus: 429,
  dailyQuota: 100_000,
  quotaShape: '200',
  quotaCode200: 0,
  quotaHeaderRefreshMs: 600_000,
  phoneFilter: 'digits-substring',
  templateAssignees: 'when-omitted',
  commentsDefaultOrder: 'desc',
  resultOrderKey: 'filed',
  dateFilterPrecision: 'minute',
  timePointZone: 'utc',
  secondsInTimes: false,
  pageSizeOver100: 'clamp',
  mergedContactReads: 'missing',
  ownerContactRefused: false,
  ownerRefusalCode: 5001,
  assignerContactRefused: false,
  assignerRefusalCode: 1001,
  restrictedContactsRefused: true,
  commentBanStatuses: [],
  commentBanExemptsRobot: false,
  newStatusBansAssignees: false,
  commentOnDeletedTask: 'accept',
  missingTaskReadCode: 0,
  deletedTasksInLists: false,
  deletedCommentReads: 'flagged',
  commentEditTouchesTask: false,
  backdatedCommentCountsAs: 'its-date',
  restCommentFromType: 'Planfix',
  recipientRolesRead: 'roles',
  restCommentsFireScenario: true,
  scenarioAuthors: 'any',
  hintFreezeMs: 180_000,
  hintTimeoutMs: 30_000,
  hintDuringFreeze: 'wait',
  hintDuplicates: 0,
  buttonCommentAuthor: 'robot',
  unknownVariable: 'refuse',
  lockedUpdateAppliesAfterMs: 5_000,
  requiredCustomFields: [],
  refusedCustomFields: [],
  contactLimit: 1_000_000,
  maxCommentBytes: 65_536,
  fileSizeUnit: 'kb',
  maxUploadBytes: 104_857_600,
  tooLargeAnswer: '7002',
  emptyFiles: 'accept',
  commentUpdateFiles: 'replace',
  orphanedFiles: 'delete',
  storageLinkLifeMs: 900_000,
  storageOrigin: '',
  storageBearer: 'refuse',
  fromUrlPrivate: 'refuse',
  answerQuote: 'quote-with-link',
  webHost: '',
  maxTaskNameLength: 250,
};

const choices: Partial<Record<keyof PlanfixSettings, readonly string[]>> = {
  rate: ['accept', 'delay', 'refuse'],
  quotaShape: ['200', '403'],
  phoneFilter: ['digits-substring', 'raw-substring', 'digits-equal'],
  templateAssignees: ['when-omitted', 'never', 'always'],
  commentsDefaultOrder: ['desc', 'asc'],
  resultOrderKey: ['filed', 'both'],
  dateFilterPrecision: ['minute', 'exact'],
  timePointZone: ['utc', 'employee'],
  pageSizeOver100: ['clamp', 'refuse'],
  mergedContactReads: ['missing', 'survivor'],
  commentOnDeletedTask: ['accept', 'refuse'],
  deletedCommentReads: ['flagged', 'missing'],
  backdatedCommentCountsAs: ['its-date', 'now'],
  recipientRolesRead: ['roles', 'people'],
  scenarioAuthors: ['any', 'employees'],
  hintDuringFreeze: ['wait', 'drop'],
  buttonCommentAuthor: ['robot', 'presser'],
  unknownVariable: ['refuse', 'keep', 'empty'],
  fileSizeUnit: ['kb', 'bytes'],
  tooLargeAnswer: ['7002', '413'],
  emptyFiles: ['accept', 'refuse'],
  commentUpdateFiles: ['replace', 'add'],
  orphanedFiles: ['delete', 'keep'],
  storageBearer: ['refuse', 'accept'],
  fromUrlPrivate: ['refuse', 'fetch'],
  answerQuote: ['quote-with-link', 'quote-only', 'none'],
};

/**
 * Applies a partial change. Throws a RangeError that names the first unknown setting, or wrong value, so that a typing
 * mistake in a test does not pass as "the default".
 */
export function changeSettings(settings: PlanfixSettings, change: Record<string, unknown>): PlanfixSettings {
  for (const [name, value] of Object.entries(change)) {
    if (!isSettingName(name)) throw new RangeError(`unknown setting ${name}`);
    const known = defaultSettings[name];
    if (typeof value !== typeof known || Array.isArray(value) !== Array.isArray(known)) {
      throw new RangeError(`setting ${name} must be like ${JSON.stringify(known)}`);
    }
    const allowed = choices[name];
    if (allowed !== undefined && !allowed.includes(String(value))) {
      throw new RangeError(`setting ${name} must be one of ${allowed.join(', ')}`);
    }
  }
  return { ...settings, ...(change as Partial<PlanfixSettings>) };
}

function isSettingName(name: string): name is keyof PlanfixSettings {
  return Object.hasOwn(defaultSettings, name);
}

/** Host of Planfix's own pages of an account. */
export function webHost({ name, settings }: { name: string; settings: PlanfixSettings }): string {
  return settings.webHost === '' ? `${name}.planfix.com` : settings.webHost;
}
