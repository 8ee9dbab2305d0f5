/**
 * Which earlier message a comment answers. Planfix does not tell, so it is read from the comment itself: it begins with
 * a quote that leads to one comment, or that repeats one message of the conversation. Where neither is certain, nothing
 * is recognised and the quote stays part of what is sent. (Planfix REST: comments)
 */
import { plainText, type RichText } from './rich-text.ts';

export type SplitAnswer = {
  /** The comment that the quote leads to; whether it belongs to the conversation is for the caller to look up. */
  answersComment?: number;
  /** What is quoted, without what that quoted in turn; for `matchQuote` where the comment is not known. */
  quotedText?: string;
  /** What is left to send if the answered message is found. */
  rest: RichText;
};

/**
 * Takes a leading quote off. Without one, or when nothing would be left to send, `rest` is the whole and nothing is
 * recognised. `site` is the host of the account's pages: a quoted customer may link to comments elsewhere.
 */
export function splitAnswer(blocks: RichText, { site, hasFiles }: { site: string; hasFiles: boolean }): SplitAnswer {
  const [quote, ...rest] = blocks;
  if (quote?.kind !== 'quote' || (rest.length === 0 && !hasFiles)) return { rest: blocks };
  const comments = new Set((quote.links ?? []).map((link) => commentOfLink(link, site)).filter(isNumber));
  const own = quote.children.slice(
    Math.max(
      quote.children.findIndex((block) => block.kind !== 'quote'),
      0,
    ),
  );
  const quotedText = plainText(own).trim();
  const [answersComment] = comments;
  return {
    ...(comments.size === 1 && answersComment !== undefined ? { answersComment } : {}),
    ...(quotedText === '' ? {} : { quotedText }),
    rest,
  };
}

const isNumber = (value: number | undefined): value is number => value !== undefined;

const LINK = /^(?:(?:https?:)?\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;
/** The largest number that ids are stored in. */
const MAX_ID = 2 ** 31 - 1;

/** The comment that an address leads to: `/task/5?comment=12`, `/task/5#comment12` or `/comment/12`. */
export function commentOfLink(href: string, site: string): number | undefined {
  const [, host, path = '', query = '', anchor = ''] = LINK.exec(href.trim()) ?? [];
  const isElsewhere = host === undefined ? /^[a-z][a-z\d+.-]*:/i.test(path) : host.toLowerCase() !== site.toLowerCase();
  if (isElsewhere) return undefined;
  const isTask = /\/task\/\d+\/?$/.test(path);
  const found =
    (isTask ? /(?:^|&)comment=(\d+)(?:&|$)/.exec(query) : null) ??
    (isTask ? /^comment[-_=]?(\d+)$/.exec(anchor) : null) ??
    /\/comment\/(\d+)\/?$/.exec(path);
  const id = Number(found?.[1]);
  return Number.isInteger(id) && id > 0 && id <= MAX_ID ? id : undefined;
}

/** An excerpt says so at its end. */
const ELLIPSIS = /\s*(?:…|\.{3})$/;

/** The name of whom it quotes, on a line of its own: no sentence, nothing that introduces one. */
const HEADING = /^[^\n.,:;!?…]{1,80}\n+/;

/**
 * The one message that a quote repeats, whole or from its beginning up to the end of a word; a name may stand above it.
 * Formatting, spaces and line ends are no difference. Two that fit are none: quoting the wrong message is worse than
 * quoting none.
 */
export function matchQuote<Id>(quotedText: string, candidates: readonly { id: Id; text: string }[]): Id | undefined {
  const texts = candidates.map(({ id, text }) => ({ id, text: comparable(text) }));
  const found = repeatedBy(comparable(quotedText), texts);
  if (found.length > 0 || !HEADING.test(quotedText)) return only(found);
  return only(repeatedBy(comparable(quotedText.replace(HEADING, '')), texts));
}

function repeatedBy<Candidate extends { text: string }>(quote: string, candidates: readonly Candidate[]): Candidate[] {
  if (quote === '') return [];
  const same = candidates.filter(({ text }) => text === quote);
  const beginning = quote.replace(ELLIPSIS, '');
  if (same.length > 0 || beginning === '') return same;
  const isExcerpt = beginning !== quote;
  return candidates.filter(({ text }) => text.startsWith(beginning) && (isExcerpt || endsWord(text, beginning.length)));
}

const only = <Id>(found: readonly { id: Id }[]): Id | undefined => (found.length === 1 ? found[0]?.id : undefined);

const endsWord = (text: string, at: number): boolean => !/^[\p{L}\p{M}\p{N}\u200d]/u.test(text.slice(at, at + 2));

function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[*_~`\u200b\u00ad\ufeff]/g, '')
    .replace(/^[ \t]*>/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}
