/** Whose rows a caller may see: one Planfix account's, or (undefined) everybody's. */
export type Visibility = { planfixAccountId: string | undefined };

/** A page of a list, newest first. `after` is the id of the last row of the page before. */
export type PageRequest = { after: string | undefined; limit: number };
export type Page<T> = { items: T[]; nextCursor: string | null };

/** Takes `limit + 1` rows, so that the last page is known to be the last one. */
export function toPage<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
