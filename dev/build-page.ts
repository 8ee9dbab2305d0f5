import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './folders.ts';

// `build-page.ts <folder> <base>`: builds the page whose sources are in the folder, for addresses below the base.
const [sources = '', base = '/'] = process.argv.slice(2);

const pageFolder = join(ROOT, sources);
/** Where the built page lies: `index.html` and `assets/`. */
const builtFolder = join(pageFolder, 'dist');
const digestName = 'sources.sha256';

/**
 * Builds it into `dist/` unless that was made from the very same sources and packages: seconds when it builds,
 * milliseconds when it does not.
 *
 * @throws what Vite reports for sources that do not compile
 */
async function buildIfChanged(): Promise<void> {
  const digest = digestSources();
  if (isBuiltFrom(digest)) return;
  const scratch = join(ROOT, '.parley');
  mkdirSync(scratch, { recursive: true });
  const partial = mkdtempSync(join(scratch, 'page-'));
  try {
    await build(partial);
    writeFileSync(join(partial, digestName), digest);
    putInPlace(partial, digest);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The bundler is loaded only when there is something to build. */
async function build(folder: string): Promise<void> {
  // Else a test's NODE_ENV makes it the larger and slower build for developing.
  process.env.NODE_ENV = 'production';
  const [vite, { default: react }, { default: mantinePreset }] = await Promise.all([
    import('vite'),
    import('@vitejs/plugin-react'),
    import('postcss-preset-mantine'),
  ]);
  await vite.build({
    configFile: false,
    root: pageFolder,
    base,
    logLevel: 'warn',
    plugins: [react()],
    css: { postcss: { plugins: [mantinePreset()] } },
    build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 2_000 },
  });
}

/** How often another process may put its own result there first. */
const MOST_TRIES = 10;

/**
 * Several processes may build at the same time: whatever is there is moved away as a whole and the new one into its
 * place, so that nobody sees half of either.
 */
function putInPlace(folder: string, digest: string): void {
  const former = `${folder}-former`;
  for (let tries = 1; ; tries += 1) {
    if (existsSync(builtFolder)) moveIfThere(builtFolder, `${former}-${tries}`);
    try {
      renameSync(folder, builtFolder);
      break;
    } catch (error) {
      if (isBuiltFrom(digest)) break;
      if (tries >= MOST_TRIES) throw error;
    }
  }
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) rmSync(`${former}-${tries}`, { recursive: true, force: true });
}

/** Another process may have moved it already. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function isBuiltFrom(digest: string): boolean {
  const file = join(builtFolder, digestName);
  return existsSync(file) && readFileSync(file, 'utf8') === digest;
}

function digestSources(): string {
  const hash = createHash('sha256');
  for (const path of [join(ROOT, 'package-lock.json'), ...sourceFiles()]) {
    hash.update(relative(pageFolder, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function sourceFiles(): string[] {
  return readdirSync(pageFolder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(builtFolder))
    .sort();
}

await buildIfChanged();
