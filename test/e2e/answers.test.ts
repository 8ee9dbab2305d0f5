import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentOnce, listedOnce, meet, say, taskOnce } from '../support/chat-world.ts';
import { dialogueOf } from '../support/identity-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  notesOn,
  problemsOf,
  sendCalls,
  sentTo,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** Planfix's pages are where its API is, as they are in life. */
const connect = (settings: Record<string, unknown> = {}, planfixSettings: Record<string, unknown> = {}) =>
  connectCompany(parley, {
    settings,
    planfixSettings: { webHost: new URL(parley.sandbox.url).host, ...planfixSettings },
  });

/** A customer who wrote three times; the second and third are comments. */
async function begin(company: Company, [second, third] = ['Which colours?', 'And which sizes?']) {
  const person = await meet(parley, company);
  const opening = await say(person, { text: 'Good day' });
  const task = await taskOnce(person);
  await listedOnce(person, opening, 'posted');
  const asked = await say(person, { text: second });
  const { planfixComment: comment } = await listedOnce(person, asked, 'posted');
  await listedOnce(person, await say(person, { text: third }), 'posted');
  return { person, dialogue: dialogueOf(person, task), asked, comment: comment as number };
}

type ChatItem = { id: string; type: string; text: string; quoted?: string };

const lastSent = (dialogue: Dialogue, words: string) =>
  eventually(`"${words}" in the chat`, async () =>
    ((await sentTo(dialogue)) as unknown as ChatItem[]).find(({ text }) => text.includes(words)),
  );

/** The reactions that the customer sees on a message. */
async function reactionsOn({ parley, company, customer }: Dialogue, wamid: string) {
  const path = `graph/customers/${customer.phone}/messages?phoneNumberId=${company.phoneNumberId}`;
  type Items = { items: { id: string; reactions?: { from: string; emoji: string }[] }[] };
  const { items } = await parley.sandbox.control<Items>('GET', path);
  return (items.find(({ id }) => id === wamid)?.reactions ?? []).map(({ from, emoji }) => ({ from, emoji }));
}

describe('a comment that answers a message', () => {
  it('quotes that message, and its own quote is not sent', async () => {
    const { dialogue, asked, comment } = await begin(await connect());
    await commentOn(dialogue, { html: '<p>Red and <b>blue</b></p>', answersComment: comment });
    expect(await lastSent(dialogue, 'Red')).toMatchObject({ text: 'Red and *blue*', quoted: asked });
    const [message] = await messagesOf(dialogue, { direction: 'outbound' });
    expect(message).toMatchObject({ quotedChannelMessageId: asked, text: 'Red and *blue*' });
    // Control: the same without an answer quotes nothing.
    await commentOn(dialogue, { html: 'Or green' });
    expect((await lastSent(dialogue, 'green')).quoted ?? null).toBeNull();
  });

  it('may answer what was sent to the customer', async () => {
    const { dialogue } = await begin(await connect());
    const first = await commentOn(dialogue, { html: 'We have red' });
    const { id } = await lastSent(dialogue, 'red');
    // It is in the chat before we know its id.
    await messageOnce(dialogue, 'We have red', ['sent', 'delivered', 'read']);
    await commentOn(dialogue, { html: 'Sorry, it is sold out', answersComment: first });
    expect(await lastSent(dialogue, 'sold out')).toMatchObject({ text: 'Sorry, it is sold out', quoted: id });
  });

  it('with a file quotes it with the file', async () => {
    const { dialogue, asked, comment } = await begin(await connect());
    const files = [{ name: 'colours.pdf', size: 200 }];
    await commentOn(dialogue, { html: 'All of them', answersComment: comment, files });
    expect(await lastSent(dialogue, 'All of them')).toMatchObject({ type: 'document', quoted: asked });
  });

  it('without a link is known by its words', async () => {
    const { dialogue, asked, comment } = await begin(await connect({}, { answerQuote: 'quote-only' }));
    await commentOn(dialogue, { html: 'Red', answersComment: comment });
    expect(await lastSent(dialogue, 'Red')).toMatchObject({ text: 'Red', quoted: asked });
  });

  it('without a link stays text when two messages have these words', async () => {
    const company = await connect({}, { answerQuote: 'quote-only' });
    const { dialogue, comment } = await begin(company, ['Which colours?', 'Which colours?']);
    await commentOn(dialogue, { html: 'Red', answersComment: comment });
    const sent = await lastSent(dialogue, 'Red');
    expect(sent.quoted ?? null).toBeNull();
    expect(sent.text).toMatch(/^> .*Which colours\?\n+Red$/s);
  });

  it('without any quote is text', async () => {
    const { dialogue, comment } = await begin(await connect({}, { answerQuote: 'none' }));
    await commentOn(dialogue, { html: 'Red', answersComment: comment });
    const sent = await lastSent(dialogue, 'Red');
    expect([sent.text, sent.quoted ?? null]).toEqual(['Red', null]);
  });

  it('with a quote that matches nothing is sent as it is', async () => {
    const { dialogue } = await begin(await connect());
    await commentOn(dialogue, { html: '<blockquote>Said on the phone</blockquote><p>So it is</p>' });
    const sent = await lastSent(dialogue, 'So it is');
    expect([sent.text, sent.quoted ?? null]).toEqual(['> Said on the phone\n\nSo it is', null]);
  });

  it('of another task is no message of this customer’s', async () => {
    const company = await connect();
    const one = await begin(company);
    const other = await begin(company, ['Something else', 'entirely']);
    const link = `https://${new URL(parley.sandbox.url).host}/task/${other.dialogue.task}?comment=${other.comment}`;
    const html = `<blockquote><a href="${link}">Jane</a><br>Something else</blockquote><p>Blue</p>`;
    await commentOn(one.dialogue, { html });
    const sent = await lastSent(one.dialogue, 'Blue');
    expect([sent.text, sent.quoted ?? null]).toEqual(['Blue', null]);
  });

  it('that was internal does not show the customer what colleagues said', async () => {
    const { dialogue } = await begin(await connect());
    const internal = await commentOn(dialogue, { html: 'He never pays in time', notify: ['user:4'] });
    await commentOn(dialogue, { html: '<p>We will call you</p>', answersComment: internal });
    const sent = await lastSent(dialogue, 'We will call you');
    expect([sent.text, sent.quoted ?? null]).toEqual(['We will call you', null]);
    expect(JSON.stringify(await sentTo(dialogue))).not.toContain('never pays');
  });
});

