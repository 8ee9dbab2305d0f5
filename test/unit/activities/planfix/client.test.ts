import { describe, expect, it } from '@jest/globals';
import { createPlanfixClient } from '../../../../activities/planfix/client.ts';
import { clockOffset } from '../../../../activities/planfix/time.ts';
import { aPlanfix, bodyOf, failureOf, NOW_MS, noAnswer, type Sent, TOKEN } from './fake-planfix.ts';

const success = (rest: object, status = 200) => ({ status, body: { result: 'success', ...rest } });
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

async function all<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

describe('every call', () => {
  it('goes to the base URL with the token, after the gate, with its options', async () => {
    const { client, sent, gates } = aPlanfix([success({})]);
    await client.ping({ notAfterMs: 5, deadlineMs: 6 });
    expect(sent).toEqual([
      {
        method: 'GET',
        url: 'https://acme.planfix.test/rest/ping',
        headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/json' },
        notAfterMs: 5,
        deadlineMs: 6,
      },
    ]);
    expect(gates()).toBe(1);
  });

  it('sends nothing when the gate refuses, and lets its error through', async () => {
    const refusal = new Error('not before then');
    const client = createPlanfixClient({
      baseUrl: 'https://acme.planfix.test/rest',
      token: TOKEN,
      send: () => Promise.reject(new Error('must not be sent')),
      gate: () => Promise.reject(refusal),
      timeZone: 'UTC',
    });
    expect(await failureOf(client.ping())).toBe(refusal);
  });

  it('reports the time of the server and what is left of the quota, also with a failure', async () => {
    const headers = { date: 'Sun, 22 Nov 2026 13:10:00 GMT', 'x-ratelimit-remaining': '1234' };
    const { client, facts } = aPlanfix([{ status: 500, headers, body: '<html>' }]);
    await failureOf(client.ping());
    expect(facts).toEqual([
      {
        effect: 'read',
        status: 500,
        sentAtMs: NOW_MS,
        receivedAtMs: NOW_MS + 100,
        serverTimeMs: NOW_MS + 600_000,
        remaining: 1234,
      },
    ]);
    expect(facts.map(clockOffset)).toEqual([600_450]);
  });

  it('reports no time when there is none', async () => {
    const { client, facts } = aPlanfix([success({})]);
    await client.ping();
    expect(facts.map(clockOffset)).toEqual([undefined]);
  });
});

