import { isPortFree, waitUntil } from '../../dev/waiting.ts';

const FREE_LIMIT_MS = 10_000;

/** Waits until a server that was stopped can have its port back. @throws when another program keeps it */
export async function untilPortFree(port: number): Promise<void> {
  const free = await waitUntil(FREE_LIMIT_MS, async () => ((await isPortFree(port)) ? true : undefined));
  if (!free) throw new Error(`another program has taken port ${port}`);
}
