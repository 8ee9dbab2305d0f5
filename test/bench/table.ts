/** One line of a report. `met` undefined: there is no target. */
export type Line = { what: string; value: string; target?: string; met?: boolean };

/** Prints the lines in columns, each with its target and whether it was met. */
export function printTable(title: string, lines: Line[]): void {
  const width = (key: 'what' | 'value' | 'target') => Math.max(...lines.map((line) => (line[key] ?? '').length));
  const [what, value, target] = [width('what'), width('value'), width('target')];
  process.stdout.write(`\n${title}\n`);
  for (const line of lines) {
    const verdict = line.met === undefined ? '' : line.met ? 'met' : 'MISSED';
    const row = `  ${line.what.padEnd(what)}  ${line.value.padEnd(value)}  ${(line.target ?? '').padEnd(target)}  ${verdict}`;
    process.stdout.write(`${row.trimEnd()}\n`);
  }
}

/** The value below which that share of the sorted values lies (nearest rank); NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Median and 99th percentile in whole milliseconds. */
export const showMs = (values: readonly number[]) =>
  values.length === 0
    ? 'none'
    : `p50 ${Math.round(percentile(values, 0.5))} ms, p99 ${Math.round(percentile(values, 0.99))} ms`;

/** A line of latencies with a target for both percentiles. */
export function latencyLine(what: string, values: readonly number[], target: { p50?: number; p99: number }): Line {
  const p50 = target.p50 ?? Number.POSITIVE_INFINITY;
  return {
    what,
    value: showMs(values),
    target: `${target.p50 === undefined ? '' : `p50 ≤ ${target.p50}, `}p99 ≤ ${target.p99} ms`,
    met: percentile(values, 0.5) <= p50 && percentile(values, 0.99) <= target.p99,
  };
}

/** A line of one number that must not be above its target. */
export function atMostLine(what: string, value: number, target: number, detail = ''): Line {
  return { what, value: `${round(value)}${detail}`, target: `≤ ${target}`, met: Number(round(value)) <= target };
}

/** A line of one number that must not be below its target. */
export const atLeastLine = (what: string, value: number, target: number): Line => ({
  what,
  value: round(value),
  target: `≥ ${target}`,
  met: value >= target,
});

export const round = (value: number) => `${Math.round(value * 100) / 100}`;

/** Counts as `name 1.2, other 0.3`, each divided by `by`. */
export const showCounts = (counts: Record<string, number>, by: number) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${round(count / by)}`)
    .join(', ') || 'none';
