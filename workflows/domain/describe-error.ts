/**
 * An error without its message: a message may quote what was parsed or stored, such as a text or a phone number. Class,
 * code and place tell a developer where to look; a database error also names its table and constraint.
 */
export type ErrorFacts = { type: string; code?: string | number; stack?: string; [fact: string]: unknown };

export function describeError(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, table, constraint } = error as Error & Record<string, unknown>;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const facts = { code, table, constraint };
  const known = Object.entries(facts).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { type: error.name, ...Object.fromEntries(known), stack: frames.join('\n'), ...cause };
}
