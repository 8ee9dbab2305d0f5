import { describe, expect, it } from '@jest/globals';
import { multipartAround } from '../../../activities/multipart.ts';

const file = (name: string, mime = 'text/plain') => ({ part: 'file', name, mime, size: 5 });

/** The whole body around five bytes. */
function bodyOf(name: string, mime?: string, fields: Record<string, string> = {}) {
  const made = multipartAround(fields, file(name, mime));
  const body = Buffer.concat([made.beforeFile, Buffer.from('hello'), made.afterFile]);
  return { ...made, body, head: made.beforeFile.toString('utf8') };
}

/** As a browser's own reader takes it, which knows nothing of `filename*`. */
async function readForm({ body, contentType }: ReturnType<typeof bodyOf>): Promise<FormData> {
  return new Response(body, { headers: { 'content-type': contentType } }).formData();
}

describe('the body around a file', () => {
  it('holds the fields, the file and its type, and knows its length', async () => {
    const made = bodyOf('a.txt', 'text/plain', { messaging_product: 'whatsapp', type: 'text/plain' });
    expect(made.contentLength).toBe(made.body.length);
    const form = await readForm(made);
    expect([form.get('messaging_product'), form.get('type')]).toEqual(['whatsapp', 'text/plain']);
    const part = form.get('file') as File;
    expect([part.name, part.type, await part.text()]).toEqual(['a.txt', 'text/plain', 'hello']);
    expect(multipartAround({}, { ...file('a.txt'), size: undefined }).contentLength).toBeUndefined();
  });

  it('has a boundary of its own each time', () => {
    expect(bodyOf('a').contentType).not.toBe(bodyOf('a').contentType);
  });
});

describe('names', () => {
  it.each<[string, string, plain: string, encoded: string | undefined]>([
    ['plain', 'report.pdf', '"report.pdf"', undefined],
    ['quotes and backslashes', 'a"b\\c.pdf', '"a\\"b_c.pdf"', undefined],
    ['a way up', '../../etc/passwd', '".._.._etc_passwd"', undefined],
    ['only dots', '..', '"file"', undefined],
    ['empty', '', '"file"', undefined],
    ['another header', 'a\r\nContent-Type: text/html\r\n\r\n<b>', '"a__Content-Type: text_html____<b>"', undefined],
    ['Cyrillic', 'Счёт №1.pdf', '"Счёт №1.pdf"', '%D0%A1%D1%87%D1%91%D1%82%20%E2%84%961.pdf'],
    ['an apostrophe beyond ASCII', "ü'(1)*.txt", `"ü'(1)*.txt"`, '%C3%BC%27%281%29%2A.txt'],
    ['turned around', 'ann\u202Egpj.exe', '"ann_gpj.exe"', undefined],
    ['half a character', 'a\ud800.txt', '"a\ufffd.txt"', 'a%EF%BF%BD.txt'],
  ])('are written so that everybody reads them: %s', async (_, name, plain, encoded) => {
    const made = bodyOf(name);
    const expected = `name="file"; filename=${plain}${encoded === undefined ? '' : `; filename*=UTF-8''${encoded}`}`;
    expect(made.head.split('\r\n')).toEqual([
      expect.stringMatching(/^--parley-/),
      `Content-Disposition: form-data; ${expected}`,
      'Content-Type: text/plain',
      '',
      '',
    ]);
  });

  it('of 300 characters arrive whole', async () => {
    const name = `${'я'.repeat(296)}.pdf`;
    const made = bodyOf(name);
    expect(decodeURIComponent(/filename\*=UTF-8''(\S+)/.exec(made.head)?.[1] ?? '')).toBe(name);
    expect(((await readForm(made)).get('file') as File).name).toBe(name);
  });

  it('never end the header, whatever they are', () => {
    // The check itself notices a name that is not made safe.
    const lines = (head: string) => head.split('\r\n').length;
    const hostile = Array.from({ length: 0x30 }, (_, code) => `${String.fromCharCode(code)}"; filename="x`);
    expect(new Set(hostile.map((name) => lines(bodyOf(name).head)))).toEqual(new Set([5]));
    expect(lines('Content-Disposition: form-data; filename="a\r\nb"')).toBe(2);
  });
});

describe('types', () => {
  it.each([
    ['audio/ogg; codecs=opus', 'audio/ogg; codecs=opus'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', undefined],
    ['text/plain; charset="utf-8"', 'text/plain; charset="utf-8"'],
    ['text/plain\r\nX: y', 'application/octet-stream'],
    ['text', 'application/octet-stream'],
    ['', 'application/octet-stream'],
    [`a/${'b'.repeat(300)}`, 'application/octet-stream'],
  ])('%j', (mime, expected = mime) => {
    expect(bodyOf('a', mime).head.split('\r\n')[2]).toBe(`Content-Type: ${expected}`);
  });
});
