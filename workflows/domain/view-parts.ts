/** What a message looks like, apart from any markup; all of it is text. */
export type ViewPart =
  /** The customer's, in full. */
  | { kind: 'words'; text: string }
  /** Parley's. */
  | { kind: 'remark'; text: string }
  /** An earlier message, in short; `link` leads to its comment. */
  | { kind: 'quote'; text: string; link?: string }
  | { kind: 'link'; href: string; text: string }
  | { kind: 'table'; rows: [label: string, value: string][] };

/** A sentence of Parley's. */
export function remark(text: string): ViewPart {
  return { kind: 'remark', text };
}

/** Only these become links: anything else could run in the reader's browser. */
export function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url);
}
