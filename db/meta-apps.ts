import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { recordAudit } from './audit.ts';
import type { Database } from './database.ts';
import { inTransaction } from './transaction.ts';
import { unlessTaken } from './unique-conflict.ts';
import { type Page, type PageRequest, toPage, type Visibility } from './visibility.ts';

/** A Meta app as the API shows it: no secret, sealed or not. */
export type MetaAppRow = { id: string; appId: string; embeddedSignup: SignupSettings | null; createdAt: Date };

/**
 * Embedded Signup of an app: its configuration at Facebook Login for Business, and what the pop-up is given. Meta's
 * pages disagree on the latter, so that they are settings. (onboarding: B.1)
 */
export type SignupSettings = {
  configurationId: string;
  extras: Record<string, unknown>;
  businessAppExtras: Record<string, unknown>;
};

const SHOWN = ['id', 'appId', sql<SignupSettings | null>`embedded_signup`.as('embeddedSignup'), 'createdAt'] as const;

export type NewMetaApp = { appId: string; appSecret: Buffer; verifyToken: Buffer };

/** Undefined: the app is already known. */
export async function insertMetaApp(db: Database, app: NewMetaApp, actor: string): Promise<MetaAppRow | undefined> {
  return unlessTaken(() =>
    inTransaction(db, async (trx) => {
      const row = await trx
        .insertInto('metaApp')
        .values({ id: uuidv7(), ...app })
        .returning(SHOWN)
        .executeTakeFirstOrThrow();
      await recordAudit(trx, { actor, action: 'create', subjectKind: 'meta-app', subjectId: row.id });
      return row;
    }),
  );
}

/** False: there is no such app. */
export async function updateMetaApp(
  db: Database,
  id: string,
  { embeddedSignup, ...secrets }: { appSecret?: Buffer; verifyToken?: Buffer; embeddedSignup?: SignupSettings | null },
  actor: string,
): Promise<boolean> {
  const signup = embeddedSignup && JSON.stringify(embeddedSignup);
  const changes = { ...secrets, ...(signup === undefined ? {} : { embeddedSignup: signup }) };
  return inTransaction(db, async (trx) => {
    const result = await trx.updateTable('metaApp').set(changes).where('id', '=', id).executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    const detail = { fields: Object.keys(changes) };
    await recordAudit(trx, { actor, action: 'update', subjectKind: 'meta-app', subjectId: id, detail });
    return true;
  });
}

/** Apps belong to the whole installation; a bound key sees those that its account's connections use. */
function visibleApps(db: Database, { planfixAccountId }: Visibility) {
  return db.selectFrom('metaApp').$if(planfixAccountId !== undefined, (query) =>
    query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('connection')
          .select('connection.id')
          .whereRef('connection.metaAppId', '=', 'metaApp.id')
          .where('connection.planfixAccountId', '=', planfixAccountId as string),
      ),
    ),
  );
}

export async function readMetaApp(db: Database, id: string, visibility: Visibility): Promise<MetaAppRow | undefined> {
  return visibleApps(db, visibility).where('id', '=', id).select(SHOWN).executeTakeFirst();
}

export async function listMetaApps(
  db: Database,
  visibility: Visibility,
  { after, limit }: PageRequest,
): Promise<Page<MetaAppRow>> {
  const rows = await visibleApps(db, visibility)
    .$if(after !== undefined, (query) => query.where('id', '<', after as string))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .select(SHOWN)
    .execute();
  return toPage(rows, limit);
}

/** What a webhook of this app is verified with, sealed. */
export async function readMetaAppSecrets(
  db: Database,
  id: string,
): Promise<{ appId: string; appSecret: Buffer; verifyToken: Buffer } | undefined> {
  return db.selectFrom('metaApp').where('id', '=', id).select(['appId', 'appSecret', 'verifyToken']).executeTakeFirst();
}
