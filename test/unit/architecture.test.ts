import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ROOT } from '../../dev/folders.ts';
import { listFolders, listSourceFiles, readShape, type SourceFile } from '../support/source-files.ts';

const FILE_LINES = 400;
const USUAL_FILE_LINES = 250;
const FUNCTION_LINES = 60;

const files = listSourceFiles();
const shapes = files.map((file) => ({ ...file, ...readShape(file) }));
const countFileLines = (file: SourceFile) => file.text.trimEnd().split('\n').length;

describe('sizes', () => {
  it('keeps every file within 400 lines, and nineteen of twenty within 250', () => {
    const sized = files.map((file) => ({ path: file.path, lines: countFileLines(file) }));
    expect(sized.filter(({ lines }) => lines > FILE_LINES)).toEqual([]);
    const long = sized.filter(({ lines }) => lines > USUAL_FILE_LINES);
    expect(long.length).toBeLessThanOrEqual(sized.length / 20);
  });

  it('keeps every function within 60 lines', () => {
    // A `describe` block is a heading, not a function.
    const product = shapes.filter(({ path }) => !path.endsWith('.test.ts'));
    const long = product.flatMap(({ path, functions }) =>
      functions.filter(({ lines }) => lines > FUNCTION_LINES).map(({ line, lines }) => `${path}:${line} (${lines})`),
    );
    expect(long).toEqual([]);
  });

  it('measures functions where they stand', () => {
    const text = `// é\nconst one = 1;\nexport function long() {\n${'  run();\n'.repeat(60)}}\nconst short = () => one;\n`;
    expect(readShape({ path: 'planted.ts', text }).functions).toEqual([
      { line: 3, lines: 62 },
      { line: 65, lines: 1 },
    ]);
  });
});

describe('types', () => {
  it('never says any', () => {
    const found = shapes.flatMap(({ path, anyAtLines }) => anyAtLines.map((line) => `${path}:${line}`));
    expect(found).toEqual([]);
  });

  it('would notice', () => {
    const text = "const word = 'any';\nconst list: Array<any> = [word];\n";
    expect(readShape({ path: 'planted.ts', text }).anyAtLines).toEqual([2]);
  });
});

describe('folders', () => {
  it('are named after what is in them', () => {
    const empty = /(^|\/)(src|lib|libs|util|utils|common|services|helpers|misc)(\/|$)/;
    expect(listFolders().filter((path) => empty.test(path))).toEqual([]);
  });
});

describe('imports that only the syntax tree shows', () => {
  const targetOf = (path: string, specifier: string) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier;
  const edges = shapes.flatMap(({ path, imports }) =>
    imports.map((one) => ({ path, target: targetOf(path, one.specifier), typeOnly: one.typeOnly })),
  );

  it('gives workflows only the types of activities', () => {
    const values = edges.filter(
      ({ path, target, typeOnly }) => path.startsWith('workflows/') && target.startsWith('activities/') && !typeOnly,
    );
    expect(values).toEqual([]);
  });

  it("lets one file of the api talk to Temporal's client", () => {
    const talking = edges.filter(
      ({ path, target, typeOnly }) => path.startsWith('api/') && target === '@temporalio/client' && !typeOnly,
    );
    expect(new Set(talking.map(({ path }) => path)).size).toBeLessThanOrEqual(1);
  });

  it.each(['web/', 'test/sandbox/'])('keeps %s to itself, JSX included', (folder) => {
    const isOurs = (target: string) => /\.tsx?$/.test(target);
    const outside = edges.filter(
      ({ path, target }) => path.startsWith(folder) && isOurs(target) && !target.startsWith(folder),
    );
    expect(outside).toEqual([]);
  });

  it('tells type imports from others', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import { type B } from './b.ts';",
      "import { type C, d } from './c.ts';",
      "import './e.ts';",
      "export type { F } from './f.ts';",
      "export * from './g.ts';",
    ].join('\n');
    const typeOnly = readShape({ path: 'planted.ts', text }).imports.map((one) => one.typeOnly);
    expect(typeOnly).toEqual([true, true, false, false, true, false]);
  });
});

describe('the workflow bundle', () => {
  const heavy = (code: string) =>
    ['zod', 'kysely', 'pg', 'pino'].filter((name) => code.includes(`node_modules/${name}/`));
  const bundle = async (workflowsPath: string) =>
    (await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })).code;

  it('holds nothing that belongs to servers', async () => {
    expect(heavy(await bundle(join(ROOT, 'workflows', 'index.ts')))).toEqual([]);
  });

  it('would show it', async () => {
    const folder = mkdtempSync(join(ROOT, 'node_modules', '.parley-bundle-'));
    try {
      const entry = join(folder, 'index.ts');
      const lines = ["import { z } from 'zod';", "export async function planted() { return z.string().parse(''); }"];
      writeFileSync(entry, `${lines.join('\n')}\n`);
      expect(heavy(await bundle(entry))).toEqual(['zod']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
