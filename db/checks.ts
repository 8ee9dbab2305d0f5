import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Run } from '../workflows/domain/ids.ts';
import { toldByChecks } from '../workflows/domain/problem-findings.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import type { ConnectionCheck, ConnectionSettings } from '../workflows/domain/settings.ts';
import { announceRow } from './announcements.ts';
import { ensureChannelAccount, touchUnreadTemplates } from './channel-accounts.ts';
import { planSync } from './connection-steps.ts';
import type { Database, DatabaseTransaction } from './database.ts';
import { widenScope } from './portfolios.ts';
import { describeProblemAnew, openProblem, settleProblemsOfSubject } from './problems.ts';
import { inTransaction } from './transaction.ts';
import { takeInWaiting } from './waiting-events.ts';
import type { Wake } from './wakes.ts';

/** What a check of an account looked at. */
export type LookedAccount = { token: Buffer; primaryAdmin: string };

/**
 * Writes down what the live checks of an account found; a draft becomes `connected` or `failed` by it. False: what was
 * looked at has been changed meanwhile, so it says nothing.
 */
export async function settleAccountChecks(
  db: Database,
  planfixAccountId: string,
  checks: readonly ConnectionCheck[],
  looked?: LookedAccount,
): Promise<boolean> {
  const passed = checks.every((check) => check.ok);
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('planfixAccount')
      .where('id', '=', planfixAccountId)
      .select(['token', 'primaryAdmin'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (before && looked && !isDeepStrictEqual(before, looked)) return false;
    const row = await trx
      .updateTable('planfixAccount')
      .set({
        checks: JSON.stringify(checks),
        state: sql`case when state = 'draft' then ${passed ? 'connected' : 'failed'} else state end`,
      })
      .where('id', '=', planfixAccountId)
      .returning(['id as planfixAccountId', 'state'])
      .executeTakeFirst();
    if (row) await keepCheckProblem(trx, { ...row, kind: 'account-check-failed' }, checks);
    await announceRow(trx, planfixAccountId);
    return true;
  });
}

type Checked = {
  kind: 'account-check-failed' | 'connection-check-failed';
  state: string;
  planfixAccountId: string;
  connectionId?: string;
};

/** While the last check of something in use found a fault, there is a problem that says what is wrong and what to do. */
export async function keepCheckProblem(
  trx: DatabaseTransaction,
  { kind, state, planfixAccountId, connectionId }: Checked,
  checks: readonly ConnectionCheck[],
): Promise<void> {
  if (state !== 'connected' && state !== 'paused') return;
  const failed = checks.filter((check) => !check.ok);
  const subject = connectionId === undefined ? { planfixAccountId } : { connectionId };
  if (failed.length === 0) {
    await settleProblemsOfSubject(trx, kind, subject, 'checked again');
    return;
  }
  const told = toldByChecks(
    'check',
    failed.map((check) => ({ ...check, sentence: inSentences(check) })),
  );
  await openProblem(trx, { kind, planfixAccountId, ...subject, ...told });
  await describeProblemAnew(trx, kind, subject, told);
}

/** "What is wrong. What to do." */
const inSentences = ({ message, remedy }: ConnectionCheck) =>
  [message, remedy].flatMap((words) => (words ? `${words.replace(/\.$/, '')}.` : [])).join(' ');

/** What a connection's checks must know beside its credentials; secrets are sealed. */
export type ConnectionUnderCheck = {
  provider: string;
  /** The provider's id of the number. */
  numberKey: string;
  planfixAccountId: string;
  accountState: string;
  state: string;
  settings: ConnectionSettings;
  configuredBy: string;
  pin: Buffer | null;
  metaAppId: string | null;
  appId: string | null;
  verifyToken: Buffer | null;
};

export async function readConnectionUnderCheck(
  db: Database,
  connectionId: string,
): Promise<ConnectionUnderCheck | undefined> {
  return db
    .selectFrom('connection as c')
    .innerJoin('planfixAccount as a', 'a.id', 'c.planfixAccountId')
    .leftJoin('metaApp as m', 'm.id', 'c.metaAppId')
    .where('c.id', '=', connectionId)
    .select(['c.provider', 'c.phoneNumberId as numberKey', 'c.planfixAccountId', 'a.state as accountState', 'c.state'])
    .select(['c.settings', 'c.configuredBy', 'c.pin', 'c.metaAppId', 'm.appId', 'm.verifyToken'])
    .executeTakeFirst();
}

