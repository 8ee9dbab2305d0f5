import type { Answer, Call, ReceivedFile } from '../model.ts';
import { catalogueRoutes } from './catalogue-routes.ts';
import { commentRoutes } from './comment-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { fileRoutes } from './file-routes.ts';
import type { Incoming } from './receive-file.ts';
import { taskRoutes } from './task-routes.ts';

export type RestRoute = {
  method: 'GET' | 'POST' | 'DELETE';
  /** As the specification writes it, trailing slash included; the other form is accepted and noted. */
  path: string;
  /** The token's right that the method needs; null for none. */
  scope: string | null;
  /** Updates can be queued by a lock (202) and can report `failures`; creates can only drop a field silently. */
  effect: 'none' | 'create' | 'update';
  /** Takes the file that comes with the call, before anything of it has an effect. */
  receive?: (incoming: Incoming) => Promise<ReceivedFile>;
  handle: (call: Call) => Answer;
};

export const restRoutes: RestRoute[] = [
  {
    method: 'GET',
    path: '/ping',
    scope: null,
    effect: 'none',
    handle: () => ({ status: 200, body: { result: 'success' } }),
  },
  ...taskRoutes,
  ...commentRoutes,
  ...fileRoutes,
  ...contactRoutes,
  ...catalogueRoutes,
];
