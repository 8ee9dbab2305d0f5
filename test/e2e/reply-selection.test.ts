import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCustomer, connectCompany, eventually, type Parley, planfixOf, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messagesOf,
  problemOnce,
  problemsOf,
  readsOf,
  sendCalls,
  startDialogue,
  textsOnceThereAre,
  textsTo,
  untilReadAgain,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

const ofComment = (dialogue: Dialogue, id: number, call: 'show' | 'edit' | 'hint', body: unknown = {}) =>
  parley.sandbox.control('POST', `planfix/${dialogue.company.account}/comments/${id}/${call}`, body);

const deleteComment = (dialogue: Dialogue, id: number) =>
  parley.sandbox.control('DELETE', `planfix/${dialogue.company.account}/comments/${id}`);

/**
 * A comment that does go, found by the same reads as all before it: when it is in the chat, the others were decided.
 * It is the control as well, since it differs from them by what it notifies alone.
 */
async function onlyThisGoes(dialogue: Dialogue): Promise<void> {
  await commentOn(dialogue, { html: 'This one goes', hint: false });
  expect(await textsOnceThereAre(dialogue, 1)).toEqual(['This one goes']);
  expect(await messagesOf(dialogue, { direction: 'outbound' })).toHaveLength(1);
}

describe.each([true, false])('a comment that is not for the customer (scenario: %s)', (hint) => {
  it('stays in Planfix: internal, for a colleague, for a role, for a group, hidden', async () => {
    const dialogue = await startDialogue(parley, { hint });
    await commentOn(dialogue, { html: 'internal', notify: [] });
    await commentOn(dialogue, { html: 'for a colleague', notify: ['user:4'] });
    await commentOn(dialogue, { html: 'for a role that the customer has', notify: ['assigner'] });
    await commentOn(dialogue, { html: 'for a group', notify: ['group:1'] });
    await commentOn(dialogue, { html: 'hidden', hidden: true });
    await onlyThisGoes(dialogue);
  });

  it('stays in Planfix: written by a contact, or for another contact', async () => {
    const dialogue = await startDialogue(parley, { hint });
    const path = `planfix/${dialogue.company.account}/contacts`;
    const { ref } = await parley.sandbox.control<{ ref: string }>('POST', path, { name: 'Somebody else' });
    await commentOn(dialogue, { html: 'for another contact', notify: [ref] });
    await commentOn(dialogue, { html: 'by another contact', author: ref });
    await commentOn(dialogue, { html: 'by the customer', author: dialogue.contact });
    await onlyThisGoes(dialogue);
  });

  it('does not go when it is edited later to notify the customer', async () => {
    const dialogue = await startDialogue(parley, { hint, planfixSettings: { commentEditTouchesTask: true } });
    const id = await commentOn(dialogue, { html: 'internal', notify: [] });
    await untilReadAgain(dialogue);
    await ofComment(dialogue, id, 'edit', { html: 'for the customer now', notify: [dialogue.contact] });
    // A scenario request that Planfix repeats names it once more.
    await ofComment(dialogue, id, 'hint');
    await onlyThisGoes(dialogue);
  });

  it('does not go when it was deleted before it was read', async () => {
    const dialogue = await startDialogue(parley, { hint });
    const id = await commentOn(dialogue, { html: 'a slip', visible: false });
    await deleteComment(dialogue, id);
    await ofComment(dialogue, id, 'show', { hint });
    await onlyThisGoes(dialogue);
  });
});

