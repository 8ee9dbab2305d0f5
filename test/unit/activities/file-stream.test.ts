import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { FileDiffers, measured, sniff } from '../../../activities/file-stream.ts';

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const ignore = () => undefined;

/** The bytes in pieces of this size, as they come over a network. */
function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return Readable.from(pieces, { objectMode: false });
}

/** A source that gives these bytes and then fails. */
function failingAfter(bytes: Buffer, error: Error): Readable {
  async function* give() {
    yield bytes;
    throw error;
  }
  return Readable.from(give(), { objectMode: false });
}

/** What a reader gets before the end or the error, and which of them it was. */
async function readAll(body: Readable): Promise<{ bytes: Buffer; error?: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

describe('measured', () => {
  const bytes = randomBytes(100_000);

  it('passes every byte on, and tells size, digest and progress', async () => {
    const heard: number[] = [];
    const { body, passed } = measured(inPieces(bytes, 30_000), {
      sha256: digestOf(bytes),
      onProgress: (sum) => heard.push(sum),
    });
    const read = await readAll(body);
    expect(read.error).toBeUndefined();
    expect(read.bytes.equals(bytes)).toBe(true);
    expect(passed()).toEqual({ size: 100_000, sha256: digestOf(bytes) });
    expect(heard).toEqual([30_000, 60_000, 90_000, 100_000]);
  });

  it('measures what was announced without a digest', async () => {
    const { body, passed } = measured(inPieces(bytes, 100_000), { sha256: undefined, onProgress: ignore });
    expect((await readAll(body)).error).toBeUndefined();
    expect(passed().sha256).toBe(digestOf(bytes));
  });

  it('fails before the end when a single byte is another one', async () => {
    const changed = Buffer.from(bytes);
    changed[99_999] = (changed[99_999] ?? 0) ^ 1;
    const { body } = measured(inPieces(changed, 30_000), { sha256: digestOf(bytes), onProgress: ignore });
    let hasEnded = false;
    body.once('end', () => {
      hasEnded = true;
    });
    const read = await readAll(body);
    expect(read.error).toBeInstanceOf(FileDiffers);
    expect(hasEnded).toBe(false);
  });

  it("fails with the source's own error", async () => {
    const broken = new Error('the line went dead');
    const { body } = measured(failingAfter(bytes, broken), { sha256: digestOf(bytes), onProgress: ignore });
    expect((await readAll(body)).error).toBe(broken);
  });

  it('ends the source when nobody wants the body any more', async () => {
    const source = new Readable({ read: () => void source.push(Buffer.alloc(1_000)) });
    const { body } = measured(source, { sha256: undefined, onProgress: ignore });
    await once(body, 'readable');
    expect(source.destroyed).toBe(false);
    const closed = once(source, 'close');
    body.destroy();
    await closed;
    expect(source.destroyed).toBe(true);
  });

  it('does not run ahead of its reader', async () => {
    let given = 0;
    async function* give() {
      for (let at = 0; at < 1_000; at += 1) {
        given += 1;
        yield Buffer.alloc(64 * 1_024);
      }
    }
    const { body } = measured(Readable.from(give(), { objectMode: false }), { sha256: undefined, onProgress: ignore });
    await once(body, 'readable');
    for (let turn = 0; turn < 50; turn += 1) await new Promise((later) => setImmediate(later));
    expect(given).toBeLessThan(10);
    await readAll(body);
    expect(given).toBe(1_000);
  });
});

describe('sniff', () => {
  const PNG = Buffer.from(
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\b\x06\0\0\0\0\0\0\0\0\0\0\x01IDAT',
    'latin1',
  );
  const EXE = Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(60)]);

  const types: [what: string, bytes: Buffer, mime: string | undefined][] = [
    ['a picture', PNG, 'image/png'],
    ['a program', EXE, 'application/x-msdownload'],
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'application/pdf'],
    ['a bitmap', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)]), 'image/bmp'],
    ['words', Buffer.from('Hello'), undefined],
    ['words that begin like a program', Buffer.from('MZ-7 drills, 12 pieces'), undefined],
    ['words that begin like a bitmap', Buffer.from('BMW;X5;2026'), undefined],
    ['nothing', Buffer.alloc(0), undefined],
  ];

  it.each(types)('tells what its first bytes say: %s', async (_what, bytes, mime) => {
    expect((await sniff(inPieces(bytes, 7))).mime).toBe(mime);
  });

  const sizes = [0, 1, 4_099, 4_100, 4_101, 8_200, 300_000];
  const pieces = [1_000, 4_100, 65_536];
  const cuts = sizes.flatMap((size) => pieces.map((piece): [number, number] => [size, piece]));

  it.each(cuts)('gives the whole file back: %d bytes in pieces of %d', async (size, piece) => {
    const bytes = randomBytes(size);
    const { body } = await sniff(inPieces(bytes, piece));
    expect((await readAll(body)).bytes.equals(bytes)).toBe(true);
  });

  it('gives the file back through the measure, too', async () => {
    const bytes = Buffer.concat([PNG, randomBytes(200_000)]);
    const { mime, body: begun } = await sniff(inPieces(bytes, 16_384));
    const { body } = measured(begun, { sha256: digestOf(bytes), onProgress: ignore });
    expect(mime).toBe('image/png');
    expect((await readAll(body)).bytes.equals(bytes)).toBe(true);
  });

  it('fails where the source fails before its type is known', async () => {
    const broken = new Error('the line went dead');
    await expect(sniff(failingAfter(PNG, broken))).rejects.toBe(broken);
  });

  it("passes the source's error on where it fails later", async () => {
    const broken = new Error('the line went dead');
    const { mime, body } = await sniff(failingAfter(Buffer.concat([PNG, Buffer.alloc(10_000)]), broken));
    expect(mime).toBe('image/png');
    expect((await readAll(body)).error).toBe(broken);
  });
});
