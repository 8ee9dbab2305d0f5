import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NODE, ROOT } from '../../dev/folders.ts';
import { CODE_FOLDERS } from '../support/source-files.ts';

describe('who may import whom', () => {
  let planted: string;
  beforeAll(() => {
    planted = mkdtempSync(join(tmpdir(), 'parley-architecture-'));
  });
  afterAll(() => rmSync(planted, { recursive: true, force: true }));

  it('is kept by the project', () => {
    expect(cruise(ROOT)).toEqual([]);
  });

  it('is noticed when broken', () => {
    for (const name of new Set(BREACHES.map(({ to }) => to).filter(isPackage))) plantPackage(planted, name);
    const dependencies = { zod: '1', kysely: '1', pg: '1', undici: '1', '@temporalio/client': '1', fastify: '1' };
    const manifest = { name: 'planted', dependencies, devDependencies: { jest: '1' } };
    writeFileSync(join(planted, 'package.json'), JSON.stringify(manifest));
    for (const { from, to, via } of [...BREACHES, ...ALLOWED] as Breach[]) {
      if (via !== undefined) plantImport(planted, from, via);
      plantImport(planted, via ?? from, to);
    }
    const found = cruise(planted).map(({ from, to, rule }) => `${rule.replace(/:.*/, '')}: ${from} -> ${to}`);
    const expected = BREACHES.map(
      ({ rule, from, to, resolved = to }) => `${rule}: ${from} -> ${isPackage(to) ? packageFile(to) : resolved}`,
    );
    expect(expected.filter((line) => !found.includes(line))).toEqual([]);
    const innocent = new Set(ALLOWED.map(({ from }) => from));
    expect(found.filter((line) => innocent.has(line.split(': ')[1]?.split(' -> ')[0] ?? ''))).toEqual([]);
  });
});

type Import = { from: string; to: string };
/** `via`: a file in between that makes the import. */
type Breach = Import & { rule: string; resolved?: string; via?: string };

const listed = 'only-listed-imports';
const BREACHES: Breach[] = [
  { rule: listed, from: 'workflows/domain/a.ts', to: 'zod' },
  { rule: listed, from: 'workflows/domain/b.ts', to: 'node:crypto', resolved: 'crypto' },
  { rule: listed, from: 'workflows/domain/c.ts', to: 'workflows/conversation.ts' },
  { rule: listed, from: 'workflows/d.ts', to: 'node:fs', resolved: 'fs' },
  { rule: listed, from: 'workflows/e.ts', to: 'db/messages.ts' },
  { rule: listed, from: 'activities/channels/twilio/a.ts', to: 'activities/planfix/client.ts' },
  { rule: listed, from: 'activities/channels/twilio/b.ts', to: 'db/messages.ts' },
  { rule: listed, from: 'activities/planfix/a.ts', to: 'activities/channels/channel.ts' },
  {
    rule: 'providers-are-strangers',
    from: 'activities/channels/twilio/c.ts',
    to: 'activities/channels/wazzup/client.ts',
  },
  {
    rule: 'shared-payload-knows-no-provider',
    from: 'activities/channels/whatsapp/a.ts',
    to: 'activities/channels/wazzup/client.ts',
  },
  { rule: listed, from: 'db/a.ts', to: 'activities/tasks.ts' },
  { rule: listed, from: 'activities/a.ts', to: 'workflows/conversation.ts' },
  { rule: listed, from: 'activities/b.ts', to: '@temporalio/client' },
  { rule: 'sql-in-db-only', from: 'activities/c.ts', to: 'kysely' },
  { rule: 'sql-in-db-only', from: 'worker/a.ts', to: 'pg' },
  { rule: 'worker-stays-out', from: 'worker/b.ts', to: 'api/server.ts' },
  { rule: listed, from: 'api/a.ts', to: 'worker/queues.ts' },
  { rule: listed, from: 'api/b.ts', to: 'activities/tasks.ts' },
  { rule: listed, from: 'api/c.ts', to: 'activities/channels/wazzup/client.ts' },
  { rule: listed, from: 'api/d.ts', to: 'workflows/conversation.ts' },
  { rule: 'api-calls-nobody', from: 'api/e.ts', via: 'activities/channels/errors.ts', to: 'undici' },
  { rule: 'nothing-imports-test', from: 'db/b.ts', to: 'test/support/a.ts' },
  { rule: 'nothing-imports-test', from: 'dev/a.ts', to: 'test/support/a.ts' },
  { rule: 'nothing-imports-dev', from: 'worker/c.ts', to: 'dev/waiting.ts' },
  { rule: 'dev-starts-processes', from: 'dev/b.ts', to: 'db/messages.ts' },
  { rule: 'sandbox-is-independent', from: 'test/sandbox/a.ts', to: 'workflows/domain/phone.ts' },
  { rule: 'sandbox-is-independent', from: 'test/sandbox/b.ts', to: 'test/support/a.ts' },
  { rule: 'web-knows-http-only', from: 'web/a.ts', to: 'api/server.ts' },
  { rule: 'servers-need-no-dev-package', from: 'worker/d.ts', to: 'jest' },
  { rule: 'everything-resolves', from: 'worker/e.ts', to: 'worker/missing.ts', resolved: '../worker/missing.ts' },
];

/** Permitted neighbours of the above: the rules must not simply forbid everything. */
const ALLOWED: Import[] = [
  { from: 'workflows/domain/fine.ts', to: 'workflows/domain/phone.ts' },
  { from: 'workflows/fine.ts', to: 'workflows/domain/phone.ts' },
  { from: 'activities/channels/twilio/fine.ts', to: 'activities/channels/whatsapp/schema.ts' },
  { from: 'activities/fine.ts', to: 'db/messages.ts' },
  { from: 'db/fine.ts', to: 'workflows/domain/phone.ts' },
  { from: 'api/fine.ts', to: 'activities/channels/webhooks.ts' },
  { from: 'worker/fine.ts', to: 'activities/tasks.ts' },
  { from: 'test/unit/fine.ts', to: 'api/server.ts' },
];

const isPackage = (target: string) => !target.endsWith('.ts') && !target.startsWith('node:');
const packageFile = (name: string) => `node_modules/${name}/index.js`;

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'a' });
}

function plantPackage(root: string, name: string): void {
  write(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
  write(join(root, packageFile(name)), '');
}

function plantImport(root: string, from: string, to: string): void {
  const up = '../'.repeat(from.split('/').length - 1) || './';
  const isFile = to.endsWith('.ts');
  write(join(root, from), `import '${isFile ? `${up}${to}` : to}';\n`);
  if (isFile && !to.endsWith('missing.ts')) write(join(root, to), 'export const planted = true;\n');
}

type Violation = { from: string; to: string; rule: string };

function cruise(root: string): Violation[] {
  const program = join(ROOT, 'node_modules', '.bin', 'depcruise');
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const folders = CODE_FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const result = spawnSync(NODE, [program, '--config', config, '--output-type', 'json', ...folders], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  type Report = { summary: { violations: { from: string; to: string; rule: { name: string } }[] } };
  const { summary } = JSON.parse(result.stdout) as Report;
  return summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name }));
}
