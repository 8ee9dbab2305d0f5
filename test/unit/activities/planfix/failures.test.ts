import { describe, expect, it } from '@jest/globals';
import type { PlanfixError } from '../../../../activities/planfix/errors.ts';
import { aPlanfix, failureOf, noAnswer, type Reply, TOKEN } from './fake-planfix.ts';

const fail = (status: number, code: number | undefined, error = ''): Reply => ({
  status,
  body: { result: 'fail', ...(code === undefined ? {} : { code }), error },
});
const html = (status: number): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>+4915123456789 Jane Roe</body></html>',
});

const comment = { taskId: 7, html: 'Hello', sourceObjectId: 'c7f2' };
const ownedComment = { ...comment, owner: 'contact:3' } as const;
const task = {
  name: 'Jane Roe (WhatsApp, +4420)',
  descriptionHtml: 'Hello',
  templateId: 10,
  assigner: 'contact:3',
  counterparty: 'contact:3',
  assignees: { users: ['user:3'], groups: [] },
  sourceObjectId: 'c7f2',
  correlation: { fieldId: 30, value: 'c7f2' },
  statusId: 2,
} as const;
const { assigner: _, ...taskWithoutAssigner } = task;

type Expected = Partial<Pick<PlanfixError, 'kind' | 'scope' | 'refusal' | 'code' | 'retryAfterMs' | 'fieldId'>>;
const QUOTA = 'Rest API billing - rate limit exceeded, remaining:0, timeToReset:57283';

const CALLS = {
  read: (reply: Reply) => aPlanfix([reply]).client.findContactsByPhone({ digits: ['4420'], matches: () => true }),
  comment: (reply: Reply) => aPlanfix([reply]).client.createComment(comment),
  ownedComment: (reply: Reply) => aPlanfix([reply]).client.createComment(ownedComment),
  task: (reply: Reply) =>
    aPlanfix([reply]).client.createTask({ ...task, assignees: { users: ['user:3'], groups: [] } }),
  taskWithoutAssigner: (reply: Reply) =>
    aPlanfix([reply]).client.createTask({ ...taskWithoutAssigner, assignees: { users: [], groups: [1] } }),
  status: (reply: Reply) => aPlanfix([reply]).client.setTaskStatus({ taskId: 7, statusId: 2 }),
  contact: (reply: Reply) => aPlanfix([reply]).client.createContact({ name: 'Jane', sourceObjectId: 'c7f2' }),
  comments: (reply: Reply) => aPlanfix([reply]).client.listComments({ taskId: 7 }).next(),
};

