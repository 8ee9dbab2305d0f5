import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { insertMetaApp, listMetaApps, type MetaAppRow, readMetaApp, updateMetaApp } from '../../db/meta-apps.ts';
import { refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound, Problem } from '../problem-details.ts';
import {
  idParamsSchema,
  metaIdSchema,
  pageQuery,
  pageSchema,
  refusal,
  secretSchema,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
} from '../shapes.ts';

const newAppSchema = z
  .strictObject({ appId: metaIdSchema, appSecret: secretSchema, verifyToken: secretSchema })
  .meta({ id: 'NewMetaApp' });
const changesSchema = z
  .strictObject({ appSecret: secretSchema.optional(), verifyToken: secretSchema.optional() })
  .meta({ id: 'MetaAppChanges' });
const appSchema = z
  .object({
    id: z.uuid(),
    appId: z.string(),
    webhookUrl: z.string().describe('The callback address to enter at Meta'),
    createdAt: timeSchema,
  })
  .meta({ id: 'MetaApp' });

export function metaAppRoutes({ db, secrets, publicUrl }: ApiParts): FastifyPluginAsyncZod {
  const show = (row: MetaAppRow) => ({
    ...row,
    webhookUrl: `${publicUrl}/webhooks/meta/${row.id}`,
    createdAt: showTime(row.createdAt),
  });

  return async (app) => {
    app.post('/', {
      config: { scope: 'write:meta-apps' },
      schema: {
        summary: 'Make a Meta app known, whose webhooks Parley is to accept',
        tags: ['Meta apps'],
        body: newAppSchema,
        response: { 201: appSchema, ...refusal },
      },
      handler: async (request, reply) => {
        refuseBoundKey(request.caller);
        const { appId, appSecret, verifyToken } = request.body;
        const sealed = { appId, appSecret: secrets.seal(appSecret), verifyToken: secrets.seal(verifyToken) };
        const row = await insertMetaApp(db, sealed, request.caller.actor);
        if (!row) throw new Problem('conflict', 'A Meta app with this appId exists already');
        return reply.code(201).header('location', `/v1/meta-apps/${row.id}`).send(show(row));
      },
    });
    app.get('/', {
      config: { scope: 'read' },
      schema: {
        summary: 'List Meta apps, newest first',
        tags: ['Meta apps'],
        querystring: z.strictObject(pageQuery),
        response: { 200: pageSchema(appSchema), ...refusal },
      },
      handler: async (request) =>
        showPage(await listMetaApps(db, request.caller.visibility, toPageRequest(request.query)), show),
    });
    app.get('/:id', {
      config: { scope: 'read' },
      schema: {
        summary: 'One Meta app',
        tags: ['Meta apps'],
        params: idParamsSchema,
        response: { 200: appSchema, ...refusal },
      },
      handler: async (request) => {
        const row = await readMetaApp(db, request.params.id, request.caller.visibility);
        if (!row) throw notFound('Meta app');
        return show(row);
      },
    });
    app.patch('/:id', {
      config: { scope: 'write:meta-apps' },
      schema: {
        summary: 'Change the secret or the verify token of a Meta app',
        tags: ['Meta apps'],
        params: idParamsSchema,
        body: changesSchema,
        response: { 200: appSchema, ...refusal },
      },
      handler: async (request) => {
        refuseBoundKey(request.caller);
        const { appSecret, verifyToken } = request.body;
        if (appSecret !== undefined || verifyToken !== undefined) {
          const changes = {
            ...(appSecret === undefined ? {} : { appSecret: secrets.seal(appSecret) }),
            ...(verifyToken === undefined ? {} : { verifyToken: secrets.seal(verifyToken) }),
          };
          await updateMetaApp(db, request.params.id, changes, request.caller.actor);
        }
        const row = await readMetaApp(db, request.params.id, request.caller.visibility);
        if (!row) throw notFound('Meta app');
        return show(row);
      },
    });
  };
}
