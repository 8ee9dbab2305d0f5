import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuseStart, startFound } from '../../db/conversation-starts.ts';
import { giveUpNote } from '../../db/start-notes.ts';
import type { StartRefusal } from '../../workflows/domain/start-refusals.ts';
import { type ApiWorld, type ConnectedNumber, startApiWorld } from './api-world.ts';
import { storeTemplate } from './stored-templates.ts';

let world: ApiWorld;
let number: ConnectedNumber;
beforeAll(async () => {
  world = await startApiWorld();
  await storeTemplate(world.db, { name: 'order_ready', body: 'Order {{1}} is ready' });
});
afterAll(() => world.close());

/** A button whose request waits for Planfix; resolves to that request. */
async function press(fields: Record<string, string>): Promise<string> {
  const order = { template: 'order_ready', language: 'en', 'body.1': randomUUID() };
  const response = await fetch(`${world.url}/webhooks/planfix/${number.planfixAccountId}/send`, {
    method: 'POST',
    headers: { 'x-parley-secret': number.hintSecret },
    body: new URLSearchParams({ ...order, ...fields }),
  });
  expect(await response.text()).toContain('asks Planfix');
  const start = await world.db
    .selectFrom('conversationStart')
    .where('planfixAccountId', '=', number.planfixAccountId)
    .orderBy('createdAt', 'desc')
    .select('id')
    .executeTakeFirstOrThrow();
  return start.id;
}

const refuse = async (fields: Record<string, string>, reason: StartRefusal): Promise<string> => {
  const id = await press(fields);
  await refuseStart(world.db, id, reason);
  return id;
};

type Shown = Record<string, unknown> & { id: string };
const problems = async (): Promise<Shown[]> => {
  const query = `kind=start-refused&planfixAccountId=${number.planfixAccountId}`;
  return (await world.call('GET', `/v1/problems?${query}`)).body.items as Shown[];
};
const dueAt = async (id: string) =>
  (await world.db.selectFrom('conversationStart').where('id', '=', id).select('dueAt').executeTakeFirstOrThrow()).dueAt;

describe('a request from Planfix that is refused', () => {
  beforeAll(async () => {
    number = await world.connect();
  });

  it('is a problem where it named a contact alone, once for the same, until somebody takes note', async () => {
    await refuse({ contact: '12' }, 'contact-without-phone');
    await refuse({ contact: '12' }, 'contact-without-phone');
    await refuse({ contact: '13' }, 'no-such-contact');
    const shown = await problems();
    expect(shown).toMatchObject([
      {
        ...{ reason: 'no-such-contact', connectionId: number.connectionId, planfixTask: null },
        detail: expect.stringMatching(/^A request for contact 13 in Planfix\. Planfix has no such contact/),
      },
      { reason: 'contact-without-phone', detail: expect.stringContaining('contact 12') },
    ]);
    const discarded = await world.call('POST', `/v1/problems/${shown[0]?.id}/discard`);
    expect(discarded).toMatchObject({ status: 200, body: { state: 'settled', resolution: 'discard by admin' } });
    expect(await problems()).toHaveLength(1);
    // It happens again.
    await refuse({ contact: '13' }, 'no-such-contact');
    expect(await problems()).toHaveLength(2);
  });

  it('is one, too, where there is no such task, and does not tell the phone', async () => {
    number = await world.connect();
    await refuse({ task: '4711', phone: '+49 1512 7654321', name: 'Jane' }, 'no-such-task');
    const [problem] = await problems();
    expect(problem).toMatchObject({ reason: 'no-such-task', planfixTask: 4711 });
    expect(problem?.detail).toContain('A request for task 4711 in Planfix.');
    expect(JSON.stringify(problem)).not.toMatch(/7654321|Jane/);
  });

  it('is none where its task can tell, unless the task does not take it (control)', async () => {
    number = await world.connect();
    const id = await refuse({ task: '4712' }, 'contact-without-phone');
    expect(await dueAt(id)).not.toBeNull();
    expect(await problems()).toEqual([]);
    await giveUpNote(world.db, id);
    expect(await dueAt(id)).toBeNull();
    expect(await problems()).toMatchObject([{ reason: 'contact-without-phone', planfixTask: 4712 }]);
  });
});

describe('a later request that is served', () => {
  const aPhone = () => `49151${String(randomInt(1e7, 9e7))}`;
  const serve = async (contact: number, fields: Record<string, string>) => {
    const id = await press(fields);
    return startFound(world.db, id, { contact, digits: aPhone(), name: 'Jane' });
  };
  const openDetails = async () => (await problems()).map(({ detail }) => String(detail).slice(0, 26));

  it('settles what was refused for the same contact on the same number, and nothing else', async () => {
    number = await world.connect();
    await refuse({ contact: '21' }, 'contact-without-phone');
    await refuse({ contact: '22' }, 'contact-without-phone');
    const first = number;
    number = await world.connect();
    await refuse({ contact: '21' }, 'contact-without-phone');
    const elsewhere = number;
    number = first;
    await serve(21, { contact: '21' });
    // Controls: another person, and the same one on another number.
    expect(await openDetails()).toEqual(['A request for contact 22 i']);
    number = elsewhere;
    expect(await openDetails()).toEqual(['A request for contact 21 i']);
    const { planfixAccountId } = first;
    const settled = await world.call('GET', `/v1/problems?state=settled&planfixAccountId=${planfixAccountId}`);
    expect(settled.body.items).toMatchObject([{ kind: 'start-refused', resolution: 'sent later' }]);
  });

  it('settles what was refused for a task that is there by now', async () => {
    number = await world.connect();
    await refuse({ task: '4713', phone: '+49 1512 7654322' }, 'no-such-task');
    await refuse({ task: '4714', phone: '+49 1512 7654323' }, 'no-such-task');
    await serve(23, { task: '4713', contact: '23' });
    expect(await problems()).toMatchObject([{ planfixTask: 4714 }]);
  });

  it('settles what was refused for somebody who is known to be that contact', async () => {
    number = await world.connect();
    await serve(24, { contact: '24' });
    await world.db.insertInto('problem').values(aRefusal(24)).execute();
    await world.db.insertInto('problem').values(aRefusal(25)).execute();
    const { customerId } = await world.db
      .selectFrom('planfixContact')
      .where('planfixAccountId', '=', number.planfixAccountId)
      .where('contact', '=', 24)
      .select('customerId')
      .executeTakeFirstOrThrow();
    const body = { connectionId: number.connectionId, to: { identity: customerId }, template: ORDER };
    expect((await world.call('POST', '/v1/conversations', { body })).status).toBeLessThan(300);
    expect(await problems()).toMatchObject([{ detail: 'A request for contact 25' }]);
  });

  const ORDER = { name: 'order_ready', language: 'en', parameters: { body: ['A-17'] } };
  const aRefusal = (planfixContact: number) => ({
    id: randomUUID(),
    kind: 'start-refused',
    planfixAccountId: number.planfixAccountId,
    connectionId: number.connectionId,
    planfixContact,
    detail: `A request for contact ${planfixContact}`,
  });
});
