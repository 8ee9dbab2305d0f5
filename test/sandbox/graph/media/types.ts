import type { Media } from '../model.ts';

export const mediaKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof mediaKinds)[number];

export const isMediaKind = (value: unknown): value is MediaKind => mediaKinds.some((kind) => kind === value);

const openOffice = 'application/vnd.openxmlformats-officedocument';
const office = ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'];
const officeXml = ['wordprocessingml.document', 'spreadsheetml.sheet', 'presentationml.presentation'].map(
  (part) => `${openOffice}.${part}`,
);

/** What Meta's page lists (WhatsApp: media). Documents may be of other types, too. */
const listedTypes: Record<MediaKind, readonly string[]> = {
  audio: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
  document: ['text/plain', 'application/pdf', ...office, ...officeXml],
  image: ['image/jpeg', 'image/png'],
  sticker: ['image/webp'],
  video: ['video/mp4', 'video/3gpp'],
};

const mega = 1024 * 1024;
const largest: Record<MediaKind, number> = {
  audio: 16 * mega,
  document: 100 * mega,
  image: 5 * mega,
  sticker: 100 * 1024,
  video: 16 * mega,
};
const largestAnimatedSticker = 500 * 1024;
export const largestFile = 100 * mega;

/** Without parameters: `audio/ogg; codecs=opus` is `audio/ogg`. */
export const plainType = (mimeType: string): string => (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();

export const isListed = (mimeType: string): boolean =>
  Object.values(listedTypes).some((types) => types.includes(plainType(mimeType)));

export const allListed = (): string => Object.values(listedTypes).flat().join(', ');

/** Any type travels as a document. */
export const fitsKind = (kind: MediaKind, mimeType: string): boolean =>
  kind === 'document' || listedTypes[kind].includes(plainType(mimeType));

export const largestOf = (kind: MediaKind, media: Media): number =>
  kind === 'sticker' && isAnimated(media.head) ? largestAnimatedSticker : largest[kind];

const isAnimated = (head: Uint8Array): boolean => ascii(head, 12, 16) === 'VP8X' && ((head[20] ?? 0) & 0b10) !== 0;

const ascii = (head: Uint8Array, from: number, to: number): string =>
  Buffer.from(head.subarray(from, to)).toString('latin1');

type Format = { name: string; isStart: (head: Uint8Array) => boolean; start: Buffer };

const startingWith = (name: string, start: string): Format => {
  const bytes = Buffer.from(start, 'latin1');
  return { name, start: bytes, isStart: (head) => bytes.equals(head.subarray(0, bytes.length)) };
};
const boxed = (name: string, brand: RegExp, start: string): Format => ({
  name,
  start: Buffer.from(`\0\0\0\x18ftyp${start}\0\0\0\0isommp42`, 'latin1'),
  isStart: (head) => ascii(head, 4, 8) === 'ftyp' && brand.test(ascii(head, 8, 12)),
});

/** File formats by their first bytes; `start` is what a made-up file begins with. */
const formats: Format[] = [
  startingWith('jpeg', '\xff\xd8\xff'),
  startingWith('png', '\x89PNG\r\n\x1a\n'),
  startingWith('gif', 'GIF8'),
  {
    name: 'webp',
    start: Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1'),
    isStart: (head) => ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP',
  },
  startingWith('pdf', '%PDF-'),
  startingWith('zip', 'PK\x03\x04'),
  startingWith('ole', '\xd0\xcf\x11\xe0'),
  boxed('3gpp', /^3g/, '3gp5'),
  boxed('mp4', /./, 'mp42'),
  startingWith('ogg', 'OggS'),
  startingWith('mpeg', 'ID3'),
  {
    name: 'aac',
    start: Buffer.from([0xff, 0xf1, 0x50, 0x80]),
    isStart: (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0,
  },
  {
    name: 'mpeg',
    start: Buffer.from([0xff, 0xfb]),
    isStart: (head) => head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0,
  },
  startingWith('amr', '#!AMR'),
  startingWith('exe', 'MZ'),
  startingWith('elf', '\x7fELF'),
];

const formatsOf = new Map<string, readonly string[]>([
  ['image/jpeg', ['jpeg']],
  ['image/png', ['png']],
  ['image/webp', ['webp']],
  ['video/mp4', ['mp4', '3gpp']],
  ['video/3gpp', ['3gpp', 'mp4']],
  ['audio/mp4', ['mp4']],
  ['audio/aac', ['aac', 'mp4']],
  ['audio/mpeg', ['mpeg']],
  ['audio/ogg', ['ogg']],
  ['audio/amr', ['amr']],
  ['application/pdf', ['pdf']],
  ...office.map((type): [string, string[]] => [type, ['ole', 'zip']]),
  ...officeXml.map((type): [string, string[]] => [type, ['zip']]),
  ['text/plain', []],
]);

/** Whether the bytes are what the declared type says, as far as one can tell from the first of them. */
export function matchesBytes({ mimeType, head }: Media): boolean {
  const wanted = formatsOf.get(plainType(mimeType));
  if (wanted === undefined) return true;
  const found = formats.find(({ isStart }) => isStart(head))?.name;
  return found === undefined ? wanted.length === 0 : wanted.includes(found);
}

/** What a made-up file of that type begins with. */
export function startOf(mimeType: string): Buffer {
  const [name] = formatsOf.get(plainType(mimeType)) ?? [];
  return formats.find((format) => format.name === name)?.start ?? Buffer.alloc(0);
}
