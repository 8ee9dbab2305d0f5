import { createHash, timingSafeEqual } from 'node:crypto';
import { readHintSecret } from '../../db/planfix-accounts.ts';
import { createBriefCache } from '../brief-cache.ts';
import type { ApiParts } from '../build-server.ts';
import { withinMs } from '../raw-body.ts';

const REMEMBERED_MS = 2_000;
const STORE_MS = 5_000;
export const SECRET_HEADER = 'x-parley-secret';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a request comes from that account: it carries the secret that its scenarios were given. Rejects when that is
 * not known after `patienceMs`.
 */
export function createAuthenticator({ db, secrets }: ApiParts, patienceMs = STORE_MS) {
  const remembered = createBriefCache<string>(REMEMBERED_MS);
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return async (id: string, given: unknown): Promise<'authentic' | 'unknown-receiver' | 'bad-signature'> => {
    let secret = remembered.get(id);
    if (secret === undefined) {
      const sealed = UUID.test(id) ? await withinMs(patienceMs, readHintSecret(db, id)) : undefined;
      if (!sealed) return 'unknown-receiver';
      secret = secrets.open(sealed);
      remembered.set(id, secret);
    }
    const isSame = typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
    return isSame ? 'authentic' : 'bad-signature';
  };
}

/** Form or JSON, by what it looks like: people set the type by hand. Undefined: neither. */
export function readFields(body: Buffer): unknown {
  const text = body.toString('utf8').trim();
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  const fields = new URLSearchParams(text);
  return Object.fromEntries([...new Set(fields.keys())].map((key) => [key, fields.getAll(key)]));
}
