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

describe('reads', () => {
  it('give id alone without fields, and exactly the fields asked for', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 }, sourceObjectId: 'row-1' });
    expect(await acme.ok('GET', `/task/${id}`)).toEqual({ result: 'success', task: { id } });
    expect(await acme.ok('GET', `/task/${id}?fields=name,sourceObjectId,dateOfLastComment,customFieldData`)).toEqual({
      result: 'success',
      task: { name: 'Order', sourceObjectId: 'row-1' },
    });
  });

  it('write times to the minute in four shapes', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/task/', { name: 'Order' });
    const { task } = await acme.ok('GET', `/task/${id}?fields=dateTime`);
    expect(task.dateTime).toEqual({
      date: '22-11-2026',
      time: '10:01',
      datetime: '2026-11-22T10:01Z',
      dateTimeUtcSeconds: '2026-11-22T10:01:00+0000',
    });
  });

  it('show custom fields by number only where the template has them', async () => {
    const acme = await planfix.account();
    const customFieldData = [
      { field: { id: 30 }, value: 'wa:1' },
      { field: { id: 31 }, value: 'lost' },
    ];
    const { id } = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 }, customFieldData });
    const { task } = await acme.ok('GET', `/task/${id}?fields=id,30,31`);
    expect(task.customFieldData).toEqual([expect.objectContaining({ value: 'wa:1' })]);
    const bare = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 13 }, customFieldData });
    expect((await acme.ok('GET', `/task/${bare.id}?fields=id,30`)).task.customFieldData).toEqual([]);
    const unknown = { name: 'Order', customFieldData: [{ field: { id: 99 }, value: 'x' }] };
    expect(await acme.call('POST', '/task/', unknown)).toMatchObject({
      status: 400,
      body: { error: 'Custom field not found by id - 99' },
    });
  });

  it('name templates, objects, statuses, processes and fields', async () => {
    const acme = await planfix.account();
    const { templates } = await acme.ok('GET', '/task/templates?fields=id,assignees');
    expect(templates[0]).toEqual({
      id: 10,
      assignees: { users: [{ id: 'user:3', name: 'Anna Agent' }], groups: [] },
    });
    expect((await acme.ok('GET', '/object/11')).object).toMatchObject({ id: 11, assignees: { users: [], groups: [] } });
    expect((await acme.ok('POST', '/object/list', {})).objects).toContainEqual({ id: 10, name: 'Customer enquiry' });
    const { processes } = await acme.ok('GET', '/process/task');
    const { statuses } = await acme.ok('GET', `/process/task/${processes[1]?.id}/statuses?fields=id,isActive`);
    expect(statuses).toContainEqual({ id: 101, isActive: true });
    expect(statuses).toContainEqual({ id: 102, isActive: false });
    expect((await acme.ok('GET', '/customfield/task')).customfields[0]).toMatchObject({ id: 30, type: 0 });
  });

  it('never tell who owns the account, and prefix employees only on demand', async () => {
    const acme = await planfix.account();
    const fields = 'id,name,role,status,isOwner,owner';
    const { users } = await acme.ok('POST', '/user/list', { fields, onlyActive: true });
    expect(users[0]).toEqual({ id: 1, name: 'Olga', role: 'Admin', status: 'Active' });
    expect(users.map((user: { id: number }) => user.id)).toEqual([1, 2, 3, 4, 9]);
    const prefixed = await acme.ok('POST', '/user/list', { prefixedId: true });
    expect(prefixed.users).toContainEqual({ id: 'user:5' });
    expect((await acme.ok('GET', '/user/5?fields=id,status')).user).toEqual({ id: 5, status: 'Inactive' });
  });
});

