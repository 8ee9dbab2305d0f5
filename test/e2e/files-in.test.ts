import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aDialogueOf,
  aSender,
  breakDownloads,
  commentsOnce,
  filesOfCustomer,
  HEADS,
  type SentMedia,
  sendFile,
  shownFiles,
  taskOfSender,
  taskOnce,
  untilFetched,
} from '../support/files.ts';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';

let parley: Parley;
let company: Company;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
});

afterAll(() => parley?.stop());

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

describe('files of a customer', () => {
  it('stand in the description when the first message brings them, else in their comment; captions are the text', async () => {
    const place = { parley, company, customer: aSender() };
    await sendFile(place, { kind: 'image', caption: 'This is <broken>' });
    const task = await taskOnce(place, 'a description', () => true);
    await sendFile(place, { kind: 'document', filename: 'invoice.pdf', caption: 'and the *invoice*' });
    await sendFile(place, { kind: 'document', filename: 'bare.pdf' });
    const [withWords, bare] = await commentsOnce(place, 2);
    const [picture, invoice, other] = await filesOfCustomer(place);
    expect(task).toMatchObject({ description: 'This is &lt;broken&gt;', files: [{ sha256: picture?.sha256 }] });
    expect(withWords?.files).toMatchObject([{ name: 'invoice.pdf', type: 'application/pdf', sha256: invoice?.sha256 }]);
    expect(withWords?.description).toContain('and the ');
    expect(bare?.files).toMatchObject([{ name: 'bare.pdf', sizeBytes: 20_000, sha256: other?.sha256 }]);
    expect(bare?.owner.id).toBe(task.assigner?.id);
    // The digests tell one file from another, and no file is anywhere but at its message.
    expect(new Set([picture?.sha256, invoice?.sha256, other?.sha256]).size).toBe(3);
    expect((await taskOfSender(place))?.files).toHaveLength(1);
  });

  const kinds: [what: string, media: SentMedia, name: string, type: string, text: string][] = [
    ['a photo', { kind: 'image' }, 'image.jpg', 'image/jpeg', 'Photo'],
    ['a video', { kind: 'video', base64: base64(HEADS.mp4) }, 'video.mp4', 'video/mp4', 'Video'],
    ['a sound', { kind: 'audio', base64: base64(HEADS.mp3) }, 'audio.mp3', 'audio/mpeg', 'Audio file'],
    [
      'a voice message',
      { kind: 'audio', voice: true, base64: base64(HEADS.opus) },
      'voice-message.ogg',
      'audio/ogg; codecs=opus',
      'Voice message',
    ],
    ['a sticker', { kind: 'sticker', base64: base64(HEADS.webp) }, 'sticker.webp', 'image/webp', 'Sticker'],
    ['a document without a name', { kind: 'document' }, 'document.pdf', 'application/pdf', 'Document'],
    [
      'a program that calls itself a picture',
      { kind: 'image', mimeType: 'image/jpeg', base64: base64(HEADS.exe) },
      'image.exe',
      'application/x-msdownload',
      'Photo',
    ],
    [
      'a program that is named like a picture',
      { kind: 'document', filename: 'photo.jpg', mimeType: 'image/jpeg', base64: base64(HEADS.exe) },
      'photo.jpg',
      'application/x-msdownload',
      'Document',
    ],
  ];

  it.each(kinds)('have the name and type of what they are: %s', async (_what, media, name, type, text) => {
    const place = { parley, company, customer: aSender() };
    await sendFile(place, media);
    const task = await taskOnce(place, 'its file', () => true);
    const [sent] = await filesOfCustomer(place);
    expect(task.files).toMatchObject([{ name, type, sha256: sent?.sha256, sizeBytes: sent?.size }]);
    expect(task.description).toBe(`<i>${text}</i>`);
  });

  const names: [what: string, name: string, cleaned: string][] = [
    ['Cyrillic', 'Счёт №5.pdf', 'Счёт №5.pdf'],
    ['quotes', 'the "best" offer\'s.pdf', 'the "best" offer\'s.pdf'],
    ['a path', '../../etc/passwd.pdf', 'passwd.pdf'],
    ['a path of Windows', '..\\..\\windows\\win.pdf', 'win.pdf'],
    ['a turned direction of writing', 'photo\u202egpj.pdf', 'photogpj.pdf'],
    ['line breaks', 'a\r\nX-Evil: 1\r\n.pdf', 'a X-Evil_ 1.pdf'],
    ['300 characters', `${'ж'.repeat(296)}.pdf`, `${'ж'.repeat(146)}.pdf`],
    ['nothing but dots', '...', 'file.pdf'],
  ];

  it.each(names)('have a harmless name: %s', async (_what, filename, cleaned) => {
    const place = { parley, company, customer: aSender() };
    await sendFile(place, { kind: 'document', filename });
    expect(await taskOnce(place, 'its file', () => true)).toMatchObject({ files: [{ name: cleaned }] });
  });

  it('come with a contact card as a vCard', async () => {
    const place = { parley, company, customer: aSender() };
    const contacts = [{ name: { formatted_name: 'Zoë; Ltd' }, phones: [{ phone: '+49 30 1', wa_id: '49301' }] }];
    await writeAs(parley, company, place.customer, '', { text: undefined, contacts });
    const task = await taskOnce(place, 'its card', ({ files }) => files.length > 0);
    expect(task.files).toMatchObject([{ type: 'text/vcard', name: expect.stringMatching(/\.vcf$/) }]);
    const url = `${parley.sandbox.url}/control/planfix/${company.account}/files/${task.files[0]?.id}`;
    const card = await (await fetch(url)).text();
    expect(card).toContain('FN:Zoë\\; Ltd\r\n');
    expect(card).toContain('+49 30 1');
  });
});

