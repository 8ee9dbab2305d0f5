import { findOwnPort } from './ports.ts';
import { inheritedEnvironment, startProcess, type TestProcess } from './processes.ts';

/** A sandbox process and the way to tell it what customers, agents and faults do. */
export type TestSandbox = {
  process: TestProcess;
  url: string;
  /** Calls `/control/<path>` and gives the parsed answer. @throws with the answer when it is not 2xx */
  control<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
};

/** Starts a sandbox of one test file's own on a free port. */
export async function startSandbox(extra: NodeJS.ProcessEnv = {}): Promise<TestSandbox> {
  const port = await findOwnPort();
  const sandbox = await startProcess({
    name: 'sandbox',
    script: 'test/sandbox/main.ts',
    env: { ...inheritedEnvironment(), SANDBOX_PORT: `${port}`, ...extra },
    port,
    readyPath: '/control/health',
  });
  return {
    process: sandbox,
    url: sandbox.url,
    control: async (method, path, body) => {
      const response = await fetch(`${sandbox.url}/control/${path.replace(/^\//, '')}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} /control/${path} answered ${response.status}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as never;
    },
  };
}
