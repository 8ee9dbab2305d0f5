import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;
const mega = 1024 * 1024;
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('a picture, more or less')]);
const digestOf = (bytes: Buffer, encoding: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(encoding);

async function uploaded(bytes = jpeg, type = 'image/jpeg'): Promise<string> {
  const { json } = await server.upload(bytes, type);
  return json.id;
}

async function sendFile(type: string, part: object) {
  const answer = await server.graph('POST', `/${ids.number}/messages`, {
    messaging_product: 'whatsapp',
    to: customer,
    type,
    [type]: part,
  });
  const id = answer.json.messages?.[0]?.id;
  return { answer, id };
}

/** The last status that is told of a message. */
async function outcomeOf(type: string, part: object) {
  const { answer, id } = await sendFile(type, part);
  expect(answer).toMatchObject({ status: 200 });
  const wanted = ['delivered', 'failed'];
  return until(() => server.receiver.statuses().find((one) => one.id === id && wanted.includes(one.status)));
}

describe('sending a file', () => {
  const ogg = Buffer.from('OggS and so on');
  const large = (size: number) => Buffer.concat([jpeg, Buffer.alloc(size - jpeg.length)]);

  it.each([
    ['an image', 'image', 'image/jpeg', jpeg, { caption: 'Look' }, 'delivered'],
    ['a document of any type', 'document', 'application/zip', Buffer.from('?'), { filename: 'a.zip' }, 'delivered'],
    ['a voice message', 'audio', 'audio/ogg; codecs=opus', ogg, { voice: true }, 'delivered'],
    ['a video', 'video', 'video/mp4', Buffer.from('\0\0\0\x18ftypmp42', 'latin1'), {}, 'delivered'],
    ['a sticker', 'sticker', 'image/webp', Buffer.from('RIFF....WEBPVP8 ', 'latin1'), {}, 'delivered'],
    ['a picture that is large, as a document', 'document', 'image/jpeg', large(6 * mega), {}, 'delivered'],
    ['a picture that is too large', 'image', 'image/jpeg', large(5 * mega + 1), {}, 'failed'],
    ['a program under the name of a picture', 'image', 'image/jpeg', Buffer.from('MZ\x90\0', 'latin1'), {}, 'failed'],
    ['a document as an image', 'image', 'application/pdf', Buffer.from('%PDF-1.7'), {}, 'failed'],
    ['a large sticker', 'sticker', 'image/webp', Buffer.from(`RIFF....WEBPVP8 ${' '.repeat(102_400)}`), {}, 'failed'],
  ])('as %s is told of afterwards', async (_what, type, mimeType, bytes, more, status) => {
    const id = await uploaded(bytes, mimeType);
    const told = await outcomeOf(type, { id, ...more });
    expect(told).toMatchObject(status === 'failed' ? { status, errors: [{ code: 131053 }] } : { status });
    const { caption = '', filename = expect.any(String) } = more as { caption?: string; filename?: string };
    expect((await server.chat()).at(-1)).toMatchObject({
      type,
      text: caption,
      reached: status === 'delivered',
      media: { id, mimeType, filename, size: bytes.length, sha256: digestOf(bytes, 'hex') },
    });
  });

  it('is not checked where settings lift limits and types', async () => {
    await server.control('PUT', '/graph/settings', { mediaLimits: false, mediaTypeCheck: 'off' });
    const id = await uploaded(Buffer.alloc(6 * mega), 'image/jpeg');
    expect(await outcomeOf('image', { id })).toMatchObject({ status: 'delivered' });
  });

  it.each([
    ['no id', 'image', {}, "(#100) The parameter image['id'] is required."],
    ['a link', 'image', { link: 'http://127.0.0.1/a.jpg' }, 'is not taken by the sandbox'],
    ['an unknown id', 'image', { id: '1' }, 'is not a valid whatsapp business account media attachment ID'],
    ['a caption of 1025', 'image', { caption: 'x'.repeat(1025) }, 'must be at most 1024 characters long'],
    ['a caption on audio', 'audio', { caption: 'x' }, 'has the unexpected key "caption"'],
    ['a name on an image', 'image', { filename: 'a.jpg' }, 'has the unexpected key "filename"'],
    ['an empty name', 'document', { filename: '' }, 'must be a non-empty string'],
    ['a voice flag as text', 'audio', { voice: 'yes' }, 'must be a boolean'],
  ])('is refused with %s', async (_what, type, part, message) => {
    const { answer } = await sendFile(type, part);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: 100 } } });
    expect(answer.json.error.message).toContain(message);
  });

  it('can be told of as played', async () => {
    const id = await uploaded(ogg, 'audio/ogg');
    const { id: wamid } = await sendFile('audio', { id, voice: true });
    await server.control('POST', '/graph/statuses', { wamid, status: 'played' });
    await until(() => server.receiver.statuses().some((one) => one.id === wamid && one.status === 'played'));
  });
});
