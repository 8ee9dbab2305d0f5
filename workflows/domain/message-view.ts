/**
 * What Planfix shows of a message from the chat, as a small closed list of parts in the agent's language. The
 * customer's words stand alone in parts of their own; everything around them is ours. All of it is text: whoever renders
 * the parts escapes them. (DESIGN, inbound; `docs/messages.md`)
 */
import type { Language, MessageKind } from './message.ts';
import type { KindDetails, MessageContent, Referral, Template, TemplateMedia } from './message-content.ts';
import { excerptOf, shownName } from './shown-text.ts';
import { detailParts } from './view-details.ts';
import { isWebAddress, remark, type ViewPart } from './view-parts.ts';
import type { FileFailure, ViewWords } from './view-words.ts';
import { ENGLISH_VIEW_WORDS } from './view-words-en.ts';
import { RUSSIAN_VIEW_WORDS } from './view-words-ru.ts';

/** An earlier message that this one is about; `known: false`: it is not among those that are stored. */
export type MessageMention = {
  known: boolean;
  kind?: MessageKind | undefined;
  text?: string | undefined;
  link?: string | undefined;
};

export type ViewedAttachment = {
  name?: string | undefined;
  state: 'pending' | 'moved' | 'failed';
  /** A FileFailure; anything else is told as "could not be moved". */
  reason?: string | undefined;
  sizeBytes?: number | undefined;
  isVoice?: boolean | undefined;
};

export type ViewedMessage = {
  direction: 'inbound' | 'echo';
  kind: MessageKind;
  text: string;
  content: MessageContent;
  quoted?: MessageMention | undefined;
  /** What a reaction, edit or deletion is about. */
  target?: MessageMention | undefined;
  attachments: readonly ViewedAttachment[];
  /** Only where the order of the comments is not that of the chat: when it was sent, as the agent's clock shows it. */
  sentAtText?: string | undefined;
};

const WORDS: Readonly<Record<Language, ViewWords>> = { en: ENGLISH_VIEW_WORDS, ru: RUSSIAN_VIEW_WORDS };

const FILE_KINDS: ReadonlySet<MessageKind> = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** At least one part, whatever the message lacks. */
export function viewMessage(message: ViewedMessage, language: Language): ViewPart[] {
  const words = WORDS[language];
  const parts = [
    ...circumstances(message, words),
    ...referralParts(message.content.referral, words),
    ...body(message, words),
    ...message.attachments.flatMap((file) => filePart(file, message, words)),
  ];
  const saysSomething = parts.some((part) => part.kind !== 'quote');
  return saysSomething ? parts : [...parts, remark(words.kinds[message.kind])];
}

/** What stands where a message ends that is longer than Planfix takes. */
export function cutMark(language: Language): string {
  return WORDS[language].cut;
}

function circumstances(message: ViewedMessage, words: ViewWords): ViewPart[] {
  const { content, quoted, sentAtText, direction } = message;
  return [
    ...(sentAtText ? [remark(words.late(sentAtText))] : []),
    ...(direction === 'echo' ? [remark(words.echo)] : []),
    ...(content.forwarded ? [remark(words.forwarded[content.forwarded])] : []),
    ...(content.viewOnce ? [remark(words.viewOnce)] : []),
    ...(quoted ? [mentionPart(quoted, words.quoteUnknown, words)] : []),
    ...(content.product ? [remark(words.product), { kind: 'words' as const, text: content.product.id }] : []),
  ];
}

function mentionPart(mention: MessageMention, unknown: string, words: ViewWords): ViewPart {
  if (!mention.known) return remark(unknown);
  const text = excerptOf(mention.text) ?? words.kinds[mention.kind ?? 'text'];
  return { kind: 'quote', text, ...(mention.link ? { link: mention.link } : {}) };
}

function referralParts(referral: Referral | undefined, words: ViewWords): ViewPart[] {
  if (referral === undefined) return [];
  const { headline, body: text, adId, url, source } = referral;
  const rows = [
    [words.referralRows.headline, headline],
    [words.referralRows.body, text],
    [words.referralRows.id, adId],
  ].filter((row): row is [string, string] => Boolean(row[1]));
  return [
    remark(words.referral[source]),
    ...(rows.length > 0 ? [{ kind: 'table' as const, rows }] : []),
    ...(isWebAddress(url) ? [{ kind: 'link' as const, href: url, text: words.referralRows.link }] : []),
  ];
}

