import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultOfPlanfix } from '../support/account-world.ts';
import { eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messagesOf,
  startDialogue,
  taskOf,
  textsOnceThereAre,
  untilReadAgain,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

const ofComment = (dialogue: Dialogue, id: number, call: 'show' | 'hint', body: unknown = {}) =>
  parley.sandbox.control('POST', `planfix/${dialogue.company.account}/comments/${id}/${call}`, body);

/** The customer writes, and their message is recorded as a comment; returns its number. */
async function ourComment(dialogue: Dialogue, text: string): Promise<number> {
  await writeAs(parley, dialogue.company, dialogue.customer, text);
  return eventually(`"${text}" recorded`, async () => {
    const posted = await messagesOf(dialogue, { direction: 'inbound', state: 'posted' });
    return posted.find((message) => message.text === text)?.planfixComment ?? undefined;
  });
}

/** One more reply, found by the poll: when it is in the chat, all before it were decided. */
async function expectOnly(dialogue: Dialogue, texts: string[]): Promise<void> {
  await commentOn(dialogue, { html: 'the last', hint: false });
  expect(await textsOnceThereAre(dialogue, texts.length + 1)).toEqual([...texts, 'the last']);
}

describe('replies beside our own comments', () => {
  it('an older reply whose hint comes after our newer comment is sent once', async () => {
    const dialogue = await startDialogue(parley);
    const theirs = await commentOn(dialogue, { html: 'the older reply', hint: false, visible: false });
    const ours = await ourComment(dialogue, 'a newer message');
    expect(ours).toBeGreaterThan(theirs);
    // Control: until it is there to be read, nothing goes.
    expect(await textsOnceThereAre(dialogue, 0)).toEqual([]);
    await ofComment(dialogue, theirs, 'show', { hint: false });
    await ofComment(dialogue, theirs, 'hint');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['the older reply']);
    await expectOnly(dialogue, ['the older reply']);
  });

  it.each(['hinted while invisible', 'never hinted'])(
    'a reply that becomes visible after newer comments is sent once (%s)',
    async (how) => {
      const dialogue = await startDialogue(parley, { hint: how !== 'never hinted' });
      const late = await commentOn(dialogue, {
        html: 'visible late',
        visible: false,
        hint: how === 'never hinted' ? false : 'now',
      });
      const ours = await ourComment(dialogue, 'a newer message');
      await commentOn(dialogue, { html: 'a newer reply', hint: false });
      expect(ours).toBeGreaterThan(late);
      // The reads go on beyond it without it.
      expect(await textsOnceThereAre(dialogue, 1)).toEqual(['a newer reply']);
      await ofComment(dialogue, late, 'show', { hint: false });
      await commentOn(dialogue, { html: 'internal', notify: [], hint: false });
      expect(await textsOnceThereAre(dialogue, 2)).toEqual(['a newer reply', 'visible late']);
      await expectOnly(dialogue, ['a newer reply', 'visible late']);
    },
  );

  it('two employees who write around ours within one minute are both sent once, without any hint', async () => {
    const dialogue = await startDialogue(parley, { hint: false });
    const first = await commentOn(dialogue, { html: 'from Anna', author: 'user:3' });
    const ours = await ourComment(dialogue, 'ours between');
    const second = await commentOn(dialogue, { html: 'from Boris', author: 'user:4' });
    expect([first, ours, second]).toEqual([first, first + 1, first + 2]);
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['from Anna', 'from Boris']);
    await expectOnly(dialogue, ['from Anna', 'from Boris']);
    const outbound = await messagesOf(dialogue, { direction: 'outbound' });
    expect(outbound.map((message) => message.planfixComment)).toEqual([second + 1, second, first]);
  });

  it('our own comments are never taken for replies, though a scenario hints at them too', async () => {
    const dialogue = await startDialogue(parley, { planfixSettings: { restCommentsFireScenario: true } });
    for (const text of ['one', 'two', 'three']) await ourComment(dialogue, text);
    await expectOnly(dialogue, []);
    // Control: the scenario did name them.
    const path = `planfix/${dialogue.company.account}/hint`;
    const numbers = (await taskOf(dialogue))?.comments.map((comment) => comment.id) ?? [];
    await eventually('a hint at each', async () => {
      const { log } = await parley.sandbox.control<{ log: { comment: number }[] }>('GET', path);
      return numbers.slice(0, 3).every((number) => log.some((entry) => entry.comment === number)) || undefined;
    });
  });
});

describe('several replies', () => {
  it('that are read together leave in the order in which they were written', async () => {
    const dialogue = await startDialogue(parley, { hint: false });
    const texts = Array.from({ length: 12 }, (_, index) => `reply ${index + 1}`);
    // All become visible at once, the youngest first.
    const numbers: number[] = [];
    for (const html of texts) numbers.push(await commentOn(dialogue, { html, visible: false }));
    // Nobody reads between the first and the last of them.
    const unread = await faultOfPlanfix(parley, dialogue.company, {
      ...{ kind: 'status', status: 503, path: '/comments/list' },
    });
    await Promise.all(numbers.toReversed().map((id) => ofComment(dialogue, id, 'show')));
    await unread.remove();
    expect(await textsOnceThereAre(dialogue, texts.length)).toEqual(texts);
    await expectOnly(dialogue, texts);
  });

  it('among more comments than one page holds are all found', async () => {
    const dialogue = await startDialogue(parley, { hint: false });
    for (let index = 0; index < 230; index += 1) {
      const isReply = index % 50 === 0;
      await commentOn(dialogue, { html: `comment ${index}`, ...(isReply ? {} : { notify: [] }) });
    }
    const texts = [0, 50, 100, 150, 200].map((index) => `comment ${index}`);
    expect(await textsOnceThereAre(dialogue, texts.length)).toEqual(texts);
    await expectOnly(dialogue, texts);
  });

  it('that are hinted at one after the other leave in that order, with customers writing in between', async () => {
    const dialogue = await startDialogue(parley);
    const texts = Array.from({ length: 15 }, (_, index) => `reply ${index + 1}`);
    for (const [index, html] of texts.entries()) {
      if (index % 3 === 0) await writeAs(parley, dialogue.company, dialogue.customer, `message ${index}`);
      await commentOn(dialogue, { html });
    }
    expect(await textsOnceThereAre(dialogue, texts.length)).toEqual(texts);
    await untilReadAgain(dialogue);
    await expectOnly(dialogue, texts);
  });
});
