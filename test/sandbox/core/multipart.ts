/** One part of a multipart body. Its bytes come as they arrive and are read before the next part is asked for. */
export type Part = {
  name: string;
  /** The `filename*` of RFC 5987 where there is one. */
  filename: string | undefined;
  mimeType: string | undefined;
  bytes: AsyncIterable<Buffer>;
};

const longestHeaders = 16 * 1024;
const blankLine = Buffer.from('\r\n\r\n');

/** The parts of a body, never more than a chunk of it in memory. @throws RangeError for what is no multipart body */
export async function* readParts(
  source: AsyncIterable<Buffer>,
  contentType: string | undefined,
): AsyncGenerator<Part, void> {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '');
  if (boundary === null) throw new RangeError('the content type names no boundary');
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`);
  // The first boundary has no line before it.
  const cutter = createCutter(source, Buffer.from('\r\n'));
  for await (const _preamble of cutter.until(delimiter));
  while (!(await cutter.startsWith('--'))) {
    const bytes = cutter.until(delimiter);
    yield { ...readHeaders(await cutter.textUntil(blankLine, longestHeaders)), bytes };
    for await (const _unread of bytes);
  }
  await cutter.skipRest();
}

/** Cuts a stream at given bytes. */
function createCutter(source: AsyncIterable<Buffer>, start: Buffer) {
  const chunks = source[Symbol.asyncIterator]();
  let pending = start;

  const more = async (): Promise<void> => {
    const { done, value } = await chunks.next();
    if (done === true) throw new RangeError('the body ends early');
    pending = pending.length === 0 ? value : Buffer.concat([pending, value]);
  };

  async function* until(delimiter: Buffer): AsyncGenerator<Buffer, void> {
    for (;;) {
      const at = pending.indexOf(delimiter);
      const end = at === -1 ? pending.length - delimiter.length + 1 : at;
      const piece = pending.subarray(0, Math.max(0, end));
      pending = pending.subarray(piece.length + (at === -1 ? 0 : delimiter.length));
      if (piece.length > 0) yield piece;
      if (at !== -1) return;
      await more();
    }
  }

  return {
    until,
    startsWith: async (text: string): Promise<boolean> => {
      while (pending.length < text.length) await more();
      return pending.subarray(0, text.length).toString('latin1') === text;
    },
    textUntil: async (delimiter: Buffer, longest: number): Promise<string> => {
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of until(delimiter)) {
        length += piece.length;
        if (length > longest) throw new RangeError('the headers of a part are too long');
        pieces.push(piece);
      }
      return Buffer.concat(pieces).toString('utf8');
    },
    skipRest: async (): Promise<void> => {
      while ((await chunks.next()).done !== true);
    },
  };
}

function readHeaders(text: string): Omit<Part, 'bytes'> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = parameterOf(disposition, 'name');
  if (name === undefined) throw new RangeError('a part has no name');
  const encoded = /;\s*filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(disposition)?.[1];
  const filename = encoded === undefined ? parameterOf(disposition, 'filename') : decodeURIComponent(encoded.trim());
  return { name, filename, mimeType: headers.get('content-type') };
}

/** Quotes inside a value come as `\"`, or as `%22` where a browser wrote it. */
function parameterOf(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(disposition);
  return found?.[1]?.replace(/\\(.)/g, '$1').replace(/%22/g, '"') ?? found?.[2];
}
