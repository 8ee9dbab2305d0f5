import { type ConnectionDraft, insertConnectionDraft } from '../../db/connection-drafts.ts';
import type { Database } from '../../db/database.ts';
import type { ConnectionSettings } from '../../workflows/domain/settings.ts';
import { insertConnection, type TestConnection } from './rows.ts';

/** A paused one whose owner has ended the link. */
export async function insertEndedConnection(db: Database): Promise<TestConnection> {
  const connection = await insertConnection(db);
  const { connectionId } = connection;
  const ended = { state: 'paused', pausedReason: 'owner-disconnected', phoneNumberId: connectionId };
  await db.updateTable('connection').set(ended).where('id', '=', connectionId).execute();
  return connection;
}

/** Somebody enters the number again. @throws when it is connected, or being connected by somebody else */
export async function connectAgain(
  db: Database,
  { connectionId: phoneNumberId, planfixAccountId }: TestConnection,
): Promise<ConnectionDraft> {
  const draft = await insertConnectionDraft(
    db,
    {
      ...{ provider: 'whatsapp-cloud', planfixAccountId, metaAppId: null, phoneNumberId, wabaId: 'waba' },
      ...{ accessToken: Buffer.from('sealed'), configuredBy: 'user:2' },
      settings: { taskTemplate: 1 } as ConnectionSettings,
    },
    'somebody',
  );
  if (!draft) throw new Error('the number is taken');
  return draft;
}
