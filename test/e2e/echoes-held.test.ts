import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { textsIn, untilFirstPoll } from '../support/account-world.ts';
import {
  type Content,
  commentOnce,
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

const FLAG_MS = 400;

let parley: Parley;
let db: Database;

beforeAll(async () => {
  // Practically no poll: whether the task is active is asked when a message needs to know.
  parley = await startParley({ waits: { activeFlagMs: FLAG_MS, pollIntervalMs: 600_000 } });
  db = createDatabase(parley.world.databaseUrl, 2);
});

afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

async function connect(settings: Record<string, unknown> = {}): Promise<Company> {
  const company = await connectCompany(parley, { settings });
  await putInPhoneApp(parley, company);
  await untilFirstPoll(parley, company);
  return company;
}

/** A customer whose task is done, which Parley has not heard of. */
async function beDone(settings: Record<string, unknown> = {}) {
  const company = await connect(settings);
  const person = await meet(parley, company);
  const wamid = await say(person, { text: 'Good day' });
  await listedOnce(person, wamid, 'posted');
  const task = await taskOnce(person);
  await parley.sandbox.control('POST', `planfix/${company.account}/tasks/${task.id}`, { status: 6 });
  const doneAt = Date.now();
  await eventually('the flag as old', async () => Date.now() - doneAt > 2 * FLAG_MS || undefined);
  return { person, wamid, task };
}

const heldOnce = (person: Person, wamid: string) =>
  eventually('the echo as held', async () => {
    const message = await listed(person, wamid);
    return message?.hold === 'held' ? message : undefined;
  });

describe('what a colleague writes when the task is done', () => {
  it('opens no task, although Parley only learns then that it is done; the answer brings it', async () => {
    const { person, task } = await beDone();
    const wamid = await echo(person, { text: 'Thank you for coming' });
    expect(await heldOnce(person, wamid)).toMatchObject({ reason: 'no-task', state: 'received', planfixTask: null });
    expect(await tasksOf(person)).toEqual([expect.objectContaining({ id: task.id, comments: [] })]);
    await say(person, { text: 'It leaks again' });
    expect((await taskOnce(person, 2)).description).toMatch(/Thank you for coming.*It leaks again$/s);
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ hold: 'released' });
  });

  it.each([
    ['openTaskForEchoes', { openTaskForEchoes: true }, 2],
    ['newTaskWhenNoneActive off', { newTaskWhenNoneActive: false }, 1],
  ])('control: with %s it is posted at once', async (_name, settings, count) => {
    const { person } = await beDone(settings);
    const wamid = await echo(person, { text: 'Thank you for coming' });
    expect(await listedOnce(person, wamid, 'posted')).toMatchObject({ hold: null });
    expect(await tasksOf(person)).toHaveLength(count);
  });

  it.each<[string, (id: string) => Content, string]>([
    ['a reaction', (messageId) => ({ reaction: { messageId, emoji: '👌' } }), 'A colleague reacted: 👌'],
    ['a deletion', (messageId) => ({ revoke: { messageId } }), 'A colleague deleted a message.'],
  ])('%s stands on the task of what it is about, at once', async (_name, content, words) => {
    const { person, task } = await beDone();
    const first = await say(person, { text: 'It leaks again' });
    await listedOnce(person, first, 'posted');
    const next = await taskOnce(person, 2);
    const own = await echo(person, { text: 'We come' });
    await commentOnce(person, 'We come');
    await parley.sandbox.control('POST', `planfix/${person.company.account}/tasks/${next.id}`, { status: 6 });
    const settled = Date.now();
    await eventually('the flag as old', async () => Date.now() - settled > 2 * FLAG_MS || undefined);
    // Now it is known that nothing is active.
    await heldOnce(person, await echo(person, { text: 'Thank you' }));
    const sign = await listedOnce(person, await echo(person, content(own)), 'posted');
    expect(sign).toMatchObject({ hold: null, planfixTask: next.id });
    expect((await commentOnce(person, words)).description).toContain(`/task/${next.id}?comment=`);
    expect((await taskOnce(person)).id).toBe(task.id);
    expect(await tasksOf(person)).toHaveLength(2);
  });
});

