import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  chooseMedia,
  kindByName,
  MAX_DOCUMENT_BYTES,
  type MediaChoice,
  refusalBySize,
} from '../../../../workflows/domain/media-limits.ts';
import { extensionOfMime, mimeByName, plainMime } from '../../../../workflows/domain/mime-types.ts';

const KB = 1_024;
const MB = 1_024 * KB;
const show = (choice: MediaChoice) =>
  'refused' in choice ? `refused: ${choice.refused}` : `${choice.kind} ${choice.mime}`;
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('chooseMedia', () => {
  it.each<[why: string, content: string | undefined, name: string, size: number, expected: string]>([
    ['a picture', 'image/jpeg', 'a.jpg', 5 * MB, 'image image/jpeg'],
    ['a picture too large', 'image/jpeg', 'a.jpg', 5 * MB + 1, 'document image/jpeg'],
    ['a picture under another spelling', 'IMAGE/JPG; q=1', 'a.jpg', 1, 'image image/jpeg'],
    ['a picture with another end', 'image/png', 'a.jpg', 9, 'image image/png'],
    ['a picture without an end', 'image/png', 'scan', 9, 'image image/png'],
    ['a picture that phones do not show', 'image/heic', 'a.heic', 9, 'document image/heic'],
    ['a moving picture', 'image/gif', 'a.gif', 9, 'document image/gif'],
    ['a video', 'video/mp4', 'a.mp4', 16 * MB, 'video video/mp4'],
    ['a video too large', 'video/mp4', 'a.mp4', 16 * MB + 1, 'document video/mp4'],
    ['a video of another kind', 'video/quicktime', 'a.mov', 9, 'document video/quicktime'],
    ['a sound', 'audio/mpeg', 'a.mp3', 16 * MB, 'audio audio/mpeg'],
    ['a sound too large', 'audio/mpeg', 'a.mp3', 16 * MB + 1, 'document audio/mpeg'],
    ['a sound in a video container', 'video/mp4', 'a.m4a', 9, 'audio audio/mp4'],
    ['an M4A', 'audio/x-m4a', 'a.m4a', 9, 'audio audio/mp4'],
    ['Opus in Ogg', 'audio/ogg; codecs=opus', 'a.ogg', 9, 'audio audio/ogg'],
    ['Vorbis in Ogg', 'audio/ogg', 'a.ogg', 9, 'document audio/ogg'],
    ['a WAV', 'audio/wav', 'a.wav', 9, 'document audio/wav'],
    ['a sticker', 'image/webp', 'a.webp', 100 * KB, 'sticker image/webp'],
    ['a WebP too large for a sticker', 'image/webp', 'a.webp', 100 * KB + 1, 'document image/webp'],
    ['a PDF', 'application/pdf', 'a.pdf', 100 * MB, 'document application/pdf'],
    [
      'a program that claims to be a picture',
      'application/x-msdownload',
      'a.jpg',
      9,
      'document application/x-msdownload',
    ],
    ['a text that claims to be a picture', undefined, 'a.jpg', 9, 'document application/octet-stream'],
    ['a text', undefined, 'a.txt', 9, 'document text/plain'],
    ['a table', undefined, 'a.CSV', 9, 'document text/csv'],
    ['what nobody knows', undefined, 'a.qqq', 9, 'document application/octet-stream'],
    ['a known type that is in no list', 'application/x-blender', 'a.blend', 9, 'document application/x-blender'],
    ['a Word document seen as an archive', 'application/zip', 'a.docx', 9, `document ${DOCX}`],
    ['an old Word document seen as a container', 'application/x-cfb', 'a.doc', 9, 'document application/msword'],
    ['an archive that claims to be a PDF', 'application/zip', 'a.pdf', 9, 'document application/zip'],
    ['an archive that claims to be a video', 'application/zip', 'a.mp4', 9, 'document application/zip'],
    ['a drawing seen as XML', 'application/xml', 'a.svg', 9, 'document image/svg+xml'],
    ['an empty file', undefined, 'a.txt', 0, 'refused: empty'],
    ['a document of 101 MB', 'application/pdf', 'a.pdf', 101 * MB, 'refused: too-large'],
    ['one byte too many', 'image/jpeg', 'a.jpg', 100 * MB + 1, 'refused: too-large'],
    ['names of members of every object', 'constructor', 'a.constructor', 9, 'document constructor'],
  ])('%s', (_, mimeByContent, name, size, expected) => {
    expect(show(chooseMedia({ mimeByContent, name, size }))).toBe(expected);
  });

  const contents = fc.constantFrom(
    'image/jpeg',
    'image/webp',
    'video/mp4',
    'audio/mpeg',
    'audio/ogg',
    'application/pdf',
  );
  const sizes = fc.oneof(fc.integer({ min: 0, max: 6 * MB }), fc.integer({ min: 0, max: 2 * MAX_DOCUMENT_BYTES }));
  const names = fc.oneof(fc.string(), fc.constantFrom('a.jpg', 'a.mp3', 'a.webp', 'a.exe', 'a.docx', 'a.m4a'));
  const LIMIT = { image: 5 * MB, video: 16 * MB, audio: 16 * MB, sticker: 100 * KB, document: 100 * MB };

  const keepsLimits = (choose: typeof chooseMedia) =>
    fc.check(
      fc.property(fc.option(contents, { nil: undefined }), names, sizes, (mimeByContent, name, size) => {
        const choice = choose({ mimeByContent, name, size });
        if ('refused' in choice) return size === 0 || size > MAX_DOCUMENT_BYTES;
        return size > 0 && size <= LIMIT[choice.kind] && choice.mime !== '';
      }),
    ).failed;

  it('refuses exactly what is empty or beyond every limit, and keeps the limit of the kind it chooses', () => {
    expect(keepsLimits(chooseMedia)).toBe(false);
    expect(keepsLimits(({ name }) => ({ kind: kindByName(name), mime: 'x' }))).toBe(true);
  });

  const believesContent = (choose: typeof chooseMedia) =>
    fc.check(
      fc.property(names, (name) => {
        const choice = choose({ mimeByContent: 'application/x-msdownload', name, size: 1 });
        return 'kind' in choice && choice.kind === 'document' && choice.mime === 'application/x-msdownload';
      }),
    ).failed;

  it('believes what a program is whatever its name', () => {
    expect(believesContent(chooseMedia)).toBe(false);
    expect(believesContent(({ name }) => ({ kind: kindByName(name), mime: mimeByName(name) ?? '' }))).toBe(true);
  });
});

