import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The command line of a process, whoever started it; undefined when there is no such process. */
export function readCommandLine(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (existsSync('/proc/self/cmdline')) return readFromProc(pid);
  const { stdout, status } = spawnSync('ps', ['-p', `${pid}`, '-o', 'command='], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function readFromProc(pid: number): string | undefined {
  try {
    // A process that has ended and was not collected yet has an empty command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    return undefined;
  }
}
