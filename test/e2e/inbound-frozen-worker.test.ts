import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import { untilFirstPoll } from '../support/account-world.ts';
import { breakPlanfix, CREATES, settledStories, withDatabase, writeInOrder } from '../support/inbound-faults.ts';
import { type HeldRows, holdRows } from '../support/inbound-locks.ts';
import { untilBlocked } from '../support/locks.ts';
import {
  aCustomer,
  type Company,
  type Customer,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  waitsEnvironment,
} from '../support/parley.ts';
import { startWorker, type TestProcess } from '../support/processes.ts';

/** Longer than a lane's lease, and than a turn may take at all, in this world. */
const FROZEN_MS = 12_000;

let parley: Parley;

beforeAll(async () => {
  // Practically no polls, so that only what the test does goes through an account's gate.
  parley = await startParley({
    waits: { pollIntervalMs: 3_600_000, leaseMs: 2_000, turnMs: 1_500, turnTimeoutMs: 10_000 },
  });
});

afterAll(() => parley?.stop());

/** What a company's customer writes: some of it before the worker is frozen, some while it is. */
type Chat = { company: Company; customer: Customer; write(texts: string[]): Promise<number[]> };

async function aChat(): Promise<Chat> {
  const company = await connectCompany(parley);
  await untilFirstPoll(parley, company);
  const customer = aCustomer();
  let atMs = Date.now() - 60_000;
  const write = (texts: string[]) => {
    const firstAtMs = atMs;
    atMs += texts.length * 1_000;
    return writeInOrder(parley, company, customer, texts, firstAtMs);
  };
  return { company, customer, write };
}

async function aChatWithTask(): Promise<Chat> {
  const chat = await aChat();
  await chat.write(['one']);
  await settledStories(parley, chat.company, 1);
  return chat;
}

/**
 * Freezes the worker, lets another one do all the work meanwhile, and lets the frozen one go on; it has finished
 * whatever it was at when this is over. The other worker goes on as the world's only one.
 */
async function freezeAndContinue(whileFrozen: (callsUnderWay: number) => Promise<unknown>): Promise<void> {
  const frozen = parley.worker;
  process.kill(frozen.pid, 'SIGSTOP');
  const callsUnderWay = await countOpenIntents();
  const frozenAtMs = Date.now();
  let successor: TestProcess | undefined;
  try {
    successor = await startWorker(parley.world, parley.waits);
    await whileFrozen(callsUnderWay);
    await eventually('the worker was frozen for long', async () => Date.now() - frozenAtMs > FROZEN_MS || undefined);
  } finally {
    process.kill(frozen.pid, 'SIGCONT');
    // It ends when its attempts have.
    await frozen.stop('SIGTERM', 30_000);
    if (successor) parley.worker = successor;
  }
}

/** Calls that were decided and whose outcome is not recorded. */
async function countOpenIntents(): Promise<number> {
  const { rows } = await withDatabase(parley, (db) =>
    sql<{ open: number }>`
      select ((select count(*) from planfix_contact where intent_token is not null)
            + (select count(*) from conversation_task where intent_token is not null)
            + (select count(*) from message where intent_token is not null))::int as open`.execute(db),
  );
  return rows[0]?.open ?? 0;
}

async function expectOnceInOrder({ company }: Chat, texts: string[]): Promise<void> {
  expect(await settledStories(parley, company, texts.length)).toEqual([texts]);
  expect((await planfixOf(parley, company)).contacts).toHaveLength(1);
}

/** The worker is inside a call of this chat that will take effect, and waits for its answer. */
async function stopInside(what: keyof typeof CREATES, chat: Chat, texts: string[]): Promise<void> {
  const slow = { ...CREATES[what], kind: 'slow', delayMs: 1_200 };
  const fault = await breakPlanfix(parley, chat.company, slow);
  await chat.write(texts);
  await fault.untilStruck();
}

/** Stops the worker of this chat between deciding to create a contact and calling Planfix. */
async function stopBeforeContact(chat: Chat): Promise<HeldRows> {
  const search = { method: 'POST', path: '^/contact/list', kind: 'slow-after', delayMs: 700 };
  const slow = await breakPlanfix(parley, chat.company, search);
  await chat.write(['one', 'two', 'three']);
  await slow.untilStruck();
  const claim = 'select id from planfix_contact where planfix_account_id = $1';
  const held = await holdRows(parley, claim, [chat.company.planfixAccountId]);
  await untilBlocked(parley.world.databaseUrl, 'update "planfix_contact" set "intent_at"');
  return held;
}