/** A draft is being looked at. False: it is a draft no more. */
export async function beginConnectionCheck(db: Database, connectionId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('connection')
    .set({ state: 'checking' })
    .where('id', '=', connectionId)
    .where('state', 'in', ['draft', 'checking'])
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What the network says of the number, in its words; what it does not say stays as it was. */
export type NetworkFacts = {
  quality?: string | undefined;
  nameStatus?: string | undefined;
  messagingLimit?: string | undefined;
  throughput?: string | undefined;
  status?: string | undefined;
  platform?: string | undefined;
};

/** What the channel says about its number; `portfolioId` is the scope of business-scoped user ids. */
export type NumberFacts = {
  displayPhoneNumber: string | undefined;
  verifiedName: string | undefined;
  portfolioId: string | undefined;
  messagesPerSecond: number | undefined;
  onBusinessApp?: boolean | undefined;
  /** Null: never; undefined: the network did not say. */
  tokenExpiresAt?: Date | null | undefined;
  network?: NetworkFacts | undefined;
};

/** What a number that is shared with the phone app is asked once it is connected. */
export type SyncPlan = { wantsHistory: boolean; deadlineMs: number };

/**
 * What is to be signalled after the commit: the runs that a newly connected number needs, and the lanes of what came for
 * it while it was looked at.
 */
export type Begun = { runs: Run[]; wakes: Wake[] };

/** What a check of a connection looked at. */
export type Looked = { accessToken: Buffer | null; configuredBy: string; settings: ConnectionSettings };

/**
 * Writes down what the live checks of a connection found; a draft becomes `connected` or `failed` by it. Undefined:
 * what was looked at has been changed meanwhile, so it says nothing.
 */
export async function settleConnectionChecks(
  db: Database,
  connectionId: string,
  checks: readonly ConnectionCheck[],
  facts: NumberFacts,
  sync?: SyncPlan,
  looked?: Looked,
): Promise<Begun | undefined> {
  const passed = checks.every((check) => check.ok);
  return inTransaction(db, async (trx) => {
    const before = await trx
      .selectFrom('connection')
      .where('id', '=', connectionId)
      .select(['state', 'provider', 'wabaId as accountKey', 'accessToken', 'configuredBy', 'settings'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (before && looked && !isStill(before, looked)) return undefined;
    const row = await trx
      .updateTable('connection')
      .set((eb) => ({
        checks: JSON.stringify(checks),
        state: sql`case when state in ('draft', 'checking') then ${passed ? 'connected' : 'failed'} else state end`,
        displayPhoneNumber: eb.fn.coalesce(eb.val(facts.displayPhoneNumber ?? null), 'displayPhoneNumber'),
        verifiedName: eb.fn.coalesce(eb.val(facts.verifiedName ?? null), 'verifiedName'),
        portfolioId: eb.fn.coalesce('portfolioId', eb.val(facts.portfolioId ?? null)),
        messagesPerSecond: eb.fn.coalesce(eb.val(facts.messagesPerSecond ?? null), 'messagesPerSecond'),
        ...(facts.onBusinessApp === undefined ? {} : { onBusinessApp: facts.onBusinessApp }),
        ...tokenTimes(facts.tokenExpiresAt),
        facts: sql<string>`facts || ${JSON.stringify(facts.network ?? {})}::jsonb`,
      }))
      .where('id', '=', connectionId)
      .returning(['planfixAccountId', 'id as connectionId', 'state', 'wabaId', 'portfolioId'])
      .executeTakeFirst();
    if (row?.portfolioId) await widenScope(trx, { ...row, portfolioId: row.portfolioId });
    if (row) await keepCheckProblem(trx, { ...row, kind: 'connection-check-failed' }, checks);
    await announceRow(trx, connectionId);
    if (!before || !passed || row?.state !== 'connected') return { runs: [], wakes: [] };
    const { provider, accountKey } = before;
    if (before.state === 'connected') return { runs: await touchUnreadTemplates(trx, connectionId), wakes: [] };
    await beginService(trx, connectionId, sync);
    const { runs, wakes } = await takeInWaiting(trx, connectionId);
    if (traitsOf(provider).hasTemplates) runs.push(await ensureChannelAccount(trx, { provider, accountKey }));
    return { runs, wakes };
  });
}

const isStill = ({ accessToken, configuredBy, settings }: Looked, looked: Looked): boolean =>
  isDeepStrictEqual({ accessToken, configuredBy, settings }, looked);

/** `expiresAt` undefined: nothing was learnt of the token. Null: it never expires. */
export const tokenTimes = (expiresAt: Date | null | undefined) =>
  expiresAt === undefined ? {} : { tokenExpiresAt: expiresAt, tokenCheckedAt: sql<Date>`clock_timestamp()` };

/** A draft has become a connection, perhaps one that was there before: somebody is to look at it from now on. */
async function beginService(trx: DatabaseTransaction, connectionId: string, sync: SyncPlan | undefined): Promise<void> {
  await trx
    .updateTable('connection')
    .set({
      dueAt: sql`clock_timestamp()`,
      disconnectingAt: null,
      disconnectedAt: null,
      former: null,
      // Its queue, where the owner had ended the link.
      hasWaiting: true,
    })
    .where('id', '=', connectionId)
    .execute();
  // What the phone app hands over now is told from its beginning.
  await trx.deleteFrom('historyImport').where('connectionId', '=', connectionId).execute();
  await settleProblemsOfSubject(trx, 'owner-disconnected', { connectionId }, 'connected again');
  if (sync) await planSync(trx, connectionId, sync);
}
