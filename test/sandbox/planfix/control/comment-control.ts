import type { FastifyInstance } from 'fastify';
import { defer } from '../accounts.ts';
import { answerQuote } from '../answer-quote.ts';
import { addComment, deleteComment, editComment, fireCommentAdded, showComment } from '../comments.ts';
import { parseFiles } from '../files.ts';
import type { Account, Comment, Task } from '../model.ts';
import { findUser, parseRef } from '../people.ts';
import { giveFiles } from './file-control.ts';
import {
  accountOf,
  type Body,
  bodyOf,
  ControlError,
  commentOf,
  optionalNumber,
  recipientsOf,
  taskOf,
} from './input.ts';

const newStatus = 1;

/** Control of comments as employees write, edit and delete them in Planfix's own pages. */
export function registerCommentControl(server: FastifyInstance): void {
  const base = '/control/planfix/:account/comments';

  server.post(base, async (request, reply) => {
    const account = accountOf(request.params);
    const body = bodyOf(request.body);
    const comment = writeAsAgent(account, taskOf(account, body.task), body);
    return reply.code(201).send({ id: comment.id });
  });

  server.post(`${base}/:id/show`, async (request) => {
    const account = accountOf(request.params);
    reveal(account, commentOf(account, request.params), bodyOf(request.body).hint !== false);
    return {};
  });

  server.post(`${base}/:id/edit`, async (request) => {
    const account = accountOf(request.params);
    const { html, notify, hidden, files } = bodyOf(request.body);
    const comment = commentOf(account, request.params);
    const change = {
      description: html === undefined ? undefined : textOf(account, html, comment.answersComment),
      isHidden: hidden,
      files: files === undefined ? undefined : giveFiles(account, files),
    };
    editComment(account, comment, change, { by: 'agent', isSilent: false });
    if (notify !== undefined) comment.recipients = recipientsOf(account, notify);
    return {};
  });

  server.post(`${base}/:id/hint`, async (request) => {
    const account = accountOf(request.params);
    const comment = commentOf(account, request.params);
    account.hints.push(comment.taskId, comment.id);
    return {};
  });

  server.delete(`${base}/:id`, async (request) => {
    const account = accountOf(request.params);
    deleteComment(account, commentOf(account, request.params));
    return {};
  });
}

/**
 * Writes an employee's comment. With `visible: false` or `visibleAfterMs` it has its number at once and appears later;
 * its scenario request then goes out when it appears, or at once with `hint: "now"`.
 */
function writeAsAgent(account: Account, task: Task, body: Body): Comment {
  const owner = parseRef(account, { id: body.author });
  checkMayWrite(account, task, owner);
  const visibleAfterMs = optionalNumber(body.visibleAfterMs);
  const visible = body.visible !== false && visibleAfterMs === undefined;
  const answersComment = optionalNumber(body.answersComment);
  const comment = addComment(account, task, {
    owner,
    description: textOf(account, body.html, answersComment),
    answersComment,
    files: parseFiles(account, giveFiles(account, body.files)),
    recipients: recipientsOf(account, body.notify),
    fromType: 'Planfix',
    atMs: optionalNumber(body.dateMs),
    isHidden: body.hidden === true,
    visible,
  });
  if (visible ? body.hint !== false : body.hint === 'now') fireCommentAdded(account, comment);
  if (visibleAfterMs !== undefined) {
    const hint = body.hint !== false && body.hint !== 'now';
    defer(account, visibleAfterMs, () => reveal(account, comment, hint));
  }
  return comment;
}

/** The text with the quote before it, if it answers a certain comment. */
function textOf(account: Account, html: unknown, answersComment: number | undefined): string {
  const quote = answersComment === undefined ? '' : answerQuote(account, commentOf(account, { id: answersComment }));
  return `${quote}${String(html ?? '')}`;
}

function reveal(account: Account, comment: Comment, hint: boolean): void {
  if (comment.visible) return;
  showComment(account, comment);
  if (hint) fireCommentAdded(account, comment);
}

function checkMayWrite(account: Account, task: Task, author: string): void {
  if (findUser(account, author)?.status === 'Inactive') throw new ControlError(409, `${author} is not active`);
  const banned = account.settings.newStatusBansAssignees && task.statusId === newStatus;
  if (banned && task.assignees.users.includes(author)) {
    throw new ControlError(409, 'an assignee may not comment in status New before accepting the task');
  }
}
