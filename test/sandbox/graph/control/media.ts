import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import { openBytes } from '../media/files.ts';
import { addMedia } from '../media/media.ts';
import { type Body, ControlError, numberOf } from './input.ts';

const mostBytes = 256 * 1024 * 1024;

/** Files for people and tests: put there before they are sent, and looked at whatever the network has forgotten. */
export async function registerMediaControl(server: FastifyInstance, sandbox: GraphSandbox): Promise<void> {
  const { world, mediaFiles } = sandbox;
  server.get('/control/graph/media/:id/bytes', async (request, reply) => {
    const media = world.media.get(String((request.params as Body).id));
    const stream = media === undefined ? undefined : openBytes(media);
    if (media === undefined || stream === undefined) throw new ControlError(404, 'the bytes are not kept');
    return reply
      .header('content-length', media.size)
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', 'sandbox')
      .type(media.mimeType)
      .send(stream);
  });

  await server.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, stream, done) => done(null, stream));
    raw.post('/control/graph/media', async (request, reply) => {
      const {
        phoneNumberId,
        mimeType = 'application/octet-stream',
        filename,
      } = request.query as Record<string, string>;
      const number = numberOf(world, phoneNumberId);
      if (request.body === undefined) throw new ControlError(400, 'the body has to be the bytes');
      const stored = await mediaFiles.store(request.body as IncomingMessage, mostBytes);
      const media = addMedia(world, mediaFiles, { ...stored, number, origin: 'received', mimeType, filename });
      return reply.code(201).send({ mediaId: media.id, size: media.size, sha256: media.sha256 });
    });
  });
}
