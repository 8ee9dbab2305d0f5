import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { SERVICE_WINDOW_MS } from '../../workflows/domain/service-window.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  faultOfSends,
  messageOnce,
  messagesOf,
  noteOnce,
  notesOn,
  sendCalls,
  sentTo,
  startDialogueIn,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

/** Time enough to be answered in. */
const OPEN_MS = 20_000;

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** A customer who wrote so long ago, and whose message arrives only now. */
async function aDialogue(agoMs: number, settings: Record<string, unknown> = {}): Promise<Dialogue> {
  const company = await connectCompany(parley, { settings: { windowWarning: false, ...settings } });
  return startDialogueIn(parley, company, { timestampMs: Date.now() - agoMs });
}

const aLateDialogue = (settings?: Record<string, unknown>) => aDialogue(SERVICE_WINDOW_MS + 1_000, settings);
const write = (dialogue: Dialogue, text: string, extra?: Record<string, unknown>) =>
  writeAs(parley, dialogue.company, dialogue.customer, text, extra);
const inPlanfix = (dialogue: Dialogue, text: string) =>
  eventually(`"${text}" in Planfix`, async () =>
    (await messagesOf(dialogue, { state: 'posted' })).find((message) => message.text === text),
  );

async function closesAt(dialogue: Dialogue): Promise<number> {
  const [message] = await messagesOf(dialogue);
  const path = `/v1/conversations/${message?.conversationId}`;
  return Date.parse((await parley.rest<{ windowClosesAt: string }>('GET', path)).windowClosesAt);
}

describe('a reply after 24 hours', () => {
  it.each([
    ['en', 'Waits for the customer:', 'Send an approved template, or wait: it leaves by itself'],
    ['ru', 'Ожидает клиента:', 'Отправьте одобренный шаблон или подождите: оно уйдёт само'],
  ])('waits, tells its author the choices, and leaves by itself, in %s', async (language, head, choices) => {
    const dialogue = await aLateDialogue({ language });
    await commentOn(dialogue, { html: 'Good morning', author: 'user:4' });
    expect(await messageOnce(dialogue, 'Good morning', ['waiting'])).toMatchObject({ reason: 'template-required' });
    const note = await noteOnce(dialogue, head);
    expect(note.description).toContain('«Good morning»');
    expect(note.description).toContain(choices);
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [{ id: 'user:4' }], groups: [] } });
    expect(await sendCalls(dialogue)).toEqual([]);
    await write(dialogue, 'Hello again');
    expect(await messageOnce(dialogue, 'Good morning', ['delivered'])).toMatchObject({ reason: null });
    // Control: what is written now leaves at once, and nothing more is said on the task.
    await commentOn(dialogue, { html: 'And now' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['Good morning', 'And now']);
    expect(await sendCalls(dialogue)).toHaveLength(2);
    expect(await notesOn(dialogue)).toHaveLength(1);
  });

  it('is said once for all parts of a comment, and for each comment', async () => {
    const dialogue = await aLateDialogue();
    const parts = ['a'.repeat(4_000), 'b'.repeat(4_000)];
    await commentOn(dialogue, { html: `<p>${parts[0]}</p><p>${parts[1]}</p>` });
    await commentOn(dialogue, { html: 'shorter' });
    await messageOnce(dialogue, 'shorter', ['waiting']);
    await noteOnce(dialogue, '«shorter»');
    expect((await messagesOf(dialogue, { state: 'waiting' })).length).toBe(3);
    expect(await notesOn(dialogue)).toHaveLength(2);
    await write(dialogue, 'Hello again');
    const texts = await textsOnceThereAre(dialogue, 3);
    expect(texts.map((text) => text.trim()[0])).toEqual(['a', 'b', 's']);
  });

  it('leaves once although the worker was dead when the customer wrote', async () => {
    const dialogue = await aLateDialogue();
    await commentOn(dialogue, { html: 'Good morning' });
    await messageOnce(dialogue, 'Good morning', ['waiting']);
    await parley.worker.stop('SIGKILL', 1_000);
    await write(dialogue, 'Hello again');
    await messageOnce(dialogue, 'Good morning', ['ready']);
    parley.worker = await parley.worker.startAgain();
    await messageOnce(dialogue, 'Good morning', ['delivered']);
    await inPlanfix(dialogue, 'Hello again');
    expect(await sendCalls(dialogue)).toHaveLength(1);
  });

  it('waits too when only the network thinks that it is too late', async () => {
    const dialogue = await aDialogue(0);
    await faultOfSends(dialogue, { kind: 'error', code: 131047 });
    await commentOn(dialogue, { html: 'Good morning' });
    await messageOnce(dialogue, 'Good morning', ['waiting']);
    await noteOnce(dialogue, 'Waits for the customer:');
    await write(dialogue, 'Hello again');
    await messageOnce(dialogue, 'Good morning', ['delivered']);
    expect(await sendCalls(dialogue)).toHaveLength(2);
  });
});

