// Runs a script of this project under the Node version the project pins, installing packages first where they differ
// from the lockfile. Every npm script starts here, so this file has to run on any Node from 18 on: plain JavaScript,
// built-in modules only.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const lockfile = join(root, 'package-lock.json');
/** Holds the digest of the lockfile that `node_modules` was last seen to agree with. */
const stampFile = join(modules, '.parley-lockfile-digest');
const pinnedNode = join(modules, '.bin', 'node');

const PARENT_WATCH_MS = 200;

const [script, ...args] = process.argv.slice(2);
if (!script) fail('usage: node dev/bootstrap.mjs <script> [arguments]');

installWhereNeeded();
run(nodeExecutable());

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function installWhereNeeded() {
  const digest = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return;
  if (!agreesWithLockfile()) install();
  writeFileSync(stampFile, digest);
}

/**
 * Compares the lockfile with the one npm keeps inside `node_modules`: after a developer's own `npm install` the two
 * agree, and a second installation would only cost time. The servers alone do not need the development packages.
 */
function agreesWithLockfile() {
  const hidden = join(modules, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const serverOnly = /^(api|worker|db)\//.test(script);
  const absentIsFine = (entry) => entry.optional || entry.devOptional || (serverOnly && entry.dev);
  return (
    Object.entries(wanted).every(([path, entry]) => !path || installed[path] || absentIsFine(entry)) &&
    Object.entries(installed).every(([path, entry]) => {
      const want = wanted[path];
      return want && want.version === entry.version && want.integrity === entry.integrity;
    })
  );
}

function install() {
  process.stderr.write('Installing packages (npm ci) ...\n');
  // Inside `npm run` this names the npm that is running; its settings reach us as variables and pass on by themselves.
  const npmCli = process.env.npm_execpath;
  const [command, first] = npmCli && /npm-cli\.[cm]?js$/.test(npmCli) ? [process.execPath, [npmCli]] : ['npm', []];
  const result = spawnSync(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) fail('npm ci failed; its own words are above.');
}

/** The pinned Node; a system Node that is new enough stands in where the package's program is missing. */
function nodeExecutable() {
  if (isExecutable(pinnedNode)) return pinnedNode;
  if (isNewEnough(process.versions.node)) return process.execPath;
  return fail(
    [
      'The npm package "node" is installed without its program, which its install script fetches.',
      'Install scripts are probably switched off (ignore-scripts in an .npmrc, or a policy of this machine).',
      'Let this one run:   npm rebuild node --ignore-scripts=false',
      `or use Node ${readEngines()} yourself; this is ${process.version}.`,
    ].join('\n'),
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readEngines() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = readEngines().replace('>=', '').split('.').map(Number);
  const [ownMajor, ownMinor] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

function run(node) {
  const path = [join(modules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
  const child = spawn(node, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    // What Node compiles is kept for the next start: it takes half as long then.
    env: { NODE_COMPILE_CACHE: join(modules, '.cache', 'node'), ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal has sent Ctrl-C to the child already: both are in its foreground group.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes a signal on to its shell alone, which dies of it without telling us.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, PARENT_WATCH_MS);
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (osConstants.signals[signal] ?? 0)));
}
