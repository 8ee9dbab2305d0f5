import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultOfPlanfix } from '../support/account-world.ts';
import {
  type AgentFile,
  aFile,
  breakFilesOfPlanfix,
  commentWithFiles,
  type FileInPlanfix,
  filesInPlanfix,
  HEADS,
  receivedBy,
  receivedOnce,
  uploadsOf,
} from '../support/files.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messagesOf,
  putIntoTask,
  sendCalls,
  startDialogue,
  startDialogueIn,
} from '../support/reply-world.ts';

const KB = 1_024;
const MB = 1_024 * KB;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** The files of the company's Planfix by name. */
const byName = async (dialogue: Dialogue): Promise<Record<string, FileInPlanfix>> =>
  Object.fromEntries((await filesInPlanfix(dialogue)).map((file) => [file.name, file]));

/** What a person sees of the messages that they got: kind, words, and the name of a document. */
const seen = (messages: Awaited<ReturnType<typeof receivedBy>>) =>
  messages.map(({ type, text, media }) => [type, text, type === 'document' ? media?.filename : null]);

describe('the files of a comment', () => {
  it('all go to the customer in their order, the words under the first; byte for byte', async () => {
    const dialogue = await startDialogue(parley);
    const files = [
      aFile('photo.jpg', 50 * KB, HEADS.jpg),
      aFile('Счёт №5 "final".pdf', 70 * KB, HEADS.pdf),
      aFile('second.png', 30 * KB, HEADS.png),
    ];
    await commentWithFiles(dialogue, files, 'Here you <b>are</b>');
    const received = await receivedOnce(dialogue, 3);
    expect(seen(received)).toEqual([
      ['image', 'Here you *are*', null],
      ['document', '', 'Счёт №5 "final".pdf'],
      ['image', '', null],
    ]);
    const kept = await byName(dialogue);
    expect(received.map(({ media }) => media?.sha256)).toEqual(files.map(({ name }) => kept[name]?.sha256));
    expect(new Set(received.map(({ media }) => media?.sha256)).size).toBe(3);
    const calls = await sendCalls(dialogue);
    expect(calls).toHaveLength(3);
    for (const { body } of calls) expect(JSON.stringify(body)).not.toMatch(/"link"/);
  });

  const kinds: [what: string, file: ReturnType<typeof aFile>, type: string, mimeType: string][] = [
    ['a picture', aFile('a.jpg', 5 * MB, HEADS.jpg), 'image', 'image/jpeg'],
    ['a picture too large for one', aFile('a.jpg', 5 * MB + 1, HEADS.jpg), 'document', 'image/jpeg'],
    ['a picture named like a text', aFile('a.txt', 9 * KB, HEADS.png), 'image', 'image/png'],
    ['a video', aFile('a.mp4', 2 * MB, HEADS.mp4), 'video', 'video/mp4'],
    ['a video too large for one', aFile('a.mp4', 16 * MB + 1, HEADS.mp4), 'document', 'video/mp4'],
    ['a sound', aFile('a.mp3', 9 * KB, HEADS.mp3), 'audio', 'audio/mpeg'],
    ['a sound of Opus', aFile('a.ogg', 9 * KB, HEADS.opus), 'audio', 'audio/ogg'],
    ['a sound of a phone', aFile('a.m4a', 9 * KB, HEADS.m4a), 'audio', 'audio/mp4'],
    ['a sticker', aFile('a.webp', 50 * KB, HEADS.webp), 'sticker', 'image/webp'],
    ['a sticker too large for one', aFile('a.webp', 101 * KB, HEADS.webp), 'document', 'image/webp'],
    ['a PDF', aFile('a.pdf', 9 * KB, HEADS.pdf), 'document', 'application/pdf'],
    ['a program named like a picture', aFile('a.jpg', 9 * KB, HEADS.exe), 'document', 'application/x-msdownload'],
    ['no picture, but named like one', aFile('a.jpg', 9 * KB, 'just words'), 'document', 'application/octet-stream'],
  ];

  it.concurrent.each(kinds)('go as what they are: %s', async (_what, file, type, mimeType) => {
    const dialogue = await startDialogue(parley);
    await commentWithFiles(dialogue, [file]);
    const [message, ...more] = await receivedOnce(dialogue, 1);
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      type,
      text: '',
      media: { size: file.size, sha256: (await byName(dialogue))[file.name]?.sha256 },
    });
    expect(message?.media?.mimeType.split(';')[0]).toBe(mimeType);
    if (type === 'document') expect(message?.media?.filename).toBe(file.name);
  });

  const WORDS = 'Mind the date. ';
  const captions: [what: string, html: string, file: AgentFile, seen: unknown[]][] = [
    [
      'a sound',
      'Listen',
      aFile('a.mp3', 9 * KB, HEADS.mp3),
      [
        ['text', 'Listen', null],
        ['audio', '', null],
      ],
    ],
    [
      'a sticker',
      'Look',
      aFile('a.webp', 9 * KB, HEADS.webp),
      [
        ['text', 'Look', null],
        ['sticker', '', null],
      ],
    ],
    [
      'a sound that is named like a document',
      'Listen',
      aFile('a.pdf', 9 * KB, HEADS.mp3),
      [['document', 'Listen', 'a.pdf']],
    ],
    ['a picture', 'x'.repeat(1_024), aFile('a.jpg', 9 * KB, HEADS.jpg), [['image', 'x'.repeat(1_024), null]]],
    [
      'a picture and more words than fit',
      WORDS.repeat(70),
      aFile('a.jpg', 9 * KB, HEADS.jpg),
      [
        ['text', WORDS.repeat(70).trim(), null],
        ['image', '', null],
      ],
    ],
  ];

  it.concurrent.each(captions)('leave no word unread: %s', async (_what, html, file, expected) => {
    const dialogue = await startDialogue(parley);
    await commentWithFiles(dialogue, [file], html);
    expect(seen(await receivedOnce(dialogue, expected.length))).toEqual(expected);
  });

  it('keep the comment that follows them behind, and no other conversation', async () => {
    const dialogue = await startDialogue(parley);
    const other = await startDialogueIn(parley, dialogue.company);
    const storage = await faultOfPlanfix(parley, dialogue.company, { kind: 'hang', path: '/download$' });
    await commentWithFiles(dialogue, [aFile('slow.pdf', 9 * KB, HEADS.pdf)], 'first');
    await commentOn(dialogue, { html: 'second' });
    await commentOn(other, { html: 'elsewhere' });
    await receivedOnce(other, 1);
    await eventuallyKnown(dialogue, 2);
    expect(await receivedBy(dialogue)).toEqual([]);
    await storage.remove();
    expect(seen(await receivedOnce(dialogue, 2))).toEqual([
      ['document', 'first', 'slow.pdf'],
      ['text', 'second', null],
    ]);
  });

  it('go to each customer who is notified', async () => {
    const one = await startDialogue(parley);
    const two = await startDialogueIn(parley, one.company);
    const [message] = (await messagesOf(two, { direction: 'inbound', state: 'posted' })).filter(
      ({ planfixTask }) => planfixTask === two.task,
    );
    await putIntoTask(parley, message?.conversationId, one.task);
    await commentWithFiles(one, [aFile('both.pdf', 9 * KB, HEADS.pdf)], 'To both', {
      notify: [one.contact, two.contact],
    });
    for (const dialogue of [one, two]) {
      expect(seen(await receivedOnce(dialogue, 1))).toEqual([['document', 'To both', 'both.pdf']]);
    }
    await commentWithFiles(one, [aFile('single.pdf', 9 * KB, HEADS.pdf)], 'To one');
    expect(seen(await receivedOnce(one, 2))[1]).toEqual(['document', 'To one', 'single.pdf']);
    expect(await receivedBy(two)).toHaveLength(1);
  });
});

