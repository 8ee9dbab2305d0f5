import { z } from 'zod';
import { tell } from '../../workflows/domain/problem-findings.ts';
import type { Call, CallOptions, ClientOptions } from './call.ts';
import { PlanfixError } from './errors.ts';
import { filesBody } from './files.ts';
import { PAGE_SIZE, pages } from './paging.ts';
import { commentSchema, createdSchema, isPersonRef, type PersonRef } from './schema.ts';
import { toBody } from './tasks.ts';
import { parseTimePoint } from './time.ts';

export type Role = 'assignee' | 'participant' | 'auditor' | 'assigner';

export type Comment = {
  id: number;
  taskId: number | undefined;
  createdAtMs: number | undefined;
  /** `Comment`, `Reminder` or `None`; `fromType` is the messenger it came from. Planfix's words. */
  type: string | undefined;
  fromType: string | undefined;
  owner: PersonRef | undefined;
  ownerName: string | undefined;
  html: string;
  /** Whom it notifies. A contact is told of a comment only if it is among `users`. */
  recipients: { users: PersonRef[]; groups: number[]; roles: string[] };
  isHidden: boolean;
  isDeleted: boolean;
  /** `size` is in KB in practice, whatever the description says. */
  files: { id: number; name: string | undefined; size: number | undefined }[];
  sourceObjectId: string | undefined;
};

export type NewComment = {
  taskId: number;
  /** At most 64 KB. */
  html: string;
  /** A contact here may be refused (`refusal: 'owner'`); without it the token's employee is the author. */
  owner?: PersonRef;
  /** Nobody is notified but these. */
  recipients?: { roles?: readonly Role[]; users?: readonly PersonRef[]; groups?: readonly number[] };
  /** A uuid of ours: stored and returned, but no filter finds it. */
  sourceObjectId: string;
  /** What `uploadFile` gave, in the order in which they are shown. */
  files?: readonly number[];
};

/** What is left out stays; `files` names all that the comment shall have. `silent`: nobody is told. */
export type CommentChange = {
  taskId: number;
  commentId: number;
  html?: string;
  files?: readonly number[];
  silent?: boolean;
};

export type CommentCalls = {
  createComment: (comment: NewComment, options?: CallOptions) => Promise<{ id: number }>;
  /**
   * Newest first, page by page; stop when you meet what you know. A missing task is a PlanfixError with
   * `refusal: 'task-missing'`. `pageSize` is small where only the newest matter.
   */
  listComments: (list: { taskId: number; pageSize?: number }, options?: CallOptions) => AsyncGenerator<Comment[]>;
  /** Undefined when the comment does not exist. */
  getComment: (id: number, options?: CallOptions) => Promise<Comment | undefined>;
  /** Safe to repeat. A missing comment is a PlanfixError with `refusal: 'comment-missing'`. */
  updateComment: (change: CommentChange, options?: CallOptions) => Promise<void>;
};

const FIELDS = 'id,task,dateTime,type,fromType,owner,description,recipients,isHidden,isDeleted,files,sourceObjectId';

export function commentCalls(call: Call, { timeZone }: Pick<ClientOptions, 'timeZone'>): CommentCalls {
  return {
    createComment: (comment, options) => createComment(call, comment, options),
    listComments: (list, options) => listComments(call, timeZone, list, options),
    getComment: (id, options) => getComment(call, timeZone, id, options),
    updateComment: (change, options) => updateComment(call, change, options),
  };
}

async function createComment(call: Call, comment: NewComment, options?: CallOptions): Promise<{ id: number }> {
  const { taskId, html, owner, recipients, sourceObjectId, files } = comment;
  const { data } = await call(
    {
      method: 'POST',
      path: `/task/${taskId}/comments/`,
      body: {
        description: html,
        sourceObjectId,
        ...(owner === undefined ? {} : { owner: { id: owner } }),
        ...(recipients === undefined ? {} : { recipients: recipientsBody(recipients) }),
        ...filesBody(files),
      },
      effect: 'write',
      subject: 'comment',
      sent: owner === undefined ? [] : ['owner'],
      schema: createdSchema,
    },
    options,
  );
  return { id: data.id };
}

