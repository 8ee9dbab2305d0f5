/**
 * What one comment becomes for the customer: messages in order, each sent and followed on its own. Words that fit
 * beside the first file go with it; else they go first, so that they are read before what they speak of. The first
 * message is the one that quotes. (WhatsApp: types and limits)
 */
import { kindByName, MAX_DOCUMENT_BYTES } from './media-limits.ts';

/** The network's limit, counted in UTF-16 units because it does not say what a character is. */
export const MAX_CAPTION_LENGTH = 1_024;

/** `sizeKb` as Planfix tells it, rounded up. */
export type OutgoingFile = { planfixFile: number; name: string; sizeKb?: number | undefined };

/** `quoted` is whatever the caller knows the answered message by. */
export type OutgoingPart =
  | { kind: 'text'; text: string; quoted?: string }
  | { kind: 'file'; planfixFile: number; name: string; caption: string; quoted?: string }
  | { kind: 'reaction'; emoji: string; quoted: string };

export function planParts(comment: {
  /** In the network's own formatting, already split. */
  text: readonly string[];
  files: readonly OutgoingFile[];
  /** The message that the comment answers. */
  quoted?: string | undefined;
  /** What `reactionOf` says of the words, where the setting allows reactions. */
  reaction?: string | undefined;
  /** What the provider lets stand under a file. */
  maxCaptionLength?: number;
}): OutgoingPart[] {
  const { text, files, quoted, reaction, maxCaptionLength = MAX_CAPTION_LENGTH } = comment;
  if (reaction !== undefined && quoted !== undefined && files.length === 0) {
    return [{ kind: 'reaction', emoji: reaction, quoted }];
  }
  const caption = captionOf(text, files[0], maxCaptionLength);
  const parts: OutgoingPart[] = [
    ...(caption === undefined ? text.map((one): OutgoingPart => ({ kind: 'text', text: one })) : []),
    ...files.map(
      ({ planfixFile, name }, at): OutgoingPart => ({
        kind: 'file',
        planfixFile,
        name,
        caption: at === 0 ? (caption ?? '') : '',
      }),
    ),
  ];
  const [first, ...others] = parts;
  return first === undefined || quoted === undefined ? parts : [{ ...first, quoted }, ...others];
}

/** The words, if they can stand under the first file and that file will go out as far as can be known by now. */
function captionOf(text: readonly string[], first: OutgoingFile | undefined, maxLength: number): string | undefined {
  const [words, more] = text;
  if (first === undefined || words === undefined || more !== undefined || words.length > maxLength) {
    return undefined;
  }
  const kind = kindByName(first.name);
  if (kind === 'audio' || kind === 'sticker') return undefined;
  const isMovable = first.sizeKb === undefined || (first.sizeKb > 0 && first.sizeKb * 1_024 <= MAX_DOCUMENT_BYTES);
  return isMovable ? words : undefined;
}

/** Signs that are letters unless they are asked to be pictures. */
const SIGNS = /^[©®™]$/u;
/** Shown as a letter unless U+FE0F follows. */
const NEEDS_SELECTOR = /(?!\p{Emoji_Presentation})\p{Extended_Pictographic}(?!\p{Emoji_Modifier})/gu;
const KEYCAP = /^([0-9#*])\u20e3$/;
const ONE_EMOJI = /^\p{RGI_Emoji}$/v;

/**
 * The one emoji that the text consists of, in the spelling that networks expect, or undefined. Which ones there are
 * is Unicode's list as the running Node knows it, so the answer is for storing, not for asking again in a replay.
 */
export function reactionOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 64 || SIGNS.test(trimmed)) return undefined;
  const emoji = trimmed.replaceAll('\ufe0f', '').replace(NEEDS_SELECTOR, '$&\ufe0f').replace(KEYCAP, '$1\ufe0f\u20e3');
  return ONE_EMOJI.test(emoji) ? emoji : undefined;
}
