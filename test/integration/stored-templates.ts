import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';

type Given = { name: string; body: string; language?: string; category?: string; status?: string; wabaId?: string };

/** A template as if it had been read from the network; the account is that of `ApiWorld.connect`. */
export async function storeTemplate(db: Database, given: Given): Promise<string> {
  const { name, body, language = 'en', category = 'utility', status = 'approved', wabaId = '102290129340398' } = given;
  await db
    .insertInto('channelAccount')
    .values({ id: randomUUID(), provider: 'whatsapp-cloud', accountKey: wabaId, templatesSyncedAt: new Date() })
    .onConflict((conflict) =>
      conflict.columns(['provider', 'accountKey']).doUpdateSet({ templatesSyncedAt: new Date() }),
    )
    .execute();
  const account = await db
    .selectFrom('channelAccount')
    .where('accountKey', '=', wabaId)
    .select('id')
    .executeTakeFirstOrThrow();
  const id = randomUUID();
  await db
    .insertInto('messageTemplate')
    .values({
      ...{ id, name, language, category, status, version: 1, parameterFormat: 'positional' },
      channelAccountId: account.id,
      channelTemplateId: randomUUID(),
      components: JSON.stringify({ body: { text: body }, buttons: [] }),
    })
    .execute();
  return id;
}
