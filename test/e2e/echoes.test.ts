import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultOfPlanfix } from '../support/account-world.ts';
import {
  commentOnce,
  commentsOf,
  conversationOfId,
  echo,
  listed,
  listedOnce,
  meet,
  type Person,
  putInPhoneApp,
  say,
  taskOnce,
  tasksOf,
} from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, problemOnce, problemsOf, sendCalls, textsOnceThereAre } from '../support/reply-world.ts';

let parley: Parley;
let company: Company;

const AUTHOR = 'user:4';

beforeAll(async () => {
  parley = await startParley();
  company = await connect({ echoAuthor: AUTHOR });
});

afterAll(() => parley?.stop());

async function connect(settings: Record<string, unknown>): Promise<Company> {
  const connected = await connectCompany(parley, { settings });
  await putInPhoneApp(parley, connected);
  return connected;
}

/** A customer with a task. */
async function begin(where = company, extra: Record<string, unknown> = {}) {
  const person = await meet(parley, where);
  const wamid = await say(person, { text: 'Good day', ...extra });
  const { conversationId } = await listedOnce(person, wamid, 'posted');
  return { person, wamid, conversationId, task: await taskOnce(person) };
}

const windowOf = async (id: string) => (await conversationOfId(parley, id)).windowClosesAt;

const FROM_APP = '<i>Sent from the WhatsApp Business app.</i>';

