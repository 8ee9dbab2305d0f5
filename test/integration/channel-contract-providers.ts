import type { ChannelClient, ChannelWebhook, WebhookRequest } from '../../activities/channels/channel.ts';
import { channelClients } from '../../activities/channels/clients.ts';
import { channelWebhooks } from '../../activities/channels/webhooks.ts';
import { createFileHttp } from '../../activities/file-http.ts';
import { createHttp } from '../../activities/http.ts';
import type { ProviderKind } from '../../workflows/domain/message.ts';
import { createSandbox, type Sandbox } from '../sandbox/server.ts';
import {
  type Fields,
  type Json,
  parseJson,
  type Received,
  type Receiver,
  signatureOf,
  startReceiver,
} from './sandbox-graph-receiver.ts';

/** A number of the sandbox that one provider leads to, and that provider's two halves. */
export type ProviderWorld = {
  kind: ProviderKind;
  webhook: ChannelWebhook;
  /** A client with these credentials in place of the right ones. */
  connect: (changes?: { accessToken?: string; apiUrl?: string; sendDeadlineMs?: number }) => ChannelClient;
  /** What its events call the number. */
  connectionKey: string;
  /** By which the sandbox knows the number. */
  phoneNumberId: string;
  wabaId: string;
  secret: string;
  /** A webhook as it came in, as the api would hand it to `verify`. */
  requestOf: (received: Pick<Received, 'headers' | 'raw'>) => WebhookRequest;
  /** The same with another proof, and without any. */
  forged: (request: WebhookRequest) => WebhookRequest;
  bare: (request: WebhookRequest) => WebhookRequest;
  /** Nobody is told of the number's messages any more. */
  forgetAddress: () => Promise<unknown>;
  /** An error in the provider's own form, where Meta's is not passed on. */
  ownError: (status: number) => unknown;
};

export type ContractServer = {
  sandbox: Sandbox;
  origin: string;
  receiver: Receiver;
  control: (method: string, path: string, body?: unknown) => Promise<Json>;
  close: () => Promise<void>;
};

type Table = Readonly<Record<ProviderKind, (server: ContractServer) => Promise<ProviderWorld>>>;

/** Every provider that the suite runs over. One that is registered elsewhere and is not here fails it. */
export const providerTable: Table = { 'whatsapp-cloud': cloudWorld, dialog360: dialog360World };

/** The providers that are registered without being in the table. */
export const missingFrom = (table: Readonly<Record<string, unknown>>, registered: readonly string[]): string[] =>
  registered.filter((kind) => !Object.hasOwn(table, kind));

/** The whole sandbox in this process, and a stand-in for the product's webhook addresses. */
export async function startContractServer(): Promise<ContractServer> {
  const sandbox = await createSandbox();
  const origin = await sandbox.server.listen({ port: 0, host: '127.0.0.1' });
  const receiver = await startReceiver();
  return {
    sandbox,
    origin,
    receiver,
    control: async (method, path, body) => {
      const response = await fetch(`${origin}/control${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return parseJson(text);
    },
    close: async () => {
      await Promise.all([...transports].map((transport) => transport.close()));
      transports.clear();
      await sandbox.server.close();
      await receiver.close();
    },
  };
}

const transports = new Set<{ close: () => Promise<void> }>();

/** The product's own ways out: what it may call is part of what is tested. */
function openTransports(origin: string) {
  const allowedHosts = [new URL(origin).host];
  const http = createHttp({ allowedHosts });
  const files = createFileHttp({ allowedHosts });
  transports.add(http).add(files);
  return { send: http.send, files };
}

const PHONE = '+49 30 5550100';
const DIGITS = '49305550100';

async function cloudWorld({ control, origin, receiver }: ContractServer): Promise<ProviderWorld> {
  const ids = { phoneNumberId: '106000000000001', wabaId: '102000000000001', appId: '900000000000001' };
  const [accessToken, secret] = ['cloud-token', 'cloud-app-secret'];
  await control('POST', '/graph/apps', { appId: ids.appId, appSecret: secret, callbackUrl: receiver.url });
  const number = { ...ids, accessToken, displayPhoneNumber: PHONE, isOnBizApp: true };
  await control('POST', '/graph/numbers', number);
  const http = openTransports(origin);
  return {
    kind: 'whatsapp-cloud',
    webhook: channelWebhooks['whatsapp-cloud'],
    connect: ({ sendDeadlineMs, ...changes } = {}) =>
      channelClients['whatsapp-cloud'](
        {
          apiUrl: `${origin}/graph`,
          apiVersion: 'v26.0',
          numberId: ids.phoneNumberId,
          accountId: ids.wabaId,
          accessToken,
          appId: ids.appId,
          ...changes,
        },
        http,
        sendDeadlineMs === undefined ? {} : { sendDeadlineMs },
      ),
    connectionKey: ids.phoneNumberId,
    ...ids,
    secret,
    requestOf: ({ headers, raw }) => ({ headers, body: raw }),
    forged: ({ headers, body }) => {
      const signature = signatureOf(Buffer.from(body), 'another secret');
      return { headers: { ...headers, 'x-hub-signature-256': signature }, body };
    },
    bare: ({ body }) => ({ headers: {}, body }),
    forgetAddress: () => control('POST', `/graph/wabas/${ids.wabaId}`, { subscribedApps: [] }),
    ownError: () => '<html><body><h1>Bad Gateway</h1></body></html>',
  };
}

async function dialog360World({ control, origin, receiver }: ContractServer): Promise<ProviderWorld> {
  const secret = 'secret-of-the-address';
  const webhookUrl = `${receiver.url}/${secret}`;
  const hosted = await control('POST', '/dialog360/numbers', {
    phone: PHONE,
    isOnBizApp: true,
    webhook: { url: webhookUrl },
  });
  const { apiKey, phoneNumberId, wabaId } = hosted as Fields as Record<string, string>;
  const http = openTransports(origin);
  return {
    kind: 'dialog360',
    webhook: channelWebhooks.dialog360,
    connect: ({ sendDeadlineMs, ...changes } = {}) =>
      channelClients.dialog360(
        {
          apiUrl: `${origin}/dialog360`,
          numberId: DIGITS,
          accountId: DIGITS,
          accessToken: apiKey as string,
          webhookUrl,
          ...changes,
        },
        http,
        sendDeadlineMs === undefined ? {} : { sendDeadlineMs },
      ),
    connectionKey: DIGITS,
    phoneNumberId: phoneNumberId as string,
    wabaId: wabaId as string,
    secret,
    requestOf: ({ headers, raw }) => ({ headers, body: raw, addressSecret: secret }),
    forged: (request) => ({ ...request, addressSecret: 'another secret' }),
    bare: ({ headers, body }) => ({ headers, body }),
    forgetAddress: () => control('POST', `/dialog360/numbers/${DIGITS}`, { webhook: null }),
    ownError: (status) => ({ meta: { success: false, http_code: status, developer_message: 'Nothing for 49151' } }),
  };
}
