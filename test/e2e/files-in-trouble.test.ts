import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountOnce, untilProbed } from '../support/account-world.ts';
import {
  aDialogueOf,
  breakDownloads,
  breakFilesOfPlanfix,
  commentsOnce,
  downloadsOf,
  filesInPlanfix,
  filesOfCustomer,
  type SentMedia,
  sendFile,
  shownFiles,
} from '../support/files.ts';
import { connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';

/** What a download is redirected to: an address inside, which counts whoever calls. */
let inside: Server;
let callsInside = 0;
let parley: Parley;

const MB = 1_024 * 1_024;

beforeAll(async () => {
  inside = createServer((_, response) => {
    callsInside += 1;
    response.end('secret');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  parley = await startParley({
    waits: { retryFirstMs: 50, transferIdleMs: 4_000, fileWaitMs: 120_000 },
    environment: { PARLEY_PLANFIX_MAX_FILE_MB: '2' },
  });
});

afterAll(async () => {
  await parley?.stop();
  inside?.closeAllConnections();
  inside?.close();
});

const insideUrl = () => `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;

type Place = Awaited<ReturnType<typeof aDialogueOf>>;
type Trouble = (place: Place) => Promise<unknown>;

const onDownload =
  (fault: object): Trouble =>
  (place) =>
    breakDownloads(place, fault);
const onUpload =
  (fault: object): Trouble =>
  (place) =>
    breakFilesOfPlanfix(place, { purpose: 'upload', ...fault });
const onComment =
  (fault: object): Trouble =>
  (place) =>
    breakFilesOfPlanfix(place, { method: 'POST', path: '^/task/\\d+/comments/$', ...fault });
const onlyWith =
  (planfix: object): Trouble =>
  ({ company }) =>
    parley.sandbox.control('PUT', `planfix/${company.account}/settings`, planfix);
const nothing: Trouble = async () => undefined;

/** A place of its own for each row, in which nothing but the row's trouble differs. */
async function sendInto(trouble: Trouble, media: SentMedia) {
  const place = await aDialogueOf(parley, await connectCompany(parley));
  await trouble(place);
  await sendFile(place, media);
  return place;
}

type Said = {
  what: string;
  trouble: Trouble;
  media?: Partial<SentMedia>;
  says: string;
  reason: string;
  /** How often its bytes were asked for. */
  fetches: number;
};

/** The customer's messages, newest first, once the newest is in that state. */
const shownOnce = (place: Place, state: string) =>
  eventually(`the file's message as ${state}`, async () => {
    const messages = await shownFiles(place, { direction: 'inbound' });
    return messages[0]?.state === state ? messages : undefined;
  });

describe('a file that cannot be moved', () => {
  const rows: Said[] = [
    {
      what: 'has other bytes than announced, however often it is fetched',
      trouble: onDownload({ kind: 'wrong-digest', times: 0 }),
      says: 'it arrived damaged',
      reason: 'digest-mismatch',
      fetches: 3,
    },
    { what: 'is empty', trouble: nothing, media: { base64: '' }, says: 'it is empty', reason: 'empty', fetches: 0 },
    {
      what: 'is larger than the operator allows',
      trouble: nothing,
      media: { size: 2 * MB + 1 },
      says: 'larger than Planfix takes',
      reason: 'too-large',
      fetches: 0,
    },
    {
      what: 'is larger than Planfix takes, which says so',
      trouble: onlyWith({ maxUploadBytes: 10_000 }),
      says: 'larger than Planfix takes',
      reason: 'too-large',
      fetches: 1,
    },
    {
      what: 'is larger than the server before Planfix takes',
      trouble: onlyWith({ maxUploadBytes: 10_000, tooLargeAnswer: '413' }),
      says: 'larger than Planfix takes',
      reason: 'too-large',
      fetches: 1,
    },
    {
      what: 'is answered with 413 before it is read',
      trouble: onUpload({ kind: 'status', status: 413, times: 0 }),
      says: 'larger than Planfix takes',
      reason: 'too-large',
      fetches: 1,
    },
    {
      what: 'is refused by Planfix for no reason that is known',
      trouble: onUpload({
        kind: 'status',
        status: 400,
        body: { result: 'fail', code: 6, error: 'No access' },
        times: 0,
      }),
      says: 'could not be moved to Planfix',
      reason: 'unavailable',
      fetches: 1,
    },
    {
      what: 'is kept from Planfix by a server before it',
      trouble: onUpload({ kind: 'status', status: 403, times: 0 }),
      says: 'could not be moved to Planfix',
      reason: 'unavailable',
      fetches: 8,
    },
    {
      what: 'lies at an address inside',
      trouble: (place) => breakDownloads(place, { kind: 'redirect', location: insideUrl(), times: 0 }),
      says: 'at an address from which files may not be fetched',
      reason: 'refused-address',
      fetches: 1,
    },
  ];

  it.concurrent.each(rows)(
    'is named on the task with the reason when it $what',
    async ({ trouble, media, ...expected }) => {
      const place = await sendInto(trouble, {
        kind: 'document',
        filename: 'offer.pdf',
        caption: 'Our offer',
        ...media,
      });
      const [comment] = await commentsOnce(place, 1);
      expect(comment?.description).toContain('Our offer');
      expect(comment?.description).toMatch(/File “offer\.pdf”.*Ask the customer to send it again/);
      expect(comment?.description).toContain(expected.says);
      expect(comment?.files).toEqual([]);
      expect(await filesInPlanfix(place)).toEqual([]);
      const [shown] = await shownOnce(place, 'posted');
      expect(shown?.files).toMatchObject([{ state: 'failed', reason: expected.reason }]);
      expect(await downloadsOf(place)).toHaveLength(expected.fetches);
      expect(callsInside).toBe(0);
    },
  );

  it('is named when the network withholds it for its size', async () => {
    const place = await sendInto(nothing, { kind: 'video', size: 101 * MB });
    const [comment] = await commentsOnce(place, 1);
    expect(comment?.description).toContain('larger than WhatsApp passes on (100 MB)');
    expect(comment?.files).toEqual([]);
  });

  it('is named when the network does not have it any more', async () => {
    const place = await aDialogueOf(parley, await connectCompany(parley));
    const image = {
      id: '999999999999999',
      mime_type: 'image/jpeg',
      sha256: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
    };
    await writeAs(parley, place.company, place.customer, '', { text: undefined, message: { type: 'image', image } });
    const [comment] = await commentsOnce(place, 1);
    expect(comment?.description).toContain('WhatsApp does not have it any more');
    expect(comment?.files).toEqual([]);
  });

  it('is a file like any other without the trouble', async () => {
    const place = await sendInto(nothing, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    const [comment] = await commentsOnce(place, 1);
    expect(comment).toMatchObject({ description: 'Our offer', files: [{ name: 'offer.pdf' }] });
    // The address inside can be called, by whoever is not Parley.
    await fetch(insideUrl());
    expect(callsInside).toBe(1);
    callsInside = 0;
  });
});

describe('a file that arrives in spite of', () => {
  const rows: [what: string, trouble: Trouble, fetches: number][] = [
    ['an address that has expired', onDownload({ kind: 'expired' }), 2],
    ['a stream that ends early', onDownload({ kind: 'short' }), 2],
    ['a stream that ends early without having announced a length', onDownload({ kind: 'short', chunked: true }), 2],
    ['a stream that stands still', onDownload({ kind: 'stall' }), 2],
    ['bytes that were damaged on the way', onDownload({ kind: 'wrong-digest', times: 2 }), 3],
    ['a host that fails', onDownload({ kind: 'status', status: 503, times: 2 }), 3],
    ['a connection to the network that breaks', onDownload({ kind: 'drop-before' }), 2],
    ['a connection to Planfix that breaks', onUpload({ kind: 'drop-before' }), 2],
    ['an upload whose answer is lost', onUpload({ kind: 'drop-after' }), 2],
    ['a Planfix that fails', onUpload({ kind: 'status', status: 502 }), 2],
    ['a comment whose answer is lost', onComment({ kind: 'drop-after' }), 1],
    ['a comment that does not get through', onComment({ kind: 'drop-before' }), 1],
    ['nothing at all', nothing, 1],
  ];

  it.concurrent.each(rows)('%s is attached exactly once', async (_what, trouble, fetches) => {
    const place = await sendInto(trouble, { kind: 'document', filename: 'offer.pdf', size: 1_000_000 });
    const [comment] = await commentsOnce(place, 1);
    const [sent] = await filesOfCustomer(place);
    expect(comment?.files).toMatchObject([{ name: 'offer.pdf', sha256: sent?.sha256 }]);
    expect(await downloadsOf(place)).toHaveLength(fetches);
    const [shown] = await shownOnce(place, 'posted');
    expect(await commentsOnce(place, 1)).toHaveLength(1);
    expect(shown?.files).toMatchObject([{ state: 'moved', reason: null, sizeBytes: 1_000_000 }]);
  });

  it('a pause of the Planfix account in the middle of it', async () => {
    const place = await aDialogueOf(parley, await connectCompany(parley));
    const { account, token } = place.company;
    const fault = await breakDownloads(place, { kind: 'stall', times: 0 });
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', size: 1_000_000 });
    await parley.sandbox.control('POST', `planfix/${account}/token`, { token: 'another' });
    await accountOnce(parley, place.company, 'paused');
    await fault.remove();
    await untilProbed(parley, place.company, 2);
    expect(await filesInPlanfix(place)).toEqual([]);
    await parley.sandbox.control('POST', `planfix/${account}/token`, { token });
    const [comment] = await commentsOnce(place, 1);
    expect(comment?.files).toHaveLength(1);
    expect(await filesInPlanfix(place)).toHaveLength(1);
  });
});
