import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** How many of a child's last output lines are kept, unless asked otherwise. */
const KEPT_LINES = 200;

/** How long the output of an ended child may take to arrive. */
const LAST_WORDS_MS = 500;

export type ChildOptions = {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Run as this user; only root may ask for it. */
  user?: { uid: number; gid: number };
  /** Everything the child prints is appended here as well. */
  logFile?: string;
  keptLines?: number;
  onLine?: (line: string) => void;
  /** True: this line is for nobody else; it is neither kept nor written to the log file. */
  takesLine?: (line: string) => boolean;
  /** What the child gets when this process vanishes without stopping it. */
  orphanSignal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
};

export type ChildExit = { code: number | null; signal: NodeJS.Signals | null };

export type Child = {
  name: string;
  pid: number;
  /** Settles when the process is gone; never rejects. */
  exited: Promise<ChildExit>;
  hasExited(): boolean;
  /** The newest output lines, stdout and stderr together. */
  lines(): string[];
  kill(signal: NodeJS.Signals): void;
  /** Sends the signal, and SIGKILL when the process is still there after the time. */
  stop(signal: NodeJS.Signals, withinMs: number): Promise<ChildExit>;
};

/**
 * Starts a process in a group of its own, so that Ctrl-C in the terminal reaches only us and the order of stopping
 * stays ours. A guard ends it should we be killed without a chance to do so.
 *
 * @throws when the program cannot be started at all
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const spawned = spawn(options.command, options.args, {
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...options.user,
  });
  const lines = collectLines(spawned, options);
  let exit: ChildExit | undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    spawned.once('exit', (code, signal) => {
      exit = { code, signal };
      // Its last words may still be in the pipe; a grandchild that keeps the pipe open must not hold us up.
      const timer = setTimeout(() => resolve({ code, signal }), LAST_WORDS_MS);
      spawned.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    spawned.once('spawn', resolve);
    spawned.once('error', (cause) => reject(new Error(`${options.name} could not be started`, { cause })));
  });
  const pid = spawned.pid as number;
  const guard = startGuard(pid, options.orphanSignal ?? 'SIGTERM');
  void exited.then(() => guard.kill('SIGKILL'));
  const kill = (signal: NodeJS.Signals) => void spawned.kill(signal);
  return {
    name: options.name,
    pid,
    exited,
    hasExited: () => exit !== undefined,
    lines: () => [...lines],
    kill,
    stop: async (signal, withinMs) => {
      if (exit) return exit;
      kill(signal);
      const timer = setTimeout(() => kill('SIGKILL'), withinMs);
      const result = await exited;
      clearTimeout(timer);
      return result;
    },
  };
}

function collectLines(spawned: ChildProcess, options: ChildOptions): string[] {
  const lines: string[] = [];
  const keptLines = options.keptLines ?? KEPT_LINES;
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a' });
  for (const stream of [spawned.stdout, spawned.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (options.takesLine?.(line) === true) return;
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      log?.write(`${line}\n`);
      options.onLine?.(line);
    });
  }
  spawned.once('close', () => log?.end());
  return lines;
}

/**
 * A shell that waits on a pipe only we hold open. When we are gone, even by SIGKILL, the pipe closes and the shell
 * ends the child. It ignores the terminal's signals, having a group of its own.
 */
function startGuard(pid: number, signal: string): ChildProcess {
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read -r line; kill -s "$1" "$2"', 'guard', signal.replace('SIG', ''), `${pid}`],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  );
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return guard;
}

/**
 * Runs a program to its end, for the tools that may take minutes.
 *
 * @throws with the program's last words when it fails or takes longer than allowed
 */
export async function runTool(options: ChildOptions & { withinMs: number }): Promise<void> {
  const child = await startChild(options);
  const timer = setTimeout(() => void child.stop('SIGTERM', 2_000), options.withinMs);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  if (code === 0) return;
  const words = child.lines().slice(-15).join('\n    ');
  throw new Error(words || `${options.name} ended with ${signal ?? code}`);
}
