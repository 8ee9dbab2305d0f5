const inlineTags: Record<string, string> = { b: 'b', strong: 'b', i: 'i', em: 'i' };
const blockTags = new Set(['p', 'div', 'ul', 'ol']);

/** The HTML of an edited text as Planfix stores it: paragraphs, lists, bold, italic and links, and nothing else. */
export function toCommentHtml(root: HTMLElement): string {
  const blocks: string[] = [];
  let loose = '';
  const closeLoose = () => {
    if (loose !== '') blocks.push(`<p>${loose}</p>`);
    loose = '';
  };
  for (const node of root.childNodes) {
    const tag = tagOf(node);
    if (!blockTags.has(tag)) {
      loose += inline(node);
      continue;
    }
    closeLoose();
    blocks.push(tag === 'ul' || tag === 'ol' ? listHtml(node, tag) : paragraphHtml(node));
  }
  closeLoose();
  return trimEmptyEnds(blocks).join('');
}

const tagOf = (node: Node): string => (node instanceof HTMLElement ? node.tagName.toLowerCase() : '');

function paragraphHtml(node: Node): string {
  // The editor puts a list inside a paragraph when it was made from one.
  const nested = [...node.childNodes].find((child) => ['ul', 'ol'].includes(tagOf(child)));
  if (nested !== undefined) return listHtml(nested, tagOf(nested));
  return `<p>${inlineAll(node).replace(/(<br>)+$/, '')}</p>`;
}

function listHtml(node: Node, tag: string): string {
  const items = [...node.childNodes].filter((child) => tagOf(child) === 'li');
  return `<${tag}>${items.map((item) => `<li>${inlineAll(item).replace(/(<br>)+$/, '')}</li>`).join('')}</${tag}>`;
}

const inlineAll = (node: Node): string => [...node.childNodes].map(inline).join('');

function inline(node: Node): string {
  const tag = tagOf(node);
  if (tag === '') return escapeHtml((node.textContent ?? '').replaceAll('\u00a0', ' '));
  if (tag === 'br') return '<br>';
  const content = inlineAll(node);
  if (content === '') return '';
  if (tag === 'a') return `<a href="${escapeHtml((node as HTMLElement).getAttribute('href') ?? '')}">${content}</a>`;
  const kept = inlineTags[tag];
  return kept === undefined ? content : `<${kept}>${content}</${kept}>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function trimEmptyEnds(blocks: string[]): string[] {
  const isFull = (block: string) => block !== '<p></p>' && block !== '<p><br></p>';
  const first = blocks.findIndex(isFull);
  return first === -1 ? [] : blocks.slice(first, blocks.findLastIndex(isFull) + 1);
}
