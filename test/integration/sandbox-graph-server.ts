import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox } from '../sandbox/server.ts';

type Fields = Record<string, unknown>;

/** Whatever an answer or a webhook may hold; each holds only some of it, which the tests assert. */
export type Json = Fields & {
  error: Fields & { code: number; message: string };
  messages: (Fields & { id: string })[];
  statuses: (Fields & { id: string; status: string; recipient_id?: string; errors: { code: number }[] })[];
  contacts: Fields[];
  data: Fields[];
  items: (Fields & { body: unknown; status: string; attempts: Fields[] })[];
  counts: Fields;
  paging: { next?: string };
  id: string;
  wamid: string;
  userId: string;
  nowMs: number;
};

export type Answer = { status: number; text: string; json: Json };

export type Received = { headers: IncomingMessage['headers']; raw: Buffer; values: Json[]; atMs: number };

/** A stand-in for the product's webhook address, with what it received. */
export type Receiver = {
  url: string;
  received: Received[];
  verifications: URLSearchParams[];
  /** Answers for the next POSTs; then 200. "hang" never answers. */
  answers: (number | 'hang')[];
  statuses: () => Json['statuses'];
  messages: () => Json['messages'];
  close: () => Promise<void>;
};

export type GraphServer = {
  sandbox: Sandbox;
  origin: string;
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** A control call that must succeed. */
  control: (method: string, path: string, body?: unknown) => Promise<Json>;
  /** A Graph call with the number's token. */
  graph: (method: string, path: string, body?: unknown) => Promise<Answer>;
  send: (to: string, text: string, more?: Fields) => Promise<Answer>;
  write: (from: string, text: string, more?: Fields) => Promise<string>;
  /** A new world: one app whose webhooks go to the receiver, one number, one customer with an open window. */
  reset: (settings?: Fields) => Promise<void>;
  receiver: Receiver;
  close: () => Promise<void>;
};

export const ids = {
  app: '700100',
  secret: 'a-secret-for-tests',
  verifyToken: 'verify me',
  waba: '300100',
  number: '400100',
  business: '500100',
  token: 'token-for-tests',
  customer: '491713920001',
};

const deadlineMs = 5_000;

/** The whole sandbox on a port of its own. */
export async function startGraphServer(): Promise<GraphServer> {
  const sandbox = await createSandbox();
  const origin = await sandbox.server.listen({ port: 0, host: '127.0.0.1' });
  const receiver = await startReceiver();

  const call: GraphServer['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: parsed(text) };
  };
  const control: GraphServer['control'] = async (method, path, body) => {
    const answer = await call(method, `/control${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const graph: GraphServer['graph'] = (method, path, body) =>
    call(method, `/graph/v26.0${path}`, body, { authorization: `Bearer ${ids.token}` });

  return {
    sandbox,
    origin,
    call,
    control,
    graph,
    receiver,
    send: (to, text, more = {}) =>
      graph('POST', `/${ids.number}/messages`, {
        messaging_product: 'whatsapp',
        to,
        type: 'text',
        text: { body: text },
        ...more,
      }),
    write: async (from, text, more = {}) =>
      (await control('POST', '/graph/messages', { phoneNumberId: ids.number, from, text, ...more })).wamid,
    reset: async (settings = {}) => {
      await control('DELETE', '');
      await control('PUT', '/graph/settings', { statusDelayMs: 5, ...settings });
      await control('POST', '/graph/apps', { appId: ids.app, appSecret: ids.secret, callbackUrl: receiver.url });
      await control('POST', '/graph/numbers', numberOf(ids.number));
      await control('POST', '/graph/customers', { phone: ids.customer, name: 'Anna Петрова' });
      receiver.answers.length = 0;
      await control('POST', '/graph/messages', {
        phoneNumberId: ids.number,
        from: ids.customer,
        text: 'first',
        wait: true,
      });
      receiver.received.length = 0;
      receiver.verifications.length = 0;
    },
    close: async () => {
      await sandbox.server.close();
      await receiver.close();
    },
  };
}

export const numberOf = (phoneNumberId: string, more: Fields = {}): Fields => ({
  phoneNumberId,
  wabaId: ids.waba,
  displayPhoneNumber: `+1 555 0${phoneNumberId}`,
  accessToken: ids.token,
  appId: ids.app,
  businessId: ids.business,
  ...more,
});

/** @throws when the condition is not met within five seconds */
export async function until<Value>(condition: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<Value>;
    if (performance.now() > end) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The newest webhook, with its signature and the one that it should have. @throws when there is none */
export function newest({ received }: Receiver, secret: string = ids.secret) {
  const last = received.at(-1);
  if (last === undefined) throw new Error('nothing was received');
  const { raw, headers } = last;
  return { raw, text: raw.toString(), signature: headers['x-hub-signature-256'], right: signatureOf(raw, secret) };
}

export const signatureOf = (raw: Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const verifications: URLSearchParams[] = [];
  const answers: (number | 'hang')[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') return verify(request, response, verifications);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      received.push({ headers: request.headers, raw, values: valuesOf(raw), atMs: performance.now() });
      const answer = answers.shift() ?? 200;
      if (answer === 'hang') return;
      response.statusCode = answer;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const values = () => received.flatMap((one) => one.values);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    verifications,
    answers,
    statuses: () => values().flatMap((value) => value.statuses ?? []),
    messages: () => values().flatMap((value) => value.messages ?? []),
    close: () => closeServer(server),
  };
}

function verify(request: IncomingMessage, response: ServerResponse, verifications: URLSearchParams[]): void {
  const query = new URL(request.url ?? '', 'http://receiver').searchParams;
  verifications.push(query);
  const isRight = query.get('hub.verify_token') === ids.verifyToken;
  response.statusCode = isRight ? 200 : 403;
  response.end(isRight ? query.get('hub.challenge') : '');
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type Envelope = { entry?: { changes: { value: Json }[] }[] };

function valuesOf(raw: Buffer): Json[] {
  const { entry = [] } = parsed(raw.toString()) as Envelope;
  return entry.flatMap(({ changes }) => changes.map(({ value }) => value));
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {} as Json;
  }
}
