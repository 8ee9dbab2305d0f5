import { z } from 'zod';
import type { Call, CallOptions, Request } from './call.ts';
import { PlanfixError } from './errors.ts';

/** The rights of a token that messages, files and their tasks and contacts need (Planfix REST: scopes). */
export const SCOPES = [
  'task_readonly',
  'task_add',
  'task_update',
  'contact_readonly',
  'contact_add',
  'contact_update',
  'comment_readonly',
  'comment_add',
  'comment_update',
  'file_readonly',
  'file_add',
  'user_readonly',
] as const;
export type Scope = (typeof SCOPES)[number];

/** No account has so many objects. */
const NONE = 2 ** 31 - 1;
/** Not JSON: nothing can be made of it, whatever an account takes for a task, a contact or a file. */
const UNREADABLE = '{';
const ID_ONLY = { fields: 'id' };

/**
 * A call for each scope that has no effect: about an object that does not exist, or with a body that cannot be read.
 * With the scope it is refused for that; without it, because of the scope.
 */
const PROBES: Readonly<Record<Scope, Pick<Request<unknown>, 'method' | 'path' | 'query' | 'body'>>> = {
  task_readonly: { method: 'GET', path: `/task/${NONE}`, query: ID_ONLY },
  task_add: { method: 'POST', path: '/task/', body: UNREADABLE },
  task_update: { method: 'POST', path: `/task/${NONE}`, query: { silent: true }, body: {} },
  contact_readonly: { method: 'GET', path: `/contact/${NONE}`, query: ID_ONLY },
  contact_add: { method: 'POST', path: '/contact/', body: UNREADABLE },
  contact_update: { method: 'POST', path: `/contact/${NONE}`, query: { silent: true }, body: {} },
  comment_readonly: { method: 'POST', path: `/task/${NONE}/comments/list`, body: { pageSize: 1, ...ID_ONLY } },
  comment_add: { method: 'POST', path: `/task/${NONE}/comments/`, query: { silent: true }, body: {} },
  comment_update: { method: 'POST', path: `/task/${NONE}/comments/${NONE}`, query: { silent: true }, body: {} },
  file_readonly: { method: 'GET', path: `/file/${NONE}`, query: ID_ONLY },
  file_add: { method: 'POST', path: '/file/', query: { targetType: 'task' }, body: UNREADABLE },
  user_readonly: { method: 'GET', path: `/user/${NONE}`, query: ID_ONLY },
};

export type ScopeCalls = {
  /**
   * Whether Planfix refuses calls of this kind because the token lacks the scope. Any other answer of Planfix says
   * nothing against the token, so it counts as not lacking. Throws where Planfix does not answer or takes no calls.
   */
  lacksScope: (scope: Scope, options?: CallOptions) => Promise<boolean>;
};

export function scopeCalls(call: Call): ScopeCalls {
  return {
    lacksScope: async (scope, options) => {
      try {
        await call({ ...PROBES[scope], effect: 'read', subject: 'other', schema: z.unknown() }, options);
        return false;
      } catch (error) {
        if (!(error instanceof PlanfixError)) throw error;
        if (error.refusal === 'scope-missing') return true;
        const isNoAnswer = error.httpStatus === undefined;
        if (isNoAnswer || error.kind === 'credentials-rejected' || error.kind === 'rate-limited') throw error;
        return false;
      }
    },
  };
}
