import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child-process.ts';
import { NODE, ROOT } from './folders.ts';

type Step = { name: string; program: string; args: string[]; nodeArgs?: string[] };
type Outcome = { step: Step; passed: boolean; output: string; seconds: number };

const CODE_FOLDERS = ['workflows', 'activities', 'worker', 'api', 'db', 'test', 'web', 'dev'];
/** Programs of their own with browser types. */
const BROWSER_PROJECTS = ['web/tsconfig.json', 'test/sandbox/page/tsconfig.json'];

/** Biome looks neither at NO_COLOR nor at where its output goes. */
const COLORS = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`;

const bin = (name: string) => join('node_modules', '.bin', name);
const present = (paths: string[]) => paths.filter((path) => existsSync(join(ROOT, path)));

const STEPS: Step[] = [
  { name: 'types', program: bin('tsc'), args: ['--noEmit'] },
  ...present(BROWSER_PROJECTS).map((project) => ({
    name: `types of ${project.replace('/tsconfig.json', '')}`,
    program: bin('tsc'),
    args: ['--noEmit', '--project', project],
  })),
  { name: 'lint and format', program: bin('biome'), args: ['ci', '--error-on-warnings', COLORS, '.'] },
  {
    name: 'imports',
    program: bin('depcruise'),
    args: ['--config', '.dependency-cruiser.mjs', ...present(CODE_FOLDERS)],
  },
  { name: 'unused code', program: bin('knip'), args: ['--no-progress'] },
  {
    name: 'unit tests',
    program: bin('jest'),
    nodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    args: ['--selectProjects', 'unit'],
  },
];

/** The tools mostly compute, so more of them at once than cores would only be slower. */
const AT_ONCE = 2;

async function runStep(step: Step): Promise<Outcome> {
  const startedAt = performance.now();
  const child = await startChild({
    name: step.name,
    command: NODE,
    args: [...(step.nodeArgs ?? []), step.program, ...step.args],
    cwd: ROOT,
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
    keptLines: 2_000,
  });
  const { code } = await child.exited;
  const seconds = (performance.now() - startedAt) / 1000;
  return { step, passed: code === 0, output: child.lines().join('\n'), seconds };
}

async function runAll(steps: Step[]): Promise<Outcome[]> {
  const waiting = [...steps];
  const outcomes: Outcome[] = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const outcome = await runStep(step);
      outcomes.push(outcome);
      const mark = outcome.passed ? 'ok    ' : 'FAILED';
      process.stdout.write(`${mark} ${step.name} (${outcome.seconds.toFixed(1)} s)\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return outcomes;
}

const failed = (await runAll(STEPS)).filter((outcome) => !outcome.passed);
for (const { step, output } of failed) process.stdout.write(`\n--- ${step.name}\n${output}\n`);
process.stdout.write(
  failed.length === 0 ? 'check passed\n' : `check failed: ${failed.map((f) => f.step.name).join(', ')}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
