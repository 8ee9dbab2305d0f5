import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ids } from './sandbox-graph-business.ts';

export type Fields = Record<string, unknown>;

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
  /** News of that field, with the time that the entry states. */
  changes: (field: string) => Change[];
  close: () => Promise<void>;
};

/** The newest webhook, with its signature and the one that it should have. @throws when there is none */
export function newest({ received }: Receiver, secret: string = ids.secret) {
  const last = received.at(-1);
  if (last === undefined) throw new Error('nothing was received');
  const { raw, headers } = last;
  return { raw, text: raw.toString(), signature: headers['x-hub-signature-256'], right: signatureOf(raw, secret) };
}

/** The header as Meta would send it for that body. */
export const signatureOf = (raw: Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;

/** Listens on a port of its own. */
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
    changes: (field) => received.flatMap(({ raw }) => changesOf(raw)).filter((change) => change.field === field),
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

export type Change = { field: string; value: Json; account: string; time: unknown };

type Envelope = { entry?: { id: string; time?: unknown; changes: { field: string; value: Json }[] }[] };

function changesOf(raw: Buffer): Change[] {
  const { entry = [] } = parseJson(raw.toString()) as Envelope;
  return entry.flatMap(({ id, time, changes }) => changes.map((change) => ({ ...change, account: id, time })));
}

function valuesOf(raw: Buffer): Json[] {
  const { entry = [] } = parseJson(raw.toString()) as Envelope;
  return entry.flatMap(({ changes }) => changes.map(({ value }) => value));
}

/** An empty object for what is no JSON. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {} as Json;
  }
}
