import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  countBy,
  echoTo,
  killApi,
  killWorker,
  NOTICE_TEXT,
  sentOnce,
  startAgain,
  startAll,
  untilQuiet,
  untilWaiting,
  wordsOf,
} from '../support/bulk-world.ts';
import { meet, type Person, putInPhoneApp, say, taskOnce } from '../support/chat-world.ts';
import { breakPlanfix, type PlannedFault, withDatabase } from '../support/inbound-faults.ts';
import { holdRows } from '../support/inbound-locks.ts';
import { connectMailer, phones } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, planfixOf, startParley } from '../support/parley.ts';

const ANSWER = 'Thank you';
const WORDS = new RegExp(`Good day|${NOTICE_TEXT}|${ANSWER}`, 'g');

let parley: Parley;

beforeAll(async () => {
  // A call lasts long enough to kill its worker within, whatever else the machine does.
  parley = await startParley({
    waits: { callDeadlineMs: 12_000, readBackFirstMs: 300, readBackSecondMs: 300, turnTimeoutMs: 24_000 },
  });
});

afterAll(() => parley?.stop());

/** Two who got the notice from a colleague in the phone app, and two to whom a program sent it: it is held for all. */
type Held = { company: Company; people: Person[]; byColleague: Person[]; byProgram: Person[] };

async function holdForFour({ withTask }: { withTask: boolean }): Promise<Held> {
  const company = await connectMailer(parley);
  await putInPhoneApp(parley, company);
  const people = await Promise.all([1, 2, 3, 4].map(() => meet(parley, company)));
  if (withTask) {
    await Promise.all(people.map((person) => say(person, { text: 'Good day' })));
    await Promise.all(people.map((person) => taskOnce(person)));
    await untilQuiet(parley, company);
  }
  const [byColleague, byProgram] = [people.slice(0, 2), people.slice(2)];
  const phoneOf = ({ phone }: Person) => `+${phone}`;
  await echoTo(parley, company, phones(3), { text: NOTICE_TEXT });
  await sentOnce(parley, company, 3);
  await echoTo(parley, company, byColleague.map(phoneOf), { text: NOTICE_TEXT });
  await sentOnce(parley, company, 5);
  await startAll(parley, company, byProgram.map(phoneOf));
  await untilQuiet(parley, company);
  // What the network tells of them later would wait for the same rows, with their customers locked.
  await eventually('all as delivered', async () => !('sent' in (await countBy(parley, company, 'state'))) || undefined);
  // The first three are held, too, as nobody there has a task.
  expect(await countBy(parley, company, 'hold')).toEqual({ held: 7 });
  return { company, people, byColleague, byProgram };
}

/** They answer; nobody waits for what the api says to it. */
const answer = ({ company: { phoneNumberId }, phone }: Person) =>
  parley.sandbox.control('POST', 'graph/messages', { phoneNumberId, from: phone, text: ANSWER });

async function expectOnceInOrder({ company, people }: Held, story: string[]): Promise<void> {
  await untilQuiet(parley, company);
  for (const person of people) expect(await wordsOf(person, WORDS)).toEqual([story]);
  expect((await countBy(parley, company, 'hold')).released).toBe(4);
}

const IN_TASK = ['Good day', NOTICE_TEXT, ANSWER];
const NEW_TASK = [NOTICE_TEXT, ANSWER];

/** The next comment on the task of each of these is one whose answer never comes. */
const breakComments = (company: Company, people: Person[], kind: string): Promise<PlannedFault[]> =>
  Promise.all(
    people.map(async (person) => {
      const path = `^/task/${(await taskOnce(person)).id}/comments/$`;
      return breakPlanfix(parley, company, { method: 'POST', path, kind });
    }),
  );

const breakTasks = (company: Company, kind: string): Promise<PlannedFault> =>
  breakPlanfix(parley, company, { method: 'POST', path: '^/task/$', kind, times: 2 });

