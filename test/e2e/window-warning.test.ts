import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationWorkflowId } from '../../workflows/domain/ids.ts';
import { SERVICE_WINDOW_MS } from '../../workflows/domain/service-window.ts';
import { conversationViewQuery } from '../../workflows/messages.ts';
import { accountOnce, faultOfPlanfix, untilProbed } from '../support/account-world.ts';
import { connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  noteOnce,
  notesOn,
  startDialogue,
  startDialogueIn,
} from '../support/reply-world.ts';

/** An hour before the end, in a day of this length. */
const WARNED_AFTER_MS = 12_000;
const WORDS = 'The customer waits for an answer.';

let parley: Parley;
let away: Promise<void>;

beforeAll(async () => {
  parley = await startParley({ waits: { windowWarningMs: SERVICE_WINDOW_MS - WARNED_AFTER_MS } });
  away = whilePlanfixIsAway();
  // What went wrong is told by its own test.
  away.catch(() => undefined);
});

afterAll(() => parley?.stop());

const warningsOn = async (dialogue: Dialogue) =>
  (await notesOn(dialogue)).filter((note) => note.description.includes(WORDS));
const conversationOf = async (dialogue: Dialogue) => (await messagesOf(dialogue))[0]?.conversationId ?? '';
const runOf = async (dialogue: Dialogue) =>
  parley.temporal.workflow.getHandle(conversationWorkflowId(await conversationOf(dialogue)));

/**
 * Dialogues of companies with these settings, which are connected before anybody writes: whoever is answered is so at
 * once, by their place in the list, long before they would be warned of.
 */
async function startAll(
  settings: Record<string, unknown>[],
  answers: Record<number, (dialogue: Dialogue) => Promise<unknown>> = {},
): Promise<Dialogue[]> {
  const companies = await Promise.all(settings.map((own) => connectCompany(parley, { settings: own })));
  return Promise.all(
    companies.map(async (company, index) => {
      const dialogue = await startDialogueIn(parley, company);
      await answers[index]?.(dialogue);
      return dialogue;
    }),
  );
}

/** Planfix is away at the time of the warning. Takes long, so it goes on beside the first test. */
async function whilePlanfixIsAway(): Promise<void> {
  const dialogue = await startDialogue(parley);
  const fault = await faultOfPlanfix(parley, dialogue.company, { kind: 'status', status: 503 });
  await accountOnce(parley, dialogue.company, 'paused');
  const run = await runOf(dialogue);
  const turns = async () => (await run.query(conversationViewQuery)).turns;
  const before = await turns();
  const [message] = await messagesOf(dialogue, { direction: 'inbound' });
  const dueAtMs = Date.parse((message as unknown as { channelAt: string }).channelAt) + WARNED_AFTER_MS;
  await eventually('the time of the warning', async () => Date.now() > dueAtMs || undefined);
  await untilProbed(parley, dialogue.company, 3);
  expect((await turns()) - before).toBeLessThan(10);
  await fault.remove();
  await noteOnce(dialogue, WORDS);
  // Control: the number of turns does grow when there is something to do.
  expect(await turns()).toBeGreaterThan(before);
}

describe('an hour before a window closes', () => {
  it('over a customer who waits, the assignees are told, once for each window', async () => {
    const dialogues = await startAll([{ language: 'ru' }, { windowWarning: false }, {}, {}, {}], {
      2: async (dialogue) => {
        await commentOn(dialogue, { html: 'by comment' });
        await messageOnce(dialogue, 'by comment', ['delivered']);
      },
      3: async (dialogue) => {
        const conversationId = await conversationOf(dialogue);
        await parley.rest('POST', '/v1/messages', { conversationId, text: 'by API' });
        await messageOnce(dialogue, 'by API', ['delivered']);
      },
      4: ({ company, customer }) =>
        parley.sandbox.control('POST', 'graph/echoes', {
          phoneNumberId: company.phoneNumberId,
          to: customer.phone,
          text: 'in the app',
          wait: true,
        }),
    });
    const [russian, ...others] = dialogues as [Dialogue, ...Dialogue[]];
    // The one who waits is the last to write, so that the others would have been warned of before.
    const dialogue = await startDialogue(parley);
    const note = await noteOnce(dialogue, WORDS);
    expect((await noteOnce(russian, 'Клиент ждёт ответа.')).description).toContain('только одобренные шаблоны');
    expect(note.description).toMatch(/until \d\d:\d\d.*; after that only approved templates reach them\./);
    expect(note).toMatchObject({ notifiesContact: false, recipients: { users: [], roles: ['assignee'] } });
    await writeAs(parley, dialogue.company, dialogue.customer, 'Hello?');
    await eventually('the warning of the second window', async () => (await warningsOn(dialogue))[1]);
    expect(await warningsOn(dialogue)).toHaveLength(2);
    for (const other of others) expect(await warningsOn(other)).toEqual([]);
  });

  it('they are told when Planfix is back, and until then nothing turns in circles', () => away);

  it('they are told once although the worker died, or the run was lost', async () => {
    const [killed, lost] = (await startAll([{}, {}])) as [Dialogue, Dialogue];
    await (await runOf(lost)).terminate('lost');
    await parley.worker.stop('SIGKILL', 1_000);
    for (const dialogue of [killed, lost]) expect(await warningsOn(dialogue)).toEqual([]);
    parley.worker = await parley.worker.startAgain();
    for (const dialogue of [killed, lost]) await noteOnce(dialogue, WORDS);
    // A further message of Parley comes behind whatever else was to be said.
    for (const dialogue of [killed, lost]) {
      await commentOn(dialogue, { html: 'sorry' });
      await messageOnce(dialogue, 'sorry', ['delivered']);
      expect(await warningsOn(dialogue)).toHaveLength(1);
    }
  });
});
