import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aDialogueOf,
  aSender,
  breakDownloads,
  breakFilesOfPlanfix,
  commentsOnce,
  downloadsOf,
  filesInPlanfix,
  filesOfCustomer,
  sendFile,
  taskOfSender,
  taskOnce,
  untilFetched,
} from '../support/files.ts';
import { connectCompany, type Parley, startParley, writeAs } from '../support/parley.ts';
import { startWorker, type TestProcess } from '../support/processes.ts';

/** A fifth of it may pass before the server hears of a beat: a busy machine needs that to be more than a moment. */
const HEARTBEAT_MS = 5_000;

let parley: Parley;
const others: TestProcess[] = [];

beforeAll(async () => {
  parley = await startParley({ waits: { fileWaitMs: 1_500, parkMs: 3_000, transferHeartbeatMs: HEARTBEAT_MS } });
});

afterAll(async () => {
  await Promise.all(others.map((worker) => worker.stop('SIGKILL', 1_000)));
  await parley?.stop();
});

const PENDING = 'still on its way';
const aPlace = async () => aDialogueOf(parley, await connectCompany(parley));
const stall = (place: Awaited<ReturnType<typeof aPlace>>) => breakDownloads(place, { kind: 'stall', times: 0 });

describe('a file that takes longer than its message waits', () => {
  it.concurrent('leaves a placeholder in its place, and is attached to that very comment when it comes', async () => {
    const place = await aPlace();
    const fault = await stall(place);
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    await writeAs(parley, place.company, place.customer, 'after it');
    const [held, after] = await commentsOnce(place, 2);
    expect(held?.description).toContain('Our offer');
    expect(held?.description).toContain(PENDING);
    expect(held).toMatchObject({ files: [], editCount: 0 });
    expect(after?.description).toBe('after it');

    await fault.remove();
    const [sent] = await filesOfCustomer(place);
    const task = await taskOnce(place, 'the late file', ({ comments }) =>
      comments.some(({ files }) => files.length > 0),
    );
    expect(task.comments.find(({ id }) => id === held?.id)).toMatchObject({
      description: 'Our offer',
      files: [{ name: 'offer.pdf', sha256: sent?.sha256 }],
      editCount: 1,
    });
    expect(task.comments).toHaveLength(2);
    expect(task.comments.find(({ id }) => id === after?.id)).toMatchObject({ editCount: 0, files: [] });
  });

  it.concurrent('comes in a comment of its own when its message is the description', async () => {
    const place = { parley, company: await connectCompany(parley), customer: aSender() };
    const fault = await stall(place);
    await sendFile(place, { kind: 'image', caption: 'Look' });
    const opened = await taskOnce(place, 'a placeholder', ({ description }) => description.includes(PENDING));
    expect(opened).toMatchObject({ files: [], comments: [] });
    await fault.remove();
    const [comment] = await commentsOnce(place, 1);
    const [sent] = await filesOfCustomer(place);
    expect(comment).toMatchObject({
      owner: { id: 'user:9' },
      notifiesContact: false,
      files: [{ sha256: sent?.sha256 }],
    });
    expect(comment?.description).not.toContain('Look');
    const task = await taskOfSender(place);
    expect(task).toMatchObject({ description: opened.description, files: [] });
    expect(task?.comments).toHaveLength(1);
  });

  const refusals: [how: string, answer: { status: number; body?: object }][] = [
    ['refuses to change it', { status: 400, body: { result: 'fail', code: 5002, error: 'Comment update failed' } }],
    ['is kept from changing it by a server before it', { status: 403 }],
    ['fails whenever it is to change it', { status: 500, body: { result: 'fail', code: 0, error: 'Unknown error' } }],
  ];

  it.concurrent.each(refusals)(
    'comes in a comment of its own when Planfix %s, and blocks nothing',
    async (_how, answer) => {
      const place = await aPlace();
      const path = '^/task/\\d+/comments/\\d+$';
      await breakFilesOfPlanfix(place, { kind: 'status', ...answer, method: 'POST', path, times: 0 });
      const fault = await stall(place);
      await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
      const [held] = await commentsOnce(place, 1);
      await fault.remove();
      const [same, own] = await commentsOnce(place, 2);
      expect(same).toEqual(held);
      expect(own).toMatchObject({ owner: { id: 'user:9' }, files: [{ name: 'offer.pdf' }] });
      expect(own?.description).not.toContain(PENDING);
      await writeAs(parley, place.company, place.customer, 'the next');
      expect((await commentsOnce(place, 3))[2]?.description).toBe('the next');
    },
  );

  it.concurrent('comes in a comment of its own when an employee has deleted the placeholder', async () => {
    const place = await aPlace();
    const fault = await stall(place);
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    const [held] = await commentsOnce(place, 1);
    await parley.sandbox.control('DELETE', `planfix/${place.company.account}/comments/${held?.id}`);
    await fault.remove();
    const task = await taskOnce(place, 'the late file', ({ comments }) =>
      comments.some(({ id, files }) => id !== held?.id && files.length === 1),
    );
    expect(task.comments).toHaveLength(2);
  });

  it.concurrent('is attached when it comes while its comment is being written', async () => {
    const place = await aPlace();
    const fault = await stall(place);
    const path = '^/task/\\d+/comments/$';
    await breakFilesOfPlanfix(place, { kind: 'slow-after', delayMs: 1_500, method: 'POST', path });
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    const [held] = await commentsOnce(place, 1);
    await fault.remove();
    const task = await taskOnce(place, 'the file', ({ comments }) => comments.some(({ files }) => files.length > 0));
    expect(task.comments).toMatchObject([{ id: held?.id, description: 'Our offer', files: [{ name: 'offer.pdf' }] }]);
  });

  it.concurrent('is attached when it comes while its task is being written', async () => {
    const place = { parley, company: await connectCompany(parley), customer: aSender() };
    const fault = await stall(place);
    await breakFilesOfPlanfix(place, { kind: 'slow-after', delayMs: 1_500, method: 'POST', path: '^/task/$' });
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    await taskOnce(place, 'a placeholder', ({ description }) => description.includes(PENDING));
    await fault.remove();
    expect(await commentsOnce(place, 1)).toMatchObject([{ files: [{ name: 'offer.pdf' }] }]);
  });

  it.concurrent('is named in its comment when it never comes', async () => {
    const place = await aPlace();
    const fault = await stall(place);
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', caption: 'Our offer' });
    await commentsOnce(place, 1);
    const [sent] = await filesOfCustomer(place);
    await deleteAtNetwork(place.company.accessToken, sent?.id);
    await fault.remove();
    const task = await taskOnce(place, 'the reason', ({ comments }) =>
      comments.some(({ description }) => description.includes('WhatsApp does not have it any more')),
    );
    expect(task.comments).toMatchObject([{ files: [], editCount: 1 }]);
    expect(task.comments[0]?.description).not.toContain(PENDING);
  });
});

