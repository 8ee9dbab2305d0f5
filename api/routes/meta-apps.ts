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
  type ZodApp,
} from '../shapes.ts';

/** Meta's own are a few words. */
const MAX_EXTRAS_CHARACTERS = 5_000;

const newAppSchema = z
  .strictObject({
    appId: metaIdSchema.describe('The App ID on the dashboard of the Meta app'),
    appSecret: secretSchema.describe('Signs the webhooks; App settings, Basic'),
    verifyToken: secretSchema.describe('A word of your own, to be entered at Meta beside the callback address'),
  })
  .meta({ id: 'NewMetaApp' });
const extrasSchema = z
  .record(z.string(), z.unknown())
  .refine((extras) => JSON.stringify(extras).length <= MAX_EXTRAS_CHARACTERS, 'is too long');
const signupSettingsSchema = z.strictObject({
  configurationId: metaIdSchema.describe('Of the configuration at Facebook Login for Business'),
  extras: extrasSchema.default({ setup: {} }).describe('`extras` of `FB.login` for a new number'),
  businessAppExtras: extrasSchema
    .default({ setup: {}, featureType: 'whatsapp_business_app_onboarding', sessionInfoVersion: '3' })
    .describe('The same for a number that is in the WhatsApp Business app'),
});
const changesSchema = z
  .strictObject({
    appSecret: secretSchema.optional(),
    verifyToken: secretSchema.optional(),
    embeddedSignup: signupSettingsSchema.nullable().optional().describe('null: numbers are connected by token only'),
  })
  .meta({ id: 'MetaAppChanges' });
const appSchema = z
  .object({
    id: z.uuid(),
    appId: z.string(),
    webhookUrl: z.string().describe('The callback address to enter at Meta'),
    embeddedSignup: z
      .object({
        configurationId: z.string(),
        extras: z.record(z.string(), z.unknown()),
        businessAppExtras: z.record(z.string(), z.unknown()),
      })
      .nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'MetaApp' });

export function metaAppRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    addCreation(app, parts);
    addReading(app, parts);
    addChange(app, parts);
  };
}

const show = (row: MetaAppRow, { publicUrl }: ApiParts) => ({
  ...row,
  webhookUrl: `${publicUrl}/webhooks/meta/${row.id}`,
  createdAt: showTime(row.createdAt),
});

function addCreation(app: ZodApp, parts: ApiParts): void {
  const { db, secrets } = parts;
  app.post('', {
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
      return reply.code(201).header('location', `/v1/meta-apps/${row.id}`).send(show(row, parts));
    },
  });
}

function addReading(app: ZodApp, parts: ApiParts): void {
  const { db } = parts;
  app.get('', {
    config: { scope: 'read' },
    schema: {
      summary: 'List Meta apps, newest first',
      tags: ['Meta apps'],
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(appSchema), ...refusal },
    },
    handler: async (request) => {
      const page = await listMetaApps(db, request.caller.visibility, toPageRequest(request.query));
      return showPage(page, (row) => show(row, parts));
    },
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
      return show(row, parts);
    },
  });
}

function addChange(app: ZodApp, parts: ApiParts): void {
  const { db, secrets } = parts;
  app.patch('/:id', {
    config: { scope: 'write:meta-apps' },
    schema: {
      summary: 'Change secret, verify token or Embedded Signup of a Meta app; webhooks are checked anew within seconds',
      tags: ['Meta apps'],
      params: idParamsSchema,
      body: changesSchema,
      response: { 200: appSchema, ...refusal },
    },
    handler: async (request) => {
      refuseBoundKey(request.caller);
      const { appSecret, verifyToken, embeddedSignup } = request.body;
      if (appSecret !== undefined || verifyToken !== undefined || embeddedSignup !== undefined) {
        const changes = {
          ...(appSecret === undefined ? {} : { appSecret: secrets.seal(appSecret) }),
          ...(verifyToken === undefined ? {} : { verifyToken: secrets.seal(verifyToken) }),
          ...(embeddedSignup === undefined ? {} : { embeddedSignup }),
        };
        await updateMetaApp(db, request.params.id, changes, request.caller.actor);
      }
      const row = await readMetaApp(db, request.params.id, request.caller.visibility);
      if (!row) throw notFound('Meta app');
      return show(row, parts);
    },
  });
}
