import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBodyOf, deliver, settledStories, storiesOf, withDatabase, writeInOrder } from '../support/inbound-faults.ts';
import {
  aCustomer,
  type Company,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';
import { findOwnPort } from '../support/ports.ts';
import { startApi, type TestProcess } from '../support/processes.ts';

let parley: Parley;
/** Behind the same load balancer as the world's own api. */
let secondApi: TestProcess;

beforeAll(async () => {
  parley = await startParley();
  secondApi = await startApi(parley.world, parley.waits, await findOwnPort());
});

afterAll(async () => {
  await secondApi?.stop('SIGKILL', 1_000);
  await parley?.stop();
});

const contactsOf = async (company: Company) => (await planfixOf(parley, company)).contacts;

/** The addresses of a company's webhook at both apis. */
const addressesOf = (company: Company) =>
  [parley.api, secondApi].map((api) => `${api.url}/webhooks/meta/${company.metaAppId}`);

/** Delivers each body to the apis in turn, without waiting for answers: they are a few milliseconds apart. */
async function deliverInTurn(company: Company, bodies: unknown[]): Promise<number[]> {
  const addresses = addressesOf(company);
  const statuses = await Promise.all(
    bodies.map((body, index) => deliver(parley, company, body, { url: addresses[index % addresses.length] })),
  );
  return statuses.flat();
}

describe('one webhook', () => {
  it('that comes three times at once is one task, and one comment', async () => {
    const company = await connectCompany(parley);
    const { phone } = aCustomer();
    const bodyOf = (text: string) => aBodyOf(company.phoneNumberId, [{ from: phone, text }]);
    for (const text of ['one', 'two']) {
      const thrice = await deliver(parley, company, bodyOf(text), { copies: 3, concurrently: true });
      expect(thrice).toEqual([200, 200, 200]);
    }
    const again = bodyOf('three');
    expect(await deliverInTurn(company, [again, again, again])).toEqual([200, 200, 200]);
    expect(await settledStories(parley, company, 3)).toEqual([['one', 'two', 'three']]);
    // Control: what only looks the same is another message.
    await deliverInTurn(company, [bodyOf('three'), bodyOf('three')]);
    expect(await settledStories(parley, company, 5)).toEqual([['one', 'two', 'three', 'three', 'three']]);
  });
});

describe('a new customer', () => {
  it('whose two messages come at once over two apis gets one contact and one task', async () => {
    const company = await connectCompany(parley);
    const bodies = (phone: string) =>
      ['one', 'two'].map((text) => aBodyOf(company.phoneNumberId, [{ from: phone, text }]));
    expect(await deliverInTurn(company, bodies(aCustomer().phone))).toEqual([200, 200]);
    const [story] = await settledStories(parley, company, 2);
    expect(story?.toSorted()).toEqual(['one', 'two']);
    expect(await contactsOf(company)).toHaveLength(1);
    expect(await storiesOf(parley, company)).toHaveLength(1);
    // Control: the same from two people is two of each.
    const [first, second] = [bodies(aCustomer().phone)[0], bodies(aCustomer().phone)[1]];
    expect(await deliverInTurn(company, [first, second])).toEqual([200, 200]);
    await settledStories(parley, company, 4);
    expect(await contactsOf(company)).toHaveLength(3);
    expect(await storiesOf(parley, company)).toHaveLength(3);
  });

  it('whose ten messages come in a burst gets one contact, one task, and ten messages in order', async () => {
    const company = await connectCompany(parley);
    const texts = Array.from({ length: 10 }, (_, index) => `message ${index + 1}`);
    const { phone } = aCustomer();
    const addresses = addressesOf(company);
    // As fast as the answers come, and within one second of the network's time: only their arrival tells the order.
    for (const [index, text] of texts.entries()) {
      const body = aBodyOf(company.phoneNumberId, [{ from: phone, text }]);
      expect(await deliver(parley, company, body, { url: addresses[index % 2] })).toEqual([200]);
    }
    expect(await settledStories(parley, company, 10)).toEqual([texts]);
    expect(await contactsOf(company)).toHaveLength(1);
    // Control: another order of arrival is another order in Planfix.
    const other = aCustomer();
    for (const text of texts.toReversed()) {
      await deliver(parley, company, aBodyOf(company.phoneNumberId, [{ from: other.phone, text }]));
    }
    expect((await settledStories(parley, company, 20))[1]).toEqual(texts.toReversed());
  });
});

describe('one person', () => {
  it('who writes to two numbers of one Planfix account at once is one contact with two tasks', async () => {
    const sales = await connectCompany(parley);
    const support = await connectCompany(parley, { sameAccountAs: sales });
    const customer = aCustomer();
    const write = (company: Company, text: string) => writeInOrder(parley, company, customer, [text, `${text} again`]);
    await Promise.all([write(sales, 'to sales'), write(support, 'to support')]);
    const stories = await settledStories(parley, sales, 4);
    expect(stories.toSorted()).toEqual([
      ['to sales', 'to sales again'],
      ['to support', 'to support again'],
    ]);
    const { contacts, tasks } = await planfixOf(parley, sales);
    expect(contacts).toHaveLength(1);
    expect(tasks.map((task) => task.assigner?.id)).toEqual(Array(2).fill(`contact:${contacts[0]?.id}`));
  });

  it('who is known to two Planfix accounts shares nothing between them', async () => {
    const [here, there] = await Promise.all([connectCompany(parley), connectCompany(parley)]);
    const customer = aCustomer();
    await Promise.all([
      writeInOrder(parley, here, customer, ['to here']),
      writeInOrder(parley, there, customer, ['to there', 'there again']),
    ]);
    expect(await settledStories(parley, here, 1)).toEqual([['to here']]);
    expect(await settledStories(parley, there, 2)).toEqual([['to there', 'there again']]);
    const customerOf = (company: Company) =>
      withDatabase(parley, (db) =>
        db.selectFrom('conversation').select('customerId').where('connectionId', '=', company.connectionId).execute(),
      );
    const rows = [...(await customerOf(here)), ...(await customerOf(there))];
    expect(new Set(rows.map((row) => row.customerId)).size).toBe(2);

    const [task] = (await planfixOf(parley, here)).tasks;
    await parley.sandbox.control('POST', `planfix/${here.account}/comments`, {
      task: task?.id,
      author: 'user:3',
      html: '<p>From here</p>',
      notify: [task?.assigner?.id],
    });
    const fromBusiness = async (company: Company) =>
      (await chatOf(parley, company, customer))
        .filter((message) => message.from === 'business')
        .map(({ text }) => text);
    await eventually('the answer', async () => ((await fromBusiness(here)).length > 0 ? true : undefined));
    expect(await fromBusiness(here)).toEqual(['From here']);
    expect(await fromBusiness(there)).toEqual([]);
  });
});

describe('a connection that may not use a contact as owner or assigner', () => {
  const problemsOf = async (company: Company) => {
    const path = `/v1/problems?connectionId=${company.connectionId}`;
    return (await parley.rest<{ items: { kind: string; detail: string }[] }>('GET', path)).items;
  };

  it('still brings the messages, with the name in front, and a problem says what to change', async () => {
    const refused = { ownerContactRefused: true, assignerContactRefused: true };
    const company = await connectCompany(parley, { planfixSettings: refused });
    await writeInOrder(parley, company, aCustomer('Ann Roe'), ['one', 'two', 'three']);
    const name = '<b>Ann Roe:</b><br>';
    expect(await settledStories(parley, company, 3)).toEqual([['one', `${name}two`, `${name}three`]]);
    const [task] = (await planfixOf(parley, company)).tasks;
    expect(task?.assigner?.id).toBe('user:9');
    expect(task?.name).toMatch(/^Ann Roe \(WhatsApp, /);
    expect(task?.comments.map((comment) => comment.owner.id)).toEqual(['user:9', 'user:9']);
    const problems = await problemsOf(company);
    expect(problems.map((problem) => problem.kind).toSorted()).toEqual([
      'contact-refused-as-assigner',
      'contact-refused-as-owner',
    ]);
    for (const problem of problems) expect(problem.detail).toContain('let contacts of its template take part in tasks');
  });

  it('has no such problem where the contact is taken (control)', async () => {
    const company = await connectCompany(parley);
    await writeAs(parley, company, aCustomer('Ann Roe'), 'one', { wait: true });
    await writeAs(parley, company, aCustomer('Max Roe'), 'two', { wait: true });
    expect((await settledStories(parley, company, 2)).flat().toSorted()).toEqual(['one', 'two']);
    expect(await problemsOf(company)).toEqual([]);
  });
});
