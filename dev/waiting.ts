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

/** A TCP port of this machine's loopback address that was free a moment ago; the preferred one where that is free. */
export async function findFreePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? Promise.reject(new Error('no free TCP port'));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });
}
