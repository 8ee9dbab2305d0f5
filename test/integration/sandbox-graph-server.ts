import { createSandbox, type Sandbox } from '../sandbox/server.ts';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type Fields, type Json, parseJson, type Receiver, startReceiver } from './sandbox-graph-receiver.ts';

export type Answer = { status: number; text: string; json: Json };

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
  /** Whatever a customer sends; resolves to its wamid and to the message as the webhook had it. */
  act: (content: Fields) => Promise<{ wamid: string; message: Json['messages'][number] }>;
  upload: (file: Buffer, type: string, fields?: Record<string, string>) => Promise<Answer>;
  /** The chat on the customer's phone. */
  chat: (of?: string) => Promise<Json['items']>;
  /** A new world: one app whose webhooks go to the receiver, one number, one customer with an open window. */
  reset: (settings?: Fields) => Promise<void>;
  receiver: Receiver;
  close: () => Promise<void>;
};

/** The whole sandbox on a port of its own. */
export async function startGraphServer(): Promise<GraphServer> {
  const sandbox = await createSandbox();
  const origin = await sandbox.server.listen({ port: 0, host: '127.0.0.1' });
  const receiver = await startReceiver();
  const calls = callsTo(origin);
  return {
    sandbox,
    origin,
    receiver,
    ...calls,
    act: (content) => act(calls.control, receiver, content),
    reset: (settings = {}) => resetWorld(calls.control, receiver, settings),
    close: async () => {
      await sandbox.server.close();
      await receiver.close();
    },
  };
}

type Calls = Pick<GraphServer, 'call' | 'control' | 'graph' | 'send' | 'write' | 'upload' | 'chat'>;

function callsTo(origin: string): Calls {
  const call: Calls['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: parseJson(text) };
  };
  const control: Calls['control'] = async (method, path, body) => {
    const answer = await call(method, `/control${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };
  const graph: Calls['graph'] = (method, path, body) =>
    call(method, `/graph/v26.0${path}`, body, { authorization: `Bearer ${ids.token}` });
  return {
    call,
    control,
    graph,
    send: (to, text, more = {}) => {
      const message = { messaging_product: 'whatsapp', to, type: 'text', text: { body: text }, ...more };
      return graph('POST', `/${ids.number}/messages`, message);
    },
    write: async (from, text, more = {}) =>
      (await control('POST', '/graph/messages', { phoneNumberId: ids.number, from, text, ...more })).wamid,
    upload: (file, type, fields = {}) => upload(`${origin}/graph/v26.0/${ids.number}/media`, file, type, fields),
    chat: async (of = ids.customer) => (await control('GET', `/graph/customers/${of}/messages`)).items,
  };
}

async function upload(url: string, file: Buffer, type: string, fields: Record<string, string>): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ messaging_product: 'whatsapp', type, ...fields })) form.set(name, value);
  form.set('file', new Blob([new Uint8Array(file)], { type }), 'файл "1".bin');
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${ids.token}` }, body: form });
  const text = await response.text();
  return { status: response.status, text, json: parseJson(text) };
}

async function act(control: Calls['control'], receiver: Receiver, content: Fields) {
  const body = { phoneNumberId: ids.number, from: ids.customer, wait: true, ...content };
  const { wamid } = await control('POST', '/graph/messages', body);
  const message = receiver.messages().find(({ id }) => id === wamid);
  return { wamid, message: message ?? { id: '' } };
}

async function resetWorld(control: Calls['control'], receiver: Receiver, settings: Fields): Promise<void> {
  await control('DELETE', '');
  await control('PUT', '/graph/settings', { statusDelayMs: 5, ...settings });
  await control('POST', '/graph/apps', { appId: ids.app, appSecret: ids.secret, callbackUrl: receiver.url });
  await control('POST', '/graph/numbers', numberOf(ids.number));
  await control('POST', '/graph/customers', { phone: ids.customer, name: 'Anna Петрова' });
  receiver.answers.length = 0;
  const first = { phoneNumberId: ids.number, from: ids.customer, text: 'first', wait: true };
  await control('POST', '/graph/messages', first);
  receiver.received.length = 0;
  receiver.verifications.length = 0;
}

const deadlineMs = 30_000;

/** @throws when the condition is not met within half a minute */
export async function until<Value>(condition: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<Value>;
    if (performance.now() > end) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
