import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** `<key id>:<32 bytes base64>[,…]`; the first key encrypts, all decrypt. */
export const encryptionKeysSchema = z.string().transform((text, context) => {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(',')) {
    const [keyId, encoded] = entry.trim().split(':');
    const key = Buffer.from(encoded ?? '', 'base64');
    if (!keyId || !/^[\w-]{1,32}$/.test(keyId) || key.length !== 32) {
      context.addIssue({ code: 'custom', message: 'must be <key id>:<32 bytes in base64>, several joined by commas' });
      return z.NEVER;
    }
    keys.set(keyId, key);
  }
  return keys;
});

export type SecretBox = {
  /** AES-256-GCM; the key's id and a random nonce are stored in front. */
  seal(secret: string): Buffer;
  /** Throws when the key is unknown or the bytes were changed; the error names the key id only. */
  open(sealed: Buffer): string;
  /** The id of the key that sealed this, for rotation. */
  keyIdOf(sealed: Buffer): string;
  currentKeyId: string;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `keys` as parsed by `encryptionKeysSchema`; layout: length of key id, key id, nonce, tag, ciphertext. */
export function createSecretBox(keys: ReadonlyMap<string, Buffer>): SecretBox {
  const first = keys.entries().next().value;
  if (!first) throw new Error('PARLEY_ENCRYPTION_KEYS holds no key');
  const [currentKeyId, currentKey] = first;

  function split(sealed: Buffer) {
    const keyEnd = 1 + (sealed[0] ?? 0);
    return {
      keyId: sealed.toString('utf8', 1, keyEnd),
      nonce: sealed.subarray(keyEnd, keyEnd + NONCE_BYTES),
      tag: sealed.subarray(keyEnd + NONCE_BYTES, keyEnd + NONCE_BYTES + TAG_BYTES),
      body: sealed.subarray(keyEnd + NONCE_BYTES + TAG_BYTES),
    };
  }

  return {
    currentKeyId,
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', currentKey, nonce);
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      const keyId = Buffer.from(currentKeyId, 'utf8');
      return Buffer.concat([Buffer.from([keyId.length]), keyId, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      const { keyId, nonce, tag, body } = split(sealed);
      const key = keys.get(keyId);
      if (!key) throw new Error(`a stored secret was sealed with key "${keyId}", which PARLEY_ENCRYPTION_KEYS lacks`);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
    keyIdOf: (sealed) => split(sealed).keyId,
  };
}
