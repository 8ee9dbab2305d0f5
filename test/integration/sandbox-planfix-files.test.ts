import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Acme,
  type Answer,
  type PlanfixServer,
  startDialogue,
  startPlanfixServer,
} from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-26T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function formOf(bytes: Uint8Array, name: string, type = 'application/octet-stream'): FormData {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(bytes)], name, { type }));
  return form;
}

async function upload(acme: Acme, name: string, bytes: Uint8Array = Buffer.from('bytes')): Promise<number> {
  const answer = await acme.call('POST', '/file/?targetType=task', formOf(bytes, name));
  expect(answer).toMatchObject({ status: 200, body: { result: 'success' } });
  return answer.body.id;
}

async function linkTo(acme: Acme, id: number): Promise<string> {
  const { status, headers } = await acme.call('GET', `/file/${id}/download`);
  expect(status).toBe(302);
  return headers.get('location') ?? '';
}

const fetchLink = (url: string, headers: object = {}): Promise<Answer> => planfix.fetch('GET', url, undefined, headers);

describe('an upload', () => {
  it('comes back whole, whatever it holds and however long it is', async () => {
    const acme = await planfix.account();
    const marks = Buffer.from('\r\n--boundary\r\n\r\n--');
    for (const bytes of [Buffer.alloc(0), marks, randomBytes(3_000_001)]) {
      const id = await upload(acme, 'any.bin', bytes);
      const { bytes: back, headers } = await fetchLink(await linkTo(acme, id));
      expect(headers.get('content-length')).toBe(String(bytes.length));
      expect(back.equals(bytes)).toBe(true);
    }
  });

  it('keeps the name as it came, and tells of size in kilobytes and of no type', async () => {
    const acme = await planfix.account();
    const name = '../Счёт "№ 5".pdf';
    const { body } = await acme.call('POST', '/file', formOf(randomBytes(1025), name, 'application/pdf'));
    const { file } = await acme.ok('GET', `/file/${body.id}?fields=id,name,size,type,link,downloadUrl`);
    const url = expect.stringContaining('/planfix-storage/');
    expect(file).toEqual({ id: body.id, name, size: 2, link: expect.stringContaining('https://'), downloadUrl: url });
    const { items } = await acme.control('GET', '/files');
    expect(items).toMatchObject([{ name, type: 'application/pdf', sizeBytes: 1025 }]);
    await acme.settings({ fileSizeUnit: 'bytes' });
    expect((await acme.ok('GET', `/file/${body.id}?fields=size`)).file).toEqual({ size: 1025 });
  });

  it('prefers filename* to filename', async () => {
    const acme = await planfix.account();
    const names = `filename="Schet.pdf"; filename*=UTF-8''${encodeURIComponent('Счёт.pdf')}`;
    const part = `--x\r\nContent-Disposition: form-data; name="file"; ${names}\r\n\r\nbytes\r\n--x--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const { body } = await acme.call('POST', '/file/', Buffer.from(part), headers);
    expect((await acme.ok('GET', `/file/${body.id}?fields=name`)).file).toEqual({ name: 'Счёт.pdf' });
  });

  it('is refused without a file, broken, for a wrong target, and without the right', async () => {
    const acme = await planfix.account();
    const other = new FormData();
    other.set('document', 'text');
    const multipart = { 'content-type': 'multipart/form-data; boundary=x' };
    const broken = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes';
    const refusals = [
      await acme.call('POST', '/file/', { name: 'no multipart' }),
      await acme.call('POST', '/file/', other),
      await acme.call('POST', '/file/', Buffer.from(broken), multipart),
      await acme.call('POST', '/file/?targetType=contact', formOf(randomBytes(1), 'a')),
    ];
    expect(refusals.map(({ status, body }) => [status, (body as { code?: number }).code])).toEqual([
      [400, 40],
      [400, 40],
      [400, 7001],
      [400, 41],
    ]);
    await acme.control('POST', '/token', { scopes: ['file_readonly'] });
    expect(await acme.call('POST', '/file/', formOf(randomBytes(1), 'a'))).toMatchObject({ status: 405 });
    expect((await acme.control('GET', '/files')).items).toEqual([]);
  });

  it('is refused beyond the limit, in either form, and within it is not', async () => {
    const acme = await planfix.account({ settings: { maxUploadBytes: 2_000_000 } });
    const large = randomBytes(2_000_001);
    expect(await acme.call('POST', '/file/', formOf(large, 'a'))).toMatchObject({ status: 400, body: { code: 7002 } });
    await acme.settings({ tooLargeAnswer: '413' });
    const page = await acme.call('POST', '/file/', formOf(large, 'a'));
    expect(page).toMatchObject({ status: 413, text: expect.stringContaining('413 Request Entity Too Large') });
    await acme.settings({ emptyFiles: 'refuse' });
    expect(await acme.call('POST', '/file/', formOf(Buffer.alloc(0), 'a'))).toMatchObject({ status: 400 });
    await acme.settings({ maxUploadBytes: 2_100_000 });
    await upload(acme, 'a', large);
    expect((await acme.control('GET', '/files')).items).toHaveLength(1);
  });

  it('holds against seven others at once', async () => {
    const acme = await planfix.account();
    const files = Array.from({ length: 8 }, () => randomBytes(4_000_000));
    const ids = await Promise.all(files.map((bytes, index) => upload(acme, `${index}.bin`, bytes)));
    const { items } = await acme.control('GET', '/files');
    const digests = new Map((items as unknown as { id: number; sha256: string }[]).map((one) => [one.id, one.sha256]));
    expect(ids.map((id) => digests.get(id))).toEqual(files.map(sha256));
  });

  it('leaves nothing behind when its sender goes away', async () => {
    const acme = await planfix.account();
    const abort = new AbortController();
    const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="half.bin"\r\n\r\n';
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Buffer.concat([Buffer.from(part), randomBytes(2_000_000)]));
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const sent = acme.call('POST', '/file/', body, headers, abort.signal);
    await planfix.until(async () => (await acme.control('GET', '/rate')).total === 1);
    abort.abort();
    await expect(sent).rejects.toThrow();
    await planfix.until(async () => planfix.core.requests.find({ account: acme.name, path: '/file/' }).length === 1);
    expect((await acme.control('GET', '/files')).items).toEqual([]);
    await upload(acme, 'whole.bin');
  });

  it('is struck by faults like any call, and logged without its bytes', async () => {
    const acme = await planfix.account();
    acme.fault({ kind: 'drop-after', path: '/file/' });
    await expect(acme.call('POST', '/file/', formOf(randomBytes(10), 'made.bin'))).rejects.toThrow();
    acme.fault({ kind: 'drop-before', path: '/file/' });
    await expect(acme.call('POST', '/file/', formOf(randomBytes(10), 'lost.bin'))).rejects.toThrow();
    acme.fault({ kind: 'status', status: 413, purpose: 'upload', body: 'too large' });
    expect(await acme.call('POST', '/file/', formOf(randomBytes(10), 'lost.bin'))).toMatchObject({ status: 413 });
    expect((await acme.control('GET', '/files')).items).toMatchObject([{ name: 'made.bin' }]);
    const logged = planfix.core.requests.find({ account: acme.name, path: '/file/' });
    expect(logged).toMatchObject([{ status: 0, body: { file: { name: 'made.bin', sizeBytes: 10 } } }, {}, {}]);
  });
});

describe('the storage', () => {
  it('gives bytes to whoever has the link, until its time is over', async () => {
    const acme = await planfix.account({ settings: { storageLinkLifeMs: 60_000 } });
    const id = await upload(acme, 'Фото.jpg');
    const url = await linkTo(acme, id);
    expect(await fetchLink(url)).toMatchObject({ status: 200, text: 'bytes' });
    planfix.clock.advance(61_000);
    expect(await fetchLink(url)).toMatchObject({ status: 403, text: expect.stringContaining('expired') });
    expect(await fetchLink(await linkTo(acme, id))).toMatchObject({ status: 200 });
    expect((await acme.control('GET', '/downloads')).items).toMatchObject([
      { file: id, status: 200, withBearer: false },
      { status: 403 },
      { status: 200 },
    ]);
  });

  it('refuses a link that was changed', async () => {
    const acme = await planfix.account();
    const [mine, other] = [await upload(acme, 'a'), await upload(acme, 'b')];
    const url = await linkTo(acme, mine);
    expect(await fetchLink(url.replace(`/${mine}?`, `/${other}?`))).toMatchObject({ status: 403 });
    expect(await fetchLink(url.replace(/expires=\d+/, 'expires=9999999999'))).toMatchObject({ status: 403 });
    expect(await fetchLink(url.replace(/signature=\w+/, 'signature=0'))).toMatchObject({ status: 403 });
  });

  it('sees a bearer that was forwarded, and refuses or takes it', async () => {
    const acme = await planfix.account();
    const url = await linkTo(acme, await upload(acme, 'a'));
    const bearer = { authorization: 'Bearer token' };
    expect(await fetchLink(url, bearer)).toMatchObject({ status: 400 });
    await acme.settings({ storageBearer: 'accept' });
    expect(await fetchLink(url, bearer)).toMatchObject({ status: 200 });
    const { items } = await acme.control('GET', '/downloads');
    expect(items).toMatchObject([{ withBearer: true }, { withBearer: true }]);
  });

  it('may be another host', async () => {
    const acme = await planfix.account({ settings: { storageOrigin: 'https://storage.example' } });
    expect(await linkTo(acme, await upload(acme, 'a'))).toMatch(/^https:\/\/storage\.example\/planfix-storage\//);
  });

  it('breaks off in the middle', async () => {
    const acme = await planfix.account();
    const url = await linkTo(acme, await upload(acme, 'a', randomBytes(2_000_000)));
    acme.fault({ kind: 'drop-after', purpose: 'download' });
    await expect(fetchLink(url)).rejects.toThrow();
    expect((await fetchLink(url)).bytes).toHaveLength(2_000_000);
    expect((await acme.control('GET', '/downloads')).items).toMatchObject([{ status: 0 }, { status: 200 }]);
  });
});

describe('files of a task', () => {
  it('come with its creation, are replaced by an update, and are deleted with their last place', async () => {
    const acme = await planfix.account();
    const [one, two, three] = [await upload(acme, '1'), await upload(acme, '2'), await upload(acme, '3')];
    const { id } = await acme.ok('POST', '/task/', { name: 'Order', files: [{ id: one }, { id: two }] });
    await acme.ok('POST', `/task/${id}`, { name: 'Changed' });
    const read = async () => (await acme.ok('GET', `/task/${id}?fields=files`)).task.files.map((file) => file.id);
    expect(await read()).toEqual([one, two]);
    await acme.ok('POST', `/task/${id}/comments/`, { description: 'again', files: [{ id: one }] });
    await acme.ok('POST', `/task/${id}`, { files: [{ id: three }] });
    expect(await read()).toEqual([three]);
    await acme.ok('GET', `/file/${one}?fields=name`);
    expect(await acme.call('GET', `/file/${two}`)).toMatchObject({ status: 400, body: { code: 7000 } });
    await acme.ok('POST', `/task/${id}`, { files: [] });
    expect(await read()).toEqual([]);
    await acme.settings({ orphanedFiles: 'keep' });
    const four = await upload(acme, '4');
    await acme.ok('POST', `/task/${id}`, { files: [{ id: four }] });
    await acme.ok('POST', `/task/${id}`, { files: [] });
    await acme.ok('GET', `/file/${four}`);
  });

  it('are listed with those of comments, or alone', async () => {
    const { acme, task } = await startDialogue(planfix);
    const [described, commented] = [await upload(acme, 'first.jpg'), await upload(acme, 'later.jpg')];
    await acme.ok('POST', `/file/${described}/attach/task?id=${task}`);
    await acme.ok('POST', `/file/${described}/attach/task?id=${task}`);
    await acme.ok('POST', `/task/${task}/comments/`, { description: 'later', files: [{ id: commented }] });
    const list = async (query = '') => (await acme.ok('GET', `/task/${task}/files${query}`)).files;
    expect(await list()).toMatchObject([{ id: described, name: 'first.jpg' }, { id: commented }]);
    expect(await list('?onlyFromDescription=true')).toMatchObject([{ id: described }]);
  });

  it('must exist, as must the task', async () => {
    const acme = await planfix.account();
    const file = await upload(acme, 'a');
    const refusals = [
      await acme.call('POST', '/task/', { name: 'Order', files: [{ id: 77 }] }),
      await acme.call('POST', '/file/77/attach/task?id=1'),
      await acme.call('POST', `/file/${file}/attach/task?id=77`),
      await acme.call('GET', '/file/77/download'),
    ];
    expect(refusals.map(({ status, body }) => [status, (body as { code?: number }).code])).toEqual([
      [400, 7000],
      [400, 7000],
      [400, 1000],
      [400, 7000],
    ]);
    expect((await acme.dump()).tasks).toEqual([]);
  });

  it('are attached although the answer is lost', async () => {
    const { acme, task } = await startDialogue(planfix);
    const file = await upload(acme, 'a');
    acme.fault({ kind: 'drop-after', path: '/attach/task' });
    await expect(acme.call('POST', `/file/${file}/attach/task?id=${task}`)).rejects.toThrow();
    expect((await acme.control('GET', `/tasks/${task}`)).files).toMatchObject([{ id: file }]);
  });
});

describe('a file of an agent', () => {
  it('is given as bytes, as a size, or chosen before', async () => {
    const { acme, task } = await startDialogue(planfix);
    const head = Buffer.from([0xff, 0xd8, 0xff]);
    const chosen = await planfix.fetch(
      'POST',
      `/control/planfix/${acme.name}/files?name=${encodeURIComponent('Чек.png')}`,
      randomBytes(20),
      { 'content-type': 'image/png' },
    );
    const generated = { name: 'large.jpg', size: 3_000_000, seed: 'one', head: head.toString('base64') };
    const files = [{ name: 'note.txt', base64: Buffer.from('note').toString('base64') }, generated, chosen.body];
    const { id } = await acme.control('POST', '/comments', { task, author: 'user:3', html: 'See', notify: [], files });
    const { comment } = await acme.ok('GET', `/comment/${id}?fields=files`);
    expect(comment.files).toMatchObject([
      { name: 'note.txt', size: 1 },
      { name: 'large.jpg', size: 2930 },
      { id: chosen.body.id, name: 'Чек.png' },
    ]);
    const dumped = (await acme.control('GET', `/tasks/${task}`)).comments[0]?.files[1];
    const { bytes } = await fetchLink(await linkTo(acme, comment.files[1]?.id ?? 0));
    expect(bytes).toHaveLength(3_000_000);
    expect(bytes.subarray(0, 3)).toEqual(head);
    expect(dumped).toMatchObject({ sizeBytes: 3_000_000, sha256: sha256(bytes) });
    const shown = await planfix.fetch('GET', dumped?.url ?? '');
    expect(shown.bytes.equals(bytes)).toBe(true);
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
    const same = { task, author: 'user:3', html: 'Again', notify: [], files: [generated] };
    await acme.control('POST', '/comments', same);
    const again = (await acme.control('GET', `/tasks/${task}`)).comments[1]?.files[0];
    expect(again?.sha256).toBe(dumped?.sha256);
  });
});

describe('a file by its address', () => {
  it('is not fetched from a private one, unless the setting allows it', async () => {
    const server = createServer((_request, response) => response.end('bytes')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
    const acme = await planfix.account();
    const refused = [
      'http://[::1]/',
      'http://10.1.2.3/',
      `https://${acme.name}.planfix.com/x`,
      'file:///etc/hosts',
      'x',
    ];
    for (const address of [url, ...refused]) {
      const answer = await acme.call('POST', '/file/from-url/', { name: 'a', url: address });
      expect(answer).toMatchObject({ status: 400, body: { code: 41 } });
    }
    await acme.settings({ fromUrlPrivate: 'fetch' });
    const { id } = await acme.ok('POST', '/file/from-url/', { name: 'a.txt', url });
    expect(await fetchLink(await linkTo(acme, id))).toMatchObject({ text: 'bytes' });
    server.close();
    server.closeAllConnections();
  });
});
