import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const workflowsFolder = join(root, 'workflows');

function digestOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = readdirSync(workflowsFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(workflowsFolder, file)));
  return hash.digest('hex').slice(0, 32);
}

/** The path of the workflows' bundle; built only when their sources or the packages have changed. */
export async function buildWorkflowBundle(logger: Logger): Promise<string> {
  const folder = join(root, 'node_modules', '.cache', 'parley');
  const file = join(folder, `workflows-${digestOfSources()}.js`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const { code } = await bundleWorkflowCode({ workflowsPath: join(workflowsFolder, 'index.ts'), logger });
  // Written aside and renamed, since several workers may start at once.
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
