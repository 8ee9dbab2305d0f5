import { GraphError } from '../errors.ts';
import type { Fields } from '../messages/types.ts';

/**
 * The wanted fields of an object, `id` always; without `fields`, the usual ones.
 * @throws GraphError 100 for a field that the object does not have
 */
export function pickFields(all: Fields, wanted: unknown, usual: readonly string[], nodeType: string): Fields {
  const names = typeof wanted === 'string' && wanted !== '' ? splitFields(wanted) : usual;
  const picked: Fields = {};
  for (const name of names) {
    if (!Object.hasOwn(all, name)) {
      throw new GraphError(100, {
        message: `(#100) Tried accessing nonexisting field (${name}) on node type (${nodeType})`,
      });
    }
    if (all[name] !== undefined) picked[name] = all[name];
  }
  return { ...picked, id: all.id };
}

/** `a,b{c,d},e.limit(3)` asks for a, b and e; what is inside an object is always given whole. */
function splitFields(text: string): string[] {
  let plain = text;
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\{[^{}]*\}|\.\w+\([^()]*\)/g, '');
  }
  return plain
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

type Page = { data: Fields[]; paging?: Fields };

const usualLimit = 25;
const highestLimit = 100;

/** A page of a list by cursor, as Graph gives it; `next` only where there is more. */
export function pageOf<Item>(items: readonly Item[], query: Fields, url: string, show: (item: Item) => Fields): Page {
  const limit = Math.min(Math.max(1, Number(query.limit) || usualLimit), highestLimit);
  const start = typeof query.after === 'string' ? readCursor(query.after) + 1 : 0;
  const data = items.slice(start, start + limit).map(show);
  if (data.length === 0) return { data };
  const last = start + data.length - 1;
  const cursors = { before: writeCursor(start), after: writeCursor(last) };
  if (last >= items.length - 1) return { data, paging: { cursors } };
  const next = new URL(url);
  next.searchParams.set('after', cursors.after);
  return { data, paging: { cursors, next: next.href } };
}

const writeCursor = (index: number): string => Buffer.from(`#${index}`).toString('base64url');

function readCursor(cursor: string): number {
  const index = /^#(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (index === undefined) throw new GraphError(100, { message: '(#100) Invalid cursors values' });
  return Number(index);
}
