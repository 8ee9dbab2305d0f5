import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  noteOnce,
  problemOnce,
  problemsOf,
  putIntoTask,
  startDialogue,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
  textsTo,
  untilReadAgain,
} from '../support/reply-world.ts';

const KIND = 'notified-nobody';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** An employee writes as if the customer read it. */
const writeToNobody = (dialogue: Dialogue, html: string, more: Record<string, unknown> = {}) =>
  commentOn(dialogue, { html, notify: [], ...more });
const decide = (id: string, decision: string) =>
  parley.rest<{ state: string }>('POST', `/v1/problems/${id}/${decision}`);
const hintsAbout = async (dialogue: Dialogue, state = 'open') => problemsOf(dialogue, { kind: KIND, state });

/** The comment was read: the next one, which is for the customer, is with them. */
async function untilReadBy(dialogue: Dialogue): Promise<void> {
  await commentOn(dialogue, { html: 'for the customer' });
  await messageOnce(dialogue, 'for the customer', ['delivered']);
}

describe('a comment after a customer wrote that notifies nobody outside', () => {
  it('is one problem that names task and comment, and goes to the customer once when a person says so', async () => {
    const dialogue = await startDialogue(parley);
    const comment = await writeToNobody(dialogue, 'We will be with you at <b>five</b>');
    const problem = await problemOnce(dialogue, KIND);
    expect(problem).toMatchObject({ planfixTask: dialogue.task, planfixComment: comment, state: 'open' });
    expect(await textsTo(dialogue)).toEqual([]);
    await decide(problem.id, 'send');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['We will be with you at *five*']);
    const trace = await noteOnce(dialogue, 'Sent to the customer, although it notified nobody outside:');
    expect(trace.description).toContain('«We will be with you');
    await expect(decide(problem.id, 'send')).rejects.toThrow('409');
    await expect(decide(problem.id, 'discard')).rejects.toThrow('409');
    await untilReadAgain(dialogue);
    await untilReadBy(dialogue);
    expect(await textsTo(dialogue)).toEqual(['We will be with you at *five*', 'for the customer']);
    expect(await hintsAbout(dialogue)).toEqual([]);
    expect(await hintsAbout(dialogue, 'settled')).toHaveLength(1);
  });

  it('is one, too, when it answers only what Parley itself noted on the task, whoever was answered last', async () => {
    const dialogue = await startDialogue(parley);
    await untilReadBy(dialogue);
    // Control: nobody waits, so what is for a colleague is none.
    await writeToNobody(dialogue, 'for a colleague', { notify: ['user:4'] });
    const comment = await writeToNobody(dialogue, 'You too', { notify: ['user:9'] });
    expect(await problemOnce(dialogue, KIND)).toMatchObject({ planfixComment: comment });
    expect(await hintsAbout(dialogue)).toHaveLength(1);
  });

  it('goes to each customer of the task for whom a person says so', async () => {
    const first = await startDialogue(parley);
    const { company, task } = first;
    const alone = await startDialogueIn(parley, company);
    const [{ conversationId = '' } = {}] = (await messagesOf(alone, { direction: 'inbound' })).filter(
      (message) => message.planfixTask === alone.task,
    );
    await putIntoTask(parley, conversationId, task);
    const second = { ...alone, task };
    await writeAs(parley, company, second.customer, 'Me too');
    await eventually('their message on the task of the other one', async () =>
      (await messagesOf(second, { state: 'posted' })).find((message) => message.text === 'Me too'),
    );
    await writeToNobody(first, 'At five');
    const problems = await eventually('a problem for each', async () => {
      const open = await hintsAbout(first);
      return open.length === 2 ? open : undefined;
    });
    for (const { id } of problems) {
      await eventually('the decision as taken', () => decide(id, 'send').catch(() => undefined));
    }
    for (const dialogue of [first, second]) expect(await textsOnceThereAre(dialogue, 1)).toEqual(['At five']);
  });

  it('stays internal when a person says so, also after it was read again', async () => {
    const dialogue = await startDialogue(parley);
    await writeToNobody(dialogue, 'Not for their eyes');
    const { id } = await problemOnce(dialogue, KIND);
    await decide(id, 'discard');
    await untilReadAgain(dialogue);
    expect(await hintsAbout(dialogue)).toEqual([]);
    await untilReadBy(dialogue);
    expect(await textsTo(dialogue)).toEqual(['for the customer']);
  });

  it.each<[string, (dialogue: Dialogue) => Promise<unknown>]>([
    ['by a comment', (dialogue) => commentOn(dialogue, { html: 'the answer' })],
    [
      'through the API',
      async (dialogue) => {
        const [{ conversationId = '' } = {}] = await messagesOf(dialogue);
        return parley.rest('POST', '/v1/messages', { conversationId, text: 'the answer' });
      },
    ],
    [
      'in the phone app',
      ({ company, customer }) =>
        parley.sandbox.control('POST', 'graph/echoes', {
          phoneNumberId: company.phoneNumberId,
          to: customer.phone,
          text: 'the answer',
          wait: true,
        }),
    ],
  ])('is settled when the customer is answered %s', async (_, answer) => {
    const dialogue = await startDialogue(parley);
    await writeToNobody(dialogue, 'Looking into it');
    const { id } = await problemOnce(dialogue, KIND);
    await answer(dialogue);
    await eventually('nothing open', async () => (await hintsAbout(dialogue)).length === 0 || undefined);
    expect(await hintsAbout(dialogue, 'settled')).toMatchObject([{ id, resolution: 'answered' }]);
  });

  it('is no problem where the setting is off', async () => {
    const dialogue = await startDialogue(parley, { settings: { unnotifiedHints: false } });
    await writeToNobody(dialogue, 'Looking into it');
    await untilReadBy(dialogue);
    expect(await hintsAbout(dialogue)).toEqual([]);
    expect(await hintsAbout(dialogue, 'settled')).toEqual([]);
  });

  it.each<[string, (dialogue: Dialogue) => Promise<unknown>]>([
    ['of a robot', (dialogue) => writeToNobody(dialogue, 'Status changed', { author: 'user:9' })],
    ['that is hidden', (dialogue) => writeToNobody(dialogue, 'Hidden', { hidden: true })],
    [
      'that was deleted before anybody read it',
      async (dialogue) => {
        const { account } = dialogue.company;
        const id = await writeToNobody(dialogue, 'Deleted', { hint: false, visible: false });
        await parley.sandbox.control('DELETE', `planfix/${account}/comments/${id}`);
        await parley.sandbox.control('POST', `planfix/${account}/comments/${id}/show`, { hint: false });
      },
    ],
    [
      'after the customer was answered',
      async (dialogue) => {
        await untilReadBy(dialogue);
        await writeToNobody(dialogue, 'Done');
      },
    ],
  ])('is no problem %s', async (_, write) => {
    const dialogue = await startDialogue(parley);
    await write(dialogue);
    await untilReadAgain(dialogue);
    for (const state of ['open', 'settled']) expect(await hintsAbout(dialogue, state)).toEqual([]);
    // Control: the same employee's comment after the customer wrote again is one.
    await writeAs(parley, dialogue.company, dialogue.customer, 'And?');
    await eventually('their message on the task', async () =>
      (await taskOf(dialogue))?.comments.find((comment) => comment.description === 'And?'),
    );
    await eventually('their message as posted', async () =>
      (await messagesOf(dialogue, { state: 'posted' })).find((message) => message.text === 'And?'),
    );
    await writeToNobody(dialogue, 'Looking into it');
    await problemOnce(dialogue, KIND);
    expect(await hintsAbout(dialogue)).toHaveLength(1);
  });

  it('is no problem when it was written before the customer wrote', async () => {
    const dialogue = await startDialogue(parley);
    await untilReadBy(dialogue);
    // Planfix tells nobody of the comment before the customer's message has come: it is read after that.
    const { account } = dialogue.company;
    const hidden = await writeToNobody(dialogue, 'Before', { hint: false, visible: false });
    await writeAs(parley, dialogue.company, dialogue.customer, 'And?');
    await eventually('their message as posted', async () =>
      (await messagesOf(dialogue, { state: 'posted' })).find((message) => message.text === 'And?'),
    );
    await parley.sandbox.control('POST', `planfix/${account}/comments/${hidden}/show`);
    await parley.sandbox.control('POST', `planfix/${account}/comments/${hidden}/hint`);
    await writeToNobody(dialogue, 'After');
    await problemOnce(dialogue, KIND);
    await untilReadAgain(dialogue);
    // Control: of the two comments the later one is a problem.
    const hints = (await hintsAbout(dialogue)) as unknown as { planfixComment: number }[];
    expect(hints.map((hint) => hint.planfixComment)).not.toContain(hidden);
    expect(hints).toHaveLength(1);
  });

  it('is no problem that Parley makes itself, by what it notes on the task', async () => {
    const company = await connectCompany(parley);
    const dialogue = await startDialogueIn(parley, company, { timestampMs: Date.now() - 25 * 3_600_000 });
    await commentOn(dialogue, { html: 'Good morning' });
    await noteOnce(dialogue, 'Waits for the customer:');
    await untilReadAgain(dialogue);
    for (const state of ['open', 'settled']) expect(await hintsAbout(dialogue, state)).toEqual([]);
  });
});
