import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountOnce, faultOfPlanfix, planfixCalls } from '../support/account-world.ts';
import { type CompanyOptions, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  notesOn,
  problemOnce,
  problemsOf,
  sentTo,
  startDialogue,
  taskOf,
} from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
  // The network tells nothing by itself: a status comes when a test sends it.
  await parley.sandbox.control('PUT', 'graph/settings', { statusDelayMs: 3_600_000 });
});

afterAll(() => parley?.stop());

type ChatItem = { id: string; from: string; text: string; readByBusiness: boolean };

/** The network tells a status of the newest message of the business. */
async function tell(dialogue: Dialogue, status: string, errors?: number): Promise<void> {
  const { id: wamid } = (await sentTo(dialogue)).at(-1) as unknown as ChatItem;
  const failure = errors === undefined ? {} : { errors };
  await parley.sandbox.control('POST', 'graph/statuses', { wamid, status, ...failure });
}

async function sendOne(dialogue: Dialogue, text = 'Hello'): Promise<string> {
  await commentOn(dialogue, { html: text });
  return (await messageOnce(dialogue, text, ['sent'])).id;
}

describe('a message in the API', () => {
  it('shows what the network charges for it, once it was told', async () => {
    const dialogue = await startDialogue(parley);
    const id = await sendOne(dialogue);
    const shown = () => parley.rest<{ state: string; pricing: unknown }>('GET', `/v1/messages/${id}`);
    // Control: nothing is made up before the network says it.
    expect((await shown()).pricing).toBeNull();
    await tell(dialogue, 'delivered');
    await messageOnce(dialogue, 'Hello', ['delivered']);
    expect((await shown()).pricing).toEqual({ billable: true, model: 'PMP', type: 'regular', category: 'service' });
  });

  it('counts as read when it was played', async () => {
    const dialogue = await startDialogue(parley);
    await sendOne(dialogue);
    await tell(dialogue, 'delivered');
    await messageOnce(dialogue, 'Hello', ['delivered']);
    await tell(dialogue, 'played');
    expect(await messageOnce(dialogue, 'Hello', ['read'])).toMatchObject({ readAt: expect.any(String) });
    // Late word of less does not take it back.
    await tell(dialogue, 'delivered');
    await sendOne(dialogue, 'Next');
    await messageOnce(dialogue, 'Hello', ['read']);
  });
});

describe('the customer', () => {
  const receipts = async ({ company, customer }: Dialogue): Promise<boolean[]> => {
    const path = `graph/customers/${customer.phone}/messages?phoneNumberId=${company.phoneNumberId}`;
    const { items } = await parley.sandbox.control<{ items: ChatItem[] }>('GET', path);
    return items.filter((item) => item.from !== 'business').map((item) => item.readByBusiness);
  };
  const open = (readReceipts: string) => startDialogue(parley, { settings: { readReceipts } });
  const readOnce = (dialogue: Dialogue, expected: boolean[]) =>
    eventually(`receipts ${expected}`, async () => String(await receipts(dialogue)) === String(expected) || undefined);

  it('is told that their message was read when it stands in Planfix, if set so', async () => {
    const dialogue = await open('when-posted');
    await readOnce(dialogue, [true]);
  });

  it('is told so when they are answered, and not before', async () => {
    const dialogue = await open('when-answered');
    // Control for the case above: posting alone tells nothing here.
    await writeAs(parley, dialogue.company, dialogue.customer, 'Are you there?');
    await eventually('both in Planfix', async () => (await taskOf(dialogue))?.comments[0]);
    expect(await receipts(dialogue)).toEqual([false, false]);
    await sendOne(dialogue);
    await readOnce(dialogue, [true, true]);
    await writeAs(parley, dialogue.company, dialogue.customer, 'Thanks');
    await eventually('the third in Planfix', async () => (await taskOf(dialogue))?.comments[2]);
    expect(await receipts(dialogue)).toEqual([true, true, false]);
  });

  it('is never told so, if set so', async () => {
    const dialogue = await open('never');
    await sendOne(dialogue, 'first');
    await sendOne(dialogue, 'second');
    expect(await receipts(dialogue)).toEqual([false]);
  });

  it.each([
    ['refused', { kind: 'error', code: 100 }],
    ['refused for the token', { kind: 'error', code: 190 }],
    ['lost', { kind: 'drop-after' }],
    ['answered by a proxy', { kind: 'status', status: 502 }],
  ])('gets their answers although a receipt was %s', async (_, fault) => {
    const dialogue = await open('when-answered');
    const { phoneNumberId } = dialogue.company;
    const rule = { target: 'graph', purpose: 'receipt', phoneNumberId, times: 0, ...fault };
    await parley.sandbox.control('POST', 'faults', rule);
    await sendOne(dialogue, 'first');
    await sendOne(dialogue, 'second');
    expect((await sentTo(dialogue)).map((message) => message.text)).toEqual(['first', 'second']);
    expect(await problemsOf(dialogue)).toEqual([]);
    expect(await notesOn(dialogue)).toEqual([]);
    const query = new URLSearchParams({ target: 'graph', phoneNumberId, method: 'POST', path: '/messages' });
    type Requests = { items: { body: { status?: string } | null }[] };
    const attempts = async () =>
      (await parley.sandbox.control<Requests>('GET', `requests?${query}`)).items.filter(
        ({ body }) => body?.status === 'read',
      );
    // One attempt for their one message: a courtesy is not repeated. It also shows that the fault did strike.
    await eventually('an attempt', async () => (await attempts())[0]);
    expect(await attempts()).toHaveLength(1);
  });
});

