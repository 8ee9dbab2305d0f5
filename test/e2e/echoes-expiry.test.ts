import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createDatabase, type Database } from '../../db/database.ts';
import { textsIn } from '../support/account-world.ts';
import { echo, listed, listedOnce, meet, type Person, putInPhoneApp, say, taskOnce } from '../support/chat-world.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;
let db: Database;

beforeAll(async () => {
  parley = await startParley();
  db = createDatabase(parley.world.databaseUrl, 2);
  company = await connectCompany(parley);
  await putInPhoneApp(parley, company);
});

afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

/** Echoes of this text and a file, held; the sweep has not looked at them. */
async function hold(person: Person, words: string): Promise<string[]> {
  const wamids = [
    await echo(person, { text: words }),
    await echo(person, { media: { kind: 'document', size: 100, filename: `${words}.pdf`, caption: words } }),
  ];
  for (const wamid of wamids) {
    await eventually('the echo as held', async () =>
      (await listed(person, wamid))?.hold === 'held' ? true : undefined,
    );
  }
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
  it('is gone from every table, and a later answer does not bring it', async () => {
    const person = await meet(parley, company);
    const wamids = await hold(person, 'Zebra');
    // Control: it is found while it is held.
    expect(await tablesWith('Zebra')).toEqual(['attachment', 'inbound_event', 'message']);
    await expire(person, wamids);
    expect(await tablesWith('Zebra')).toEqual([]);
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
