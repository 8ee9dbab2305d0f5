import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { deleteCredentialCheck, insertCredentialCheck, readCredentialResult } from '../../db/credential-checks.ts';
import { readMetaApp } from '../../db/meta-apps.ts';
import type { CredentialField, CredentialInput, CredentialReport } from '../../workflows/domain/credentials.ts';
import { ADDRESSED_PROVIDERS, isAddressed, SIGNED_PROVIDERS } from '../../workflows/domain/providers.ts';
import type { Caller } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { waitForRow } from '../live-checks.ts';
import { invalidField, Problem } from '../problem-details.ts';
import { findingSchema, maybeTimeSchema, metaIdSchema, refusal, secretSchema, uuidSchema } from '../shapes.ts';
import { phoneSchema, pinSchema } from './connection-shapes.ts';
import { listedNumberSchema, showNumber } from './number-shapes.ts';

const inputSchema = z
  .discriminatedUnion('provider', [
    z.strictObject({
      provider: z.enum(SIGNED_PROVIDERS),
      metaAppId: uuidSchema.optional(),
      accessToken: secretSchema.optional(),
      wabaId: metaIdSchema.optional(),
      phoneNumberId: metaIdSchema.optional(),
      pin: pinSchema.optional(),
    }),
    z.strictObject({
      provider: z.enum(ADDRESSED_PROVIDERS),
      phone: phoneSchema.optional(),
      apiKey: secretSchema.optional(),
    }),
  ])
  .meta({ id: 'CredentialInput' });

const reportSchema = z
  .object({
    findings: z.array(
      z.object({
        field: z.string().describe('The field of the request that this is about'),
        ok: z.boolean(),
        isWarning: z.boolean().describe('True, yet the number can be connected'),
        code: z.string(),
        detail: z.string().optional().describe('What the message names beside what the code says'),
        because: findingSchema.optional().describe('What `detail` says, by code, where it is a sentence'),
        message: z.string(),
        remedy: z.string().optional(),
      }),
    ),
    facts: z.object({
      token: z
        .object({ expiresAt: maybeTimeSchema, scopes: z.array(z.string()), appId: z.string().nullable() })
        .optional(),
      accounts: z.array(z.object({ id: z.string(), name: z.string().nullable() })).optional(),
      numbers: z.array(listedNumberSchema).optional(),
    }),
  })
  .meta({ id: 'CredentialReport' });

type Body = z.infer<typeof inputSchema>;

/** `POST /v1/credential-checks`: what somebody is typing, looked at live. Nothing of it stays stored. */
export function credentialCheckRoutes(parts: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    app.post('', {
      config: { scope: 'write:connections' },
      schema: {
        summary: 'Look live at credentials of a number, as far as they are typed in; nothing is kept',
        description: 'A 202 means that the outcome is not known within 25 s: ask again.',
        tags: ['Connections'],
        body: inputSchema,
        response: { 200: reportSchema, 202: reportSchema, ...refusal },
      },
      handler: async (request, reply) => {
        const report = await check(parts, request.body, request.caller);
        return reply.code(report ? 200 : 202).send(show(request.body, report ?? { findings: [] }));
      },
    });
  };
}

async function check(parts: ApiParts, body: Body, { visibility }: Caller): Promise<CredentialReport | undefined> {
  const { db, secrets, signals, rowEvents, waits } = parts;
  if (!isAddressed(body) && body.metaAppId !== undefined) {
    const app = await readMetaApp(db, body.metaAppId, visibility);
    if (!app) throw invalidField('metaAppId', 'There is no Meta app with this id', 'Use an id from GET /v1/meta-apps');
  }
  const id = await insertCredentialCheck(db, secrets.seal(JSON.stringify(toInput(body))));
  try {
    await signals.lookAt({ kind: 'credential-check', id }).catch(() => {
      throw new Problem('unavailable', 'Temporal is not reachable, so nothing can be checked; try again in a moment');
    });
    const read = () => readCredentialResult(db, id);
    const isSettled = (result: unknown) => result !== undefined;
    const result = await waitForRow(rowEvents, { id, forMs: waits.liveCheckMs, read, isSettled });
    return result as CredentialReport | undefined;
  } finally {
    await deleteCredentialCheck(db, id);
  }
}

/** In the words that all providers share. */
function toInput(body: Body): CredentialInput {
  if (isAddressed(body)) {
    const { provider, phone, apiKey } = body;
    return { provider, accountId: phone, numberId: phone, accessToken: apiKey };
  }
  const { wabaId: accountId, phoneNumberId: numberId, ...rest } = body;
  return { ...rest, accountId, numberId };
}

type FieldNames = Partial<Record<CredentialField, string>>;
const SIGNED_FIELDS: FieldNames = { accountId: 'wabaId', numberId: 'phoneNumberId' };
const ADDRESSED_FIELDS: FieldNames = { accessToken: 'apiKey', accountId: 'phone', numberId: 'phone' };

function show(body: Body, { findings, token, accounts, numbers }: CredentialReport) {
  const names = isAddressed(body) ? ADDRESSED_FIELDS : SIGNED_FIELDS;
  return {
    findings: findings.map((found) => ({ ...found, field: names[found.field] ?? found.field })),
    facts: {
      ...(token === undefined
        ? {}
        : {
            token: {
              expiresAt: token.expiresAtMs === null ? null : new Date(token.expiresAtMs).toISOString(),
              scopes: [...token.scopes],
              appId: token.appId,
            },
          }),
      ...(accounts === undefined ? {} : { accounts: accounts.map(({ id, name = null }) => ({ id, name })) }),
      ...(numbers === undefined ? {} : { numbers: numbers.map(showNumber) }),
    },
  };
}