describe('what a colleague changes in something that is held', () => {
  it('comes with it when it is quoted', async () => {
    const person = await meet(parley, await connect());
    const meant = await echo(person, { text: 'It costs 10' });
    const edit = await echo(person, { edit: { messageId: meant, text: 'It costs 12' } });
    const other = await echo(person, { text: 'Spring sale' });
    for (const wamid of [meant, edit, other]) await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { text: 'Agreed', quoted: meant }), 'posted');
    const { description } = await taskOnce(person);
    expect(description).toMatch(/It costs 10.*It costs 12.*Agreed$/s);
    expect(description).not.toContain('Spring sale');
    expect((await listed(person, other))?.hold).toBe('held');
  });

  it('opens the description, too, when it is all that is left', async () => {
    const person = await meet(parley, await connect());
    const unknown = await echo(person, { reaction: { messageId: 'wamid.before-us', emoji: '👌' } });
    const text = await echo(person, { text: 'See you' });
    for (const wamid of [unknown, text]) await heldOnce(person, wamid);
    await listedOnce(person, await say(person, { text: 'Yes' }), 'posted');
    const { description, comments } = await taskOnce(person);
    expect(description).toMatch(/A colleague reacted: 👌.*not known here.*See you.*Yes$/s);
    expect(comments).toEqual([]);
    for (const wamid of [unknown, text]) {
      expect(await listed(person, wamid)).toMatchObject({ hold: 'released', state: 'posted' });
    }
  });
});

/** Echoes of this text and a file, held; the sweep has not looked at them. */
async function hold(person: Person, words: string): Promise<string[]> {
  const wamids = [
    await echo(person, { text: words }),
    await echo(person, { media: { kind: 'document', size: 100, filename: `${words}.pdf`, caption: words } }),
  ];
  for (const wamid of wamids) await heldOnce(person, wamid);
  return wamids;
}

/** The month is over for these, and the sweep has seen it. */
async function expire(person: Person, wamids: string[]): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  await db.updateTable('message').set({ expiresAt: past }).where('channelMessageId', 'in', wamids).execute();
  for (const wamid of wamids) await listedOnce(person, wamid, 'ignored');
}

/** Tables whose rows hold these words anywhere. */
async function tablesWith(words: string): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`
      select 1 from ${sql.table(name)} t where to_jsonb(t)::text like ${`%${words}%`} limit 1`.execute(db);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe('what was held for a month', () => {
  let company: Company;

  beforeAll(async () => {
    company = await connect();
  });

  it('is gone from every table, and a later answer does not bring it', async () => {
    const person = await meet(parley, company);
    const wamids = await hold(person, 'Zebra');
    // Control: it is found while it is held.
    expect(await tablesWith('Zebra')).toEqual(['attachment', 'inbound_event', 'message']);
    await expire(person, wamids);
    await eventually('it as gone', async () => (await tablesWith('Zebra')).length === 0 || undefined);
    for (const wamid of wamids) {
      expect(await listed(person, wamid)).toMatchObject({ hold: 'expired', text: '', content: null, files: [] });
    }
    await listedOnce(person, await say(person, { text: 'What was it?', quoted: wamids[0] }), 'posted');
    const { description, comments, files } = await taskOnce(person);
    expect(description).toMatch(/^<blockquote>Message<\/blockquote>What was it\?$/);
    expect([comments, files]).toEqual([[], []]);
    for (const wamid of wamids) expect((await listed(person, wamid))?.hold).toBe('expired');
  });

  it('does not expire for others, who get it with their answer', async () => {
    const gone = await meet(parley, company);
    const kept = await meet(parley, company);
    const old = await hold(gone, 'Okapi');
    const [wamid] = await hold(kept, 'Quagga');
    await expire(gone, old);
    expect((await listed(kept, wamid as string))?.hold).toBe('held');
    await say(kept, { text: 'Yes' });
    expect((await taskOnce(kept)).description).toContain('Quagga');
  });

  it('does not come with an answer after its time, although no sweep has seen it yet', async () => {
    const person = await meet(parley, company);
    const wamids = await hold(person, 'Dodo');
    const past = new Date(Date.now() - 1_000);
    await db.updateTable('message').set({ expiresAt: past }).where('channelMessageId', 'in', wamids).execute();
    await listedOnce(person, await say(person, { text: 'Late' }), 'posted');
    expect((await taskOnce(person)).description).toBe('Late');
    expect(JSON.stringify(await textsIn(parley, company))).not.toContain('Dodo');
  });

  it('once it is released stays, whatever its time says', async () => {
    const person = await meet(parley, company);
    const [wamid, file] = await hold(person, 'Ibis');
    await listedOnce(person, await say(person, { text: 'Fine' }), 'posted');
    const past = new Date(Date.now() - 1_000);
    await db
      .updateTable('message')
      .set({ expiresAt: past })
      .where('channelMessageId', 'in', [wamid, file] as string[])
      .execute();
    const other = await meet(parley, company);
    await expire(other, await hold(other, 'Moa'));
    expect(await listed(person, wamid as string)).toMatchObject({ hold: 'released', text: 'Ibis' });
  });
});
