import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type AuditRow, listAudit } from '../../db/audit-list.ts';
import { refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import {
  pageQuery,
  pageSchema,
  refusal,
  showPage,
  showTime,
  timeSchema,
  toPageRequest,
  uuidSchema,
} from '../shapes.ts';

const word = z.string().trim().min(1).max(100).optional();
const momentSchema = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
const filterSchema = z.strictObject({
  ...pageQuery,
  actor: word.describe('`operator:<id>`, `api-key:<id>`, `admin` (the bootstrap key) or `parley`'),
  action: word,
  subjectKind: word,
  subjectId: uuidSchema.optional(),
  from: momentSchema.describe('From this time on'),
  until: momentSchema.describe('Before this time'),
});
const entrySchema = z
  .object({
    id: z.uuid(),
    at: timeSchema,
    actor: z.string(),
    actorName: z.string().nullable().describe('Of the operator or API key'),
    action: z.string(),
    subjectKind: z.string(),
    subjectId: z.uuid().nullable(),
    detail: z.record(z.string(), z.unknown()).nullable().describe('Which fields were changed, and the like'),
  })
  .meta({ id: 'AuditEntry' });

const show = (row: AuditRow) => ({
  ...row,
  at: showTime(row.at),
  detail: row.detail as Record<string, unknown> | null,
});

export function auditEntryRoutes({ db }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('', {
      config: { scope: 'admin' },
      schema: {
        summary: 'List who changed what, newest first',
        tags: ['Audit'],
        querystring: filterSchema,
        response: { 200: pageSchema(entrySchema), ...refusal },
      },
      handler: async (request) => {
        refuseBoundKey(request.caller);
        const { cursor, limit, ...filter } = request.query;
        return showPage(await listAudit(db, filter, toPageRequest({ cursor, limit })), show);
      },
    });
  };
}