function body(message: ViewedMessage, words: ViewWords): ViewPart[] {
  const { content, text, direction, kind } = message;
  const { details } = content;
  const own: ViewPart[] = text === '' ? [] : [{ kind: 'words', text }];
  if (content.template) return templateParts(content.template, text, words);
  if (isAboutAnother(details)) return aboutAnother(details, message, own, words);
  const missing = content.missing ? [remark(withRemedy(words.missing[content.missing], direction, words))] : [];
  if (details === undefined) return [...fileTitle(message, words), ...own, ...missing, ...openedChat(kind, words)];
  return [...detailParts(details, direction, words, own), ...missing];
}

/** Its words as they were filled in; where they are not known, what was filled in. */
function templateParts({ name, language, parameters = {} }: Template, text: string, words: ViewWords): ViewPart[] {
  const { header = [], headerMedia, body: values = [], buttons = [] } = parameters;
  const title = remark(words.template(name, language));
  const file: ViewPart[] = headerMedia ? [linkPart(headerMedia)] : [];
  if (text !== '') return [title, ...file, { kind: 'words', text }];
  const rows = [
    ...[header, values].flatMap((given) =>
      Object.entries<string>(given).map(([key, value]): [string, string] => [
        `{{${Array.isArray(given) ? Number(key) + 1 : key}}}`,
        value,
      ]),
    ),
    ...buttons.map(({ index, value }): [string, string] => [`[${index + 1}]`, value]),
  ];
  return [title, ...file, ...(rows.length === 0 ? [] : [{ kind: 'table' as const, rows }])];
}

const linkPart = ({ link, name }: TemplateMedia): ViewPart =>
  isWebAddress(link) ? { kind: 'link', href: link, text: shownName(name) ?? link } : { kind: 'words', text: link };

/** How a message is called that has no words of its own. */
export function kindWord(kind: MessageKind, language: Language): string {
  return WORDS[language].kinds[kind];
}

/** A file stands beside the text of its comment, which needs a word at least. */
function fileTitle({ kind, text, content, attachments }: ViewedMessage, words: ViewWords): ViewPart[] {
  if (!FILE_KINDS.has(kind)) return [];
  const isVoice = attachments.some((file) => file.isVoice);
  if (text !== '' && !isVoice && !content.missing) return [];
  return [remark(isVoice ? words.voice : words.kinds[kind])];
}

function openedChat(kind: MessageKind, words: ViewWords): ViewPart[] {
  return kind === 'request_welcome' ? [remark(words.opened)] : [];
}

type AboutAnother = Extract<KindDetails, { type: 'reaction' | 'edit' | 'revoke' }>;

function isAboutAnother(details: KindDetails | undefined): details is AboutAnother {
  return details?.type === 'reaction' || details?.type === 'edit' || details?.type === 'revoke';
}

function aboutAnother(
  details: AboutAnother,
  { target, direction, text }: ViewedMessage,
  own: readonly ViewPart[],
  words: ViewWords,
): ViewPart[] {
  const about = mentionPart(target ?? { known: false }, words.targetUnknown, words);
  switch (details.type) {
    case 'reaction': {
      const emoji = shownName(details.emoji);
      return [remark(emoji ? words.reacted(direction, emoji) : words.unreacted(direction)), about];
    }
    case 'revoke':
      return [remark(words.revoked(direction)), about];
    case 'edit':
      return [
        remark(words.edited(direction)),
        about,
        ...(text === '' ? [remark(words.noNewWords)] : [remark(words.newWords), ...own]),
      ];
  }
}

function filePart(file: ViewedAttachment, { direction }: ViewedMessage, words: ViewWords): ViewPart[] {
  if (file.state === 'moved') return [];
  const size = file.sizeBytes === undefined ? undefined : writeSize(file.sizeBytes, words);
  const title = words.file(shownName(file.name), size);
  if (file.state === 'pending') return [remark(`${title} ${words.filePending}`)];
  const { reason } = file;
  const why =
    reason !== undefined && Object.hasOwn(words.fileFailures, reason) ? (reason as FileFailure) : 'unavailable';
  return [remark(withRemedy(`${title} ${words.fileFailures[why]}`, direction, words))];
}

/** What a colleague wrote is on their phone; a customer can be asked. */
function withRemedy(sentence: string, direction: ViewedMessage['direction'], words: ViewWords): string {
  return `${sentence} ${direction === 'echo' ? words.inApp : words.sendAgain}`;
}

const UNIT = 1024;

function writeSize(bytes: number, words: ViewWords): string {
  let value = bytes;
  let unit = 0;
  while (value >= UNIT && unit < words.units.length - 1) {
    value /= UNIT;
    unit += 1;
  }
  const written = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
  return `${written.replace('.', words.decimal)} ${words.units[unit]}`;
}
