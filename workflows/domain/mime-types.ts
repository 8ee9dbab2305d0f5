/**
 * The types of files that matter here: those the network knows, and what offices usually send. Nothing tells a file's
 * type but its name and its first bytes, and of those the name may lie. (WhatsApp: media; Planfix REST: files)
 */

/** By the end of the name; the first name of a type is the one that is added where a name has none. */
const MIME_BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jfif: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  heic: 'image/heic',
  heif: 'image/heif',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  '3gp': 'video/3gpp',
  '3gpp': 'video/3gpp',
  mov: 'video/quicktime',
  avi: 'video/x-msvideo',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  aac: 'audio/aac',
  amr: 'audio/amr',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  txt: 'text/plain',
  log: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
  xml: 'application/xml',
  json: 'application/json',
  vcf: 'text/vcard',
  ics: 'text/calendar',
  md: 'text/markdown',
  rtf: 'application/rtf',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  epub: 'application/epub+zip',
  msg: 'application/vnd.ms-outlook',
  eml: 'message/rfc822',
  dwg: 'image/vnd.dwg',
  psd: 'image/vnd.adobe.photoshop',
  zip: 'application/zip',
  rar: 'application/vnd.rar',
  '7z': 'application/x-7z-compressed',
  gz: 'application/gzip',
  tar: 'application/x-tar',
  apk: 'application/vnd.android.package-archive',
  exe: 'application/x-msdownload',
};

const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'audio/mp3': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-aac': 'audio/aac',
  'audio/aacp': 'audio/aac',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'audio/x-wav': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'video/x-m4v': 'video/mp4',
  'video/3gp': 'video/3gpp',
  'text/xml': 'application/xml',
  'text/x-vcard': 'text/vcard',
  'text/rtf': 'application/rtf',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/x-rar-compressed': 'application/vnd.rar',
  'application/x-gzip': 'application/gzip',
  'application/vnd.microsoft.portable-executable': 'application/x-msdownload',
};

const EXTENSION_BY_MIME: ReadonlyMap<string, string> = new Map(
  Object.entries(MIME_BY_EXTENSION)
    .map(([extension, mime]): [string, string] => [mime, extension])
    .reverse(),
);

export const UNKNOWN_MIME = 'application/octet-stream';

/** In one spelling, without parameters: `Audio/OGG; codecs=opus` is `audio/ogg`. */
export function plainMime(mime: string): string {
  const type = (mime.split(';', 1)[0] ?? '').trim().toLowerCase();
  return Object.hasOwn(ALIASES, type) ? (ALIASES[type] ?? type) : type;
}

/** What the end of a name claims; undefined for ends that are not in the list. */
export function mimeByName(name: string): string | undefined {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name.trim())?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(MIME_BY_EXTENSION, extension)
    ? MIME_BY_EXTENSION[extension]
    : undefined;
}

/** The usual end of a name, without the dot. */
export function extensionOfMime(mime: string): string | undefined {
  return EXTENSION_BY_MIME.get(plainMime(mime));
}