describe('refusalBySize', () => {
  it.each([
    [undefined, undefined],
    [0, { refused: 'empty' }],
    [1, undefined],
    [100, undefined],
    [101, { refused: 'too-large', maxBytes: 100 }],
  ])('%s of 100 bytes: %j', (size, expected) => {
    expect(refusalBySize(size, 100)).toEqual(expected);
  });
});

describe('types by name', () => {
  it.each([
    ['a.JPG', 'image/jpeg'],
    ['a.tar.gz', 'application/gzip'],
    ['a.3gp', 'video/3gpp'],
    ['a', undefined],
    ['a.', undefined],
    ['jpg', undefined],
    ['a.toString', undefined],
  ])('%s: %s', (name, expected) => {
    expect(mimeByName(name)).toBe(expected);
  });

  it.each([
    ['image/jpeg', 'jpg'],
    ['audio/ogg; codecs=opus', 'ogg'],
    ['Text/Plain; charset=utf-8', 'txt'],
    ['application/octet-stream', undefined],
    ['', undefined],
  ])('%s ends in %s', (mime, expected) => {
    expect(extensionOfMime(mime)).toBe(expected);
  });

  it('come back from their ends', () => {
    for (const mime of ['image/jpeg', 'audio/ogg', 'video/mp4', DOCX, 'application/vnd.rar']) {
      expect(mimeByName(`a.${extensionOfMime(mime)}`)).toBe(mime);
    }
    expect(plainMime('audio/x-m4a')).toBe('audio/mp4');
  });
});
