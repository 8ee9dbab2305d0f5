import { createCipheriv, createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/**
 * Where a file's bytes are. Plain data, so that an account can be stored: what is small or made up is stored with it,
 * and bytes on disk do not outlive the process.
 */
export type FileContent =
  | { kind: 'memory'; bytes: Uint8Array }
  | { kind: 'disk'; key: string }
  /** Made up from `seed` whenever it is read, after the bytes of `head`. */
  | { kind: 'generated'; head: Uint8Array; seed: string };

export type MeasuredContent = { content: FileContent; sizeBytes: number; sha256: string };

/** More bytes than were allowed; they were read to the end and thrown away. */
export class ContentTooLarge extends Error {}

const inMemoryBytes = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** Open files without a name: their space is free again once the process ends, however it ends. */
const onDisk = new Map<string, FileHandle>();

/** Stores a stream, the part beyond a megabyte on disk. @throws ContentTooLarge */
export async function storeStream(source: AsyncIterable<Buffer>, limitBytes: number): Promise<MeasuredContent> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let chunks: Buffer[] = [];
  let handle: FileHandle | undefined;
  try {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) continue;
      hash.update(chunk);
      chunks.push(chunk);
      if (sizeBytes <= inMemoryBytes) continue;
      handle ??= await openNameless();
      await handle.writeFile(Buffer.concat(chunks));
      chunks = [];
    }
    if (sizeBytes > limitBytes) throw new ContentTooLarge();
  } catch (error) {
    await handle?.close();
    throw error;
  }
  const sha256 = hash.digest('hex');
  if (handle === undefined) return { content: { kind: 'memory', bytes: Buffer.concat(chunks) }, sizeBytes, sha256 };
  const key = randomUUID();
  onDisk.set(key, handle);
  return { content: { kind: 'disk', key }, sizeBytes, sha256 };
}

export function contentOfBytes(bytes: Uint8Array): MeasuredContent {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { content: { kind: 'memory', bytes }, sizeBytes: bytes.length, sha256 };
}

/** Content of any size that takes no room: the same seed gives the same bytes. */
export function generatedContent(sizeBytes: number, seed: string, head: Uint8Array): MeasuredContent {
  const hash = createHash('sha256');
  for (const chunk of generate(sizeBytes, seed, head)) hash.update(chunk);
  return { content: { kind: 'generated', head, seed }, sizeBytes, sha256: hash.digest('hex') };
}

/** The bytes from the start up to `endBytes`; undefined if they were on the disk of an earlier process. */
export function openContent(content: FileContent, endBytes: number): Readable | undefined {
  switch (content.kind) {
    case 'memory':
      return Readable.from([content.bytes.subarray(0, endBytes)], { objectMode: false });
    case 'generated':
      return Readable.from(generate(endBytes, content.seed, content.head), { objectMode: false });
    case 'disk': {
      const handle = onDisk.get(content.key);
      return handle === undefined ? undefined : Readable.from(readHandle(handle, endBytes), { objectMode: false });
    }
  }
}

/** Lets go of bytes on disk. Whoever is reading them sees an error. */
export function releaseContent(content: FileContent): void {
  if (content.kind !== 'disk') return;
  const handle = onDisk.get(content.key);
  onDisk.delete(content.key);
  void handle?.close();
}

async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'planfix-sandbox-'));
  try {
    return await open(join(folder, 'content'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* readHandle(handle: FileHandle, endBytes: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < endBytes; ) {
    const length = Math.min(chunkBytes, endBytes - position);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A key stream: bytes that no compression makes smaller, at the speed of encryption. */
function* generate(sizeBytes: number, seed: string, head: Uint8Array): Generator<Buffer> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  const zeros = Buffer.alloc(chunkBytes);
  const start = Buffer.from(head.subarray(0, sizeBytes));
  if (start.length > 0) yield start;
  for (let left = sizeBytes - start.length; left > 0; left -= chunkBytes) {
    yield cipher.update(zeros.subarray(0, Math.min(left, chunkBytes)));
  }
}
