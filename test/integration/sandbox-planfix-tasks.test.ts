import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlanfixServer, startPlanfixServer } from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-22T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

describe('tasks', () => {
  it('take the assignees of their template when none are given, unless the setting says never', async () => {
    const acme = await planfix.account();
    const assignees = async (body: object): Promise<unknown> => {
      const { id } = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 }, ...body });
      return (await acme.ok('GET', `/task/${id}?fields=assignees`)).task.assignees.users;
    };
    expect(await assignees({})).toEqual([{ id: 'user:3', name: 'Anna Agent' }]);
    const given = { assignees: { users: [{ id: 'user:4' }] } };
    expect(await assignees(given)).toEqual([{ id: 'user:4', name: 'Boris Agent' }]);
    await acme.settings({ templateAssignees: 'never' });
    expect(await assignees({})).toEqual([]);
  });

  it('have names of at most 250 characters, or what the setting says', async () => {
    const acme = await planfix.account();
    await acme.ok('POST', '/task/', { name: 'x'.repeat(250) });
    const long = { name: 'x'.repeat(251) };
    expect(await acme.call('POST', '/task/', long)).toMatchObject({ status: 400, body: { result: 'fail' } });
    await acme.settings({ maxTaskNameLength: 1_000 });
    await acme.ok('POST', '/task/', long);
  });

  it('are found by ANDed filters, in ascending order, a hundred at most', async () => {
    const acme = await planfix.account();
    const contact = await acme.contact('Jane', '+49 151 2345');
    for (let index = 0; index < 105; index += 1) {
      const mine = index % 2 === 0 ? { counterparty: { id: contact.id }, assigner: { id: contact.ref } } : {};
      await acme.ok('POST', '/task/', { name: `Order ${index}`, template: { id: index < 3 ? 11 : 10 }, ...mine });
    }
    const ids = async (filters: object[], more: object = {}): Promise<number[]> =>
      (await acme.ok('POST', '/task/list', { filters, ...more })).tasks.map((task: { id: number }) => task.id);
    const all = await ids([], { pageSize: 500 });
    expect(all).toHaveLength(100);
    expect(all).toEqual(all.toSorted((one, other) => one - other));
    expect(await ids([], { offset: 100 })).toHaveLength(5);
    const byContact = { type: 7, operator: 'equal', value: contact.id };
    const byTemplate = { type: 51, operator: 'equal', value: [11] };
    expect(await ids([byContact, byTemplate])).toEqual([1001, 1003]);
    expect(await ids([{ type: 35, operator: 'equal', value: 1 }, byTemplate])).toEqual([1001, 1003]);
    expect(await ids([{ type: 1, operator: 'equal', value: contact.ref }, byTemplate])).toEqual([1001, 1003]);
    expect(await ids([{ type: 8, operator: 'equal', value: 'order 10' }])).toEqual([
      1011, 1101, 1102, 1103, 1104, 1105,
    ]);
    expect(await ids([{ type: 2, operator: 'equal', value: 'user:3' }, byTemplate])).toEqual([]);
    expect(await ids([{ type: 57, operator: 'equal', value: [1002, 1004] }])).toEqual([1002, 1004]);
    expect(await ids([{ type: 10, operator: 'notequal', value: 1 }])).toEqual([]);
  });

  it('refuse an unknown filter and a broken body with 500', async () => {
    const acme = await planfix.account();
    const filters = [{ type: 4711, operator: 'equal', value: 1 }];
    expect(await acme.call('POST', '/task/list', { filters })).toMatchObject({ status: 500, body: { code: 0 } });
    expect(await acme.call('POST', '/task/list', '{"filters":')).toMatchObject({ status: 500, body: { code: 30 } });
  });

  it('are found by the minute of their last change or comment, in the zone of the token holder', async () => {
    const acme = await planfix.account({ timeZone: 'Europe/Berlin' });
    const { id } = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 } });
    planfix.clock.set('2026-11-22T12:00:59Z');
    await acme.ok('POST', `/task/${id}/comments/`, { description: 'Hello' });
    const since = async (dateFrom: string, type = 79): Promise<number> => {
      const value = { dateType: 'otherDate_withTime', dateFrom };
      return (await acme.ok('POST', '/task/list', { filters: [{ type, operator: 'gt', value }] })).tasks.length;
    };
    expect(await since('22-11-2026 12:59')).toBe(1);
    expect(await since('22-11-2026 13:00')).toBe(0);
    expect(await since('22-11-2026 12:59', 38)).toBe(0);
    expect(await since('22-11-2026 12:59', 21)).toBe(1);
    await acme.settings({ dateFilterPrecision: 'exact' });
    expect(await since('22-11-2026 13:00')).toBe(1);
  });

  it('are found by a line field exactly, but never by sourceObjectId', async () => {
    const acme = await planfix.account();
    const customFieldData = [{ field: { id: 30 }, value: 'wa:1@2' }];
    const { id } = await acme.ok('POST', '/task/', { template: { id: 10 }, customFieldData, sourceObjectId: 'row-7' });
    const find = async (operator: string, value: string): Promise<unknown> =>
      (await acme.ok('POST', '/task/list', { filters: [{ type: 101, field: 30, operator, value }], fields: 'id,30' }))
        .tasks;
    expect(await find('equal', 'wa:1@2')).toMatchObject([{ id, customFieldData: [{ value: 'wa:1@2' }] }]);
    expect(await find('equal', 'wa:1')).toEqual([]);
    expect(await find('have', 'wa:1')).toMatchObject([{ id }]);
  });

  it('read as missing in three ways', async () => {
    const acme = await planfix.account();
    expect(await acme.call('GET', '/task/5')).toMatchObject({ status: 400, body: { result: 'fail', code: 0 } });
    expect(await acme.call('POST', '/task/5', { name: 'x' })).toMatchObject({ status: 404, body: { code: 1000 } });
    const list = await acme.call('POST', '/task/5/comments/list', {});
    expect(list).toMatchObject({ status: 500, body: { code: 1000, error: 'Task not found by id 5' } });
  });

  it('replace people and keep other custom fields on update, or change nothing at all', async () => {
    const acme = await planfix.account();
    const customFieldData = [{ field: { id: 30 }, value: 'kept' }];
    const { id } = await acme.ok('POST', '/task/', { name: 'One', template: { id: 10 }, customFieldData });
    await acme.ok('POST', `/task/${id}`, { name: 'Two', assignees: { users: [{ id: 'user:4' }] } });
    const wrong = { name: 'Three', status: { id: 77 } };
    expect(await acme.call('POST', `/task/${id}`, wrong)).toMatchObject({
      status: 400,
      body: { code: 41, error: 'Status not find by id 77' },
    });
    const { task } = await acme.ok('GET', `/task/${id}?fields=name,assignees,30`);
    expect(task).toMatchObject({
      name: 'Two',
      assignees: { users: [{ id: 'user:4' }] },
      customFieldData: [{ value: 'kept' }],
    });
  });
});
