/** Files for whoever has none at hand; real ones, so that they can be looked at on both sides. */

const stamp = (): string => new Date().toTimeString().slice(0, 8).replaceAll(':', '');

/** A small landscape. */
export async function samplePicture(): Promise<File> {
  const canvas = canvasOf(960, 640, (pen) => {
    const sky = pen.createLinearGradient(0, 0, 0, 640);
    sky.addColorStop(0, '#6db3f2');
    sky.addColorStop(1, '#fde9c9');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 960, 640);
    disc(pen, 720, 180, 70, '#fff4c2');
    hill(pen, 420, 90, '#8fbf8a');
    hill(pen, 500, 60, '#4f9a6b');
    hill(pen, 570, 40, '#2c7a55');
  });
  return toFile(canvas, 'image/jpeg', `photo-${stamp()}.jpg`);
}

/** A face with a smile. */
export async function sampleSticker(): Promise<File> {
  const canvas = canvasOf(512, 512, (pen) => {
    disc(pen, 256, 256, 230, '#ffd54a');
    disc(pen, 176, 210, 30, '#4a3b12');
    disc(pen, 336, 210, 30, '#4a3b12');
    pen.strokeStyle = '#4a3b12';
    pen.lineWidth = 26;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.arc(256, 270, 130, 0.2 * Math.PI, 0.8 * Math.PI);
    pen.stroke();
  });
  return toFile(canvas, 'image/webp', 'sticker.webp');
}

function canvasOf(width: number, height: number, draw: (pen: CanvasRenderingContext2D) => void): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext('2d');
  if (pen !== null) draw(pen);
  return canvas;
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, color: string): void {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function hill(pen: CanvasRenderingContext2D, y: number, height: number, color: string): void {
  pen.fillStyle = color;
  pen.beginPath();
  pen.moveTo(0, 640);
  for (let x = 0; x <= 960; x += 10) pen.lineTo(x, y + height * Math.sin(x / (60 + height) + y));
  pen.lineTo(960, 640);
  pen.fill();
}

const toFile = (canvas: HTMLCanvasElement, type: string, name: string): Promise<File> =>
  new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob === null ? reject(new Error('no picture')) : resolve(new File([blob], name, { type: blob.type })),
      type,
      0.85,
    );
  });

/** Five seconds of silence as a phone records a voice message: Opus in Ogg. (RFC 3533, RFC 7845) */
export function sampleVoice(): File {
  const pages = [
    oggPage(0, 0, 2, [opusHead()]),
    oggPage(1, 0, 0, [opusTags()]),
    ...Array.from({ length: 5 }, (_, second) =>
      oggPage(second + 2, (second + 1) * 48_000, second === 4 ? 4 : 0, Array(50).fill(silentFrame)),
    ),
  ];
  return new File(pages, `voice-${stamp()}.ogg`, { type: 'audio/ogg; codecs=opus' });
}

/** 20 ms. */
const silentFrame = Uint8Array.of(0xf8, 0xff, 0xfe);

const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** Version 1, one channel, nothing skipped, 48 kHz, no gain. */
const opusHead = () => Uint8Array.of(...letters('OpusHead'), 1, 1, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0);

const opusTags = () => Uint8Array.of(...letters('OpusTags'), 7, 0, 0, 0, ...letters('sandbox'), 0, 0, 0, 0);

/** `flags`: 2 begins the stream, 4 ends it. Each packet is shorter than 255 bytes. */
function oggPage(number: number, endSample: number, flags: number, packets: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(27 + packets.length);
  const view = new DataView(header.buffer);
  header.set(letters('OggS'));
  header[5] = flags;
  view.setUint32(6, endSample, true);
  view.setUint32(14, 1, true);
  view.setUint32(18, number, true);
  header[26] = packets.length;
  packets.forEach((packet, index) => {
    header[27 + index] = packet.length;
  });
  const page = Uint8Array.of(...header, ...packets.flatMap((packet) => [...packet]));
  new DataView(page.buffer).setUint32(22, oggChecksum(page), true);
  return page;
}

function oggChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}