async function updateComment(call: Call, change: CommentChange, options?: CallOptions): Promise<void> {
  const { taskId, commentId, html, files, silent } = change;
  await call(
    {
      method: 'POST',
      path: `/task/${taskId}/comments/${commentId}`,
      query: { silent },
      body: { ...(html === undefined ? {} : { description: html }), ...filesBody(files) },
      // Written twice it says the same: it may be repeated like a read.
      effect: 'read',
      subject: 'comment',
      // The answer is empty.
      schema: z.object({}),
    },
    options,
  );
}

async function* listComments(
  call: Call,
  timeZone: string,
  { taskId, pageSize = PAGE_SIZE }: { taskId: number; pageSize?: number },
  options?: CallOptions,
): AsyncGenerator<Comment[]> {
  const schema = z.object({ comments: z.array(commentSchema) });
  const path = `/task/${taskId}/comments/list`;
  // The key is misspelt in this method's description and right in the other list's: both are sent.
  const resultOrder = [{ field: 'id', filed: 'id', direction: 'Desc' }];
  const read = async (offset: number, size: number) => {
    const body = { offset, pageSize: size, typeList: 'Comments', fields: FIELDS, resultOrder };
    const request = { method: 'POST', path, body, effect: 'read', subject: 'comment', schema } as const;
    const { data } = await call(request, options);
    return data.comments.map((comment) => toComment(comment, timeZone, taskId));
  };

  let last = Number.POSITIVE_INFINITY;
  for await (const page of pages(read, pageSize)) {
    // Stopping at a known id is right only while the order holds.
    for (const { id } of page) {
      if (id >= last) throw outOfOrder();
      last = id;
    }
    yield page;
  }
}

async function getComment(
  call: Call,
  timeZone: string,
  id: number,
  options?: CallOptions,
): Promise<Comment | undefined> {
  const schema = z.object({ comment: commentSchema });
  const query = { fields: FIELDS };
  try {
    const { data } = await call(
      { method: 'GET', path: `/comment/${id}`, query, effect: 'read', subject: 'comment', schema },
      options,
    );
    return toComment(data.comment, timeZone);
  } catch (error) {
    const missing = error instanceof PlanfixError && /^(?:comment|task)-missing$/.test(error.refusal ?? '');
    if (missing) return undefined;
    throw error;
  }
}

function recipientsBody({ roles, users, groups }: NonNullable<NewComment['recipients']>): object {
  return {
    ...(roles === undefined ? {} : { roles }),
    ...(users === undefined && groups === undefined ? {} : toBody({ users: users ?? [], groups: groups ?? [] })),
  };
}

function outOfOrder(): PlanfixError {
  const told = tell(['planfix-comments-unordered']);
  return new PlanfixError({ kind: 'unexpected-response', scope: 'account', ...told });
}

function toComment(read: z.infer<typeof commentSchema>, timeZone: string, taskId?: number): Comment {
  return {
    id: read.id,
    taskId: read.task?.id ?? taskId,
    createdAtMs: parseTimePoint(read.dateTime, timeZone),
    type: read.type ?? undefined,
    fromType: read.fromType ?? undefined,
    owner: isPersonRef(read.owner?.id) ? read.owner.id : undefined,
    ownerName: read.owner?.name ?? undefined,
    html: read.description ?? '',
    recipients: {
      users: read.recipients?.users ?? [],
      groups: read.recipients?.groups ?? [],
      roles: read.recipients?.roles ?? [],
    },
    isHidden: read.isHidden ?? false,
    isDeleted: read.isDeleted ?? false,
    files: (read.files ?? []).map(({ id, name, size }) => ({ id, name: name ?? undefined, size: size ?? undefined })),
    sourceObjectId: read.sourceObjectId ?? undefined,
  };
}
