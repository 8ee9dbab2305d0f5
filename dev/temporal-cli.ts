import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTool } from './child-process.ts';
import { download } from './download.ts';
import { cacheFolder } from './folders.ts';

/**
 * The newest version that `go install` can build: from 1.6.0 on the command's own module is no longer on the Go
 * module proxy.
 */
const VERSION = '1.5.1';
const GO_MODULE = 'github.com/temporalio/cli';
const GO_COMMAND = `${GO_MODULE}/cmd/temporal`;
/** A cold build takes three to four minutes on two cores. */
const GO_ANSWER_LIMIT_MS = 20_000;
const GO_BUILD_LIMIT_MS = 20 * 60_000;

/** SHA-256 of the release archives, by the names that Temporal gives platform and architecture. */
const ARCHIVE_DIGESTS: Record<string, string> = {
  linux_amd64: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  linux_arm64: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
  darwin_amd64: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  darwin_arm64: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
};

/** A way to the program: its path, or why this way is closed. */
type Road = { name: string; take: () => Promise<string | Error> };

/**
 * Finds the Temporal command line program, whose `server start-dev` is the development server, by the first way that
 * works; `say` hears of anything that takes long.
 *
 * @throws naming every way and why it failed
 */
export async function findTemporalCli(say: (line: string) => void, environment = process.env): Promise<string> {
  const cached = join(cacheFolder(), `temporal-cli-${VERSION}`, 'temporal');
  const roads: Road[] = [
    { name: 'TEMPORAL_CLI', take: async () => fromVariable(environment.TEMPORAL_CLI) },
    { name: 'temporal on the PATH', take: async () => fromPath(environment.PATH) },
    { name: 'cache', take: async () => (runs(cached) ? cached : new Error(`nothing usable at ${cached}`)) },
    { name: 'download', take: () => fromDownload(cached, say) },
    { name: 'go install', take: () => fromGo(cached, say, environment) },
  ];
  const failures: string[] = [];
  for (const road of roads) {
    const result = await road.take();
    if (typeof result === 'string') return result;
    if (road.name === 'TEMPORAL_CLI' && environment.TEMPORAL_CLI) say(`TEMPORAL_CLI: ${result.message}; looking on.`);
    failures.push(`  ${road.name}: ${result.message}`);
  }
  throw new Error(
    [
      'No Temporal development server could be had:',
      '  TEMPORAL_ADDRESS: not set (it would name a server that runs already)',
      ...failures,
      `Set TEMPORAL_ADDRESS, or put Temporal's program on the PATH (https://docs.temporal.io/cli), or let Go build it:`,
      `  GOBIN=${join(cacheFolder(), `temporal-cli-${VERSION}`)} go install ${GO_COMMAND}@v${VERSION}`,
    ].join('\n'),
  );
}

function fromVariable(path: string | undefined): string | Error {
  if (!path) return new Error('not set');
  return runs(path) ? path : new Error(`${path} does not run`);
}

function fromPath(path = ''): string | Error {
  const found = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'temporal'))
    .find(runs);
  return found ?? new Error('not there');
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  return spawnSync(path, ['--version'], { timeout: 10_000, stdio: 'ignore' }).status === 0;
}

async function fromDownload(target: string, say: (line: string) => void): Promise<string | Error> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = `${process.platform}_${arch}`;
  const sha256 = ARCHIVE_DIGESTS[platform];
  if (!sha256) return new Error(`no release with a known checksum for ${platform}`);
  const url = `https://github.com/temporalio/cli/releases/download/v${VERSION}/temporal_cli_${VERSION}_${platform}.tar.gz`;
  try {
    await install(target, async (folder) => {
      const archive = join(folder, 'archive.tar.gz');
      await download({ url, sha256, target: archive, onStart: () => say(`Downloading Temporal ${VERSION} ...`) });
      const { status, stderr } = spawnSync('tar', ['-xzf', archive, '-C', folder, 'temporal'], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`the archive cannot be unpacked: ${stderr}`);
    });
    return target;
  } catch (error) {
    return new Error(describe(error));
  }
}

async function fromGo(
  target: string,
  say: (line: string) => void,
  environment: NodeJS.ProcessEnv,
): Promise<string | Error> {
  const version = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (version.error) return new Error('Go is not installed');
  const goInFolder = (args: string[], folder: string, withinMs: number) =>
    runTool({ name: 'go', command: 'go', args, env: { ...environment, GOBIN: folder }, withinMs });
  try {
    await install(target, async (folder) => {
      // Asks for one small file first: a network that swallows everything shows here, not after many minutes.
      await goInFolder(['list', '-m', `${GO_MODULE}@v${VERSION}`], folder, GO_ANSWER_LIMIT_MS);
      say(`Building Temporal ${VERSION} with Go, once for all checkouts; this takes some minutes ...`);
      await goInFolder(['install', '-ldflags=-s -w', `${GO_COMMAND}@v${VERSION}`], folder, GO_BUILD_LIMIT_MS);
    });
    return target;
  } catch (error) {
    return new Error(describe(error));
  }
}

/** Makes the program in a folder beside the target and moves it there whole. */
async function install(target: string, make: (folder: string) => Promise<void>): Promise<void> {
  const home = join(target, '..');
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'making-'));
  try {
    await make(folder);
    if (!runs(join(folder, 'temporal'))) throw new Error('what arrived does not run on this machine');
    renameSync(join(folder, 'temporal'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
