import type { Style } from './paragraph.ts';

export type Attributes = Readonly<Record<string, string>>;

const STYLE_OF_ELEMENT: Readonly<Record<string, 'bold' | 'italic' | 'strike' | 'code'>> = {
  b: 'bold',
  strong: 'bold',
  th: 'bold',
  h1: 'bold',
  h2: 'bold',
  h3: 'bold',
  h4: 'bold',
  h5: 'bold',
  h6: 'bold',
  i: 'italic',
  em: 'italic',
  cite: 'italic',
  dfn: 'italic',
  s: 'strike',
  strike: 'strike',
  del: 'strike',
  code: 'code',
  tt: 'code',
  kbd: 'code',
  samp: 'code',
};

/**
 * The style inside an element: what its name says, then what its `style` attribute says. The latter may take away:
 * Google Docs wraps whole documents in a `b` of normal weight.
 */
export function styleInside(name: string, attributes: Attributes, outer: Style): Style {
  const style = { ...outer };
  if (Object.hasOwn(STYLE_OF_ELEMENT, name)) {
    const key = STYLE_OF_ELEMENT[name];
    if (key !== undefined) style[key] = true;
  }
  if (name === 'a') style.href = linkTarget(attributes.href) ?? outer.href;

  const css = cssOf(attributes);
  const weight = declared(css, 'font-weight');
  if (weight !== undefined) style.bold = weight.startsWith('bold') || Number.parseInt(weight, 10) >= 600;
  const slant = declared(css, 'font-style');
  if (slant !== undefined) style.italic = /^(?:italic|oblique)/.test(slant);
  const decoration = declared(css, 'text-decoration') ?? declared(css, 'text-decoration-line');
  if (decoration?.includes('line-through')) style.strike = true;
  return style;
}

/** `mso-hide` is how Word writes it. */
export function isHidden(attributes: Attributes): boolean {
  const css = cssOf(attributes);
  return declared(css, 'display') === 'none' || declared(css, 'mso-hide') === 'all';
}

function cssOf(attributes: Attributes): string[] {
  return attributes.style === undefined ? [] : attributes.style.toLowerCase().split(';');
}

function declared(css: readonly string[], property: string): string | undefined {
  for (const declaration of css) {
    const colon = declaration.indexOf(':');
    if (colon > 0 && declaration.slice(0, colon).trim() === property) {
      return declaration
        .slice(colon + 1)
        .replace('!important', '')
        .trim();
    }
  }
  return undefined;
}

/** Absolute links that a phone can open; anything else (scripts, anchors, pages inside Planfix) is its text only. */
function linkTarget(href: string | undefined): string | undefined {
  const trimmed = href?.trim() ?? '';
  const url = URL.parse(trimmed.startsWith('//') ? `https:${trimmed}` : trimmed);
  if (url === null || !/^(?:https?|mailto|tel):$/.test(url.protocol)) return undefined;
  return trimmed.startsWith('//') || /\s/.test(trimmed) ? url.href : trimmed;
}