describe('the delivery state on the task', () => {
  type Custom = { custom: Record<string, unknown>; updates: { isSilent: boolean }[] };
  const watched = async (dialogue: Dialogue) => (await taskOf(dialogue)) as unknown as Custom;
  const fieldOf = async (dialogue: Dialogue) => (await watched(dialogue)).custom['32'];
  const valueOnce = (dialogue: Dialogue, value: string) =>
    eventually(`"${value}" in the field`, async () => (await fieldOf(dialogue)) === value || undefined);
  const open = (settings: CompanyOptions['settings']) =>
    startDialogue(parley, { settings: { deliveryStateField: 32, ...settings } });

  it.each([
    ['en', ['sent', 'delivered', 'read', 'not delivered']],
    ['ru', ['отправлено', 'доставлено', 'прочитано', 'не доставлено']],
  ])('follows the last message, silently, in %s', async (language, [sent, delivered, read, failed]) => {
    const dialogue = await open({ language });
    expect((await fieldOf(dialogue)) ?? null).toBeNull();
    await sendOne(dialogue);
    await valueOnce(dialogue, sent as string);
    await tell(dialogue, 'delivered');
    await valueOnce(dialogue, delivered as string);
    await tell(dialogue, 'read');
    await valueOnce(dialogue, read as string);
    await sendOne(dialogue, 'Next');
    await valueOnce(dialogue, sent as string);
    await tell(dialogue, 'failed', 131026);
    await valueOnce(dialogue, failed as string);
    const { updates } = await watched(dialogue);
    expect(updates.every((update) => update.isSilent)).toBe(true);
    expect(updates.length).toBeGreaterThanOrEqual(5);
    expect(await problemsOf(dialogue)).toEqual([]);
  });

  it('shows only the newest of what happened while Planfix was away', async () => {
    const dialogue = await open({});
    await sendOne(dialogue);
    await valueOnce(dialogue, 'sent');
    const fault = await faultOfPlanfix(parley, dialogue.company, { kind: 'status', status: 503 });
    await tell(dialogue, 'delivered');
    await accountOnce(parley, dialogue.company, 'paused');
    await tell(dialogue, 'read');
    const [{ conversationId = '' } = {}] = await messagesOf(dialogue);
    for (const text of ['one', 'two']) {
      await parley.rest('POST', '/v1/messages', { conversationId, text });
      await messageOnce(dialogue, text, ['sent']);
      await tell(dialogue, 'delivered');
      await messageOnce(dialogue, text, ['delivered']);
    }
    await fault.remove();
    await valueOnce(dialogue, 'delivered');
    expect((await watched(dialogue)).updates).toHaveLength(2);
  });

  it('is a problem once when the template has no such field, and no loop', async () => {
    const dialogue = await startDialogue(parley, { settings: { deliveryStateField: 31 } });
    await sendOne(dialogue);
    expect(await problemOnce(dialogue, 'fields-refused')).toMatchObject({
      detail: expect.stringContaining('field 31'),
    });
    await tell(dialogue, 'read');
    await messageOnce(dialogue, 'Hello', ['read']);
    // A later message gets through, so the lane is not busy with the field.
    await writeAs(parley, dialogue.company, dialogue.customer, 'Thanks');
    await eventually('their answer as posted', async () =>
      (await messagesOf(dialogue, { state: 'posted' })).find((message) => message.text === 'Thanks'),
    );
    expect(await taskCalls(dialogue)).toBeLessThanOrEqual(3);
    expect(await problemsOf(dialogue, { kind: 'fields-refused' })).toHaveLength(1);
  });

  it('is not written at all without the setting (control)', async () => {
    const dialogue = await startDialogue(parley);
    await sendOne(dialogue);
    await tell(dialogue, 'read');
    await messageOnce(dialogue, 'Hello', ['read']);
    expect(await taskCalls(dialogue)).toBe(0);
  });

  /** How often the task itself was changed. */
  const taskCalls = async ({ company, task }: Dialogue) =>
    (await planfixCalls(parley, company, { method: 'POST', path: `/task/${task}` })).filter(({ path }) =>
      path.endsWith(`/task/${task}`),
    ).length;
});
