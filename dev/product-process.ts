import { join } from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { NODE, ROOT } from './folders.ts';
import type { Stack } from './stack.ts';
import { waitUntil } from './waiting.ts';

/** Generous: the first start of the worker bundles the workflows. */
const READY_LIMIT_MS = 60_000;
/** pino's number for warnings; what is above it is shown in the terminal as well. */
const WARN = 40;

type Options = { name: string; script: string; args?: string[]; env: NodeJS.ProcessEnv };
type ServerOptions = Options & {
  readyUrl: string;
  stopMs: number;
  logFile: string;
  say: (line: string) => void;
  /** True: this line of the process is not to be kept. */
  takesLine?: (line: string) => boolean;
};

/** Starts one of our long-running processes and waits until its health page says it is ready. */
export async function startServer(stack: Stack, options: ServerOptions): Promise<void> {
  options.say(`Starting ${options.name} ...`);
  const child = await startChild({
    ...nodeCommand(options),
    logFile: options.logFile,
    ...(options.takesLine ? { takesLine: options.takesLine } : {}),
    onLine: (line) => {
      const problem = readProblem(line);
      if (problem !== undefined) options.say(`[${options.name}] ${problem}`);
    },
  });
  stack.add(child, async () => void (await child.stop('SIGTERM', options.stopMs)));
  await stack.whileRunning(untilReady(child, options.readyUrl));
}

/** Runs one of our scripts and waits for its end. @throws with its output when it fails */
export async function runToEnd(stack: Stack, options: Options): Promise<void> {
  const child = await startChild(nodeCommand(options));
  const { code } = await stack.whileRunning(child.exited);
  if (code !== 0) throw new Error(`${options.name} failed:\n${child.lines().join('\n')}`);
}

function nodeCommand({ name, script, args = [], env }: Options) {
  return { name, command: NODE, args: [join(ROOT, script), ...args], cwd: ROOT, env };
}

/** @throws naming the process and its last answer when it is not ready in time */
export async function untilReady(child: Child, url: string, withinMs = READY_LIMIT_MS): Promise<void> {
  let last = 'no answer';
  const ready = await waitUntil(withinMs, async () => {
    if (child.hasExited()) return 'exited' as const;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (response.ok) return 'ready' as const;
      last = `${response.status} ${(await response.text()).slice(0, 500)}`;
    } catch {
      last = 'no answer';
    }
    return undefined;
  });
  if (ready === 'ready') return;
  const why = ready === 'exited' ? 'it has ended' : last;
  throw new Error(`${child.name} did not become ready at ${url}: ${why}\n${child.lines().slice(-30).join('\n')}`);
}

/** The text of a log line that a person should see at once. */
function readProblem(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return typeof level === 'number' && level >= WARN ? String(msg) : undefined;
  } catch {
    return undefined;
  }
}
