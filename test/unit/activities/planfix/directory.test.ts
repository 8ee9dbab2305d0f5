import { describe, expect, it } from '@jest/globals';
import { aPlanfix, bodyOf, success } from './fake-planfix.ts';

describe('the directory', () => {
  it('lists employees', async () => {
    const users = [
      { id: 'user:1', name: 'Ann', lastname: 'Lee', status: 'Active', role: 'Admin' },
      { id: 'user:2', name: 'Bob', status: 'Inactive' },
      { id: 3, name: 'Eve' },
    ];
    const { client, sent } = aPlanfix([success({ users })]);
    expect(await client.listEmployees()).toEqual([
      { ref: 'user:1', name: 'Ann Lee', isActive: true, role: 'Admin' },
      { ref: 'user:2', name: 'Bob', isActive: false, role: undefined },
      { ref: 'user:3', name: 'Eve', isActive: true, role: undefined },
    ]);
    expect(bodyOf(sent[0])).toMatchObject({ prefixedId: true });
  });

  it('lists templates with their assignees', async () => {
    const templates = [
      { id: 10, name: 'Chat', assignees: { users: [{ id: 'user:3' }] } },
      { id: 11, name: 'Bare' },
    ];
    const { client, sent } = aPlanfix([success({ templates })]);
    expect(await client.listTaskTemplates()).toEqual([
      { id: 10, name: 'Chat', assignees: { users: ['user:3'], groups: [] } },
      { id: 11, name: 'Bare', assignees: { users: [], groups: [] } },
    ]);
    expect(sent[0]?.url).toContain('/task/templates?offset=0&pageSize=100&fields=id%2Cname%2Cassignees');
  });

  it('lists the statuses of every process', async () => {
    const { client, sent } = aPlanfix([
      success({ processes: [{ id: 1 }, { id: 2 }] }),
      success({ statuses: [{ id: 0, name: 'Draft', isActive: false }] }),
      success({ statuses: [{ id: 2, name: 'In work', isActive: true }] }),
    ]);
    expect(await client.listStatuses()).toEqual([
      { id: 0, name: 'Draft', isActive: false, processId: 1 },
      { id: 2, name: 'In work', isActive: true, processId: 2 },
    ]);
    expect(sent[2]?.url).toContain('/process/task/2/statuses?');
  });

  it('lists the fields of tasks', async () => {
    const { client } = aPlanfix([success({ customfields: [{ id: 30, name: 'Chat', type: 0 }, { id: 31 }] })]);
    expect(await client.listTaskFields()).toEqual([
      { id: 30, name: 'Chat', kind: 0 },
      { id: 31, name: '', kind: undefined },
    ]);
  });
});
