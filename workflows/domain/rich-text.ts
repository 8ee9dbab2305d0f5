/**
 * Formatted text in neutral form, between a Planfix comment (HTML) and what a network's own formatting can show.
 * Whoever renders it decides what to do with a style that the network lacks.
 */

export type Inline =
  /** Never empty; white space is already collapsed as a browser would, except inside `code`. */
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  /** Verbatim, on one line. */
  | { kind: 'code'; text: string }
  /** `href` is absolute (http, https, mailto or tel); the children may read the same as the address. */
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'line-break' };

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  /** `start` is the first number of an ordered list. */
  | { kind: 'list'; ordered: boolean; start: number; items: Block[][] }
  /** `links` is where it leads, its own and not those of quotes inside it, as written: pages of Planfix included. */
  | { kind: 'quote'; children: Block[]; links?: string[] }
  /** Verbatim, lines kept. */
  | { kind: 'code-block'; text: string };

export type RichText = Block[];

/** The text without any formatting: paragraphs apart by an empty line, list items on lines of their own. */
export function plainText(blocks: RichText): string {
  return blocks.map(blockText).join('\n\n');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return inlineText(block.children);
    case 'list':
      return block.items.map((item, index) => `${marker(block, index)} ${itemText(item)}`).join('\n');
    case 'quote':
      return plainText(block.children);
    case 'code-block':
      return block.text;
  }
}

function marker(list: { ordered: boolean; start: number }, index: number): string {
  return list.ordered ? `${list.start + index}.` : '-';
}

function itemText(blocks: Block[]): string {
  return blocks.map(blockText).join('\n').replaceAll('\n', '\n  ');
}

export function inlineText(children: Inline[]): string {
  return children
    .map((child) => {
      switch (child.kind) {
        case 'text':
        case 'code':
          return child.text;
        case 'line-break':
          return '\n';
        case 'bold':
        case 'italic':
        case 'strike':
        case 'link':
          return inlineText(child.children);
      }
      return child satisfies never;
    })
    .join('');
}
