import { createRestComment, deleteComment, editComment } from '../comments.ts';
import { dateTest } from '../date-filter.ts';
import { PlanfixFailure } from '../failure.ts';
import type { Account, Call, Comment } from '../model.ts';
import { parsePage, takePage } from '../paging.ts';
import { currentRef, list } from '../people.ts';
import { project } from '../projection.ts';
import { parseFilter } from '../task-filters.ts';
import { employeeZone } from '../tasks.ts';
import { commentReaders } from '../views.ts';
import type { RestRoute } from './routes.ts';
import { taskOfPath } from './task-routes.ts';

type Order = { key: 'id' | 'dateTime'; descending: boolean };

function findComment(account: Account, id: string | undefined): Comment {
  const comment = account.comments.get(Number(id));
  const readable =
    comment?.visible === true && (!comment.isDeleted || account.settings.deletedCommentReads === 'flagged');
  if (!readable) throw new PlanfixFailure(400, 5000, `Comment not found by id ${id}`);
  return comment;
}

/** "All" is everything that is not deleted; "New" is what the token's employee has not read, which is nothing here. */
function typeTest(account: Account, value: unknown): (comment: Comment) => boolean {
  const types = typeof value === 'string' ? value.split(',').map((type) => type.trim()) : list(value).map(String);
  const unknown = types.find((type) => !['Comments', 'All', 'New', 'Deleted'].includes(type));
  if (unknown !== undefined) throw new PlanfixFailure(500, 41, `Unknown type ${unknown}`);
  const deleted = types.includes('Deleted') && account.settings.deletedCommentReads === 'flagged';
  const present = types.length === 0 || types.includes('Comments') || types.includes('All');
  return (comment) => comment.visible && (comment.isDeleted ? deleted : present);
}

function parseOrder(account: Account, value: unknown, keys: string[]): Order {
  const item = (list(value)[0] ?? {}) as Record<string, unknown>;
  const key = keys.map((name) => item[name]).find((name) => name !== undefined);
  if (key === undefined) return { key: 'id', descending: account.settings.commentsDefaultOrder === 'desc' };
  if (key !== 'id' && key !== 'dateTime') throw new PlanfixFailure(500, 41, `Wrong order field ${String(key)}`);
  return { key, descending: item.direction === 'Desc' };
}

/** Comments are kept by ascending number, so the usual orders cost no sort; times are compared by the minute shown. */
function ordered(comments: Comment[], order: Order): Iterable<Comment> {
  if (order.key === 'id') return order.descending ? fromTheEnd(comments) : comments;
  const sign = order.descending ? -1 : 1;
  return comments.toSorted((one, other) => sign * (one.atMs - other.atMs || one.id - other.id));
}

function* fromTheEnd(comments: Comment[]): Generator<Comment> {
  for (let index = comments.length - 1; index >= 0; index -= 1) {
    const comment = comments[index];
    if (comment !== undefined) yield comment;
  }
}

function listOfTask(call: Call) {
  const { account, body } = call;
  const task = taskOfPath(call, 500);
  const keys = account.settings.resultOrderKey === 'both' ? ['filed', 'field'] : ['filed'];
  const inOrder = ordered(task.comments, parseOrder(account, body.resultOrder, keys));
  const page = takePage(inOrder, typeTest(account, body.typeList), parsePage(body, account.settings));
  const comments = page.map((comment) => project(account, comment, body.fields, commentReaders));
  return { status: 200, body: { result: 'success', comments } };
}

/** The account-wide list needs a filter and knows two of them (Planfix REST: comments). */
function listOfAccount({ account, body }: Call) {
  if (list(body.filters).length === 0) throw new PlanfixFailure(400, 0, 'Filters are required');
  const context = {
    nowMs: account.now(),
    timeZone: employeeZone(account),
    precision: account.settings.dateFilterPrecision,
  };
  const tests = list(body.filters).map((item): ((comment: Comment) => boolean) => {
    const { type, operator, value } = parseFilter(item);
    if (type === 3000) {
      const test = dateTest(operator, value, context);
      return (comment) => test(comment.atMs);
    }
    if (type !== 3001) throw new PlanfixFailure(500, 0, `Unknown comment filter type ${type}`);
    const wanted = currentRef(account, String(value));
    return (comment) => (currentRef(account, comment.owner) === wanted) !== (operator === 'notequal');
  });
  const isWanted = typeTest(account, body.typeList);
  const inOrder = ordered([...account.comments.values()], parseOrder(account, body.resultOrder, ['field', 'filed']));
  const page = takePage(
    inOrder,
    (comment) => isWanted(comment) && tests.every((test) => test(comment)),
    parsePage(body, account.settings),
  );
  const comments = page.map((comment) => project(account, comment, body.fields, commentReaders));
  return { status: 200, body: { result: 'success', comments } };
}

export const commentRoutes: RestRoute[] = [
  {
    method: 'POST',
    path: '/task/:id/comments/',
    scope: 'comment_add',
    effect: 'create',
    handle: (call) => {
      const task = taskOfPath(call, 400);
      const comment = createRestComment(call, task);
      return { status: 201, body: { result: 'success', id: comment.id } };
    },
  },
  {
    method: 'POST',
    path: '/task/:id/comments/:commentId',
    scope: 'comment_update',
    effect: 'none',
    handle: (call) => {
      const comment = findComment(call.account, call.params.commentId);
      if (comment.taskId !== Number(call.params.id) || comment.isDeleted) {
        throw new PlanfixFailure(400, 5000, `Comment not found by id ${call.params.commentId}`);
      }
      const isSilent = call.query.silent === 'true';
      editComment(call.account, comment, call.body, { by: 'rest', isSilent });
      return { status: 200 };
    },
  },
  { method: 'POST', path: '/task/:id/comments/list', scope: 'comment_readonly', effect: 'none', handle: listOfTask },
  { method: 'POST', path: '/comment/list', scope: 'comment_readonly', effect: 'none', handle: listOfAccount },
  {
    method: 'GET',
    path: '/comment/:id',
    scope: 'comment_readonly',
    effect: 'none',
    handle: ({ account, params, query }) => {
      const comment = project(account, findComment(account, params.id), query.fields, commentReaders);
      return { status: 200, body: { result: 'success', comment } };
    },
  },
  {
    method: 'DELETE',
    path: '/comment/:id',
    scope: 'comment_delete',
    effect: 'none',
    handle: ({ account, params }) => {
      deleteComment(account, findComment(account, params.id));
      return { status: 200, body: { result: 'success' } };
    },
  },
];