describe('contacts', () => {
  const contact = (id: number, number: string, rest: object = {}) => ({
    id,
    name: 'Jane',
    phones: [{ number }],
    ...rest,
  });

  it('are searched variant by variant and compared by the caller over all pages', async () => {
    const first = range(1, 101).map((id) => contact(id, '+44 1'));
    const { client, sent, gates } = aPlanfix([
      success({ contacts: first }),
      success({
        contacts: [...first.slice(95), contact(200, '+44 (20) 7'), contact(150, '0 44-20-7', { isDeleted: true })],
      }),
    ]);
    const found = await client.findContactsByPhone({
      digits: ['44207', '207'],
      matches: (phone) => phone.replace(/\D/g, '').endsWith('44207'),
    });
    expect(found).toEqual([
      { id: 150, name: 'Jane', phones: ['0 44-20-7'], isCompany: false, isDeleted: true, sourceObjectId: undefined },
      { id: 200, name: 'Jane', phones: ['+44 (20) 7'], isCompany: false, isDeleted: false, sourceObjectId: undefined },
    ]);
    expect(sent.map((request) => bodyOf(request).offset)).toEqual([0, 95]);
    expect(bodyOf(sent[0]).filters).toEqual([{ type: 4003, operator: 'equal', value: '44207' }]);
    expect(gates()).toBe(2);
  });

  it('are searched by the next variant when none matches, companies in a search of their own', async () => {
    const { client, sent } = aPlanfix([
      success({ contacts: [contact(1, '999')] }),
      success({ contacts: [] }),
      success({ contacts: [] }),
      success({ contacts: [contact(2, '44', { isCompany: true })] }),
    ]);
    const found = await client.findContactsByPhone({
      digits: ['44', '4'],
      matches: (p) => p === '44',
      companies: true,
    });
    expect(found.map(({ id }) => id)).toEqual([2]);
    expect(sent.map((request) => [bodyOf(request).isCompany, bodyOf(request).filters])).toEqual([
      [false, [{ type: 4003, operator: 'equal', value: '44' }]],
      [true, [{ type: 4003, operator: 'equal', value: '44' }]],
      [false, [{ type: 4003, operator: 'equal', value: '4' }]],
      [true, [{ type: 4003, operator: 'equal', value: '4' }]],
    ]);
  });

  it('of a search that breaks off are never taken for absent', async () => {
    const full = range(1, 101).map((id) => contact(id, '1'));
    const { client } = aPlanfix([success({ contacts: full }), noAnswer('maybe')]);
    const failure = await failureOf(client.findContactsByPhone({ digits: ['44'], matches: () => false }));
    expect(failure).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['found', success({ contact: contact(12, '44') }), { kind: 'found', contact: { id: 12 } }],
    [
      'merged',
      success({ contact: { id: 'contact:15', name: 'Jane' } }),
      { kind: 'merged', contact: { id: 15, phones: [] } },
    ],
    ['missing', { status: 404, body: { result: 'fail', code: 2000 } }, { kind: 'missing' }],
  ])('are looked up: %s', async (_, reply, expected) => {
    const { client, sent } = aPlanfix([reply]);
    expect(await client.getContact(12)).toMatchObject(expected);
    expect(sent[0]?.url).toMatch(/\/rest\/contact\/12\?fields=id%2Cname/);
  });

  it('are created with a phone, a template and fields', async () => {
    const { client, sent } = aPlanfix([success({ id: 'contact:12' }, 201)]);
    const made = await client.createContact({
      name: 'Jane Roe',
      phone: '+44207',
      templateId: 20,
      sourceObjectId: 'c7f2',
      customFields: [{ fieldId: 40, value: 'x' }],
    });
    expect(made).toEqual({ id: 12, failures: [] });
    expect(bodyOf(sent[0])).toEqual({
      name: 'Jane Roe',
      sourceObjectId: 'c7f2',
      phones: [{ number: '+44207', type: 1 }],
      template: { id: 20 },
      customFieldData: [{ field: { id: 40 }, value: 'x' }],
    });
  });

  it('are read back by time, name and phone', async () => {
    const { client, sent } = aPlanfix([success({ contacts: [contact(1, '44', { sourceObjectId: 'c7f2' })] })]);
    const found = await all(client.listContactsCreatedSince({ sinceMs: NOW_MS, name: 'Jane', phoneDigits: '44' }));
    expect(found[0]?.sourceObjectId).toBe('c7f2');
    expect(bodyOf(sent[0]).filters).toEqual([
      { type: 12, operator: 'gt', value: { dateType: 'otherDate_withTime', dateFrom: '22-11-2026 12:59' } },
      { type: 4001, operator: 'equal', value: 'Jane' },
      { type: 4003, operator: 'equal', value: '44' },
    ]);
  });
});

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
  ])('tell what a field holds: %s', async (_, customFieldData, expected) => {
    const { client, sent } = aPlanfix([success({ task: { id: 7, customFieldData } })]);
    expect(await client.readTaskField({ taskId: 7, fieldId: 30 })).toBe(expected);
    expect(sent[0]?.url).toBe('https://acme.planfix.test/rest/task/7?fields=id%2C30');
  });
});

