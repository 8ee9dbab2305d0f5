import { createElement, Fragment, type MouseEvent, type ReactNode, useMemo } from 'react';

const shownTags = new Set([
  'p',
  'div',
  'b',
  'strong',
  'i',
  'em',
  'u',
  's',
  'del',
  'ul',
  'ol',
  'li',
  'blockquote',
  'code',
  'pre',
  'table',
  'tbody',
  'tr',
  'th',
  'td',
]);
/** As Planfix links to a comment; one that stands in this task is scrolled to. */
const commentAddress = /\/task\/\d+\/?\?comment=(\d+)$/;
const safeAddress = /^(https?:|mailto:|tel:|#|\/)/i;

/**
 * Shows a comment's HTML. It is rebuilt from a short list of tags and never set as markup: what a customer wrote must
 * not run in the agent's page.
 */
export function Html({ html }: { html: string }) {
  const content = useMemo(() => show(new DOMParser().parseFromString(html, 'text/html').body), [html]);
  return <div className="rich-text">{content}</div>;
}

function show(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, index) => showNode(node, index));
}

function showNode(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (!(node instanceof HTMLElement)) return null;
  const tag = node.tagName.toLowerCase();
  if (tag === 'br') return <br key={key} />;
  if (tag === 'script' || tag === 'style') return null;
  if (tag === 'a') return showLink(node, key);
  if (shownTags.has(tag)) return createElement(tag, { key }, ...show(node));
  return <Fragment key={key}>{show(node)}</Fragment>;
}

function showLink(node: HTMLElement, key: number): ReactNode {
  const address = node.getAttribute('href') ?? '';
  if (!safeAddress.test(address)) return <Fragment key={key}>{show(node)}</Fragment>;
  return (
    <a key={key} href={address} target="_blank" rel="noreferrer" onClick={(event) => goToComment(event, address)}>
      {show(node)}
    </a>
  );
}

function goToComment(event: MouseEvent, address: string): void {
  const comment = document.getElementById(`comment-${commentAddress.exec(address)?.[1]}`);
  if (comment === null) return;
  event.preventDefault();
  comment.scrollIntoView({ block: 'center', behavior: 'smooth' });
}
