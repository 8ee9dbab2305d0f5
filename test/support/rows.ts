import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import { type EventInput, storeEvents } from '../../db/ingest.ts';

/** A connection of a new company, as rows only: for tests of queries, which call nobody. */
export type TestConnection = { connectionId: string; planfixAccountId: string };

export async function insertConnection(db: Database): Promise<TestConnection> {
  const planfixAccountId = randomUUID();
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
  return insertConnectionOf(db, planfixAccountId);
}

/** One more number of that company. */
export async function insertConnectionOf(db: Database, planfixAccountId: string): Promise<TestConnection> {
  const connectionId = randomUUID();
  const metaAppId = randomUUID();
  const sealed = randomBytes(8);
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
      direction: 'inbound',
      sender: {
        planfixAccountId: connection.planfixAccountId,
        network: 'whatsapp',
        portfolio: 'portfolio',
        identities: [{ kind: 'phone', value: message.phone }],
        former: [],
        name: message.name ?? 'Jane Roe',
      },
      channelMessageId: id,
      quotedChannelMessageId: undefined,
      kind: 'text',
      text: message.text,
      content: {},
      files: [],
      sentAtMs: message.sentAtMs ?? Date.now(),
      reason: undefined,
      opensWindow: true,
      startsTask: true,
      holdWithoutTask: false,
    },
  };
}

/** A message that a colleague wrote in the business's own app, or another provider for the business. */
export function anEcho(
  connection: TestConnection,
  message: { phone: string; text: string; id?: string; sentAtMs?: number; holdWithoutTask?: boolean },
): EventInput {
  const event = anInboundText(connection, message);
  const { holdWithoutTask = true } = message;
  return {
    ...event,
    message: {
      ...(event.message as NonNullable<EventInput['message']>),
      direction: 'echo',
      opensWindow: false,
      startsTask: true,
      holdWithoutTask,
    },
  };
}

/** An outgoing message of a new conversation whose call is on its way; its wake is not sent. */
export async function insertSending(
  db: Database,
  connection: TestConnection,
): Promise<{ id: string; conversationId: string; connectionId: string }> {
  const text = anInboundText(connection, { phone: `4915${randomInt(1e9)}`, text: 'Hello' });
  const { wakes } = await storeEvents(db, [text]);
  const conversationId = wakes[0]?.conversationId as string;
  const id = randomUUID();
  await db
    .insertInto('message')
    .values({
      id,
      planfixAccountId: connection.planfixAccountId,
      connectionId: connection.connectionId,
      conversationId,
      direction: 'outbound',
      kind: 'text',
      state: 'sending',
      text: 'Hi',
      claimToken: randomUUID(),
      claimedAt: new Date(),
    })
    .execute();
  return { id, conversationId, connectionId: connection.connectionId };
}