describe('comments', () => {
  it('are created with owner and recipients', async () => {
    const { client, sent } = aPlanfix([success({ id: 90412 }, 201), success({ id: 90413 }, 201)]);
    const recipients = { roles: ['assignee' as const], users: ['user:4' as const] };
    expect(
      await client.createComment({ taskId: 7, html: 'Hi', owner: 'contact:3', recipients, sourceObjectId: 'c7f2' }),
    ).toEqual({
      id: 90412,
    });
    await client.createComment({ taskId: 7, html: 'Hi', sourceObjectId: 'c7f2' });
    expect(sent[0]?.url).toBe('https://acme.planfix.test/rest/task/7/comments/');
    expect(sent.map(bodyOf)).toEqual([
      {
        description: 'Hi',
        sourceObjectId: 'c7f2',
        owner: { id: 'contact:3' },
        recipients: { roles: ['assignee'], users: [{ id: 'user:4' }], groups: [] },
      },
      { description: 'Hi', sourceObjectId: 'c7f2' },
    ]);
  });

  it('are listed newest first, across pages that shift while they are read', async () => {
    let ids = range(1, 231).reverse();
    const { client, sent } = aPlanfix((request: Sent) => {
      const { offset, pageSize } = bodyOf(request);
      const page = ids.slice(Number(offset), Number(offset) + Number(pageSize));
      ids = [(ids[0] ?? 0) + 1, ...ids];
      return success({ comments: page.map((id) => ({ id })) });
    });
    const seen = await all(client.listComments({ taskId: 7 }));
    expect(seen.map(({ id }) => id)).toEqual(range(1, 231).reverse());
    expect(seen[0]?.taskId).toBe(7);
    expect(bodyOf(sent[0])).toMatchObject({
      typeList: 'Comments',
      resultOrder: [{ field: 'id', filed: 'id', direction: 'Desc' }],
    });
  });

  it('in another order are refused', async () => {
    const { client } = aPlanfix([success({ comments: [{ id: 1 }, { id: 2 }] })]);
    expect(await failureOf(all(client.listComments({ taskId: 7 })))).toMatchObject({ kind: 'unexpected-response' });
  });

  it('stop costing calls when the reader stops', async () => {
    const { client, sent } = aPlanfix([success({ comments: [{ id: 9 }, { id: 8 }] })]);
    for await (const page of client.listComments({ taskId: 7, pageSize: 2 })) {
      expect(page.map(({ id }) => id)).toEqual([9, 8]);
      break;
    }
    expect(sent.length).toBe(1);
  });

  it('are read with all that decides about sending', async () => {
    const { client } = aPlanfix([
      success({
        comment: {
          id: 90413,
          task: { id: 7 },
          type: 'Comment',
          fromType: 'Planfix',
          dateTime: { dateTimeUtcSeconds: '2026-11-22T13:01:00+0000' },
          owner: { id: 'user:7', name: 'Ann' },
          description: '<p>It is ready</p>',
          recipients: { users: [{ id: 'contact:3', name: 'Jane' }], groups: [{ id: 4 }], roles: 'assignee' },
          isHidden: true,
          isDeleted: false,
          files: [{ id: 1, name: 'a.pdf', size: 12 }],
          sourceObjectId: null,
        },
      }),
    ]);
    expect(await client.getComment(90413)).toEqual({
      id: 90413,
      taskId: 7,
      createdAtMs: Date.parse('2026-11-22T13:01Z'),
      type: 'Comment',
      fromType: 'Planfix',
      owner: 'user:7',
      ownerName: 'Ann',
      html: '<p>It is ready</p>',
      recipients: { users: ['contact:3'], groups: [4], roles: ['assignee'] },
      isHidden: true,
      isDeleted: false,
      files: [{ id: 1, name: 'a.pdf', size: 12 }],
      sourceObjectId: undefined,
    });
  });

  it.each([
    ['5000', { status: 400, body: { result: 'fail', code: 5000 } }],
    ['its task', { status: 400, body: { result: 'fail', code: 1000 } }],
  ])('may be missing: %s', async (_, reply) => {
    expect(await aPlanfix([reply]).client.getComment(5)).toBeUndefined();
  });
});

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
