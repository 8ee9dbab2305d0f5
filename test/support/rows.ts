import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import type { EventInput } from '../../db/ingest.ts';

/** A connection of a new company, as rows only: for tests of queries, which call nobody. */
export type TestConnection = { connectionId: string; planfixAccountId: string };

export async function insertConnection(db: Database): Promise<TestConnection> {
  const planfixAccountId = randomUUID();
  const connectionId = randomUUID();
  const metaAppId = randomUUID();
  const sealed = randomBytes(8);
  await db
    .insertInto('planfixAccount')
    .values({
      id: planfixAccountId,
      name: 'Acme',
      url: `https://${planfixAccountId}.example/rest/`,
      token: sealed,
      primaryAdmin: 'user:1',
      hintSecret: sealed,
      state: 'connected',
    })
    .execute();
  await db
    .insertInto('metaApp')
    .values({ id: metaAppId, appId: metaAppId, appSecret: sealed, verifyToken: sealed })
    .execute();
  const settings = { taskTemplate: 10, additionalAssignees: [], newTaskWhenNoneActive: true, language: 'en' };
  await db
    .insertInto('connection')
    .values({
      id: connectionId,
      provider: 'whatsapp-cloud',
      planfixAccountId,
      metaAppId,
      phoneNumberId: connectionId,
      wabaId: 'waba',
      accessToken: sealed,
      configuredBy: 'user:2',
      settings: JSON.stringify(settings),
      state: 'connected',
    })
    .execute();
  return { connectionId, planfixAccountId };
}

/** A text as ingest takes it, new unless its `id` is given. */
export function anInboundText(
  connection: TestConnection,
  message: { phone: string; text: string; id?: string; sentAtMs?: number; name?: string },
): EventInput {
  const id = message.id ?? `wamid.${randomUUID()}`;
  return {
    sourceId: connection.connectionId,
    connectionId: connection.connectionId,
    eventKey: id,
    kind: 'message',
    subject: id,
    raw: {},
    reason: undefined,
    message: {
      connectionId: connection.connectionId,
      sender: {
        planfixAccountId: connection.planfixAccountId,
        network: 'whatsapp',
        portfolio: 'portfolio',
        identities: [{ kind: 'phone', value: message.phone }],
        phone: message.phone,
        name: message.name ?? 'Jane Roe',
      },
      channelMessageId: id,
      quotedChannelMessageId: undefined,
      kind: 'text',
      text: message.text,
      sentAtMs: message.sentAtMs ?? Date.now(),
      state: 'received',
      reason: undefined,
      opensWindow: true,
    },
  };
}
