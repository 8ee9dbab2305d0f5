import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** What `npm start` keeps between two runs; deleting it starts afresh. Tests have one of their own. */
export const STATE_FOLDER = process.env.PARLEY_STATE_FOLDER || join(ROOT, '.parley');

/** The Node that runs us, and therefore every process we start. */
export const NODE = process.execPath;

/** Programs fetched or built once for all checkouts of this user. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'parley');
  return process.platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches', 'parley')
    : join(homedir(), '.cache', 'parley');
}