describe('a worker that is killed while it posts what was held', () => {
  it('posts it once, before the answer, in one task, whether or not the call had its effect', async () => {
    const [known, fresh] = await Promise.all([holdForFour({ withTask: true }), holdForFour({ withTask: false })]);
    const [one, two, three, four] = known.people as [Person, Person, Person, Person];
    const faults = [
      ...(await breakComments(known.company, [one, three], 'hang-after')),
      ...(await breakComments(known.company, [two, four], 'hang')),
      await breakTasks(fresh.company, 'hang-after'),
      await breakTasks(fresh.company, 'hang'),
    ];
    await Promise.all([...known.people, ...fresh.people].map(answer));
    await Promise.all(faults.map((fault) => fault.untilStruck()));
    await killWorker(parley);
    expect((await countBy(parley, known.company, 'hold')).releasing).toBe(4);
    await startAgain(parley, 'worker');
    await expectOnceInOrder(known, IN_TASK);
    await expectOnceInOrder(fresh, NEW_TASK);
  });

  it('posts it once where the new task is there, and only that is not written down', async () => {
    const fresh = await holdForFour({ withTask: false });
    const { company, people } = fresh;
    const create = { method: 'POST', path: '^/task/$', kind: 'slow-after', delayMs: 7_000, times: people.length };
    const slow = await breakPlanfix(parley, company, create);
    await Promise.all(people.map(answer));
    await slow.untilStruck();
    const conversations = await holdRows(parley, 'select id from conversation where connection_id = $1', [
      company.connectionId,
    ]);
    await untilWaiting(parley, 'from "conversation" where "id" = $1 for no key update', people.length);
    await killWorker(parley);
    await conversations.release();
    // Control: Planfix has the tasks, and nothing here says so.
    expect((await planfixOf(parley, company)).tasks).toHaveLength(people.length);
    expect((await countBy(parley, company, 'hold')).releasing).toBe(people.length);
    await startAgain(parley, 'worker');
    await expectOnceInOrder(fresh, NEW_TASK);
  });

  it('would post it twice if it did not remember what it had begun (control)', async () => {
    const { company, people } = await holdForFour({ withTask: true });
    const faults = await breakComments(company, people, 'hang-after');
    await Promise.all(people.map(answer));
    await Promise.all(faults.map((fault) => fault.untilStruck()));
    await killWorker(parley);
    await withDatabase(parley, (db) =>
      sql`update message set intent_token = null where connection_id = ${company.connectionId}`.execute(db),
    );
    await startAgain(parley, 'worker');
    await untilQuiet(parley, company);
    for (const person of people) {
      expect(await wordsOf(person, WORDS)).toEqual([['Good day', NOTICE_TEXT, NOTICE_TEXT, ANSWER]]);
    }
  });
});

describe('an api that is killed while it takes the answers', () => {
  it.each([
    ['a task', true, IN_TASK],
    ['no task', false, NEW_TASK],
  ])('releases all of it or nothing, and it is posted once, for people with %s', async (_, withTask, story) => {
    const held = await holdForFour({ withTask });
    const { company, people } = held;
    const rows = await holdRows(parley, "select id from message where connection_id = $1 and hold = 'held'", [
      company.connectionId,
    ]);
    await Promise.all(people.map(answer));
    await untilWaiting(parley, "hold = 'releasing'", 4);
    await Promise.all([killApi(parley), killWorker(parley)]);
    await rows.release();
    // Control: nothing of it was taken, so it is the network's repeat that releases it.
    expect((await countBy(parley, company, 'hold')).held).toBe(7);

    await startAgain(parley, 'api');
    await eventually('the answers as stored', async () =>
      (await countBy(parley, company, 'hold')).releasing === 4 ? true : undefined,
    );
    await killApi(parley);
    await startAgain(parley, 'api', 'worker');
    await expectOnceInOrder(held, story);
  });
});
