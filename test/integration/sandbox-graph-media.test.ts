import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type GraphServer, startGraphServer } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const customer = `+${ids.customer}`;
const mega = 1024 * 1024;
const dayMs = 24 * 3_600_000;
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('a picture, more or less')]);
const digestOf = (bytes: Buffer, encoding: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(encoding);

async function uploaded(bytes = jpeg, type = 'image/jpeg'): Promise<string> {
  const { json } = await server.upload(bytes, type);
  return json.id;
}

/** The bytes behind the address that the network gives for a file. */
async function download(id: string, headers: Record<string, string> = { authorization: `Bearer ${ids.token}` }) {
  const { json } = await server.graph('GET', `/${id}`);
  return fetch(String(json.url), { headers, redirect: 'manual' });
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

describe('an upload', () => {
  it('gets an id, and is described with a hexadecimal digest and its size as text', async () => {
    const answer = await server.upload(jpeg, 'image/jpeg');
    expect(answer).toMatchObject({ status: 200, json: { id: expect.stringMatching(/^\d{15}$/) } });
    expect((await server.graph('GET', `/${answer.json.id}`)).json).toEqual({
      messaging_product: 'whatsapp',
      url: expect.stringContaining('/graph/media-host/'),
      mime_type: 'image/jpeg',
      sha256: digestOf(jpeg, 'hex'),
      file_size: String(jpeg.length),
      id: answer.json.id,
    });
    const [request] = (await server.control('GET', '/requests?path=/media')).items;
    expect(request?.body).toEqual({
      messaging_product: 'whatsapp',
      type: 'image/jpeg',
      file: { filename: 'файл "1".bin', mimeType: 'image/jpeg', size: jpeg.length, sha256: digestOf(jpeg, 'hex') },
    });
  });

  it('keeps every byte, wherever a boundary might be suspected', async () => {
    const bytes = Buffer.from(`${'\r\n--'.repeat(20_000)}\r\n------formdata-undici-0\r\n--\r\n`.repeat(20));
    const answer = await download(await uploaded(bytes, 'application/zip'));
    expect(digestOf(Buffer.from(await answer.arrayBuffer()), 'hex')).toBe(digestOf(bytes, 'hex'));
    expect(answer.headers.get('content-type')).toBe('application/zip');
  });

  it('keeps of a large one no more than size and digest', async () => {
    const bytes = Buffer.alloc(33 * mega, 7);
    const id = await uploaded(bytes, 'application/zip');
    expect((await server.graph('GET', `/${id}`)).json).toMatchObject({
      sha256: digestOf(bytes, 'hex'),
      file_size: String(bytes.length),
    });
    expect((await server.call('GET', `/control/graph/media/${id}/bytes`)).status).toBe(404);
    const kept = await uploaded(bytes.subarray(0, mega), 'application/zip');
    expect((await fetch(`${server.origin}/control/graph/media/${kept}/bytes`)).status).toBe(200);
  });

  it.each([
    ['another product', jpeg, 'image/jpeg', { messaging_product: 'sms' }, 100, 'must be one of {WHATSAPP}'],
    ['no bytes', Buffer.alloc(0), 'image/jpeg', {}, 100, 'must be a non-empty file'],
    ['no type', jpeg, 'nonsense', {}, 100, 'must be a file with one of the following types: audio/aac'],
  ])('is refused with %s', async (_what, bytes, type, fields, code, message) => {
    const answer = await server.upload(bytes, type, fields as Record<string, string>);
    expect(answer).toMatchObject({ status: 400, json: { error: { code } } });
    expect(answer.json.error.message).toContain(message);
  });

  it('is refused beyond 100 MB, unless limits are lifted', async () => {
    const bytes = Buffer.alloc(100 * mega + 1);
    expect((await server.upload(bytes.subarray(1), 'application/zip')).status).toBe(200);
    expect(await server.upload(bytes, 'application/zip')).toMatchObject({
      status: 400,
      json: { error: { code: 131053 } },
    });
    await server.control('PUT', '/graph/settings', { mediaLimits: false });
    expect((await server.upload(bytes, 'application/zip')).status).toBe(200);
  });

  it('is refused for unlisted or wrong types where the settings say so', async () => {
    await server.control('PUT', '/graph/settings', { otherDocumentTypes: 'refuse', mediaTypeCheck: 'sync' });
    expect((await server.upload(jpeg, 'application/zip')).json.error.code).toBe(100);
    expect((await server.upload(jpeg, 'application/pdf')).json.error.code).toBe(131053);
    expect((await server.upload(jpeg, 'image/jpeg')).status).toBe(200);
  });

  it('is refused where the form is broken or no form at all', async () => {
    const path = `/graph/v26.0/${ids.number}/media`;
    const headers = { authorization: `Bearer ${ids.token}`, 'content-type': 'multipart/form-data; boundary=x' };
    expect((await server.call('POST', path, '--x\r\ncut', headers)).json.error.code).toBe(100);
    expect((await server.graph('POST', `/${ids.number}/media`, { file: 'x' })).json.error.code).toBe(100);
    expect((await server.call('POST', path, '--x--', { ...headers, authorization: '' })).json.error.code).toBe(190);
  });
});

describe('a file', () => {
  it('needs a good token, and an address that is not stale', async () => {
    const id = await uploaded();
    await server.control('POST', '/clock', { freeze: true });
    const { url } = (await server.graph('GET', `/${id}`)).json;
    const get = (token: string) => fetch(String(url), { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await (await get(ids.token)).arrayBuffer())).toEqual(jpeg);
    expect((await fetch(String(url))).status).toBe(401);
    expect((await get('another')).status).toBe(401);
    await server.control('POST', '/clock', { advanceMs: 299_000 });
    expect((await get(ids.token)).status).toBe(200);
    await server.control('POST', '/clock', { advanceMs: 2_000 });
    expect((await get(ids.token)).status).toBe(404);
    expect((await download(id)).status).toBe(200);
    expect((await fetch(`${server.origin}/graph/media-host/whatsapp_business/attachments/?mid=${id}`)).status).toBe(
      404,
    );
  });

  it('lives 30 days if uploaded and 7 if received, then is unknown', async () => {
    await server.control('POST', '/clock', { freeze: true });
    const sent = await uploaded();
    const { message } = await server.act({ media: { kind: 'image', base64: jpeg.toString('base64') } });
    const { id: received } = message.image as { id: string };
    const statuses = async () => [
      (await server.graph('GET', `/${sent}`)).status,
      (await server.graph('GET', `/${received}`)).status,
    ];
    await server.control('POST', '/clock', { advanceMs: 7 * dayMs - 5_000 });
    expect(await statuses()).toEqual([200, 200]);
    await server.control('POST', '/clock', { advanceMs: 5_000 });
    expect(await statuses()).toEqual([200, 400]);
    await server.control('POST', '/clock', { advanceMs: 23 * dayMs });
    expect((await server.graph('GET', `/${sent}`)).json.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it('belongs to a number and can be deleted', async () => {
    const id = await uploaded();
    expect((await server.graph('GET', `/${id}?phone_number_id=${ids.number}`)).status).toBe(200);
    expect((await server.graph('GET', `/${id}?phone_number_id=400200`)).json.error).toMatchObject({ code: 100 });
    expect((await server.graph('DELETE', `/${id}`)).json).toEqual({ success: true });
    expect((await server.graph('DELETE', `/${id}`)).json.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await sendFile('image', { id })).answer.json.error.message).toContain('media attachment ID');
  });

  it('of another number cannot be sent', async () => {
    await server.control('POST', '/graph/numbers', numberOf('400200'));
    const foreign = { phoneNumberId: '400200', from: ids.customer, media: { kind: 'image', size: 10 }, wait: true };
    await server.control('POST', '/graph/messages', foreign);
    const [told] = server.receiver.messages();
    const { id } = { ...told }.image as { id: string };
    expect((await sendFile('image', { id })).answer.status).toBe(400);
    expect((await sendFile('image', { id: await uploaded() })).answer.status).toBe(200);
  });
});

describe('a file from a customer', () => {
  it('comes with its digest in base64, by given bytes', async () => {
    const { message } = await server.act({ media: { kind: 'image', base64: jpeg.toString('base64'), caption: 'Hi' } });
    expect(message).toMatchObject({
      type: 'image',
      image: { mime_type: 'image/jpeg', sha256: digestOf(jpeg, 'base64'), caption: 'Hi' },
    });
    const { id, url } = message.image as { id: string; url: string };
    expect(Buffer.from(await (await download(id)).arrayBuffer())).toEqual(jpeg);
    expect((await fetch(url, { headers: { authorization: `Bearer ${ids.token}` } })).status).toBe(200);
    await server.control('PUT', '/graph/settings', { mediaUrlInWebhook: false });
    expect((await server.act({ media: { kind: 'image', size: 9 } })).message.image).not.toHaveProperty('url');
  });

  it('is put there first where it is large', async () => {
    const query = `phoneNumberId=${ids.number}&mimeType=application/pdf&filename=${encodeURIComponent('договор.pdf')}`;
    const bytes = Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(mega)]);
    const put = await fetch(`${server.origin}/control/graph/media?${query}`, { method: 'POST', body: bytes });
    const { mediaId } = (await put.json()) as { mediaId: string };
    const { message } = await server.act({ media: { kind: 'document', mediaId } });
    expect(message.document).toMatchObject({ id: mediaId, filename: 'договор.pdf', sha256: digestOf(bytes, 'base64') });
  });

  it.each([
    ['audio', { voice: true }, { mime_type: 'audio/ogg; codecs=opus', voice: true }],
    ['audio', {}, { mime_type: 'audio/mpeg', voice: false }],
    ['sticker', { animated: true }, { mime_type: 'image/webp', animated: true }],
    ['document', { filename: 'a.pdf', size: 0 }, { mime_type: 'application/pdf', filename: 'a.pdf' }],
    ['video', { mimeType: 'video/3gpp' }, { mime_type: 'video/3gpp' }],
  ])('of kind %s has the fields of its kind', async (kind, more, fields) => {
    const { message } = await server.act({ media: { kind, size: 100, ...more } });
    expect(message[kind]).toMatchObject(fields);
  });

  it.each([{ size: 0 }, { base64: '' }])('may be empty: %j', async (bytes) => {
    const { message } = await server.act({ media: { kind: 'document', ...bytes } });
    const { id, sha256 } = message.document as { id: string; sha256: string };
    expect(sha256).toBe(digestOf(Buffer.alloc(0), 'base64'));
    const answer = await download(id);
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  it('of 100 MB is made up of a seed, the same each time', async () => {
    const { message } = await server.act({ media: { kind: 'document', size: 100 * mega, seed: 'one' } });
    const { id, sha256 } = message.document as { id: string; sha256: string };
    const answer = await download(id);
    expect(answer.headers.get('content-length')).toBe(String(100 * mega));
    const digest = createHash('sha256');
    for await (const chunk of answer.body ?? []) digest.update(chunk);
    expect(digest.digest('base64')).toBe(sha256);
    const other = await server.act({ media: { kind: 'document', size: 1_000, seed: 'two' } });
    expect((other.message.document as { sha256: string }).sha256).not.toBe(sha256);
  });

  it('beyond 100 MB comes as an error, unless limits are lifted', async () => {
    const media = { kind: 'video', size: 200 * mega };
    const { message } = await server.act({ media });
    expect(message).toMatchObject({ type: 'video', errors: [{ code: 131052 }] });
    expect(message).not.toHaveProperty('video');
    await server.control('PUT', '/graph/settings', { mediaLimits: false });
    const { id } = (await server.act({ media })).message.video as { id: string };
    expect((await server.graph('GET', `/${id}`)).json.file_size).toBe(String(200 * mega));
  });

  it.each([{ kind: 'letter', size: 1 }, { kind: 'image' }, { kind: 'image', size: -1 }])(
    'is refused as %j',
    async (media) => {
      const body = { phoneNumberId: ids.number, from: ids.customer, media };
      expect((await server.call('POST', '/control/graph/messages', body)).status).toBe(400);
    },
  );
});
