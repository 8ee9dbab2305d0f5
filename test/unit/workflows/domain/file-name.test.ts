import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanFileName, MAX_FILE_NAME_LENGTH } from '../../../../workflows/domain/file-name.ts';

const RTL = '\u202e';
const PDF = 'application/pdf';

describe('cleanFileName', () => {
  it.each<[why: string, name: string | undefined, mime: string | undefined, expected: string]>([
    ['an ordinary name', 'Price list.pdf', PDF, 'Price list.pdf'],
    ['Cyrillic and quotes', 'Счёт «Май» "2026" \'a\'.pdf', PDF, 'Счёт «Май» "2026" \'a\'.pdf'],
    ['letters of other scripts', '見積書.xlsx', undefined, '見積書.xlsx'],
    ['emoji', '🎉 party.jpg', 'image/jpeg', '🎉 party.jpg'],
    ['no name', undefined, 'image/jpeg', 'file.jpg'],
    ['no name and no type', undefined, undefined, 'file'],
    ['an empty name', '  ', 'audio/ogg; codecs=opus', 'file.ogg'],
    ['a path', '../../etc/passwd', undefined, 'passwd'],
    ['a path of Windows', 'C:\\Windows\\System32\\cmd.exe', undefined, 'cmd.exe'],
    ['a drive', 'C:evil.txt', undefined, 'C_evil.txt'],
    ['a path that ends in nothing', 'a.txt/../', undefined, 'a.txt'],
    ['only a path', '../..', 'text/plain', 'file.txt'],
    ['direction turned around', `photo${RTL}gpj.exe`, undefined, 'photogpj.exe'],
    ['other directions', '\u2066\u200fa\u2069\u061c.txt', undefined, 'a.txt'],
    ['what cannot be seen', 'a\u200bb\ufeff\u00adc\u3164\u{e0041}.txt', undefined, 'abc.txt'],
    ['line ends and controls', 'a\r\nSet-Cookie: x\u0000\u001b[2J.txt', undefined, 'a Set-Cookie_ x [2J.txt'],
    ['half a character', 'a\ud83d.txt', undefined, 'a.txt'],
    ['signs that Windows refuses', 'a<b>|c?*.txt', undefined, 'a_b__c__.txt'],
    ['dots and spaces at the end', 'a.pdf. . ', undefined, 'a.pdf'],
    ['dots before the end', 'a. .pdf', undefined, 'a.pdf'],
    ['a hidden file', '.htaccess', undefined, 'file.htaccess'],
    ['an end alone', '.jpg', 'image/jpeg', 'file.jpg'],
    ['dots alone', '...', PDF, 'file.pdf'],
    ['a device of Windows', 'CON', undefined, '_CON'],
    ['a device with an end', 'nul.tar.gz', undefined, '_nul.tar.gz'],
    ['a device that gets an end', 'com1', PDF, '_com1.pdf'],
    ['nearly a device', 'console.txt', undefined, 'console.txt'],
    ['a missing end', 'scan', PDF, 'scan.pdf'],
    ['an end in figures', 'Report v1.2', PDF, 'Report v1.2.pdf'],
    ['an end that differs from the type', 'a.dat', PDF, 'a.dat'],
    ['a type without an end', 'a', 'application/octet-stream', 'a'],
    ['300 characters', `${'я'.repeat(300)}.docx`, undefined, `${'я'.repeat(145)}.docx`],
    ['300 characters without an end', 'x'.repeat(300), PDF, `${'x'.repeat(146)}.pdf`],
    ['a cut inside a character', `${'x'.repeat(144)}😀😀.docx`, undefined, `${'x'.repeat(144)}.docx`],
    ['an endless character', `a${'\u0301'.repeat(4_096)}.txt`, undefined, `\u00e1${'\u0301'.repeat(145)}.txt`],
    ['an endless end', `a.${'b'.repeat(300)}`, undefined, `a.${'b'.repeat(148)}`],
    ['letters written in parts', 'и\u0306.txt', undefined, 'й.txt'],
  ])('%s', (_, name, mime, expected) => {
    expect(cleanFileName(name, mime)).toBe(expected);
  });

  const spices = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    ' ',
    RTL,
    '\u200d',
    '\ud800',
    '\u0301',
    'con',
    '.jpg',
    '"',
    'ж',
    '😀',
    ':',
  );
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(spices, fc.string({ maxLength: 5 })), { maxLength: 12 }).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom('a', ' .', '😀', '\u0301', 'con.'), fc.nat(400))
      .map(([unit, times]) => unit.repeat(times)),
  );
  const mimes = fc.constantFrom(undefined, '', PDF, 'image/jpeg', 'audio/ogg; codecs=opus', 'application/octet-stream');
  type Clean = typeof cleanFileName;

  /** What is wrong with a cleaned name. */
  const flaws = (name: string): string[] =>
    [
      [/[/\\]/.test(name), 'path'],
      [/[\p{Cc}\p{Cf}\p{Cs}]/u.test(name), 'invisible'],
      [/^[. ]|[. ]$/.test(name), 'edges'],
      [/^(?:con|nul)(?:\.|$)/i.test(name), 'device'],
      [name === '', 'empty'],
      [name.length > MAX_FILE_NAME_LENGTH, 'long'],
    ].flatMap(([isWrong, what]) => (isWrong ? [String(what)] : []));
  const isFlawless = (clean: Clean) =>
    !fc.check(
      fc.property(names, mimes, (name, mime) => flaws(clean(name, mime)).length === 0),
      { numRuns: 2_000 },
    ).failed;

  it('leaves nothing that could harm, of whatever it is given', () => {
    expect(isFlawless(cleanFileName)).toBe(true);
  });

  it.each<[string, Clean]>([
    ['the name as it came', (name) => name ?? 'file'],
    ['the last part of the path only', (name) => name?.split('/').at(-1) || 'file'],
    ['an end added after the cut', (name, mime) => `${cleanFileName(name, undefined)}${mime ? '.pdf' : ''}`],
  ])('would not be so for %s', (_, clean) => {
    expect(isFlawless(clean)).toBe(false);
  });

  const isIdempotent = (clean: Clean) =>
    !fc.check(
      fc.property(names, mimes, (name, mime) => {
        const once = clean(name, mime);
        return clean(once, mime) === once;
      }),
      { numRuns: 2_000 },
    ).failed;

  it('changes nothing the second time', () => {
    expect(isIdempotent(cleanFileName)).toBe(true);
    expect(isIdempotent((name) => `_${name}`)).toBe(false);
  });

  it('keeps ordinary names as they are', () => {
    const words = fc.stringMatching(/^[А-Яа-яA-Za-z0-9«»"'()]{5,40}$/).filter((word) => word.normalize('NFC') === word);
    fc.assert(fc.property(words, (word) => cleanFileName(`${word}.pdf`, PDF) === `${word}.pdf`));
  });
});
