import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createChannelConnections } from '../../activities/channel-connection.ts';
import type { HttpRequest } from '../../activities/channels/channel.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createDatabase, type Database } from '../../db/database.ts';
import { createSecretBox } from '../../db/secrets.ts';
import { waitsOf } from '../../workflows/domain/waits.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { insertConnection } from '../support/rows.ts';

const secrets = createSecretBox(new Map([['test', Buffer.alloc(32, 7)]]));
const sealed = (text: string) => secrets.seal(text);
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Opens a connection whose network answers everything with `answer`; what was asked is kept. */
async function open(changes: Record<string, unknown>, answer: object = {}) {
  const { connectionId } = await insertConnection(db);
  await db
    .updateTable('metaApp')
    .set({ appSecret: sealed('app-secret') })
    .execute();
  await db.updateTable('connection').set(changes).where('id', '=', connectionId).execute();
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    requests.push(request);
    return { status: 200, headers: {}, body: JSON.stringify(answer), sentAtMs: 0, receivedAtMs: 0 };
  };
  const channels = {
    'whatsapp-cloud': { url: 'https://graph.example', version: 'v26.0' },
    dialog360: { url: 'https://gateway.example' },
  };
  const parts = { db, secrets, send, channels, waits: waitsOf({}), publicUrl: 'https://parley.example' };
  const connection = await createChannelConnections(parts as unknown as Dependencies)(connectionId);
  return { connection, connectionId, requests };
}

const atGateway = { provider: 'dialog360', metaAppId: null, phoneNumberId: '49305550100', wabaId: '49305550100' };

describe('opening a connection', () => {
  it('goes to the API of its provider with its own credentials', async () => {
    const { connection, requests } = await open({ accessToken: sealed('token') }, { id: '1' });
    await connection.client.readNumber();
    expect(requests[0]).toMatchObject({
      url: expect.stringMatching(/^https:\/\/graph\.example\/v26\.0\//),
      headers: { authorization: 'Bearer token' },
    });
  });

  it('works without a Meta app, and knows the address of its own webhooks', async () => {
    const changes = { ...atGateway, accessToken: sealed('key'), webhookSecret: sealed('secret') };
    const { connection, connectionId, requests } = await open(changes);
    await connection.client.subscribe();
    expect(requests).toMatchObject([
      {
        url: 'https://gateway.example/v1/configs/webhook',
        headers: { 'd360-api-key': 'key' },
        body: JSON.stringify({ url: `https://parley.example/webhooks/dialog360/${connectionId}/secret` }),
      },
    ]);
  });

  it.each([
    ['of an app', {}],
    ['with a key', atGateway],
  ])('whose credentials were destroyed, %s, refuses everything and calls nobody', async (_what, more) => {
    const { connection, requests } = await open({ ...more, accessToken: null, state: 'disconnected' });
    const { client } = connection;
    const message = { to: { kind: 'phone', phone: '4915112345678' }, content: { type: 'text', text: 'hi' } } as const;
    for (const work of [client.send({ ...message, callbackData: '' }), client.readNumber(), client.check()]) {
      await expect(work).rejects.toMatchObject({ kind: 'credentials-rejected', scope: 'connection' });
    }
    expect(requests).toEqual([]);
  });
});