const CASES: [keyof typeof CALLS, string, Reply, Expected][] = [
  [
    'read',
    'quota as 200',
    fail(200, undefined, QUOTA),
    { kind: 'rate-limited', scope: 'account', refusal: 'daily-quota', retryAfterMs: 57_283_000 },
  ],
  ['comment', 'quota as 200', fail(200, 0, QUOTA), { kind: 'rate-limited', refusal: 'daily-quota' }],
  [
    'read',
    'quota as 403 with a field in seconds',
    { status: 403, body: { result: 'fail', code: 22, timeToReset: 600 } },
    { kind: 'rate-limited', code: 22, retryAfterMs: 600_000 },
  ],
  [
    'read',
    'quota as 403 with a field in ms',
    { status: 403, body: { result: 'fail', code: 22, timeToReset: 600_000 } },
    { kind: 'rate-limited', retryAfterMs: 600_000 },
  ],
  [
    'read',
    'quota with a header',
    { ...fail(200, 22), headers: { 'x-ratelimit-reset': '30' } } as Reply,
    { kind: 'rate-limited', retryAfterMs: 30_000 },
  ],
  ['read', 'quota without a time', fail(403, 22), { kind: 'rate-limited', retryAfterMs: 900_000 }],
  [
    'comment',
    '429 as HTML',
    html(429),
    { kind: 'rate-limited', scope: 'account', refusal: undefined, retryAfterMs: 2_000 },
  ],
  [
    'comment',
    '429 with Retry-After',
    { status: 429, headers: { 'retry-after': '5' } },
    { kind: 'rate-limited', retryAfterMs: 5_000 },
  ],
  [
    'read',
    'unknown token',
    fail(401, 1, 'Access denied, unknown token'),
    { kind: 'credentials-rejected', scope: 'account', refusal: 'unknown-token' },
  ],
  ['comment', 'unknown token as HTML', html(401), { kind: 'credentials-rejected', scope: 'account' }],
  ['comment', '401 with a vague code', fail(401, 0), { kind: 'credentials-rejected', scope: 'account' }],
  [
    'comment',
    'scope',
    fail(405, 5, 'Scope denied, method not allowed'),
    { kind: 'credentials-rejected', refusal: 'scope-missing' },
  ],
  ['read', 'inactive employee', fail(401, 16), { kind: 'credentials-rejected', refusal: 'employee-inactive' }],
  ['read', 'blocked', fail(403, 10), { kind: 'credentials-rejected', refusal: 'account-blocked' }],
  ['read', 'frozen', fail(200, 11), { kind: 'credentials-rejected', refusal: 'account-blocked' }],
  ['read', 'unpaid', fail(403, 20), { kind: 'credentials-rejected', refusal: 'account-unpaid' }],
  ['read', 'free', fail(403, 21), { kind: 'credentials-rejected', refusal: 'account-unpaid' }],
  [
    'read',
    'capitalised keys',
    { status: 500, body: { Result: 'Fail', Code: 1, Error: 'x' } },
    { kind: 'credentials-rejected' },
  ],
  ['read', 'HTML error page', html(502), { kind: 'unavailable', scope: 'account' }],
  ['comment', 'HTML error page', html(502), { kind: 'outcome-unknown', scope: 'message' }],
  ['status', 'HTML error page', html(504), { kind: 'outcome-unknown' }],
  ['comment', '408', html(408), { kind: 'outcome-unknown' }],
  ['comment', 'redirect to a login page', html(302), { kind: 'unavailable', scope: 'account' }],
  ['comment', 'firewall page', html(403), { kind: 'unexpected-response', scope: 'message' }],
  ['comment', 'too large', html(413), { kind: 'invalid-request', scope: 'message' }],
  [
    'read',
    '429 on the way to the daily reset',
    { ...fail(429, 0, 'Too many requests'), headers: { 'x-ratelimit-reset': '52000' } } as Reply,
    { kind: 'rate-limited', retryAfterMs: 2_000 },
  ],
  [
    'read',
    "someone else's JSON",
    { status: 404, body: { error: 'Not Found' } },
    { kind: 'unexpected-response', refusal: undefined },
  ],
  ['read', 'HTML as 200', html(200), { kind: 'unexpected-response' }],
  ['comment', 'HTML as 201', html(201), { kind: 'outcome-unknown' }],
  ['comment', 'empty 202 for a create', { status: 202 }, { kind: 'outcome-unknown' }],
  ['comment', '201 without id', { status: 201, body: { result: 'success' } }, { kind: 'outcome-unknown' }],
  ['read', 'list without its key', { body: { result: 'success' } }, { kind: 'unexpected-response' }],
  ['read', 'unknown error', fail(500, 0), { kind: 'unavailable', scope: 'account' }],
  ['task', 'unknown error', fail(500, 0), { kind: 'outcome-unknown' }],
  ['task', 'unknown error as 200', fail(200, 0), { kind: 'outcome-unknown' }],
  ['taskWithoutAssigner', 'unknown error as 400', fail(400, 0), { kind: 'invalid-request', refusal: 'other' }],
  [
    'comments',
    'missing task',
    fail(500, 1000, 'Task not found by id 7'),
    { kind: 'invalid-request', refusal: 'task-missing' },
  ],
  ['comment', 'missing task', fail(400, 1000), { refusal: 'task-missing' }],
  ['ownedComment', 'missing task', fail(400, 1000), { refusal: 'task-missing' }],
  ['status', 'missing task', fail(404, 1000), { refusal: 'task-missing' }],
  ['status', 'bad status', fail(400, 41, 'Status not find by id 2'), { kind: 'invalid-request', refusal: 'status' }],
  ['task', 'bad status', fail(400, 41, 'Status not find by id 2'), { refusal: 'status' }],
  ['task', 'bad template', fail(400, 41, 'Template not find by id 10'), { refusal: 'template' }],
  ['task', 'custom field', fail(400, 41, 'Wrong value of field by id - 30'), { refusal: 'custom-field', fieldId: 30 }],
  [
    'task',
    'required field',
    fail(400, 40, 'custom_field_is_required, id 31'),
    { refusal: 'custom-field', fieldId: 31 },
  ],
  ['task', 'assigner by name', fail(400, 41, 'Contact 3 can not be the assigner'), { refusal: 'assigner' }],
  ['task', 'assigner by an unknown code', fail(400, 0), { kind: 'invalid-request', refusal: 'assigner' }],
  ['task', 'assigner as a missing contact', fail(400, 2000), { refusal: 'assigner' }],
  ['task', 'assigner as a right', fail(400, 6), { refusal: 'assigner' }],
  ['taskWithoutAssigner', 'right', fail(400, 6), { refusal: 'forbidden' }],
  ['ownedComment', 'owner by name', fail(400, 41, 'Contact 3 can not be the owner'), { refusal: 'owner' }],
  ['ownedComment', 'owner by an unknown code', fail(400, 4000), { refusal: 'owner' }],
  ['ownedComment', 'owner as a right', fail(400, 6, 'User may not touch object'), { refusal: 'owner' }],
  [
    'ownedComment',
    'comment ban',
    fail(400, 6, 'New comments not allowed in this process'),
    { kind: 'invalid-request', refusal: 'comment-banned' },
  ],
  ['comment', 'comment ban', fail(400, 6, 'New comments not allowed in this process'), { refusal: 'comment-banned' }],
  ['comment', 'comment ban in other words', fail(400, 6, 'нельзя'), { refusal: 'comment-banned' }],
  ['comment', 'add failed', fail(400, 5001), { kind: 'invalid-request', refusal: 'other' }],
  ['comments', 'no right to the task', fail(500, 6), { refusal: 'forbidden' }],
  [
    'contact',
    'empty name',
    fail(400, 2006),
    { kind: 'invalid-request', scope: 'message', refusal: 'contact-name-empty' },
  ],
  [
    'contact',
    "the plan's limit",
    fail(400, 23),
    { kind: 'invalid-request', scope: 'account', refusal: 'contact-limit' },
  ],
  ['read', 'refused connection', noAnswer('never', 'no-connection'), { kind: 'unavailable', scope: 'account' }],
  ['comment', 'refused connection', noAnswer('never', 'no-connection'), { kind: 'unavailable', scope: 'account' }],
  ['read', 'reset', noAnswer('maybe'), { kind: 'unavailable', scope: 'account' }],
  ['comment', 'reset', noAnswer('maybe'), { kind: 'outcome-unknown', scope: 'message' }],
  ['comment', 'an error without word of it', new Error('boom'), { kind: 'outcome-unknown' }],
];

describe('failures of Planfix calls', () => {
  it.each(CASES)('%s: %s', async (call, _, reply, expected) => {
    const failure = await failureOf(CALLS[call](reply));
    expect(failure).toMatchObject({ name: 'PlanfixError', ...expected });
  });

  it.each(CASES)('%s: %s says nothing personal', async (call, _, reply) => {
    const failure = await failureOf(CALLS[call](reply));
    expect(`${failure.message} ${JSON.stringify(failure)} ${failure.cause}`).not.toMatch(
      new RegExp(`Jane|4915|${TOKEN}|c7f2|Hello|can not be`),
    );
  });

  it('takes JSON that calls itself something else for what it is', async () => {
    const reply = { status: 201, headers: { 'content-type': 'text/html' }, body: { result: 'success', id: 5 } };
    await expect(CALLS.comment(reply)).resolves.toEqual({ id: 5 });
  });
});
