import type { Block } from '../../workflows/domain/rich-text.ts';

export type Container =
  | { kind: 'root' | 'item'; blocks: Block[] }
  | { kind: 'quote'; blocks: Block[]; links: string[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] };

/** A renderer walks the tree by recursion; deeper nesting than this is no longer meant for readers. */
const MAX_NESTING = 16;

/** The open quotes, lists and list items of a comment, and what they have taken in so far. */
export type BlockTree = {
  add: (block: Block) => void;
  /** False when nested too deep: the caller then treats the element as plain. */
  open: (container: Container) => boolean;
  close: () => void;
  /** Remembers where the innermost quote leads; outside of quotes nothing is remembered. */
  addLink: (href: string) => void;
  innermost: () => Container['kind'];
  /** Closes what is open and gives the whole. */
  finish: () => Block[];
};

export function createBlockTree(): BlockTree {
  const root = { kind: 'root' as const, blocks: [] as Block[] };
  const open: Container[] = [];
  const innermost = (): Container => open.at(-1) ?? root;

  const add = (block: Block) => {
    const top = innermost();
    if (top.kind !== 'list') {
      top.blocks.push(block);
      return;
    }
    // A list right inside a list belongs to the item before it.
    const lastItem = top.items.at(-1);
    if (block.kind === 'list' && lastItem !== undefined) lastItem.push(block);
    else top.items.push([block]);
  };

  const close = () => {
    const closed = open.pop();
    if (closed === undefined || closed.kind === 'root') return;
    if (closed.kind === 'list') {
      const { kind, ordered, start, items } = closed;
      if (items.length > 0) add({ kind, ordered, start, items });
      return;
    }
    if (closed.blocks.length === 0) return;
    const top = innermost();
    if (closed.kind === 'quote') add(quoteOf(closed.blocks, closed.links));
    else if (top.kind === 'list') top.items.push(closed.blocks);
  };

  return {
    add,
    close,
    addLink: (href) => {
      const quote = open.findLast((container) => container.kind === 'quote');
      if (quote?.kind === 'quote') quote.links.push(href);
    },
    innermost: () => innermost().kind,
    open: (container) => {
      if (open.length >= MAX_NESTING) return false;
      open.push(container);
      return true;
    },
    finish: () => {
      while (open.length > 0) close();
      return root.blocks;
    },
  };
}

function quoteOf(children: Block[], links: string[]): Block {
  return { kind: 'quote', children, ...(links.length === 0 ? {} : { links }) };
}
