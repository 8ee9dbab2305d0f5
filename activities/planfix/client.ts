import { type ClientOptions, createCall } from './call.ts';
import { type CommentCalls, commentCalls } from './comments.ts';
import { type ContactCalls, contactCalls } from './contacts.ts';
import { type DirectoryCalls, directoryCalls } from './directory.ts';
import { type FileCalls, fileCalls } from './files.ts';
import { pingCall } from './ping.ts';
import { type ScopeCalls, scopeCalls } from './scopes.ts';
import { type TaskCalls, taskCalls } from './tasks.ts';

export type PlanfixClient = ContactCalls &
  TaskCalls &
  CommentCalls &
  FileCalls &
  DirectoryCalls &
  ScopeCalls &
  ReturnType<typeof pingCall>;

/**
 * The REST API of one Planfix account. Costs nothing to make, holds no connection and no state. Every function throws
 * PlanfixError (or what the gate throws) and makes one request, or one for each page, each behind the gate.
 */
export function createPlanfixClient(options: ClientOptions): PlanfixClient {
  const call = createCall(options);
  return {
    ...pingCall(call),
    ...contactCalls(call, options),
    ...taskCalls(call, options),
    ...commentCalls(call, options),
    ...fileCalls(call, options),
    ...directoryCalls(call),
    ...scopeCalls(call),
  };
}
