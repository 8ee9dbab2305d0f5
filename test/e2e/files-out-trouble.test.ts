import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultOfPlanfix, planfixCalls } from '../support/account-world.ts';
import {
  aFile,
  breakUploads,
  commentWithFiles,
  filesInPlanfix,
  HEADS,
  receivedBy,
  receivedOnce,
  type ShownWithFiles,
  shownFiles,
  uploadsOf,
} from '../support/files.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { eventually, type Parley, startParley } from '../support/parley.ts';
import { startWorker, type TestProcess } from '../support/processes.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  noteOnce,
  notesOn,
  sendCalls,
  startDialogue,
  textsOnceThereAre,
} from '../support/reply-world.ts';

const KB = 1_024;
const MB = 1_024 * KB;
const HEARTBEAT_MS = 6_000;

let parley: Parley;
let inside: Server;
let callsInside = 0;
const others: TestProcess[] = [];

beforeAll(async () => {
  inside = createServer((_, response) => {
    callsInside += 1;
    response.end('secret');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  parley = await startParley({
    waits: { outgoingFileMs: 20_000, transferHeartbeatMs: HEARTBEAT_MS, transferIdleMs: 4_000 },
  });
});

afterAll(async () => {
  await Promise.all(others.map((worker) => worker.stop('SIGKILL', 1_000)));
  await parley?.stop();
  inside?.closeAllConnections();
  inside?.close();
});

type Trouble = (dialogue: Dialogue) => Promise<unknown>;
const nothing: Trouble = async () => undefined;
const pdf = (name = 'offer.pdf', size = 9 * KB) => aFile(name, size, HEADS.pdf);

/** Messages of the dialogue's comments, in their order, once all of them are in one of these states. */
const sentOnce = (dialogue: Dialogue, count: number, states = ['sent', 'delivered', 'read', 'refused', 'failed']) =>
  eventually(`${count} outbound messages in their last state`, async () => {
    const messages: ShownWithFiles[] = await shownFiles(dialogue, { direction: 'outbound' });
    const done = messages.length >= count && messages.every(({ state }) => states.includes(state));
    return done ? messages.toSorted((a, b) => a.part - b.part) : undefined;
  });

describe('a file that cannot be sent', () => {
  type Row = { what: string; trouble: Trouble; file?: ReturnType<typeof aFile>; says: string; remedy: string };
  const rows: Row[] = [
    {
      what: 'has 101 MB',
      trouble: nothing,
      file: pdf('offer.pdf', 101 * MB),
      says: 'larger than WhatsApp takes (100 MB as a document)',
      remedy: 'Send a link to it, or a smaller file',
    },
    {
      what: 'has no bytes',
      trouble: nothing,
      file: aFile('offer.pdf', 0),
      says: 'The file is empty',
      remedy: 'Attach the file again',
    },
    {
      what: 'lies at an address inside',
      trouble: ({ company }) =>
        parley.sandbox.control('PUT', `planfix/${company.account}/settings`, {
          storageOrigin: `http://127.0.0.1:${(inside.address() as AddressInfo).port}`,
        }),
      says: 'an address that Parley is not allowed to call',
      remedy: 'Ask the administrator to check the address',
    },
    {
      what: 'is of a type that the network refuses',
      trouble: (dialogue) => breakUploads(dialogue, { kind: 'error', code: 100, times: 0 }),
      says: 'does not take files of this type',
      remedy: 'Send it in a common format',
    },
    {
      what: 'is too large for a server before the network',
      trouble: (dialogue) => breakUploads(dialogue, { kind: 'status', status: 413, times: 0 }),
      says: 'larger than WhatsApp takes',
      remedy: 'Send a link to it',
    },
    {
      what: 'cannot be fetched for as long as its conversation waits',
      trouble: ({ company }) => faultOfPlanfix(parley, company, { kind: 'status', status: 503, purpose: 'download' }),
      says: 'could not be moved to WhatsApp, although it was tried several times',
      remedy: 'Attach it to a new comment',
    },
  ];

  it.concurrent.each(rows)(
    'is named with the remedy when it $what; the words go all the same, and so does the next comment',
    async ({ trouble, file = pdf(), says, remedy }) => {
      const dialogue = await startDialogue(parley);
      await trouble(dialogue);
      await commentWithFiles(dialogue, [file], 'Our offer');
      await commentOn(dialogue, { html: 'the next' });
      const note = await noteOnce(dialogue, says);
      expect(note.description).toContain(remedy);
      expect(note.description).toContain('«offer.pdf»');
      expect(await textsOnceThereAre(dialogue, 2)).toEqual(['Our offer', 'the next']);
      const messages = await shownFiles(dialogue, { direction: 'outbound' });
      expect(messages.filter(({ state }) => state === 'refused')).toMatchObject([
        { reason: 'file-rejected', files: [{ state: 'failed' }] },
      ]);
      expect(await notesOn(dialogue)).toHaveLength(1);
      expect(callsInside).toBe(0);
    },
  );

  it('begins no upload when its size is known to be too much, and does when it is not', async () => {
    const dialogue = await startDialogue(parley);
    await commentWithFiles(dialogue, [pdf('huge.pdf', 101 * MB)]);
    await noteOnce(dialogue, '100 MB');
    expect(await uploadsOf(dialogue)).toEqual([]);
    await commentWithFiles(dialogue, [pdf('small.pdf')]);
    await receivedOnce(dialogue, 1);
    expect(await uploadsOf(dialogue)).toHaveLength(1);
  });

  it('leaves its place to its words, before the file that follows, when it was deleted meanwhile', async () => {
    const dialogue = await startDialogue(parley);
    const { account } = dialogue.company;
    const fault = await faultOfPlanfix(parley, dialogue.company, { kind: 'status', status: 503, path: '/download$' });
    const comment = await commentWithFiles(dialogue, [pdf('gone.pdf'), pdf('stays.pdf')], 'Both of them');
    await eventually('two attempts', async () => {
      return (await planfixCalls(parley, dialogue.company, { path: '/download' })).length >= 2 || undefined;
    });
    const [, stays] = await filesInPlanfix(dialogue);
    await parley.sandbox.control('POST', `planfix/${account}/comments/${comment}/edit`, { files: [{ id: stays?.id }] });
    await fault.remove();
    const received = await receivedOnce(dialogue, 2);
    expect(received.map(({ type, text, media }) => [type, text, media?.filename])).toEqual([
      ['text', 'Both of them', undefined],
      ['document', '', 'stays.pdf'],
    ]);
    const note = await noteOnce(dialogue, 'not kept any more where it came from');
    expect(note.description).toContain('«gone.pdf»');
  });

  it('is counted: the note says how many parts went, and the API shows each', async () => {
    const dialogue = await startDialogue(parley);
    await commentWithFiles(dialogue, [pdf('one.pdf'), aFile('two.pdf', 0), pdf('three.pdf', 101 * MB)]);
    const messages = await sentOnce(dialogue, 3);
    expect(messages.map(({ part, files, state }) => [part, files[0]?.name, state === 'refused'])).toEqual([
      [0, 'one.pdf', false],
      [1, 'two.pdf', true],
      [2, 'three.pdf', true],
    ]);
    expect(messages.map(({ files }) => files[0]?.reason)).toEqual([null, 'empty', 'too-large']);
    const note = await noteOnce(dialogue, 'three.pdf');
    expect(note.description).toContain('1 of 3 parts');
    expect(await receivedBy(dialogue)).toHaveLength(1);
    // The control: a comment of one part counts nothing.
    await commentWithFiles(dialogue, [aFile('alone.pdf', 0)]);
    expect((await noteOnce(dialogue, 'alone.pdf')).description).not.toContain('parts');
  });

  it('is named when the network finds out only after it has taken the message', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfSends(dialogue, { kind: 'async-error', code: 131_053 });
    await commentWithFiles(dialogue, [pdf()], 'Our offer');
    const note = await noteOnce(dialogue, 'Not delivered to the customer');
    const [message] = await sentOnce(dialogue, 1);
    expect(message).toMatchObject({ state: 'failed', reason: 'file-rejected', reasonCode: 131_053 });
    expect(note.description).toContain('«Our offer»');
    expect(note.description).toContain('could not use the file');
    expect(note.description).toContain('Send it in a common format (PDF, JPEG, MP4) or as a link.');
  });
});

describe('a file that is sent once in spite of', () => {
  const rows: [what: string, trouble: Trouble, uploads: number][] = [
    ['an upload whose answer is lost', (place) => breakUploads(place, { kind: 'drop-after' }), 2],
    ['an upload that breaks off', (place) => breakUploads(place, { kind: 'drop-before' }), 2],
    ['a network that fails', (place) => breakUploads(place, { kind: 'status', status: 503 }), 2],
    ['nothing at all', nothing, 1],
  ];

  it.concurrent.each(rows)('%s', async (_what, trouble, uploads) => {
    const dialogue = await startDialogue(parley);
    await trouble(dialogue);
    await commentWithFiles(dialogue, [pdf('offer.pdf', MB)], 'Our offer');
    await commentOn(dialogue, { html: 'the next' });
    const received = await receivedOnce(dialogue, 2);
    expect(received.map(({ type, text }) => [type, text])).toEqual([
      ['document', 'Our offer'],
      ['text', 'the next'],
    ]);
    const [kept] = await filesInPlanfix(dialogue);
    expect(received[0]?.media?.sha256).toBe(kept?.sha256);
    expect(await sendCalls(dialogue)).toHaveLength(2);
    expect(await uploadsOf(dialogue)).toHaveLength(uploads);
    expect(await notesOn(dialogue)).toEqual([]);
  });

  it('a pause of the connection that lasts longer than a conversation waits for a file', async () => {
    const dialogue = await startDialogue(parley);
    const { phoneNumberId, connectionId } = dialogue.company;
    const rule = { target: 'graph', phoneNumberId, kind: 'error', code: 190, times: 0 };
    const fault = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
    await commentWithFiles(dialogue, [pdf()], 'Our offer');
    await eventually('the pause', async () => {
      const { state } = await parley.rest<{ state: string }>('GET', `/v1/connections/${connectionId}`);
      return state === 'paused' || undefined;
    });
    await withDatabase(parley, async (db) => {
      const files = () => db.updateTable('attachment').where('connectionId', '=', connectionId);
      const longAgo = new Date(Date.now() - 24 * 60 * 60_000);
      await files().set({ wantedAt: longAgo }).execute();
      await eventually('a look at the file during the pause', async () => {
        const query = db.selectFrom('attachment').select('wantedAt').where('connectionId', '=', connectionId);
        const { wantedAt } = await query.executeTakeFirstOrThrow();
        return (wantedAt !== null && wantedAt > longAgo) || undefined;
      });
    });
    await parley.sandbox.control('DELETE', `faults/${fault.id}`);
    expect(await receivedOnce(dialogue, 1)).toMatchObject([{ type: 'document', text: 'Our offer' }]);
    expect(await notesOn(dialogue)).toEqual([]);
  });

  it('a worker that is killed while it moves it', async () => {
    const dialogue = await startDialogue(parley);
    await faultOfPlanfix(parley, dialogue.company, {
      kind: 'slow-after',
      delayMs: 60_000,
      purpose: 'download',
      times: 1,
    });
    await commentWithFiles(dialogue, [pdf('offer.pdf', MB)], 'Our offer');
    await eventually('the fetch', async () => {
      return (await planfixCalls(parley, dialogue.company, { path: '/download' })).length >= 1 || undefined;
    });
    others.push(await startWorker(parley.world, { ...parley.waits, PARLEY_WAIT_OUTGOING_FILE_MS: '60000' }));
    await parley.worker.stop('SIGKILL', 0);
    const received = await receivedOnce(dialogue, 1);
    expect(received).toMatchObject([{ type: 'document', text: 'Our offer' }]);
    expect(await sendCalls(dialogue)).toHaveLength(1);
    expect(await notesOn(dialogue)).toEqual([]);
  });
});