describe('the window', () => {
  it('closes 24 hours after the time of the channel, and is open until then', async () => {
    const company = await connectCompany(parley, { settings: { windowWarning: false } });
    const dialogue = await startDialogueIn(parley, company);
    const wroteAtMs = Math.trunc((Date.now() + OPEN_MS - SERVICE_WINDOW_MS) / 1_000) * 1_000;
    const early = await startDialogueIn(parley, company, { timestampMs: wroteAtMs });
    const conversation = (await messagesOf(early)).find((message) => message.planfixTask === early.task);
    const path = `/v1/conversations/${conversation?.conversationId}`;
    const { windowClosesAt } = await parley.rest<{ windowClosesAt: string }>('GET', path);
    expect(Date.parse(windowClosesAt)).toBe(wroteAtMs + SERVICE_WINDOW_MS);
    await commentOn(early, { html: 'just in time' });
    await messageOnce(early, 'just in time', ['delivered']);
    await eventually('the end of the window', async () => Date.now() > Date.parse(windowClosesAt) || undefined);
    await commentOn(early, { html: 'too late' });
    await messageOnce(early, 'too late', ['waiting']);
    // Control: a customer who wrote later is answered all the same.
    await commentOn(dialogue, { html: 'in time' });
    await messageOnce(dialogue, 'in time', ['delivered']);
  });

  it.each<[string, boolean, Record<string, unknown>]>([
    ['a late message that is too old', false, { text: 'late', timestampMs: Date.now() - 25 * 3_600_000 }],
    ['a reaction', false, { reaction: { emoji: '👍' } }],
    ['a chat that was opened for the first time', true, { requestWelcome: true }],
    ['a text', true, { text: 'new' }],
  ])('and %s: opened %s', async (_, isOpened, content) => {
    const dialogue = await aLateDialogue();
    const before = await closesAt(dialogue);
    await commentOn(dialogue, { html: 'Good morning' });
    await messageOnce(dialogue, 'Good morning', ['waiting']);
    const [first] = (await messagesOf(dialogue, { direction: 'inbound' })).map((message) => message.channelMessageId);
    const { reaction } = content as { reaction?: object };
    const { phoneNumberId } = dialogue.company;
    await parley.sandbox.control('POST', 'graph/messages', {
      phoneNumberId,
      from: dialogue.customer.phone,
      wait: true,
      ...content,
      ...(reaction ? { reaction: { ...reaction, messageId: first } } : {}),
    });
    expect(await messagesOf(dialogue, { direction: 'inbound' })).toHaveLength(2);
    if (isOpened) {
      await messageOnce(dialogue, 'Good morning', ['delivered']);
      expect(await closesAt(dialogue)).toBeGreaterThan(Date.now());
      return;
    }
    await messageOnce(dialogue, 'Good morning', ['waiting']);
    expect(await closesAt(dialogue)).toBe(before);
    expect(await textsTo(dialogue)).toEqual([]);
  });
});

describe('a file that waited with its message', () => {
  const uploads = async ({ company }: Dialogue) => {
    const query = new URLSearchParams({
      target: 'graph',
      phoneNumberId: company.phoneNumberId,
      method: 'POST',
      path: '/media',
    });
    return (await parley.sandbox.control<{ items: unknown[] }>('GET', `requests?${query}`)).items.length;
  };
  const files = [{ name: 'offer.txt', base64: Buffer.from('one two three').toString('base64') }];

  it.each([
    ['longer than the network keeps it is uploaded again', 26, 2],
    ['a day only is not (control)', 1, 1],
  ])('%s', async (_, days, expected) => {
    const dialogue = await aLateDialogue();
    await commentOn(dialogue, { html: 'the offer', files });
    await messageOnce(dialogue, 'the offer', ['waiting']);
    expect(await uploads(dialogue)).toBe(1);
    await withDatabase(parley, (db) =>
      sql`update attachment set channel_media_at = channel_media_at - ${days} * interval '1 day'
           where connection_id = ${dialogue.company.connectionId}`.execute(db),
    );
    await write(dialogue, 'Hello again');
    await messageOnce(dialogue, 'the offer', ['delivered']);
    expect(await uploads(dialogue)).toBe(expected);
    expect(await sentTo(dialogue)).toMatchObject([{ type: 'document', media: { filename: 'offer.txt' } }]);
  });
});