const deleteAtNetwork = (token: string, media: string | undefined) =>
  fetch(`${parley.sandbox.url}/graph/v26.0/${media}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });

describe('a worker that is killed while it moves a file', () => {
  const SIZE = 1_000_000;
  /** Some of it comes at once, the rest takes much longer than a heartbeat. */
  const within = (ms: number) => ({ kind: 'throttle', bytesPerSecond: SIZE / (ms / 1_000) });

  it.concurrent('is not followed while it lives, however slow the file is', async () => {
    const place = await aPlace();
    await breakDownloads(place, within(3 * HEARTBEAT_MS));
    const startedAtMs = Date.now();
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', size: SIZE });
    const task = await taskOnce(place, 'the file', ({ comments }) => comments.some(({ files }) => files.length > 0));
    expect(Date.now() - startedAtMs).toBeGreaterThan(2 * HEARTBEAT_MS);
    expect(task.comments).toHaveLength(1);
    expect(await downloadsOf(place)).toHaveLength(1);
  });

  it('is followed by another one within the heartbeat time; the file is attached once', async () => {
    const place = await aPlace();
    // Longer than the other worker may take to start.
    await breakDownloads(place, within(120_000));
    await sendFile(place, { kind: 'document', filename: 'offer.pdf', size: SIZE });
    await untilFetched(place);
    others.push(await startWorker(parley.world, parley.waits));
    const killedAtMs = Date.now();
    await parley.worker.stop('SIGKILL', 0);
    await untilFetched(place, 2);
    // And the second before Temporal's first repeat, and the time that a busy machine takes; the file takes two minutes.
    expect(Date.now() - killedAtMs).toBeLessThan(HEARTBEAT_MS + 1_000 + 30_000);
    const [sent] = await filesOfCustomer(place);
    const task = await taskOnce(place, 'the file', ({ comments }) => comments.some(({ files }) => files.length > 0));
    expect(task.comments).toMatchObject([{ files: [{ sha256: sent?.sha256 }] }]);
    expect(await filesInPlanfix(place)).toHaveLength(1);
    expect(await downloadsOf(place)).toHaveLength(2);
  });
});