describe('what a colleague writes on the phone to somebody with a task', () => {
  it('is their comment, which tells nobody and is not sent again', async () => {
    const { person, task } = await begin();
    const wamid = await echo(person, { text: 'We are on our way' });
    const comment = await commentOnce(person, 'on our way');
    expect(comment).toMatchObject({
      description: `${FROM_APP}<br>We are on our way`,
      owner: { id: AUTHOR },
      recipients: { users: [], groups: [], roles: [] },
      notifiesContact: false,
    });
    const message = await listedOnce(person, wamid, 'posted');
    expect(message).toMatchObject({ direction: 'echo', hold: null, planfixTask: task.id });
    // Control: what notifies the customer is sent, and by then the echo would have been, too.
    const dialogue = {
      parley,
      company,
      customer: person,
      task: task.id,
      contact: task.assigner?.id as `contact:${number}`,
    };
    await commentOn(dialogue, { html: 'See you soon' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['We are on our way', 'See you soon']);
    const sent = await sendCalls(dialogue);
    expect(sent.map(({ body }) => JSON.stringify(body))).toEqual([expect.stringContaining('See you soon')]);
  });

  it.each<[string, (id: string) => Record<string, unknown>, string]>([
    ['an edit', (messageId) => ({ edit: { messageId, text: 'We are late' } }), 'A colleague edited a message.'],
    ['a deletion', (messageId) => ({ revoke: { messageId } }), 'A colleague deleted a message.'],
    ['a reaction', (messageId) => ({ reaction: { messageId, emoji: '👌' } }), 'A colleague reacted: 👌'],
  ])('%s is shown in the same way, with an excerpt', async (_name, content, words) => {
    const { person } = await begin();
    const first = await echo(person, { text: 'We come at noon' });
    const { id } = await commentOnce(person, 'come at noon');
    await echo(person, content(first));
    const comment = await commentOnce(person, words);
    expect(comment).toMatchObject({
      owner: { id: AUTHOR },
      recipients: { users: [], roles: [] },
      notifiesContact: false,
    });
    expect(comment.description).toContain(`?comment=${id}">We come at noon</a>`);
  });

  it.each(['digits', 'plus', 'hidden'])('finds its customer when their phone is told as %s', async (toForm) => {
    const { person, task } = await begin();
    const message = await listedOnce(person, await echo(person, { text: 'For you', toForm }), 'posted');
    expect(message.planfixTask).toBe(task.id);
  });

  it('brings its files', async () => {
    const { person } = await begin();
    await echo(person, { media: { kind: 'document', size: 500, filename: 'План.pdf', caption: 'The plan' } });
    const comment = await commentOnce(person, 'The plan');
    expect(comment).toMatchObject({ owner: { id: AUTHOR }, files: [{ name: 'План.pdf', sizeBytes: 500 }] });
  });

  it('never opens the window; a message of the customer does', async () => {
    const twoHoursAgo = Date.now() - 2 * 60 * 60_000;
    const { person, conversationId } = await begin(company, { timestampMs: twoHoursAgo });
    const before = await windowOf(conversationId);
    const wamid = await echo(person, { text: 'Still there?' });
    await echo(person, { edit: { messageId: wamid, text: 'Are you still there?' } });
    await commentOnce(person, 'Are you still there?');
    await echo(person, { revoke: { messageId: wamid } });
    await commentOnce(person, 'A colleague deleted');
    expect(await windowOf(conversationId)).toBe(before);
    await listedOnce(person, await say(person, { text: 'Yes' }), 'posted');
    expect(Date.parse((await windowOf(conversationId)) ?? '')).toBeGreaterThan(Date.parse(before ?? ''));
  });

  /** Planfix refuses this many comments in a row, and does not say what it is about. */
  const refuse = (where: Company, times: number, error: string) => {
    const body = JSON.stringify({ result: 'fail', code: 5001, error });
    const refusal = { kind: 'status', status: 400, body, contentType: 'application/json' };
    return faultOfPlanfix(parley, where, { ...refusal, times, method: 'POST', path: '/comments/$' });
  };

  it('is written by the employee of the token, and a problem says why, when Planfix refuses its author', async () => {
    const where = await connect({ echoAuthor: AUTHOR });
    const { person } = await begin(where);
    await refuse(where, 1, 'Employee 4 can not be the owner');
    await echo(person, { text: 'Hello' });
    expect((await commentOnce(person, 'Hello')).owner.id).toBe('user:9');
    const problem = await problemOnce({ parley, company: where }, 'fields-refused');
    expect(problem).toMatchObject({ state: 'open', detail: expect.stringContaining(AUTHOR) });
    expect((await problemsOf({ parley, company }, { kind: 'fields-refused' })).length).toBe(0);
    await echo(person, { text: 'And again' });
    expect((await commentOnce(person, 'And again')).owner.id).toBe('user:9');
  });

  it('keeps its author when it turns out that the refusal was about something else', async () => {
    const where = await connect({ echoAuthor: AUTHOR });
    const { person } = await begin(where);
    await refuse(where, 2, 'Something is wrong');
    await echo(person, { text: 'Hello' });
    expect((await commentOnce(person, 'Hello')).owner.id).toBe(AUTHOR);
    expect(await problemsOf({ parley, company: where }, { kind: 'fields-refused' })).toEqual([]);
  });

  it('is written by the employee of the token where no author is set', async () => {
    const where = await connect({});
    const { person } = await begin(where);
    await echo(person, { text: 'Hello' });
    expect((await commentOnce(person, 'Hello')).owner.id).toBe('user:9');
    expect(await problemsOf({ parley, company: where })).toEqual([]);
  });
});

/** Held, and nothing of it is in Planfix. */
async function heldOnce(person: Person, wamid: string) {
  const message = await eventually('the echo as held', async () => {
    const found = await listed(person, wamid);
    return found?.hold === 'held' ? found : undefined;
  });
  expect(message).toMatchObject({ state: 'received', reason: 'no-task', planfixTask: null });
  expect(await tasksOf(person)).toEqual([]);
  return message;
}

const monthLater = (at: string) => {
  const date = new Date(at);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0)).getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + 1, Math.min(date.getUTCDate(), days));
  return date.toISOString();
};

