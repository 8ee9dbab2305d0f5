import type { MediaReference } from '../../../workflows/domain/message-content.ts';

/** 32 bytes in base64 of either alphabet. */
const BASE64_DIGEST = /^[A-Za-z0-9+/_-]{43}=?$/;
const HEX_DIGEST = /^[0-9a-fA-F]{64}$/;

/** Undefined: there is no file to fetch. (WhatsApp: media) */
export function readMedia(file: {
  id?: string | undefined;
  mime_type?: string | undefined;
  sha256?: string | undefined;
  filename?: string | undefined;
  voice?: boolean | undefined;
  animated?: boolean | undefined;
}): MediaReference | undefined {
  if (file.id === undefined) return undefined;
  const sha256 = readDigest(file.sha256);
  return {
    mediaId: file.id,
    ...(file.mime_type === undefined ? {} : { mime: file.mime_type }),
    ...(file.filename ? { name: file.filename } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(file.voice ? { voice: true } : {}),
    ...(file.animated ? { animated: true } : {}),
  };
}

/** Base64 in webhooks, hex from the media endpoint: here always hex. What is neither is no digest. */
function readDigest(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  if (HEX_DIGEST.test(digest)) return digest.toLowerCase();
  return BASE64_DIGEST.test(digest) ? Buffer.from(digest, 'base64').toString('hex') : undefined;
}