describe('comments', () => {
  it('are accepted with and without the trailing slash, and the wrong form is noted', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/task/', { name: 'Order' });
    await acme.ok('POST', `/task/${id}/comments/`, { description: 'right' });
    expect((await acme.dump()).wrongForms).toEqual([]);
    await acme.ok('POST', `/task/${id}/comments`, { description: 'wrong' });
    expect((await acme.dump()).wrongForms).toEqual([`POST /task/${id}/comments`]);
    expect((await acme.dump()).tasks[0]?.comments).toHaveLength(2);
  });

  it('belong to contacts, show notified contacts among users, and are listed newest first', async () => {
    const acme = await planfix.account();
    const contact = await acme.contact('Jane', '+49 151 2345');
    const { id } = await acme.ok('POST', '/task/', { name: 'Order', template: { id: 10 } });
    const path = `/task/${id}/comments/`;
    const first = await acme.ok('POST', path, {
      owner: { id: contact.ref },
      description: 'Is it ready?',
      recipients: { roles: ['assignee'] },
      sourceObjectId: 'row-1',
    });
    const recipients = { users: [{ id: contact.ref }, { id: 'user:4' }] };
    const second = await acme.ok('POST', path, { description: 'Yes', recipients });
    const fields = 'id,owner,recipients,sourceObjectId,fromType';
    const { comments } = await acme.ok('POST', `${path}list`, { fields, typeList: 'Comments' });
    expect(comments).toEqual([
      {
        id: second.id,
        owner: { id: 'user:9', name: 'Parley robot' },
        recipients: {
          users: [
            { id: contact.ref, name: 'Jane' },
            { id: 'user:4', name: 'Boris Agent' },
          ],
          groups: [],
          roles: [],
        },
        fromType: 'Planfix',
      },
      {
        id: first.id,
        owner: { id: contact.ref, name: 'Jane' },
        recipients: { users: [], groups: [], roles: ['assignee'] },
        sourceObjectId: 'row-1',
        fromType: 'Planfix',
      },
    ]);
    const ids = async (body: object): Promise<number[]> =>
      (await acme.ok('POST', `${path}list`, body)).comments.map((comment: { id: number }) => comment.id);
    expect(await ids({ resultOrder: [{ filed: 'id', direction: 'Asc' }] })).toEqual([first.id, second.id]);
    expect(await ids({ resultOrder: [{ field: 'id', direction: 'Asc' }] })).toEqual([second.id, first.id]);
    expect(await ids({ pageSize: 1, offset: 1 })).toEqual([first.id]);
    await acme.settings({ recipientRolesRead: 'people' });
    const read = await acme.ok('GET', `/comment/${first.id}?fields=recipients`);
    expect(read.comment.recipients.users).toEqual([{ id: 'user:3', name: 'Anna Agent' }]);
  });

  it('can be edited, and read as deleted once an employee deletes them', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/task/', { name: 'Order' });
    const comment = await acme.ok('POST', `/task/${id}/comments/`, { description: 'Helo' });
    expect(await acme.call('POST', `/task/${id}/comments/${comment.id}`, { description: 'Hello' })).toMatchObject({
      status: 200,
      text: '',
    });
    expect((await acme.ok('GET', `/comment/${comment.id}?fields=description`)).comment.description).toBe('Hello');
    await acme.control('DELETE', `/comments/${comment.id}`);
    expect((await acme.ok('GET', `/comment/${comment.id}?fields=isDeleted`)).comment).toEqual({ isDeleted: true });
    expect((await acme.ok('POST', `/task/${id}/comments/list`, {})).comments).toEqual([]);
    const deleted = await acme.ok('POST', `/task/${id}/comments/list`, { typeList: 'Deleted' });
    expect(deleted.comments).toEqual([{ id: comment.id }]);
    expect(await acme.call('GET', '/comment/1')).toMatchObject({ status: 400, body: { code: 5000 } });
  });
});

describe('contacts', () => {
  it('are found by digits of the phone, companies apart', async () => {
    const acme = await planfix.account();
    const { id } = await acme.ok('POST', '/contact/', {
      name: 'Jane',
      phones: [{ number: '+7 (926) 000-00-01', type: 1 }],
    });
    const phones = [{ number: '+79260000001', type: 2 }];
    const company = await acme.ok('POST', '/contact/', { name: 'Jane Ltd', isCompany: true, phones });
    const find = async (value: string, more: object = {}): Promise<unknown[]> => {
      const filters = [{ type: 4003, operator: 'equal', value }];
      return (await acme.ok('POST', '/contact/list', { filters, ...more })).contacts;
    };
    expect(await find('79260000001')).toEqual([{ id }]);
    expect(await find('+79260000001')).toEqual([{ id }]);
    expect(await find('9260000001', { prefixedId: true })).toEqual([{ id: `contact:${id}` }]);
    expect(await find('79260000001', { isCompany: true })).toEqual([{ id: company.id }]);
    await acme.settings({ phoneFilter: 'raw-substring' });
    expect(await find('79260000001')).toEqual([]);
  });

  it('are found by a line field, keep phones and source id, and accept both forms of number', async () => {
    const acme = await planfix.account();
    const customFieldData = [{ field: { id: 40 }, value: 'bsuid-1' }];
    const body = { name: 'Jane', lastname: 'Roe', customFieldData, sourceObjectId: 'row-1' };
    const { id } = await acme.ok('POST', '/contact/', body);
    const filters = [{ type: 4101, field: 40, operator: 'equal', value: 'bsuid-1' }];
    expect((await acme.ok('POST', '/contact/list', { filters })).contacts).toEqual([{ id }]);
    expect((await acme.ok('GET', `/contact/contact:${id}?fields=name,sourceObjectId,40`)).contact).toMatchObject({
      name: 'Jane',
      sourceObjectId: 'row-1',
      customFieldData: [{ value: 'bsuid-1' }],
    });
    await acme.ok('POST', `/contact/${id}`, { phones: [{ number: '+4915123', type: 1 }] });
    const { contact } = await acme.ok('GET', `/contact/${id}?fields=phones,lastname`);
    expect(contact).toEqual({
      lastname: 'Roe',
      phones: [{ number: '+4915123', maskedNumber: '+4915123', type: 1 }],
    });
  });

  it('refuse an empty name, a used e-mail and the limit', async () => {
    const acme = await planfix.account({ settings: { contactLimit: 1 } });
    expect(await acme.call('POST', '/contact/', { name: ' ' })).toMatchObject({ status: 400, body: { code: 2006 } });
    const employee = { name: 'Jane', email: 'employee3@example.com' };
    expect(await acme.call('POST', '/contact/', employee)).toMatchObject({ status: 400, body: { code: 2005 } });
    await acme.ok('POST', '/contact/', { name: 'Jane' });
    expect(await acme.call('POST', '/contact/', { name: 'Jane' })).toMatchObject({ status: 400, body: { code: 23 } });
    expect(await acme.call('GET', '/contact/9')).toMatchObject({ status: 404, body: { code: 2000 } });
  });
});
