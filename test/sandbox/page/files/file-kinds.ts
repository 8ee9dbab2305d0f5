import type { Language } from '../texts/language.tsx';

/** What a phone makes of a file that is picked. */
export type FileKind = 'image' | 'video' | 'audio' | 'document' | 'sticker' | 'voice';

const kindsByType: [RegExp, FileKind][] = [
  [/^image\/(jpeg|png)$/, 'image'],
  [/^video\/(mp4|3gpp)$/, 'video'],
  [/^audio\/(aac|amr|mpeg|mp4|ogg)/, 'audio'],
];

/** Only what WhatsApp itself shows as a picture and the like; all else travels as a document. */
export const kindOfType = (mimeType: string): FileKind =>
  kindsByType.find(([pattern]) => pattern.test(mimeType))?.[1] ?? 'document';

const typesByEnding: Record<string, string> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
};

/** Planfix tells no content type: the name has to do. */
export const typeOfName = (name: string): string => typesByEnding[endingOf(name)] ?? '';

/** "pdf"; empty without one. */
export const endingOf = (name: string): string => /\.([^.\s]{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? '';

const units = { en: ['B', 'KB', 'MB', 'GB'], ru: ['Б', 'КБ', 'МБ', 'ГБ'] };

/** "1.4 MB" */
export function sizeInWords(bytes: number, language: Language): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < 3) {
    size /= 1_024;
    unit += 1;
  }
  const digits = size < 10 && unit > 0 ? 1 : 0;
  return `${size.toLocaleString(language, { maximumFractionDigits: digits })} ${units[language][unit]}`;
}
