import { randomInt } from 'node:crypto';
import { isPortFree, waitUntil } from '../../dev/waiting.ts';

const FREE_LIMIT_MS = 10_000;

/** Below what systems hand out for outgoing connections, as `findFreePort` says; each of jest's processes has a slice. */
const FIRST_PORT = 15_000;
const SLICE = 2_000;
const SLICES = 8;
const given = new Set<number>();

/**
 * A free port that no other test is about to take: between being found free and being listened on, a process starts, and
 * the test files beside this one look for ports, too.
 */
export async function findOwnPort(): Promise<number> {
  const first = FIRST_PORT + (Number(process.env.JEST_WORKER_ID ?? 1) % SLICES) * SLICE;
  for (;;) {
    const port = randomInt(first, first + SLICE);
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Waits until a server that was stopped can have its port back. @throws when another program keeps it */
export async function untilPortFree(port: number): Promise<void> {
  const free = await waitUntil(FREE_LIMIT_MS, async () => ((await isPortFree(port)) ? true : undefined));
  if (!free) throw new Error(`another program has taken port ${port}`);
}
