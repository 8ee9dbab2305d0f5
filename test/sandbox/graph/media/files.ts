import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Media, MediaContent } from '../model.ts';
import { startOf } from './types.ts';

export type StoredBytes = Pick<Media, 'size' | 'sha256' | 'head' | 'content'>;

export type MediaFiles = {
  /** Takes a stream in, at most a chunk of it in memory; beyond `mostKept` bytes only size and digest are kept. */
  store: (source: AsyncIterable<Uint8Array>, mostKept: number) => Promise<StoredBytes>;
  /** Lets go of the bytes. */
  release: (media: Media) => void;
  clear: () => void;
};

const headLength = 64;
/** Files up to that size stay in memory, and so in the state file, while there is room. */
const longestInMemory = 256 * 1024;
const roomInMemory = 16 * 1024 * 1024;
const roomOnDisk = 2 * 1024 * 1024 * 1024;

/** The bytes of media: small ones in memory, larger ones in a folder of the system's that goes with the sandbox. */
export function createMediaFiles(): MediaFiles {
  let folder: string | undefined;
  let nextName = 1;
  const used = { memory: 0, disk: 0 };

  const openFile = async (): Promise<{ path: string; handle: FileHandle }> => {
    folder ??= mkdtempSync(join(tmpdir(), 'sandbox-media-'));
    const path = join(folder, String(nextName));
    nextName += 1;
    return { path, handle: await open(path, 'wx', 0o600) };
  };

  return {
    store: async (source, mostKept) => {
      const digest = createHash('sha256');
      const held: Uint8Array[] = [];
      let head = Buffer.alloc(0);
      let size = 0;
      let file: Awaited<ReturnType<typeof openFile>> | undefined;
      let isKept = true;
      try {
        for await (const chunk of source) {
          digest.update(chunk);
          size += chunk.length;
          if (head.length < headLength) head = Buffer.concat([head, chunk]).subarray(0, headLength);
          isKept &&= size <= mostKept && used.disk + size <= roomOnDisk;
          if (!isKept) held.length = 0;
          else held.push(chunk);
          if (isKept && (size > longestInMemory || used.memory + size > roomInMemory)) {
            file ??= await openFile();
            for (const piece of held.splice(0)) await file.handle.write(piece);
          }
        }
      } catch (error) {
        isKept = false;
        throw error;
      } finally {
        await file?.handle.close();
        if (file !== undefined && !isKept) rmSync(file.path, { force: true });
      }
      const content = contentOf(isKept, file?.path, held);
      if (content.kind === 'file') used.disk += size;
      if (content.kind === 'bytes') used.memory += size;
      return { size, sha256: digest.digest('hex'), head, content };
    },
    release: (media) => {
      if (media.content.kind === 'file') {
        rmSync(media.content.path, { force: true });
        used.disk -= media.size;
      }
      if (media.content.kind === 'bytes') used.memory -= media.size;
      media.content = { kind: 'gone' };
    },
    clear: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
      Object.assign(used, { memory: 0, disk: 0 });
    },
  };
}

function contentOf(isKept: boolean, path: string | undefined, held: Uint8Array[]): MediaContent {
  if (!isKept) return { kind: 'gone' };
  return path === undefined ? { kind: 'bytes', bytes: Buffer.concat(held) } : { kind: 'file', path };
}

/** The bytes anew, or undefined where only their digest was kept. */
export function openBytes({ content, size, mimeType }: Media): Readable | undefined {
  switch (content.kind) {
    case 'bytes':
      return Readable.from([Buffer.from(content.bytes)]);
    case 'file':
      return createReadStream(content.path);
    case 'generated':
      return Readable.from(makeUpBytes(mimeType, size, content.seed));
    case 'gone':
      return undefined;
  }
}

/** Size and digest of a made-up file, which is made again whenever somebody reads it. */
export async function describeMadeUp(mimeType: string, size: number, seed: string): Promise<StoredBytes> {
  const digest = createHash('sha256');
  let head = Buffer.alloc(0);
  for (const chunk of makeUpBytes(mimeType, size, seed)) {
    if (head.length === 0) head = Buffer.from(chunk.subarray(0, headLength));
    digest.update(chunk);
    // Other calls go on meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { size, sha256: digest.digest('hex'), head, content: { kind: 'generated', seed } };
}

const chunkLength = 256 * 1024;

/** Bytes without end or pattern, the same for the same seed, that begin as a file of that type does. */
function* makeUpBytes(mimeType: string, size: number, seed: string): Generator<Buffer, void> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(chunkLength);
  for (let done = 0; done < size; done += chunkLength) {
    const chunk = cipher.update(zeros.subarray(0, Math.min(chunkLength, size - done)));
    if (done === 0) startOf(mimeType).copy(chunk);
    yield chunk;
  }
}
