import { readFileSync } from 'node:fs';
import type { ChannelEvent, MessageEvent } from '../../../../../../activities/channels/channel.ts';
import { parseWhatsAppBody } from '../../../../../../activities/channels/whatsapp/parse-envelope.ts';
import type { Language } from '../../../../../../workflows/domain/message.ts';
import { type MessageMention, viewMessage } from '../../../../../../workflows/domain/message-view.ts';
import type { ViewPart } from '../../../../../../workflows/domain/view-parts.ts';

export const FIXTURES = new URL('../../../../../fixtures/whatsapp-cloud/', import.meta.url);
export const BSUID = 'DE.13491208655302741918';
export const ANNA = { phone: '4915100000002', bsuid: BSUID, name: 'Anna Kovacs' };
export const SENT_AT_MS = 1_764_000_000_000;

/** Digests as the fixtures have them, in hex. */
export const IMAGE_SHA256 = '6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d';
export const VOICE_SHA256 = 'c57d7e92019708b614c90fa3685cd644f543a60153fb99ec9b67c381a245fb2a';
export const DOCUMENT_SHA256 = '43cc23fa52b87b4cc1d02b5b114154151d6adddb17c9fddc06b027fa99e24008';

type Read = Omit<MessageEvent, 'kind' | 'eventKey' | 'connectionKey' | 'accountKey' | 'raw' | 'channelMessageId'>;

/**
 * One payload shape: all that is read from it (what most messages share is left out), and what Planfix shows, one line
 * a part: `word: …` for words, `- …` for a remark, `> …` for a quote, `text -> address` for a link, `label = value` for
 * a row of a table.
 */
export type KindCase = {
  fixture: string;
  read: Partial<Omit<Read, 'sentAtMs'>> & Pick<Read, 'messageKind'> & { sentAtMs?: number | undefined };
  en: string[];
  ru: string[];
};

export function parseFixture(name: string): ChannelEvent[] {
  return parseWhatsAppBody(readFileSync(new URL(`${name}.json`, FIXTURES)));
}

/** What is compared; the rest is checked for all events alike. */
export function comparable(event: MessageEvent): Read {
  const { kind, eventKey, connectionKey, accountKey, raw, channelMessageId, ...read } = event;
  return read;
}

export function expectedRead({ read }: KindCase): object {
  return {
    direction: 'inbound',
    customer: ANNA,
    sentAtMs: SENT_AT_MS,
    providerKind: read.messageKind,
    text: '',
    content: {},
    ...read,
  };
}

/** The message on a task where all that it refers to is known, and its file has arrived. */
export function viewLines(event: MessageEvent, language: Language): string[] {
  const mention = (id: string | undefined): MessageMention | undefined =>
    id === undefined
      ? undefined
      : { known: true, kind: 'text', text: 'Earlier words', link: 'https://acme.example/c/1' };
  const { media } = event;
  const parts = viewMessage(
    {
      direction: event.direction,
      kind: event.messageKind,
      text: event.text,
      content: event.content,
      quoted: mention(event.quotedChannelMessageId),
      target: mention(event.targetChannelMessageId),
      attachments: media ? [{ name: media.name, state: 'moved', isVoice: media.voice }] : [],
    },
    language,
  );
  return parts.flatMap(linesOf);
}

export function linesOf(part: ViewPart): string[] {
  switch (part.kind) {
    case 'words':
      return [`word: ${part.text}`];
    case 'remark':
      return [`- ${part.text}`];
    case 'quote':
      return [`> ${part.text}`];
    case 'link':
      return [`${part.text} -> ${part.href}`];
    case 'table':
      return part.rows.map(([label, value]) => `${label} = ${value}`);
  }
}
