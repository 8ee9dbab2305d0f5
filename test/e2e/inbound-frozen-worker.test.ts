import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../db/database.ts';
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
const FROZEN_MS = 7_000;

let parley: Parley;

beforeAll(async () => {
  // No polls, so that only what the test does goes through an account's gate.
  parley = await startParley({
    waits: { pollIntervalMs: 3_600_000, leaseMs: 2_000, turnMs: 1_500, turnTimeoutMs: 6_000 },
  });
});

afterAll(() => parley?.stop());

/** What a company's customer writes: some of it before the worker is frozen, some while it is. */
type Chat = { company: Company; customer: Customer; write(texts: string[]): Promise<number[]> };

async function aChat(): Promise<Chat> {
  const company = await connectCompany(parley);
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
async function freezeAndContinue(whileFrozen: () => Promise<unknown>): Promise<void> {
  const frozen = parley.worker;
  process.kill(frozen.pid, 'SIGSTOP');
  const frozenAtMs = Date.now();
  let successor: TestProcess | undefined;
  try {
    successor = await startWorker(parley.world, parley.waits);
    await whileFrozen();
    await eventually('the worker was frozen for long', async () => Date.now() - frozenAtMs > FROZEN_MS || undefined);
  } finally {
    process.kill(frozen.pid, 'SIGCONT');
    // It ends when its attempts have.
    await frozen.stop('SIGTERM', 30_000);
    if (successor) parley.worker = successor;
  }
}

async function expectOnceInOrder({ company }: Chat, texts: string[]): Promise<void> {
  expect(await settledStories(parley, company, texts.length)).toEqual([texts]);
  expect((await planfixOf(parley, company)).contacts).toHaveLength(1);
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
  it('inside a call that takes effect: no duplicate, no inversion', async () => {
    const [contact, task, comment] = [await aChat(), await aChat(), await aChatWithTask()];
    const slow = { kind: 'slow', delayMs: 1_200 };
    const inside = async (chat: Chat, what: keyof typeof CREATES, texts: string[]) => {
      const fault = await breakPlanfix(parley, chat.company, { ...CREATES[what], ...slow });
      await chat.write(texts);
      await fault.untilStruck();
    };
    await Promise.all([
      inside(contact, 'contact', ['one', 'two', 'three']),
      inside(task, 'task', ['one', 'two', 'three']),
      inside(comment, 'comment', ['two', 'three']),
    ]);
    const chats = [contact, task, comment];
    await freezeAndContinue(async () => {
      await Promise.all(chats.map((chat) => chat.write(['four'])));
      for (const chat of chats) await expectOnceInOrder(chat, ['one', 'two', 'three', 'four']);
    });
    for (const chat of chats) {
      await chat.write(['five']);
      await expectOnceInOrder(chat, ['one', 'two', 'three', 'four', 'five']);
    }
  });

  it('between the intent and the call: the call is not made any more', async () => {
    const [contact, task, comment] = [await aChat(), await aChat(), await aChatWithTask()];
    const held = [await stopBeforeContact(contact), await stopBeforeTask(task), await stopBeforeComment(comment)];
    const chats = [contact, task, comment];
    const lease = await leaseOf(comment);
    await freezeAndContinue(async () => {
      await Promise.all(held.map((rows) => rows.release()));
      for (const chat of chats) await expectOnceInOrder(chat, ['one', 'two', 'three']);
      await comment.write(['four']);
      await expectOnceInOrder(comment, ['one', 'two', 'three', 'four']);
      // Control: the frozen attempt held the lane, and it was taken from it.
      expect([lease, await leaseOf(comment)]).toEqual([expect.any(String), null]);
    });
    await Promise.all([contact, task].map((chat) => chat.write(['four'])));
    for (const chat of chats) await expectOnceInOrder(chat, ['one', 'two', 'three', 'four']);
  });

  it('would post twice if its calls had no deadline (control)', async () => {
    await parley.worker.stop('SIGTERM', 30_000);
    const careless = waitsEnvironment({ callDeadlineMs: 600_000 });
    parley.worker = await startWorker(parley.world, { ...parley.waits, ...careless });
    const chat = await aChatWithTask();
    const held = await stopBeforeComment(chat);
    await freezeAndContinue(async () => {
      await held.release();
      await expectOnceInOrder(chat, ['one', 'two', 'three']);
    });
    expect(await settledStories(parley, chat.company, 4)).toEqual([['one', 'two', 'three', 'three']]);
  });
});
