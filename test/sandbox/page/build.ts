import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import mantinePreset from 'postcss-preset-mantine';
import { build } from 'vite';

const pageFolder = fileURLToPath(new URL('.', import.meta.url));
const lockfile = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));

/** Where the built page lies: `index.html` and `assets/`. */
export const builtPageFolder = join(pageFolder, 'dist');

const digestFile = join(builtPageFolder, 'sources.sha256');

/**
 * Builds the sandbox's page into `dist/` unless that was made from the very same sources and packages. Takes a few
 * seconds when it builds and milliseconds when it does not. Resolves to whether it built.
 *
 * @throws what Vite reports for sources that do not compile
 */
export async function buildPageIfChanged(): Promise<boolean> {
  const digest = digestSources();
  if (existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest) return false;
  await build({
    configFile: false,
    root: pageFolder,
    base: './',
    logLevel: 'warn',
    plugins: [react()],
    css: { postcss: { plugins: [mantinePreset()] } },
    build: { outDir: builtPageFolder, emptyOutDir: true, chunkSizeWarningLimit: 2_000 },
  });
  // Written last: a build that died half-way is done again.
  writeFileSync(digestFile, digest);
  return true;
}

function digestSources(): string {
  const hash = createHash('sha256');
  for (const path of [lockfile, ...sourceFiles()]) {
    hash.update(relative(pageFolder, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function sourceFiles(): string[] {
  return readdirSync(pageFolder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(builtPageFolder))
    .sort();
}

if (import.meta.main) await buildPageIfChanged();
