import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account, StoredFile } from './model.ts';

/** Links do not outlive the process that gave them out. */
const signingKey = randomBytes(32);

/** The path below which the storage gives files out; another service than the API, hence a path of its own. */
export const storagePath = '/planfix-storage';

/** An expiring link to a file's bytes. Whoever has it may read them: no token goes with it. */
export function storageLink(account: Account, file: StoredFile, origin: string): string {
  const { storageOrigin, storageLinkLifeMs } = account.settings;
  const expires = String(Math.ceil((account.now() + storageLinkLifeMs) / 1_000));
  const query = new URLSearchParams({
    name: file.name.toWellFormed(),
    expires,
    signature: sign(account.name, file.id, expires),
  });
  return `${storageOrigin === '' ? origin : storageOrigin}${storagePath}/${account.name}/${file.id}?${query}`;
}

/** Whether the link was given out by this process. */
export function isSigned(account: Account, fileId: number, query: Record<string, unknown>): boolean {
  const expected = Buffer.from(sign(account.name, fileId, String(query.expires)));
  const given = Buffer.from(String(query.signature));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const sign = (account: string, fileId: number, expires: string): string =>
  createHmac('sha256', signingKey).update(`${account}/${fileId}/${expires}`).digest('hex');
