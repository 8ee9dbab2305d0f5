import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import { aCompany, aNumber, call, connect, type NewNumber, type Shown } from '../support/onboarding.ts';
import {
  aCustomer,
  type Company,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';
import { messagesOf } from '../support/reply-world.ts';

let parley: Parley;
let company: Company;
let db: Database;

beforeAll(async () => {
  parley = await startParley();
  company = await aCompany(parley);
  db = createDatabase(parley.world.databaseUrl, 2);
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

const shown = async (id: string) => (await call<Shown>(parley, 'GET', `/v1/connections/${id}`)).body;
const disconnected = (id: string) =>
  eventually('the end of the connection', async () => {
    const connection = await shown(id);
    return connection.state === 'disconnected' ? connection : undefined;
  });

/** A number that was connected, and is no more. */
async function aFormerConnection(number: NewNumber): Promise<string> {
  const { id } = (await connect(parley, company, number)).body;
  await call(parley, 'POST', `/v1/connections/${id}/disconnect`, {});
  await call(parley, 'POST', `/v1/connections/${id}/confirm-disconnect`, { how: 'not-applicable' });
  await disconnected(id);
  return id;
}

const secretsOf = (id: string) =>
  db
    .selectFrom('connection')
    .where('id', '=', id)
    .select(['accessToken', 'pin', 'webhookSecret'])
    .executeTakeFirstOrThrow();
const conversationsOf = async (id: string) =>
  (await db.selectFrom('conversation').where('connectionId', '=', id).select('id').execute()).map((row) => row.id);

describe('a number that is connected again', () => {
  it('is the connection that it was, and its conversations go on', async () => {
    const number = await aNumber(parley);
    const customer = aCustomer();
    const { id } = (await connect(parley, company, number)).body;
    const place = { ...company, ...number, connectionId: id };
    const texts = async (count: number) =>
      eventually(`${count} texts in one task`, async () => {
        const { tasks } = await planfixOf(parley, company);
        const own = tasks.filter((task) => task.name.includes(customer.name));
        const known = own.reduce((sum, task) => sum + 1 + task.comments.length, 0);
        return known >= count ? own : undefined;
      });
    await writeAs(parley, place, customer, 'before');
    await texts(1);
    await eventually(
      'its number known',
      async () => (await messagesOf({ parley, company: place }, { state: 'posted' }))[0],
    );
    const before = await conversationsOf(id);
    await call(parley, 'POST', `/v1/connections/${id}/disconnect`, {});
    await call(parley, 'POST', `/v1/connections/${id}/confirm-disconnect`, { how: 'not-applicable' });
    await disconnected(id);
    const again = await connect(parley, company, number);
    expect({ status: again.status, id: again.body.id, state: again.body.state }).toEqual({
      status: 201,
      id,
      state: 'connected',
    });
    expect(again.body.disconnectedAt).toBeNull();
    await writeAs(parley, place, customer, 'after');
    expect(await texts(2)).toHaveLength(1);
    expect(await conversationsOf(id)).toEqual(before);
  });

  it('and fails is a disconnected one again, without credentials', async () => {
    const number = await aNumber(parley);
    const id = await aFormerConnection(number);
    const refused = await connect(parley, company, { ...number, accessToken: 'made-up' }, { pin: '123456' });
    expect(refused.status).toBe(422);
    expect(await shown(id)).toMatchObject({ id, state: 'disconnected', steps: [] });
    expect(await secretsOf(id)).toEqual({ accessToken: null, pin: null, webhookSecret: null });
    // Control: it can be connected all the same.
    expect((await connect(parley, company, number)).body).toMatchObject({ id, state: 'connected' });
  });

  it('and is given up in the middle is one again by the sweep, while a new one is deleted', async () => {
    const number = await aNumber(parley);
    const former = await aFormerConnection(number);
    const fresh = (await connect(parley, company, await aNumber(parley))).body.id;
    const long = new Date(Date.now() - 16 * 60_000);
    await db
      .updateTable('connection')
      .set({ state: 'checking', draftedAt: long, accessToken: Buffer.from('sealed') })
      .where('id', 'in', [former, fresh])
      .execute();
    const statusOf = async (id: string) => (await call(parley, 'GET', `/v1/connections/${id}`)).status;
    await eventually('the sweep', async () => ((await shown(former)).state === 'disconnected' ? true : undefined));
    await eventually('the new one as deleted', async () => (await statusOf(fresh)) === 404 || undefined);
    expect((await secretsOf(former)).accessToken).toBeNull();
  });

  it('with another Planfix account is another connection', async () => {
    const number = await aNumber(parley);
    const id = await aFormerConnection(number);
    const other = await aCompany(parley);
    const { status, body } = await connect(parley, other, number);
    expect({ status, isSame: body.id === id }).toEqual({ status: 201, isSame: false });
    expect((await shown(id)).state).toBe('disconnected');
  });
});