describe('a comment for the customer', () => {
  it('is not sent again when it is edited', async () => {
    const dialogue = await startDialogue(parley, { planfixSettings: { commentEditTouchesTask: true } });
    const id = await commentOn(dialogue, { html: 'ready on Monday' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['ready on Monday']);
    await ofComment(dialogue, id, 'edit', { html: 'ready on Tuesday' });
    await ofComment(dialogue, id, 'hint');
    await commentOn(dialogue, { html: 'sorry, on Tuesday', hint: false });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['ready on Monday', 'sorry, on Tuesday']);
  });

  it('is a problem when there is nothing in it that could be sent', async () => {
    const dialogue = await startDialogue(parley);
    const id = await commentOn(dialogue, { html: '<p>&nbsp;</p>' });
    const problem = await problemOnce(dialogue, 'nothing-to-send');
    expect(problem).toMatchObject({ planfixTask: dialogue.task, planfixComment: id });
    expect(await textsTo(dialogue)).toEqual([]);
    // Control: words are sent, and are no problem.
    await commentOn(dialogue, { html: 'words' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['words']);
    expect(await problemsOf(dialogue, { kind: 'nothing-to-send' })).toHaveLength(1);
  });

  it('is one message, however often the scenario names it', async () => {
    const dialogue = await startDialogue(parley, { planfixSettings: { hintDuplicates: 2 } });
    const id = await commentOn(dialogue, { html: 'once' });
    await textsOnceThereAre(dialogue, 1);
    await ofComment(dialogue, id, 'hint');
    await eventually('all hints delivered', async () => {
      const path = `planfix/${dialogue.company.account}/hint`;
      const { log } = await parley.sandbox.control<{ log: { comment: number; outcome: string }[] }>('GET', path);
      return log.filter((entry) => entry.comment === id && entry.outcome === 'delivered').length >= 6 || undefined;
    });
    // Control: the same text in a comment of its own is a message of its own.
    await commentOn(dialogue, { html: 'once' });
    await commentOn(dialogue, { html: 'the end', hint: false });
    await eventually('the last one', async () => (await textsTo(dialogue)).includes('the end') || undefined);
    expect(await textsTo(dialogue)).toEqual(['once', 'once', 'the end']);
  });

  it('is found by the poll when its hint was lost, or no scenario exists', async () => {
    const lost = await startDialogue(parley);
    const without = await startDialogue(parley, { hint: false });
    for (const dialogue of [lost, without]) await commentOn(dialogue, { html: 'without a hint', hint: false });
    for (const dialogue of [lost, without]) {
      expect(await textsOnceThereAre(dialogue, 1)).toEqual(['without a hint']);
      // Control: it was a read of the whole task that found it.
      expect(await readsOf(dialogue)).not.toEqual([]);
    }
  });

  it('is sent once although Planfix fails when it is asked for', async () => {
    const dialogue = await startDialogue(parley);
    const { account } = dialogue.company;
    const rule = {
      target: 'planfix',
      account,
      method: 'GET',
      path: '/comment/',
      kind: 'status',
      status: 503,
      times: 2,
    };
    await parley.sandbox.control('POST', 'faults', rule);
    for (const html of ['one', 'two']) await commentOn(dialogue, { html });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['one', 'two']);
    await commentOn(dialogue, { html: 'three', hint: false });
    expect(await textsOnceThereAre(dialogue, 3)).toEqual(['one', 'two', 'three']);
  });

  it('reaches a customer who is known by a user id only', async () => {
    const company = await connectCompany(parley);
    const { phone, name } = aCustomer('Hidden Jane');
    const customers = 'graph/customers';
    const { userId } = await parley.sandbox.control<{ userId: string }>('POST', customers, {
      phone,
      name,
      username: true,
    });
    await parley.sandbox.control('POST', 'graph/messages', { ...company, from: phone, text: 'Hello' });
    const [task] = await eventually('the task', async () => {
      const { tasks } = await planfixOf(parley, company);
      return tasks.length > 0 ? tasks : undefined;
    });
    const contact = task?.counterparty?.id as `contact:${number}`;
    const dialogue: Dialogue = { parley, company, customer: { phone, name }, task: task?.id ?? 0, contact };
    await eventually('its number known', async () => (await messagesOf(dialogue, { state: 'posted' }))[0]);
    await commentOn(dialogue, { html: 'Hello, whoever you are' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Hello, whoever you are']);
    const [call] = await sendCalls(dialogue);
    expect(call?.body).toMatchObject({ recipient: expect.stringContaining('.') });
    expect(JSON.stringify(call?.body)).not.toContain(phone);
    expect(userId).toContain('.');
  });

  it('arrives as WhatsApp text', async () => {
    const dialogue = await startDialogue(parley);
    const html = [
      '<p>Dear <b>Jane</b>, &laquo;your order&raquo; &amp; the <i>invoice</i> are <s>late</s> ready:</p>',
      '<ul><li>two chairs</li><li>one table &lt;oak&gt;</li></ul>',
      '<ol><li>pay</li><li>fetch</li></ol>',
      '<p>Look: <a href="https://acme.example/orders?a=1&amp;b=2">your order</a><br>Bye &#128075;&nbsp;!</p>',
    ].join('');
    await commentOn(dialogue, { html });
    const [text] = await textsOnceThereAre(dialogue, 1);
    expect(text).toBe(
      [
        'Dear *Jane*, «your order» & the _invoice_ are ~late~ ready:',
        '',
        '- two chairs\n- one table <oak>',
        '',
        '1. pay\n2. fetch',
        '',
        'Look: your order (https://acme.example/orders?a=1&b=2)\nBye 👋 !',
      ].join('\n'),
    );
  });

  it('arrives in parts of at most 4,096 characters, in order, when it is long', async () => {
    const dialogue = await startDialogue(parley);
    const sentence = 'Ein längerer Satz über Stühle, Tische und Lieferzeiten. ';
    const paragraphs = Array.from({ length: 20 }, (_, index) => `${index + 1}. ${sentence.repeat(9)}`.trim());
    expect(paragraphs.join('\n\n').length).toBeGreaterThan(10_000);
    await commentOn(dialogue, { html: paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('') });
    await commentOn(dialogue, { html: 'The end' });
    const texts = await textsOnceThereAre(dialogue, 4);
    expect(texts.at(-1)).toBe('The end');
    const parts = texts.slice(0, -1);
    expect(parts.every((part) => part.length <= 4_096)).toBe(true);
    const listed = await messagesOf(dialogue, { direction: 'outbound' });
    expect(listed.map((message) => message.text)).toEqual(texts.toReversed());
    // Cut between paragraphs: joined, nothing is missing and nothing stands twice.
    expect(parts.join('\n\n')).toBe(paragraphs.join('\n\n'));
  });
});
