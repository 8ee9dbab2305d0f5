import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NODE, ROOT } from '../../dev/folders.ts';

const COMMITTED = readFileSync(join(ROOT, 'web', 'api', 'schema.generated.ts'), 'utf8');

/** In a process of its own: the generator loads another TypeScript, which jest's module loader cannot be told. */
function generate(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-api-types-'));
  try {
    const file = join(folder, 'schema.ts');
    const made = spawnSync(NODE, [join(ROOT, 'dev', 'generate-api-types.ts'), file], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the console's types of the API", () => {
  it('are those of the routes: else run `npm run generate-api-types`', () => {
    const now = generate();
    expect(now === COMMITTED).toBe(true);
    // Control: the comparison would see one more route.
    expect(now.replace('"/v1/session"', '"/v1/sessions"') === COMMITTED).toBe(false);
  });
});
