import { describe, expect, it } from '@jest/globals';
import { all, aPlanfix, bodyOf, failureOf, noAnswer, range, type Sent, success } from './fake-planfix.ts';

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

  it('carry files, in their order, and none where none are named', async () => {
    const { client, sent } = aPlanfix([success({ id: 1 }, 201), { status: 200 }, success({}), { status: 202 }]);
    await client.createComment({ taskId: 7, html: 'Hi', sourceObjectId: 'c7f2', files: [5, 3] });
    await client.updateComment({ taskId: 7, commentId: 9, html: 'Here', files: [5, 3, 8], silent: true });
    await client.updateComment({ taskId: 7, commentId: 9, html: 'Words only' });
    await client.updateComment({ taskId: 7, commentId: 9, files: [8] });
    expect(sent.map(({ url }) => url.slice('https://acme.planfix.test/rest'.length))).toEqual([
      '/task/7/comments/',
      '/task/7/comments/9?silent=true',
      '/task/7/comments/9',
      '/task/7/comments/9',
    ]);
    expect(sent.map(bodyOf)).toEqual([
      { description: 'Hi', sourceObjectId: 'c7f2', files: [{ id: 5 }, { id: 3 }] },
      { description: 'Here', files: [{ id: 5 }, { id: 3 }, { id: 8 }] },
      { description: 'Words only' },
      { files: [{ id: 8 }] },
    ]);
  });

  it.each([
    ['that is gone', { status: 400, body: { result: 'fail', code: 5000 } }, { refusal: 'comment-missing' }],
    ['whose answer is lost', noAnswer('maybe'), { kind: 'unavailable' }],
  ])('may be changed again: %s', async (_, reply, expected) => {
    const { client } = aPlanfix([reply]);
    expect(await failureOf(client.updateComment({ taskId: 7, commentId: 9, html: 'a' }))).toMatchObject(expected);
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
