import { describe, expect, it } from '@jest/globals';
import { all, aPlanfix, bodyOf, failureOf, NOW_MS, range, type Sent, success } from './fake-planfix.ts';

describe('tasks', () => {
  const newTask = {
    name: 'Jane',
    descriptionHtml: 'Hi',
    templateId: 10,
    assigner: 'contact:3' as const,
    counterparty: 'contact:3' as const,
    assignees: { users: ['user:3' as const], groups: [1] },
    sourceObjectId: 'c7f2',
    correlation: { fieldId: 30, value: 'c7f2' },
    statusId: 2,
  };

  it('are created with all that was given', async () => {
    const { client, sent } = aPlanfix([success({ id: 1001 }, 201)]);
    expect(await client.createTask(newTask)).toEqual({ id: 1001, failures: [] });
    expect(sent[0]?.url).toBe('https://acme.planfix.test/rest/task/');
    expect(bodyOf(sent[0])).toEqual({
      name: 'Jane',
      description: 'Hi',
      template: { id: 10 },
      sourceObjectId: 'c7f2',
      assigner: { id: 'contact:3' },
      counterparty: { id: 'contact:3' },
      assignees: { users: [{ id: 'user:3' }], groups: [{ id: 1 }] },
      status: { id: 2 },
      customFieldData: [{ field: { id: 30 }, value: 'c7f2' }],
    });
  });

  it('are created with files', async () => {
    const { client, sent } = aPlanfix([success({ id: 1001 }, 201)]);
    await client.createTask({ ...newTask, files: [5, 3] });
    expect(bodyOf(sent[0]).files).toEqual([{ id: 5 }, { id: 3 }]);
  });

  it.each([true, undefined])('change one field of their own, silent: %s', async (silent) => {
    const { client, sent } = aPlanfix([success({ failures: [{ field: 52, error: '' }] })]);
    const change = { taskId: 1001, fieldId: 52, value: 'read', ...(silent === undefined ? {} : { silent }) };
    expect(await client.setTaskField(change)).toEqual({ applied: 'now', failures: ['field 52'] });
    expect([sent[0]?.url, bodyOf(sent[0])]).toEqual([
      `https://acme.planfix.test/rest/task/1001${silent ? '?silent=true' : ''}`,
      { customFieldData: [{ field: { id: 52 }, value: 'read' }] },
    ]);
  });

  it.each([
    [
      'a list',
      [
        { field: 'assigner', error: 'Jane is not allowed' },
        { field: 52, error: '' },
      ],
      ['assigner', 'field 52'],
    ],
    ['a single one', { field: { id: 52 }, error: 'no' }, ['field 52']],
    ['one that quotes', [{ field: 'Jane Roe', error: 'no' }], ['unknown']],
  ])('report the fields that were refused: %s', async (_, failures, expected) => {
    const { client } = aPlanfix([success({ id: 1001, failures }, 201), success({ failures })]);
    expect((await client.createTask(newTask)).failures).toEqual(expected);
    expect((await client.setTaskStatus({ taskId: 1001, statusId: 2 })).failures).toEqual(expected);
  });

  it.each([
    ['now', success({})],
    ['now', { status: 200 }],
    ['queued', { status: 202 }],
  ])('change their status: %s', async (applied, reply) => {
    const { client, sent } = aPlanfix([reply]);
    expect(await client.setTaskStatus({ taskId: 1001, statusId: 2 })).toEqual({ applied, failures: [] });
    expect([sent[0]?.url, bodyOf(sent[0])]).toEqual([
      'https://acme.planfix.test/rest/task/1001',
      { status: { id: 2 } },
    ]);
  });

  it('are read', async () => {
    const { client, sent } = aPlanfix([
      success({
        task: {
          id: 1001,
          sourceObjectId: 'c7f2',
          isDeleted: true,
          status: { id: 0, isActive: false },
          template: { id: 10 },
          assigner: { id: 'contact:3', name: 'Jane' },
          assignees: { users: [{ id: 'user:3', name: 'Ann' }, { id: 4 }], groups: [{ id: 1 }] },
          dateTime: { datetime: '2026-11-22T13:01Z' },
        },
      }),
    ]);
    expect(await client.getTask(1001)).toEqual({
      id: 1001,
      isDeleted: true,
      status: { id: 0, isActive: false },
      templateId: 10,
      assigner: 'contact:3',
      assignees: { users: ['user:3'], groups: [1] },
      sourceObjectId: 'c7f2',
      createdAtMs: Date.parse('2026-11-22T13:01Z'),
      lastCommentAtMs: undefined,
    });
    expect(sent[0]?.url).toContain('/rest/task/1001?fields=id%2C');
  });

  it('count as active while nothing says otherwise', async () => {
    const { client } = aPlanfix([success({ task: { id: 1, status: { id: 2 } } })]);
    expect((await client.getTask(1))?.status).toEqual({ id: 2, isActive: true });
  });

  it.each([
    ['code 1000 as 400', [{ status: 400, body: { result: 'fail', code: 1000 } }], undefined, 1],
    ['code 1000 as 500', [{ status: 500, body: { result: 'fail', code: 1000 } }], undefined, 1],
    [
      'code 0, and not in the list',
      [{ status: 400, body: { result: 'fail', code: 0 } }, success({ tasks: [] })],
      undefined,
      2,
    ],
    [
      'code 0, but in the list',
      [{ status: 400, body: { result: 'fail', code: 0 } }, success({ tasks: [{ id: 7 }] })],
      7,
      2,
    ],
  ])('are missing only for certain: %s', async (_, replies, id, calls) => {
    const { client, sent } = aPlanfix([...replies]);
    expect((await client.getTask(7))?.id).toBe(id);
    expect(sent.length).toBe(calls);
  });

  it('are not missing when the second look fails', async () => {
    const { client } = aPlanfix([{ status: 400, body: { result: 'fail', code: 0 } }, { status: 502 }]);
    expect(await failureOf(client.getTask(7))).toMatchObject({ kind: 'unavailable' });
  });

  it('changed since a moment come in pages, in the zone of the employee', async () => {
    const tasks = range(1, 131).map((id) => ({ id, dateOfLastComment: { date: '22-11-2026', time: '16:05' } }));
    const { client, sent } = aPlanfix((request: Sent) => {
      const offset = Number(bodyOf(request).offset);
      return success({ tasks: tasks.slice(offset, offset + 100) });
    }, 'Europe/Moscow');
    const pages: number[][] = [];
    for await (const page of client.listTasksChangedSince({ sinceMs: NOW_MS, templateIds: [10, 11] })) {
      pages.push(page.map(({ id }) => id));
      expect(page[0]?.lastCommentAtMs).toBe(Date.parse('2026-11-22T13:05Z'));
    }
    expect(pages).toEqual([range(1, 101), range(101, 131)]);
    expect(bodyOf(sent[1])).toEqual({
      offset: 95,
      pageSize: 100,
      filters: [
        { type: 79, operator: 'gt', value: { dateType: 'otherDate_withTime', dateFrom: '22-11-2026 15:59' } },
        { type: 51, operator: 'equal', value: [10, 11] },
      ],
      fields: 'id,status,isDeleted,template,dateOfLastComment',
    });
  });

  it('that leave the list while it is read hide no others', async () => {
    let ids = range(1, 251);
    const { client } = aPlanfix((request: Sent) => {
      const offset = Number(bodyOf(request).offset);
      const page = ids.slice(offset, offset + 100);
      ids = ids.filter((id) => id !== offset + 1 && id !== offset + 2);
      return success({ tasks: page.map((id) => ({ id })) });
    });
    const seen = await all(client.listTasksByTemplateCreatedSince({ templateId: 10, sinceMs: NOW_MS }));
    expect(seen.map(({ id }) => id)).toEqual(range(1, 251));
  });

  it('of a list that repeats itself are refused', async () => {
    const tasks = range(1, 101).map((id) => ({ id }));
    const { client } = aPlanfix(() => success({ tasks }));
    const failure = await failureOf(all(client.listTasksChangedSince({ sinceMs: NOW_MS })));
    expect(failure).toMatchObject({ kind: 'unexpected-response' });
  });

  it('are found by the correlation field', async () => {
    const { client, sent } = aPlanfix([success({ tasks: [{ id: 5, sourceObjectId: 'c7f2' }] })]);
    const found = await client.findTasksByCorrelation({ fieldId: 30, value: 'c7f2', sinceMs: NOW_MS });
    expect(found.map(({ id, sourceObjectId }) => [id, sourceObjectId])).toEqual([[5, 'c7f2']]);
    expect(bodyOf(sent[0]).filters).toEqual([
      { type: 101, field: 30, operator: 'equal', value: 'c7f2' },
      { type: 12, operator: 'gt', value: { dateType: 'otherDate_withTime', dateFrom: '22-11-2026 12:59' } },
    ]);
  });

  it.each([
    ['stored', [{ field: { id: 30 }, value: 'c7f2' }], 'c7f2'],
    ['stored as text beside an object', [{ field: { id: 30 }, value: { x: 1 }, stringValue: 'c7f2' }], 'c7f2'],
    ['empty', [{ field: { id: 30 }, value: null }], ''],
    ['not attached', [], undefined],
    ['not attached', undefined, undefined],
  ])('tell what of a create was kept: a field that is %s', async (_, customFieldData, fieldText) => {
    const person = { id: 'contact:12', name: 'Jane' };
    const task = { id: 7, assigner: person, counterparty: null, customFieldData };
    const { client, sent } = aPlanfix([success({ task })]);
    const kept = await client.readStored({ taskId: 7, fieldId: 30 });
    expect(kept).toEqual({ assigner: 'contact:12', counterparty: undefined, fieldText });
    expect(sent[0]?.url).toBe('https://acme.planfix.test/rest/task/7?fields=id%2Cassigner%2Ccounterparty%2C30');
  });
});
