/** What makes two outgoing messages identical: their rendered words and their files. */
export type FingerprintInput = {
  /** A template counts by its words with the placeholders filled. */
  text: string;
  /** Hexadecimal, of the files. */
  digests: readonly string[];
  /** Of a connection that counts any two sends of one template as identical. */
  templateName?: string | undefined;
};

/** The canonical form, to be hashed: Unicode NFC, trimmed, runs of white space collapsed; files in any order. */
export function fingerprintText({ text, digests, templateName }: FingerprintInput): string {
  if (templateName !== undefined) return JSON.stringify(['template', templateName]);
  const words = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  return JSON.stringify(['message', words, [...digests].sort()]);
}
