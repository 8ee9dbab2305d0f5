import { PlanfixFailure } from './failure.ts';
import type { PlanfixSettings } from './settings.ts';

type Page = { offset: number; pageSize: number };

const maxPageSize = 100;

/** Reads `offset` and `pageSize` of a list request or a query. Throws a PlanfixFailure (code 41) if out of range. */
export function parsePage(source: Record<string, unknown>, settings: PlanfixSettings, refusal = 500): Page {
  const offset = source.offset === undefined ? 0 : Number(source.offset);
  const pageSize = source.pageSize === undefined ? maxPageSize : Number(source.pageSize);
  if (!Number.isInteger(offset) || offset < 0) throw new PlanfixFailure(refusal, 41, 'Wrong offset');
  if (!Number.isInteger(pageSize) || pageSize < 1) throw new PlanfixFailure(refusal, 41, 'Wrong pageSize');
  if (pageSize > maxPageSize && settings.pageSizeOver100 === 'refuse') {
    throw new PlanfixFailure(refusal, 41, 'pageSize must be from 1 to 100');
  }
  return { offset, pageSize: Math.min(pageSize, maxPageSize) };
}

/** The page of what passes the test, stopping as soon as it is full. */
export function takePage<Item>(items: Iterable<Item>, passes: (item: Item) => boolean, page: Page): Item[] {
  const result: Item[] = [];
  let skipped = 0;
  for (const item of items) {
    if (!passes(item)) continue;
    if (skipped < page.offset) {
      skipped += 1;
      continue;
    }
    result.push(item);
    if (result.length === page.pageSize) break;
  }
  return result;
}
