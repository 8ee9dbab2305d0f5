import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { BusinessNumber, Media } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import type { MediaFiles, StoredBytes } from './files.ts';

const dayMs = 24 * 3_600_000;
/** What the business uploads, and what customers send (WhatsApp: media). */
const lifetimeMs = { uploaded: 30 * dayMs, received: 7 * dayMs };
const keptMedia = 20_000;

export type NewMedia = StoredBytes & Pick<Media, 'number' | 'origin' | 'mimeType' | 'filename'>;

/** Gives a file its id. */
export function addMedia(world: GraphWorld, files: MediaFiles, input: NewMedia): Media {
  const media: Media = {
    ...input,
    id: freeId(world),
    expiresAtMs: world.core.clock.now() + lifetimeMs[input.origin],
    isDeleted: false,
  };
  world.media.set(media.id, media);
  for (const [id, oldest] of world.media) {
    if (world.media.size <= keptMedia) break;
    world.media.delete(id);
    files.release(oldest);
  }
  return media;
}

function freeId(world: GraphWorld): string {
  for (;;) {
    const id = `1${String(randomInt(1e14)).padStart(14, '0')}`;
    if (!world.media.has(id) && !world.numbers.has(id) && !world.wabas.has(id)) return id;
  }
}

/** Undefined for what never was, has expired, was deleted, or belongs to another number. */
export function findMedia(world: GraphWorld, id: string, number?: BusinessNumber): Media | undefined {
  const media = world.media.get(id);
  if (media === undefined || media.isDeleted || media.expiresAtMs <= world.core.clock.now()) return undefined;
  return number === undefined || media.number === number ? media : undefined;
}

/** Addresses are good for a while and carry their own proof; after a restart of the sandbox they are stale. */
const addressKey = randomBytes(32);

const proofOf = (id: string, untilSeconds: string): string =>
  createHmac('sha256', addressKey).update(`${id} ${untilSeconds}`).digest('base64url');

export const mediaHostPath = '/graph/media-host/whatsapp_business/attachments/';

export function mediaUrl(world: GraphWorld, media: Media, origin: string): string {
  const until = String(Math.floor((world.core.clock.now() + world.settings.mediaUrlMs) / 1_000));
  const query = new URLSearchParams({ mid: media.id, source: 'getMedia', ext: until, hash: proofOf(media.id, until) });
  return `${origin}${mediaHostPath}?${query}`;
}

/** The file behind an address, while it is good. */
export function mediaOfUrl(world: GraphWorld, query: Record<string, unknown>): Media | undefined {
  const id = String(query.mid);
  const until = String(query.ext);
  if (query.hash !== proofOf(id, until) || Number(until) * 1_000 < world.core.clock.now()) return undefined;
  return findMedia(world, id);
}
