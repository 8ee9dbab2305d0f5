import { tell } from '../../workflows/domain/problem-findings.ts';
import { PlanfixError } from './errors.ts';

export const PAGE_SIZE = 100;

/**
 * Pages overlap, so that what is deleted or leaves the list while it is read does not push the next items out of
 * sight; items seen before are dropped.
 */
const OVERLAP = 5;

/**
 * All pages of a list, one after the other, each without what earlier ones held. `read` gets offset and page size.
 * The end is a page that is not full. Throws what `read` throws: a list that was not read to its end is never taken
 * for a short one.
 */
export async function* pages<T extends { id: number | string }>(
  read: (offset: number, pageSize: number) => Promise<T[]>,
  pageSize: number = PAGE_SIZE,
): AsyncGenerator<T[]> {
  const seen = new Set<number | string>();
  const overlap = Math.min(OVERLAP, Math.floor(pageSize / 2));
  for (let offset = 0; ; offset += pageSize - overlap) {
    const page = await read(offset, pageSize);
    const fresh = page.filter(({ id }) => !seen.has(id));
    if (fresh.length === 0 && page.length >= pageSize) {
      const told = tell(['planfix-page-repeated']);
      throw new PlanfixError({ kind: 'unexpected-response', scope: 'account', ...told });
    }
    for (const { id } of fresh) seen.add(id);
    if (fresh.length > 0) yield fresh;
    if (page.length < pageSize) return;
  }
}

/** All pages as one list; for lists that are known to be short. */
export async function collect<T>(source: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of source) items.push(...page);
  return items;
}
