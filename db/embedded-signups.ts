import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { NumberChoice } from '../workflows/domain/credentials.ts';
import type { SignupRoad } from '../workflows/domain/signup.ts';
import { announceRow } from './announcements.ts';
import { recordAudit } from './audit.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';

export type SignupState = 'waiting' | 'exchanging' | 'ready' | 'failed' | 'used';

/** Name of the pop-up's last message, and its ids as they came. */
export type SignupFinish = { event: string; data: Record<string, unknown> };
export type SignupProblem = { code: string; message: string; remedy: string };
/** What was found with the token; `wabaId` and `phoneNumberId` where there is no choice. */
export type SignupResult = {
  accounts: { id: string; name?: string }[];
  numbers: NumberChoice[];
  wabaId: string | null;
  phoneNumberId: string | null;
  problem: SignupProblem | null;
};

/** A sign-up as the API shows it: neither code nor token. */
export type SignupRow = {
  id: string;
  metaAppId: string;
  road: SignupRoad;
  state: SignupState;
  result: SignupResult | null;
  /** The worker has not looked at all that came. */
  isDue: boolean;
};

export async function insertSignup(
  db: Database,
  signup: { metaAppId: string; road: SignupRoad },
  actor: string,
): Promise<string> {
  const id = uuidv7();
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('embeddedSignup')
      .values({ id, ...signup, state: 'waiting' })
      .execute();
    await recordAudit(trx, { actor, action: 'create', subjectKind: 'embedded-signup', subjectId: id });
  });
  return id;
}

export async function readSignup(db: Database, id: string): Promise<SignupRow | undefined> {
  const row = await db
    .selectFrom('embeddedSignup')
    .where('id', '=', id)
    .select(['id', 'metaAppId', 'road', 'state', 'result', sql<boolean>`due_at is not null`.as('isDue')])
    .executeTakeFirst();
  return row as SignupRow | undefined;
}

/** The sealed code, to be exchanged at once. False: there was one already. */
export async function storeSignupCode(db: Database, id: string, code: Buffer, actor: string): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('embeddedSignup')
      .set({
        code,
        codeReceivedAt: sql`clock_timestamp()`,
        state: 'exchanging',
        result: null,
        dueAt: sql`clock_timestamp()`,
      })
      .where('id', '=', id)
      .where('codeReceivedAt', 'is', null)
      // A pop-up that was closed on its last page says that it was cancelled, and has given a code all the same.
      .where('state', 'in', ['waiting', 'failed'])
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await recordAudit(trx, { actor, action: 'give-code', subjectKind: 'embedded-signup', subjectId: id });
    return true;
  });
}

/** What the pop-up said last. */
export async function storeSignupFinish(db: Database, id: string, finish: SignupFinish): Promise<void> {
  await db
    .updateTable('embeddedSignup')
    .set({ finish: JSON.stringify(finish), dueAt: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', '<>', 'used')
    .execute();
}

/** What the worker works with; secrets are sealed. */
export type SignupWork = {
  metaAppId: string;
  appId: string;
  appSecret: Buffer;
  road: SignupRoad;
  state: SignupState;
  code: Buffer | null;
  codeMsAgo: number | null;
  finish: SignupFinish | null;
  accessToken: Buffer | null;
  result: SignupResult | null;
};

export async function readSignupWork(db: Database, id: string): Promise<SignupWork | undefined> {
  const row = await db
    .selectFrom('embeddedSignup as s')
    .innerJoin('metaApp as m', 'm.id', 's.metaAppId')
    .where('s.id', '=', id)
    .select([
      's.metaAppId',
      'm.appId',
      'm.appSecret',
      's.road',
      's.state',
      's.code',
      's.finish',
      's.accessToken',
      's.result',
    ])
    .select(
      sql<number | null>`(extract(epoch from clock_timestamp() - s.code_received_at) * 1000)::float8`.as('codeMsAgo'),
    )
    .executeTakeFirst();
  return row as SignupWork | undefined;
}

/** Takes the code out before it is used: it is good for one call, whose answer may be lost. False: it was taken. */
export async function takeSignupCode(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('embeddedSignup')
    .set({ code: null })
    .where('id', '=', id)
    .where('code', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The sealed code was taken out for a call that surely did not use it. */
export async function giveBackSignupCode(db: Database, id: string, code: Buffer): Promise<void> {
  await db.updateTable('embeddedSignup').set({ code }).where('id', '=', id).where('accessToken', 'is', null).execute();
}

export async function storeSignupToken(
  db: Database,
  id: string,
  token: { accessToken: Buffer; tokenExpiresAt: Date | null },
): Promise<void> {
  await db.updateTable('embeddedSignup').set(token).where('id', '=', id).execute();
}

/** Why the code bought no token: it is the last that will be known of it, whatever the pop-up says meanwhile. */
export async function storeSignupRefusal(db: Database, id: string, result: SignupResult): Promise<void> {
  await db
    .updateTable('embeddedSignup')
    .set({ result: JSON.stringify(result) })
    .where('id', '=', id)
    .execute();
}

/**
 * What came out of it, as far as it has come; undefined: nothing is to be done before the code comes. False: the code or
 * another last message has come since the work was read, and is to be looked at.
 */
export async function settleSignup(
  db: Database,
  id: string,
  outcome: { state: 'ready' | 'failed'; result: SignupResult } | undefined,
  { codeMsAgo, finish }: SignupWork,
): Promise<boolean> {
  const isCodeSeen = sql<boolean>`(code_received_at is not null) = ${codeMsAgo !== null}`;
  const isFinishSeen = sql<boolean>`finish is not distinct from ${finish && JSON.stringify(finish)}::jsonb`;
  return inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('embeddedSignup')
      .set({ ...(outcome && { state: outcome.state, result: JSON.stringify(outcome.result) }), dueAt: null })
      .where('id', '=', id)
      .where('state', '<>', 'used')
      .where(isCodeSeen)
      .where(isFinishSeen)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await announceRow(trx, id);
    return true;
  });
}

/** The sealed token of a sign-up that is ready, or was used a moment ago. */
export async function readSignupToken(
  db: Database,
  id: string,
): Promise<{ metaAppId: string; accessToken: Buffer } | undefined> {
  const row = await db
    .selectFrom('embeddedSignup')
    .where('id', '=', id)
    .where('state', 'in', ['ready', 'used'])
    .select(['metaAppId', 'accessToken'])
    .executeTakeFirst();
  return row?.accessToken ? { metaAppId: row.metaAppId, accessToken: row.accessToken } : undefined;
}

export async function markSignupUsed(db: Database, id: string): Promise<void> {
  await db
    .updateTable('embeddedSignup')
    .set({ state: 'used', dueAt: null })
    .where('id', '=', id)
    .where('state', '=', 'ready')
    .execute();
}
