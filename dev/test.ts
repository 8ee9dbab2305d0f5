import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE, ROOT } from './folders.ts';
import { startTestServers, type TestServers } from './test-servers.ts';

/** The part of jest's result file that is read here. */
type JestResults = {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that failed before any of their tests ran. */
  numRuntimeErrorTestSuites: number;
};

/** After its last word jest waits for everything that tests have left open, for ever if need be. */
const LINGER_LIMIT_MS = 20_000;

const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
];

const args = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
let servers: TestServers | undefined;
let interrupted = false;
let jest: ReturnType<typeof spawn> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    jest?.kill('SIGTERM');
  });
}

try {
  process.exitCode = await runTests();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await servers?.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function runTests(): Promise<number> {
  servers = await startTestServers(listProjects(), folder, (line) => void process.stderr.write(`${line}\n`));
  if (interrupted) return 130;
  const resultFile = join(folder, 'results.json');
  const status = await runJest(resultFile, servers.environment);
  if (interrupted) return 130;
  const counts = existsSync(resultFile) ? countTests(resultFile) : { passed: 0, failed: 0 };
  if (counts.passed + counts.failed === 0) process.stderr.write('No test ran: that is a failure.\n');
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed === 0 && counts.passed > 0 ? status : status || 1;
}

/** The kinds of tests that the arguments select: `unit`, `integration` and so on. Jest itself resolves the arguments. */
function listProjects(): Set<string> {
  const listing = spawnSync(NODE, [...JEST, '--listTests', ...args], { cwd: ROOT, encoding: 'utf8' });
  if (listing.status !== 0) throw new Error(listing.stderr || 'jest cannot list the tests');
  const kinds = listing.stdout.split('\n').map((path) => path.slice(ROOT.length + 1).split('/')[1]);
  return new Set(kinds.filter((kind) => kind !== undefined));
}

function runJest(resultFile: string, environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const running = spawn(NODE, [...JEST, '--json', `--outputFile=${resultFile}`, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    jest = running;
    const watch = setInterval(() => {
      if (!existsSync(resultFile) || Date.now() - statSync(resultFile).mtimeMs < LINGER_LIMIT_MS) return;
      process.stderr.write('jest has finished but does not end: a test has left something running.\n');
      running.kill('SIGKILL');
    }, LINGER_LIMIT_MS / 4);
    running.on('error', reject);
    running.on('close', (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}

function countTests(resultFile: string): { passed: number; failed: number } {
  const results = JSON.parse(readFileSync(resultFile, 'utf8')) as JestResults;
  return { passed: results.numPassedTests, failed: results.numFailedTests + results.numRuntimeErrorTestSuites };
}
