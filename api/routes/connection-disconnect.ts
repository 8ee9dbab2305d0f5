import { z } from 'zod';
import { readConnection } from '../../db/connections.ts';
import { beginDisconnect, cancelDisconnect, type Decided, decideConfirmed } from '../../db/disconnect.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { invalidField, notFound, Problem } from '../problem-details.ts';
import { idParamsSchema, refusal, type ZodApp } from '../shapes.ts';
import { connectionSchema, show } from './connection-shapes.ts';

const confirmationSchema = z
  .strictObject({
    how: z
      .enum(['owner-said', 'not-applicable'])
      .describe("`not-applicable`: the Meta app is the company's own, so that there is no partner to remove"),
  })
  .meta({ id: 'DisconnectConfirmation' });

/** `POST /v1/connections/:id/disconnect` and what follows it. */
export function addDisconnecting(app: ZodApp, parts: ApiParts): void {
  const { db } = parts;
  const common = {
    tags: ['Connections'],
    params: idParamsSchema,
    response: { 200: connectionSchema, ...refusal },
  };
  app.post('/:id/disconnect', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Disconnect, step one: nothing is sent any more, and what customers write is kept and not posted',
      description:
        'What the owner has to do outside of Parley is listed in `steps`; `queued-messages` can be sent or discarded ' +
        'meanwhile. Running mailings are stopped. The credentials are kept until step two is confirmed.',
      ...common,
    },
    handler: async ({ params: { id }, caller }) => {
      const { visibility, actor } = caller;
      return settle(parts, id, caller, await beginDisconnect(db, id, { visibility, actor }));
    },
  });
  app.post('/:id/confirm-disconnect', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Disconnect, step two: the owner has disconnected the number outside of Parley',
      description:
        'Confirmed without this where WhatsApp says so, or refuses the credentials. Then what was kept is posted, the ' +
        'subscription is removed with the last number of its account, and the credentials are destroyed.',
      ...common,
      body: confirmationSchema,
    },
    handler: async ({ params: { id }, body: { how }, caller }) => {
      const { visibility, actor } = caller;
      const decided = await decideConfirmed(db, id, { how, visibility, actor });
      if (decided.kind === 'not-applicable-here') {
        const message = 'This number is linked outside of Parley, and has to be unlinked there';
        throw invalidField('how', message, 'Do what `steps` says, and confirm with "owner-said"');
      }
      return settle(parts, id, caller, decided);
    },
  });
  app.post('/:id/cancel-disconnect', {
    config: { scope: 'write:connections' },
    schema: {
      summary: 'Take step one back, as long as step two is not confirmed; everything that waited goes on',
      description: 'Mailings that were stopped stay stopped until somebody resumes them.',
      ...common,
    },
    handler: async ({ params: { id }, caller }) => {
      const { visibility, actor } = caller;
      return settle(parts, id, caller, await cancelDisconnect(db, id, { visibility, actor }));
    },
  });
}

async function settle({ db, wakeups }: ApiParts, id: string, { visibility }: Caller, decided: Decided) {
  if (decided.kind === 'not-found') throw notFound('connection');
  if (decided.kind === 'not-possible') throw new Problem('conflict', decided.reason);
  wakeups.runs(decided.runs);
  const row = await readConnection(db, id, visibility);
  if (!row) throw notFound('connection');
  return show(row);
}