describe('an album of ten pictures in one webhook', () => {
  it('becomes one task with ten files, in order', async () => {
    const customer = aSender();
    const place = { parley, company, customer };
    await parley.sandbox.control('POST', 'graph/customers', customer);
    const messages = Array.from({ length: 10 }, (_, at) => ({
      from: customer.phone,
      media: { kind: 'image', size: 1_000 + at, seed: `album ${at}`, ...(at === 0 ? { caption: 'Holiday' } : {}) },
    }));
    await parley.sandbox.control('POST', 'graph/batches', { phoneNumberId: company.phoneNumberId, messages });
    const comments = await commentsOnce(place, 9);
    const task = await taskOfSender(place);
    const sizes = [...(task?.files ?? []), ...comments.flatMap(({ files }) => files)].map((file) => file.sizeBytes);
    expect(task?.description).toBe('Holiday');
    expect(sizes).toEqual(messages.map(({ media }) => media.size));
    expect(comments.every(({ files }) => files.length === 1)).toBe(true);
  });
});

describe('what follows a slow file', () => {
  it('keeps its place behind it, and nobody else waits', async () => {
    const slow = await connectCompany(parley);
    const place = await aDialogueOf(parley, slow);
    const fault = await breakDownloads(place, { kind: 'stall', times: 0 });
    await writeAs(parley, slow, place.customer, 'before it', { wait: true });
    await sendFile(place, { kind: 'image', caption: 'the slow one' });
    await untilFetched(place);
    await writeAs(parley, slow, place.customer, 'after it');
    await eventually('the later text is known', async () =>
      (await shownFiles(place)).find((message) => message.text === 'after it'),
    );
    // The control: a text with no file before it does not wait, neither of this customer nor of another one.
    await aDialogueOf(parley, slow);
    expect((await commentsOnce(place, 1)).map((comment) => comment.description)).toEqual(['before it']);
    await fault.remove();
    const comments = await commentsOnce(place, 3);
    expect(comments.map((comment) => comment.description)).toEqual(['before it', 'the slow one', 'after it']);
    expect(comments.map(({ files }) => files.length)).toEqual([0, 1, 0]);
  });
});
