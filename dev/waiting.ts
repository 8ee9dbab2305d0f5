import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at. */
const POLL_MS = 50;

/** Waits until the check answers something other than undefined; answers undefined when the time is over. */
export async function waitUntil<T>(withinMs: number, check: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await check();
    if (result !== undefined) return result;
    if (Date.now() >= deadline) return undefined;
    await delay(POLL_MS);
  }
}

/**
 * Below the range that systems hand out for outgoing connections: a client that keeps calling a stopped server could
 * otherwise be given the server's own port, and talk to itself.
 */
const PORT_RANGE = { from: 15_000, to: 32_000 };
const PORT_ATTEMPTS = 100;

/** A TCP port of this machine's loopback address that was free a moment ago; the preferred one where that is free. */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = randomInt(PORT_RANGE.from, PORT_RANGE.to);
    if (await isPortFree(port)) return port;
  }
  throw new Error('no free TCP port');
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
