import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { dumpFile } from '../dump.ts';
import { contentOfBytes, generatedContent, openContent, storeStream } from '../file-content.ts';
import { addFile, findFile } from '../files.ts';
import type { Account } from '../model.ts';
import { list, readId } from '../people.ts';
import { accountOf, bodyOf, ControlError, type Params } from './input.ts';

const base = '/control/planfix/:account';

const contentTypes: Record<string, string> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  ogg: 'audio/ogg',
  pdf: 'application/pdf',
  png: 'image/png',
  webp: 'image/webp',
};

/** Control of files: what people put into comments, and the bytes of any file. */
export function registerFileControl(server: FastifyInstance): void {
  server.get(`${base}/files`, async (request) => {
    const account = accountOf(request.params);
    return { items: [...account.files.values()].map((file) => dumpFile(account, file)) };
  });

  server.get(`${base}/files/:id`, async (request, reply) => {
    const account = accountOf(request.params);
    const file = findFile(account, (request.params as Params).id);
    const stream = openContent(file.content, file.sizeBytes);
    if (stream === undefined) throw new ControlError(404, 'the bytes were not kept');
    const type = contentTypes[/[^.]*$/.exec(file.name)?.[0].toLowerCase() ?? ''] ?? 'application/octet-stream';
    return reply.type(type).header('content-length', file.sizeBytes).send(stream);
  });

  server.get(`${base}/downloads`, async (request) => ({ items: accountOf(request.params).downloads }));

  server.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    raw.post(`${base}/files`, async (request, reply) => {
      const account = accountOf(request.params);
      const { name } = request.query as Params;
      if (name === undefined || name === '') throw new ControlError(400, 'name is required');
      const body = (request.body ?? []) as Readable | [];
      const measured = await storeStream(chunksOf(body), Number.POSITIVE_INFINITY);
      const file = addFile(account, { name, type: request.headers['content-type'], ...measured });
      return reply.code(201).send(dumpFile(account, file));
    });
  });
}

async function* chunksOf(body: Readable | []): AsyncGenerator<Buffer> {
  yield* body;
}

/**
 * Files as a control call gives them: `{ id }` of one that exists, `{ name, base64 }`, or `{ name, size, seed?, head? }`,
 * which is made up after the bytes of `head`. Resolves to what REST takes. Throws a ControlError (400).
 */
export function giveFiles(account: Account, value: unknown): { id: number }[] {
  return list(value).map((item) => {
    const { name, base64, size, seed = randomUUID(), head = '' } = bodyOf(item);
    const known = readId(item);
    if (known !== undefined) return { id: findFile(account, known).id };
    if (typeof name !== 'string') throw new ControlError(400, 'a file needs an id or a name');
    const fixed = typeof base64 === 'string' ? contentOfBytes(Buffer.from(base64, 'base64')) : undefined;
    if (fixed === undefined && !(Number.isSafeInteger(size) && Number(size) >= 0)) {
      throw new ControlError(400, 'a file needs base64 or a size');
    }
    const measured = fixed ?? generatedContent(Number(size), String(seed), Buffer.from(String(head), 'base64'));
    return { id: addFile(account, { name, type: undefined, ...measured }).id };
  });
}