describe('what a colleague writes to somebody without a task', () => {
  it('is held for a month, opens the description of the customer’s answer, dated, and is then not held any more', async () => {
    const person = await meet(parley, company);
    const first = await echo(person, { text: 'Your parcel is here' });
    const second = await echo(person, { text: 'We close at six' });
    const held = await heldOnce(person, first);
    expect(held.expiresAt).toBe(monthLater(held.channelAt ?? ''));
    await heldOnce(person, second);
    const answer = await say(person, { text: 'On my way' });
    await listedOnce(person, answer, 'posted');
    const task = await taskOnce(person);
    expect(task.description).toMatch(
      /^<i>Sent .+ \(?.*<\/i><br><i>Sent from.+app\.<\/i><br>Your parcel is here<br><br><i>Sent .+<br>We close at six<br><br>On my way$/,
    );
    // By the account's clock, which may be in another year.
    expect(task.description).toMatch(/^<i>Sent \d{1,2} \w+ 20\d\d/);
    expect(task.comments).toEqual([]);
    for (const wamid of [first, second]) {
      expect(await listed(person, wamid)).toMatchObject({ state: 'posted', hold: 'released', planfixTask: task.id });
    }
  });

  it('comes alone when it is quoted; the others wait for an answer that quotes nothing', async () => {
    const person = await meet(parley, company);
    const other = await echo(person, { text: 'Spring sale' });
    const meant = await echo(person, { text: 'Your parcel is here' });
    await heldOnce(person, other);
    await heldOnce(person, meant);
    await listedOnce(person, await say(person, { text: 'Great', quoted: meant }), 'posted');
    const { description } = await taskOnce(person);
    expect(description).toContain('Your parcel is here');
    expect(description).not.toContain('Spring sale');
    expect(await listed(person, other)).toMatchObject({ hold: 'held', state: 'received' });
    await listedOnce(person, await say(person, { text: 'What sale?' }), 'posted');
    const texts = (await commentsOf(person)).map((comment) => comment.description);
    expect(texts).toEqual([expect.stringMatching(/Sent .+Spring sale$/s), 'What sale?']);
    expect((await commentsOf(person))[0]?.recipients).toMatchObject({ users: [], roles: [] });
    expect(await listed(person, other)).toMatchObject({ hold: 'released', state: 'posted' });
  });

  it('is not brought by a reaction, nor shown by one', async () => {
    const person = await meet(parley, company);
    const wamid = await echo(person, { text: 'Your parcel is here' });
    await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { reaction: { messageId: wamid, emoji: '👍' } }), 'ignored');
    await heldOnce(person, wamid);
  });

  it('with its edits, deletion and file comes in order', async () => {
    const person = await meet(parley, company);
    const wamid = await echo(person, { text: 'It costs 10' });
    await echo(person, { edit: { messageId: wamid, text: 'It costs 12' } });
    await echo(person, { media: { kind: 'image', size: 300, caption: 'Like this' } });
    await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { text: 'Agreed' }), 'posted');
    const task = await taskOnce(person);
    expect(task.description).toMatch(/It costs 10.*It costs 12.*Like this.*Agreed$/s);
    expect(task.files).toHaveLength(1);
  });

  it('is posted at once when the customer has written something younger', async () => {
    const person = await meet(parley, company);
    const minuteAgo = Date.now() - 60_000;
    await say(person, { reaction: { messageId: 'wamid.x', emoji: '👍' } });
    const answer = await say(person, { text: 'Hello?', timestampMs: minuteAgo + 30_000 });
    const wamid = await echo(person, { text: 'A minute ago', timestampMs: minuteAgo });
    await listedOnce(person, answer, 'posted');
    const message = await listedOnce(person, wamid, 'posted');
    expect(message.hold).toBeNull();
    const task = await taskOnce(person);
    expect(`${task.description}${task.comments.map((one) => one.description)}`).toContain('A minute ago');
    expect(await tasksOf(person)).toHaveLength(1);
  });

  it('opens a task at once where the setting says so', async () => {
    const where = await connect({ openTaskForEchoes: true, echoAuthor: AUTHOR });
    const person = await meet(parley, where);
    const wamid = await echo(person, { text: 'Good day from the shop' });
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ hold: null });
    expect((await taskOnce(person)).description).toContain('Good day from the shop');
    await say(person, { text: 'Good day' });
    await commentOnce(person, 'Good day');
    expect(await tasksOf(person)).toHaveLength(1);
  });
});
