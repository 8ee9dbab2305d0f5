/** One file and a few fields as a multipart/form-data body, written around the file so that it is never in memory. */
import { randomBytes } from 'node:crypto';

export type MultipartFile = { part: string; name: string; mime: string; size: number | undefined };

/** `contentLength` is there when the size of the file is known; without it the body must be sent in chunks. */
export type Multipart = {
  contentType: string;
  contentLength: number | undefined;
  beforeFile: Buffer;
  afterFile: Buffer;
};

export function multipartAround(fields: Readonly<Record<string, string>>, file: MultipartFile): Multipart {
  const boundary = `parley-${randomBytes(18).toString('base64url')}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}\r\n\r\n${value}\r\n`,
  );
  const disposition = `form-data; name=${quoted(file.part)}; ${fileNameParameters(file.name)}`;
  const head = `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${safeMime(file.mime)}\r\n\r\n`;
  const beforeFile = Buffer.from(`${parts.join('')}${head}`);
  const afterFile = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: file.size === undefined ? undefined : beforeFile.length + file.size + afterFile.length,
    beforeFile,
    afterFile,
  };
}

/**
 * Beyond ASCII the name stands twice: encoded as RFC 5987 says, for those who know `filename*`, and as plain UTF-8, as
 * browsers write it and RFC 7578 has it. The latter is the one form that Planfix is known to read (Planfix REST: files).
 */
function fileNameParameters(name: string): string {
  const safe = safeName(name);
  const plain = `filename=${quoted(safe)}`;
  return /^[\x20-\x7e]*$/.test(safe) ? plain : `${plain}; filename*=UTF-8''${encodeExtended(safe)}`;
}

/** What could end the header, name a folder, or turn the direction of writing around becomes an underscore. */
function safeName(name: string): string {
  const safe = name.toWellFormed().replace(/[\p{Cc}/\\\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '_');
  return /^[.\s]*$/.test(safe) ? 'file' : safe;
}

const quoted = (text: string) => `"${text.replace(/[\p{Cc}]/gu, '_').replace(/["\\]/g, '\\$&')}"`;

/** `encodeURIComponent` leaves five characters that RFC 5987 wants encoded. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const MIME = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"[^"\\p{Cc}\\\\]*"))*$`, 'u');
const LONGEST_MIME = 200;

function safeMime(mime: string): string {
  return mime.length <= LONGEST_MIME && MIME.test(mime) ? mime : 'application/octet-stream';
}
