import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time by name, since the start of each process; children included, ended ones too. */
export type CpuTimes<Name extends string> = Record<Name, number>;

type Stat = { pid: number; parent: number; ticks: number };

const msPerTick = 1_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Reads `/proc`, so it works on Linux only. */
export function readCpu<Name extends string>(pids: Record<Name, number>): CpuTimes<Name> {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
  const sumOf = (pid: number): number =>
    stats.filter((stat) => stat.pid === pid).reduce((sum, stat) => sum + stat.ticks, 0) +
    stats.filter((stat) => stat.parent === pid).reduce((sum, stat) => sum + sumOf(stat.pid), 0);
  const entries = Object.entries<number>(pids).map(([name, pid]) => [name, sumOf(pid) * msPerTick] as const);
  return Object.fromEntries(entries) as CpuTimes<Name>;
}

/** Undefined: it has ended meanwhile. Fields 14 to 17 are user and system time, own and of children that ended. */
function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets, which may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (number: number) => Number(fields[number - 3]);
  return { pid, parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) };
}

export function cpuBetween<Name extends string>(before: CpuTimes<Name>, after: CpuTimes<Name>): CpuTimes<Name> {
  const entries = Object.entries<number>(after).map(([name, ms]) => [name, ms - before[name as Name]] as const);
  return Object.fromEntries(entries) as CpuTimes<Name>;
}