describe('a comment of one emoji', () => {
  it('that answers a message is a reaction to it, where the setting is on', async () => {
    const { dialogue, asked, comment, person } = await begin(await connect({ reactionsFromComments: true }));
    await commentOn(dialogue, { html: '<p>👍</p>', answersComment: comment });
    await eventually('the reaction', async () => ((await reactionsOn(dialogue, asked)).length > 0 ? true : undefined));
    expect(await reactionsOn(dialogue, asked)).toEqual([{ from: 'business', emoji: '👍' }]);
    expect(await sentTo(dialogue)).toEqual([]);
    await eventually('the reaction as sent', async () =>
      (await messagesOf(dialogue, { direction: 'outbound' })).find(({ state }) => state === 'sent'),
    );
    await commentOn(dialogue, { html: 'And red' });
    await lastSent(dialogue, 'And red');
    expect(await sendCalls(dialogue)).toHaveLength(2);
    expect(await notesOn(dialogue)).toEqual([]);
    // Without a message that it answers it is a message.
    await commentOn(dialogue, { html: '🎁' });
    expect((await lastSent(dialogue, '🎁')).type).toBe('text');
    await say(person, { reaction: { messageId: asked, emoji: '🙏' } });
    await commentOnce(person, '🙏');
    expect(await problemsOf(dialogue)).toEqual([]);
  });

  it('control: where the setting is off it is a message that quotes', async () => {
    const { dialogue, asked, comment } = await begin(await connect());
    await commentOn(dialogue, { html: '<p>👍</p>', answersComment: comment });
    expect(await lastSent(dialogue, '👍')).toMatchObject({ type: 'text', text: '👍', quoted: asked });
    expect(await reactionsOn(dialogue, asked)).toEqual([]);
  });
});

describe('a comment of hostile markup', () => {
  const table = (depth: number): string =>
    depth === 0 ? 'deep' : `<table><tr><td>${table(depth - 1)}</td></tr></table>`;

  it.each([
    ['a script, styles and a comment', '<script>alert(1)</script><style>p{}</style><!-- no --><p>Price: 10</p>'],
    ['nested tables', `${table(200)}<p>Price: 10</p>`],
    ['a megabyte of markup', `${'<span style="color:red"><b></b></span>'.repeat(28_000)}<p>Price: 10</p>`],
    ['what is never closed', `${'<div><ul><li>'.repeat(5_000)}Price: 10`],
  ])('with %s is sent as its words, and the next one follows', async (_name, html) => {
    const { dialogue } = await begin(await connect());
    await commentOn(dialogue, { html });
    const sent = await lastSent(dialogue, 'Price: 10');
    expect(sent.text).not.toMatch(/[<>]|alert|color|p\{/);
    expect(sent.text.length).toBeLessThan(200);
    await commentOn(dialogue, { html: 'And thanks' });
    expect((await lastSent(dialogue, 'And thanks')).text).toBe('And thanks');
    expect(await problemsOf(dialogue)).toEqual([]);
  });
});