/** The same for a task. The account's gate is the last thing that it passes before. */
async function stopBeforeTask(chat: Chat): Promise<HeldRows> {
  const slow = await breakPlanfix(parley, chat.company, { ...CREATES.contact, kind: 'slow-after', delayMs: 700 });
  await chat.write(['one', 'two', 'three']);
  await slow.untilStruck();
  const gate = await holdRows(parley, 'select key from rate_gate where key = $1', [
    `planfix/${chat.company.planfixAccountId}`,
  ]);
  await untilBlocked(parley.world.databaseUrl, 'take_rate_tokens');
  const place = 'select id from conversation_task where planfix_account_id = $1';
  const held = await holdRows(parley, place, [chat.company.planfixAccountId]);
  await gate.release();
  await untilBlocked(parley.world.databaseUrl, 'update "conversation_task" set "intent_token"');
  return held;
}

/** The same for a comment. */
async function stopBeforeComment(chat: Chat): Promise<HeldRows> {
  const slow = await breakPlanfix(parley, chat.company, { ...CREATES.comment, kind: 'slow-after', delayMs: 700 });
  await chat.write(['two', 'three']);
  await slow.untilStruck();
  const row = "select id from message where connection_id = $1 and text = 'three'";
  const held = await holdRows(parley, row, [chat.company.connectionId]);
  await untilBlocked(parley.world.databaseUrl, 'update message m set intent_token');
  return held;
}

/** The attempt that works on the chat's way to Planfix; null while none does. */
async function leaseOf({ company }: Chat): Promise<string | null> {
  const lanes = (db: Database) =>
    db.selectFrom('conversation').select('toPlanfixLease').where('connectionId', '=', company.connectionId);
  return (await withDatabase(parley, (db) => lanes(db).executeTakeFirstOrThrow())).toPlanfixLease;
}

describe('a worker that is frozen for longer than any lease while another one works', () => {
  it('inside a call, or between deciding and calling: no duplicate, no inversion', async () => {
    const inside = await Promise.all([aChat(), aChat(), aChatWithTask()]);
    const before = await Promise.all([aChat(), aChat(), aChatWithTask()]);
    const held = [
      await stopBeforeContact(before[0]),
      await stopBeforeTask(before[1]),
      await stopBeforeComment(before[2]),
    ];
    await Promise.all([
      stopInside('contact', inside[0], ['one', 'two', 'three']),
      stopInside('task', inside[1], ['one', 'two', 'three']),
      stopInside('comment', inside[2], ['two', 'three']),
    ]);
    const chats = [...inside, ...before];
    const lease = await leaseOf(before[2]);
    await freezeAndContinue(async (callsUnderWay) => {
      // Control: none of the three had its answer, and the first of the others had claimed its contact.
      expect(callsUnderWay).toBe(4);
      await Promise.all(held.map((rows) => rows.release()));
      await Promise.all(chats.map((chat) => chat.write(['four'])));
      for (const chat of chats) await expectOnceInOrder(chat, ['one', 'two', 'three', 'four']);
      // Control: the frozen attempt held the lane, and it was taken from it.
      expect([lease, await leaseOf(before[2])]).toEqual([expect.any(String), null]);
    });
    await Promise.all(chats.map((chat) => chat.write(['five'])));
    for (const chat of chats) await expectOnceInOrder(chat, ['one', 'two', 'three', 'four', 'five']);
  });

  it('would post twice if its calls had no deadline (control)', async () => {
    await parley.worker.stop('SIGTERM', 30_000);
    const careless = waitsEnvironment({ callDeadlineMs: 600_000 });
    // With a single slot it takes no further work to itself when it is frozen, which would only take time.
    const env = { ...parley.waits, ...careless, PARLEY_LIVE_ACTIVITIES: '1' };
    parley.worker = await startWorker(parley.world, env);
    const chat = await aChatWithTask();
    const held = await stopBeforeComment(chat);
    await freezeAndContinue(async () => {
      await held.release();
      await expectOnceInOrder(chat, ['one', 'two', 'three']);
    });
    expect(await settledStories(parley, chat.company, 4)).toEqual([['one', 'two', 'three', 'three']]);
  });
});
