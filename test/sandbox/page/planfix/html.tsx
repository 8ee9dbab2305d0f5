import { createElement, Fragment, type ReactNode, useMemo } from 'react';

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
]);
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
    <a key={key} href={address} target="_blank" rel="noreferrer">
      {show(node)}
    </a>
  );
}
