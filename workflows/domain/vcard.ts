/**
 * Contact cards as one vCard file, version 3.0, which phones and mail programs open (RFC 2426): CRLF, lines of at most
 * 75 bytes, and four characters with a meaning of their own. Always made from what was read, never from the text that
 * came along: that could hold anything.
 */
import type { ContactCard } from './message-content.ts';

const MAX_LINE_BYTES = 75;

export function contactsToVcard(contacts: readonly ContactCard[]): string {
  return contacts
    .flatMap(cardLines)
    .map((line) => `${fold(line)}\r\n`)
    .join('');
}

function cardLines(card: ContactCard): string[] {
  const name = clean(card.name ?? card.organization ?? card.phones[0]?.number ?? '');
  return [
    'BEGIN:VCARD',
    'VERSION:3.0',
    // Which word is the surname is not known, and guessing is worse than one field.
    `N:;${escapeText(name)};;;`,
    `FN:${escapeText(name)}`,
    ...property('ORG', card.organization),
    ...property('TITLE', card.title),
    ...card.phones.flatMap(({ number, whatsapp, type }) => {
      const types = [typeWord(type), whatsapp === undefined ? undefined : `waid=${whatsapp.replace(/\D/g, '')}`];
      const parameters = types.filter((parameter) => parameter !== undefined);
      return property(['TEL', ...parameters].join(';'), number);
    }),
    ...card.emails.flatMap((email) => property('EMAIL', email)),
    // All in one part, as it stands: street, town and country are not told apart.
    ...card.addresses.flatMap((address) => (clean(address) ? [`ADR:;;${escapeText(clean(address))};;;;`] : [])),
    ...card.urls.flatMap((url) => property('URL', url)),
    ...(/^\d{4}-\d{2}-\d{2}$/.test(card.birthday ?? '') ? [`BDAY:${card.birthday}`] : []),
    'END:VCARD',
  ];
}

function property(name: string, value: string | undefined): string[] {
  const text = clean(value ?? '');
  return text === '' ? [] : [`${name}:${escapeText(text)}`];
}

function typeWord(type: string | undefined): string | undefined {
  const word = type?.toUpperCase();
  return word !== undefined && /^[A-Z]{1,20}$/.test(word) ? `TYPE=${word}` : undefined;
}

/** Line ends stay, as escapes; other control characters have no place in a card. */
function clean(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
      .trim()
  );
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** A long line goes on in the next, which begins with a space; never in the middle of a character. */
function fold(line: string): string {
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const size = utf8Size(character.codePointAt(0) ?? 0);
    if (bytes + size > MAX_LINE_BYTES) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += character;
    bytes += size;
  }
  return folded;
}

function utf8Size(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
