import type { SandboxClock } from '../core/clock.ts';
import { releaseContent } from './file-content.ts';
import { createHintStream } from './hints.ts';
import { createMeter } from './meter.ts';
import type { Account } from './model.ts';
import { createPostStream, type PostForm } from './posts.ts';
import * as seed from './seed.ts';
import { changeSettings, defaultSettings } from './settings.ts';
import { zoneOffsetMs } from './time.ts';

/** What an account needs of the sandbox around it. */
export type AccountHost = {
  clock: Pick<SandboxClock, 'now' | 'schedule'>;
  post: PostForm;
  emit: (event: { kind: string } & Record<string, unknown>) => void;
};

export type NewAccount = {
  account: string;
  token: string;
  timeZone?: string | undefined;
  seed?: 'standard' | 'empty' | undefined;
  settings?: Record<string, unknown> | undefined;
};

export const accounts = new Map<string, Account>();

const allScopes = ['task', 'contact', 'comment', 'file', 'user'].flatMap((subject) =>
  ['readonly', 'add', 'update', 'delete'].map((right) => `${subject}_${right}`),
);

const byId = <Item extends { id: number }>(items: Item[]): Map<number, Item> =>
  new Map(items.map((item) => [item.id, item]));

/**
 * Creates an account, or replaces the one of that name. "empty" leaves out templates, own statuses, fields and quick
 * replies; employees and the system's statuses are always there. Throws a RangeError for an unknown time zone or setting.
 */
export function createAccount(input: NewAccount, host: AccountHost): Account {
  const timeZone = input.timeZone ?? 'UTC';
  zoneOffsetMs(timeZone, 0);
  const full = input.seed !== 'empty';
  const posts = createPostStream({
    now: () => account.now(),
    schedule: (dueMs, task) => account.schedule(dueMs, task),
    settings: () => account.settings,
    post: host.post,
    frozen: () => host.emit({ kind: 'planfix.frozen', account: input.account }),
  });
  const account: Account = {
    name: input.account,
    token: input.token,
    scopes: new Set([...allScopes, 'common_metadata']),
    tokenUserId: seed.standardIds.robot,
    ownerUserId: seed.standardIds.admin,
    settings: changeSettings(defaultSettings, input.settings ?? {}),
    users: byId(seed.standardUsers(timeZone)),
    groups: byId(seed.standardGroups),
    statuses: byId(full ? seed.standardStatuses : seed.standardStatuses.filter((status) => status.id < 100)),
    processes: byId(full ? seed.standardProcesses : seed.standardProcesses.slice(0, 1)),
    taskTemplates: byId(full ? seed.standardTaskTemplates() : []),
    contactTemplates: byId(seed.standardContactTemplates),
    defaultContactTemplateId: 20,
    customFields: byId(full ? seed.standardCustomFields : []),
    quickReplies: full ? [...seed.standardQuickReplies] : [],
    buttons: new Map(),
    presses: [],
    tasks: new Map(),
    comments: new Map(),
    contacts: new Map(),
    files: new Map(),
    downloads: [],
    contactsByEmail: new Map(),
    mergedInto: new Map(),
    nextTaskId: 1001,
    nextCommentId: 5001,
    nextContactId: 101,
    nextFileId: 9001,
    nextButtonId: 1,
    nextPressId: 1,
    pending: [],
    meter: createMeter(),
    posts,
    hints: createHintStream({ now: () => account.now(), settings: () => account.settings, posts }),
    wrongForms: [],
    now: () => host.clock.now() + account.settings.clockSkewMs,
    schedule: (dueMs, task) => host.clock.schedule(dueMs - account.settings.clockSkewMs, task),
    emit: host.emit,
  };
  closeAccount(accounts.get(account.name));
  accounts.set(account.name, account);
  return account;
}

/** Has something take effect that much later by the account's clock, and not before. */
export function defer(account: Account, afterMs: number, apply: () => void): void {
  const dueMs = account.now() + afterMs;
  account.pending.push({ dueMs, apply });
  account.schedule(dueMs, () => settlePending(account));
}

/** Carries out what has become due; called before a call is served, so that none sees the account as it no longer is. */
export function settlePending(account: Account): void {
  if (account.pending.length === 0) return;
  const now = account.now();
  const due = account.pending.filter((item) => item.dueMs <= now);
  account.pending = account.pending.filter((item) => item.dueMs > now);
  for (const item of due) item.apply();
}

export function removeAllAccounts(): void {
  for (const account of accounts.values()) closeAccount(account);
  accounts.clear();
}

function closeAccount(account: Account | undefined): void {
  if (account === undefined) return;
  account.posts.close();
  for (const { content } of account.files.values()) releaseContent(content);
}
