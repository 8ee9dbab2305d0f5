/** Postgres takes at most 65,535 parameters in one statement; no row that is written this way has more than 65 columns. */
const ROWS_PER_STATEMENT = 1_000;

/** Rows in their order, so many as one statement takes. */
export function inBatches<Row>(rows: readonly Row[]): Row[][] {
  const batches: Row[][] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) batches.push(rows.slice(at, at + ROWS_PER_STATEMENT));
  return batches;
}
