import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes. Reads `/proc`, so it works on Linux only. */
export function readRss(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kilobytes) * 1024;
}

const SAMPLE_EVERY_MS = 10;

/** How far the resident memory of a process rose above what it was before, at any moment of the work; in bytes. */
export async function rssGrowthDuring(pid: number, work: () => Promise<unknown>): Promise<number> {
  const before = readRss(pid);
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, readRss(pid));
  }, SAMPLE_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, readRss(pid)) - before;
}