/** Waits until so many messages of this customer's comments are known to Parley. */
async function eventuallyKnown(dialogue: Dialogue, count: number) {
  return eventually(`${count} outbound messages`, async () => {
    const messages = await messagesOf(dialogue, { direction: 'outbound' });
    return messages.filter(({ planfixTask }) => planfixTask === dialogue.task).length >= count || undefined;
  });
}

describe('a file that goes out again', () => {
  it('is uploaded once for as long as the network keeps it', async () => {
    const dialogue = await startDialogue(parley);
    await commentWithFiles(dialogue, [aFile('price.pdf', 9 * KB, HEADS.pdf)], 'one');
    await receivedOnce(dialogue, 1);
    const [file] = await filesInPlanfix(dialogue);
    const again = { id: file?.id as number };
    await commentWithFiles(dialogue, [again], 'two');
    await receivedOnce(dialogue, 2);
    expect(await uploadsOf(dialogue)).toHaveLength(1);
    // The control: once the network may have dropped it, it is uploaded anew.
    await withDatabase(parley, (db) =>
      db
        .updateTable('attachment')
        .set({ channelMediaAt: new Date(Date.now() - 26 * 24 * 60 * 60_000) })
        .where('planfixFile', '=', again.id)
        .where('connectionId', '=', dialogue.company.connectionId)
        .execute(),
    );
    await commentWithFiles(dialogue, [again], 'three');
    const received = await receivedOnce(dialogue, 3);
    expect(seen(received)).toEqual(['one', 'two', 'three'].map((text) => ['document', text, 'price.pdf']));
    expect(await uploadsOf(dialogue)).toHaveLength(2);
    const ids = (await sendCalls(dialogue)).map(({ body }) => (body as { document?: { id: string } })?.document?.id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

describe("Planfix's storage", () => {
  type Downloads = { items: { status: number; withBearer: boolean }[] };
  const downloads = async (dialogue: Dialogue) =>
    (await parley.sandbox.control<Downloads>('GET', `planfix/${dialogue.company.account}/downloads`)).items;

  it('never sees the token, and nothing is fetched from a link by anybody else', async () => {
    const dialogue = await startDialogue(parley);
    await parley.sandbox.control('PUT', `planfix/${dialogue.company.account}/settings`, { storageBearer: 'accept' });
    await commentWithFiles(dialogue, [aFile('a.pdf', 9 * KB, HEADS.pdf), aFile('b.jpg', 9 * KB, HEADS.jpg)]);
    await receivedOnce(dialogue, 2);
    expect(await downloads(dialogue)).toMatchObject([
      { status: 200, withBearer: false },
      { status: 200, withBearer: false },
    ]);
    const query = new URLSearchParams({ target: 'planfix', account: dialogue.company.account, path: '/from-url' });
    expect(await parley.sandbox.control('GET', `requests?${query}`)).toMatchObject({ items: [] });
    // The control: a client that keeps its token when it is sent on is noticed.
    const [file] = await filesInPlanfix(dialogue);
    const { account, token } = dialogue.company;
    const headers = { authorization: `Bearer ${token}` };
    const url = `${parley.sandbox.url}/planfix/${account}/rest/file/${file?.id}/download`;
    const { headers: sentOn } = await fetch(url, { headers, redirect: 'manual' });
    await (await fetch(sentOn.get('location') as string, { headers })).arrayBuffer();
    expect((await downloads(dialogue)).at(-1)).toMatchObject({ withBearer: true });
  });

  const troubles: [what: string, fault: object][] = [
    ['breaks off in the middle', { kind: 'drop-after', purpose: 'download' }],
    ['fails', { kind: 'status', status: 503, purpose: 'download' }],
    ['does not take the link any more', { kind: 'status', status: 403, purpose: 'download' }],
  ];

  it.concurrent.each(troubles)('that %s is asked again, and the file arrives once', async (_what, fault) => {
    const dialogue = await startDialogue(parley);
    await breakFilesOfPlanfix(dialogue, fault);
    await commentWithFiles(dialogue, [aFile('a.pdf', 900 * KB, HEADS.pdf)], 'once');
    const received = await receivedOnce(dialogue, 1);
    expect(seen(received)).toEqual([['document', 'once', 'a.pdf']]);
    expect(received[0]?.media?.sha256).toBe((await byName(dialogue))['a.pdf']?.sha256);
    expect((await downloads(dialogue)).length).toBe(2);
    expect(await sendCalls(dialogue)).toHaveLength(1);
  });
});
