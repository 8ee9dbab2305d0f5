import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createFileHttp, type FileHttpOptions, type FileTransport } from '../../../activities/file-http.ts';
import { HttpFailure } from '../../../activities/http.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
export type FileServer = { url: string; host: string; requests: IncomingMessage[]; connections: () => number };

const closing: (() => Promise<unknown>)[] = [];

/** To be called after each test: ends every server and client that it made. */
export async function closeAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** A server of our own on a free port; its handler begins when the headers are there. */
export async function serve(handler: Handler): Promise<FileServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    request.on('error', () => undefined);
    handler(request, response);
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('close', () => {
      connections -= 1;
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, requests, connections: () => connections };
}

/** A client for these hosts; its time-outs are short. */
export function fileHttp(allowedHosts: string[], options: Partial<FileHttpOptions> = {}): FileTransport {
  const made = createFileHttp({ allowedHosts, idleMs: 1_000, headersMs: 2_000, ...options });
  closing.push(made.close);
  return made;
}

/** A server that takes a whole upload and answers; what came is kept. */
export async function takeUploads(status = 200, answer: object = { id: '1' }) {
  const bodies: Buffer[] = [];
  const server = await serve((request, response) => {
    request.toArray().then(
      (chunks) => {
        bodies.push(Buffer.concat(chunks as Buffer[]));
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      },
      () => response.destroy(),
    );
  });
  return { ...server, bodies };
}

/** As many bytes, made chunk by chunk while they are asked for. */
export function aFile(bytes: number, onMade: (bytes: number) => void = () => undefined): Readable {
  const make = function* () {
    for (let left = bytes; left > 0; left -= CHUNK.length) {
      const chunk = CHUNK.subarray(0, left);
      onMade(chunk.length);
      yield chunk;
    }
  };
  return Readable.from(make(), { objectMode: false });
}
export const CHUNK = Buffer.alloc(64 * 1024, 'x');

export const bytesOf = (text: string): Readable => Readable.from([Buffer.from(text)], { objectMode: false });

export async function countBytes(body: Readable): Promise<number> {
  let size = 0;
  for await (const chunk of body) size += (chunk as Buffer).length;
  return size;
}

/** What it rejects with. */
export async function httpFailureOf(work: Promise<unknown>): Promise<HttpFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

/** Resolves when the condition holds; fails with the test's own time-out. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((later) => setTimeout(later, 5));
}

const TOKEN = { authorization: 'Bearer secret-token' };
/** A download with a token that must not get about. */
export const get = (url: string, redirects: 'listed' | 'public' = 'listed', signal?: AbortSignal) => ({
  url,
  headers: TOKEN,
  redirects,
  ...(signal === undefined ? {} : { signal }),
});
/** An upload of that stream, likewise. */
export const post = (url: string, body: Readable, size: number | undefined, signal?: AbortSignal) => ({
  url,
  headers: TOKEN,
  fields: { type: 'text/plain' },
  file: { part: 'file', name: 'a.txt', mime: 'text/plain', size, body },
  ...(signal === undefined ? {} : { signal }),
});

export const redirectTo =
  (location: string): Handler =>
  (_, response) =>
    void response.writeHead(302, { location }).end('elsewhere');
