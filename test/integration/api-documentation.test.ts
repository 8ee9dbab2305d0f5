import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiWorld, aNewAccount, startApiWorld } from './api-world.ts';

type Operation = {
  summary?: string;
  tags?: string[];
  security?: unknown[];
  parameters?: { in: string; name: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content: Record<string, { schema?: unknown }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: unknown }> }>;
};
type OpenApi = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

let world: ApiWorld;
let document: OpenApi;
beforeAll(async () => {
  world = await startApiWorld();
  document = (await world.call('GET', '/openapi.json', { key: null })).body as unknown as OpenApi;
});
afterAll(() => world.close());

/** What a generator of clients would stumble over. */
function faultsOf({ openapi, paths, components }: OpenApi): string[] {
  const faults = /^3\.1\.\d$/.test(openapi) ? [] : [`version ${openapi}`];
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      faults.push(...faultsOfOperation(path, operation).map((fault) => `${method} ${path}: ${fault}`));
    }
  }
  for (const [, name] of JSON.stringify(paths)
    .concat(JSON.stringify(components))
    .matchAll(/"\$ref":"([^"]+)"/g)) {
    const known = name?.replace('#/components/schemas/', '') ?? '';
    if (!Object.hasOwn(components.schemas, known)) faults.push(`no schema ${name}`);
  }
  return faults;
}

function faultsOfOperation(path: string, operation: Operation): string[] {
  const { summary, tags, parameters = [], requestBody, responses } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parameters.filter((one) => one.in === 'path' && one.required).map((one) => one.name);
  const contents = [requestBody?.content, ...Object.values(responses).map((response) => response.content)];
  return [
    ...(summary ? [] : ['no summary']),
    ...(tags?.length === 1 ? [] : ['not one tag']),
    ...(JSON.stringify(inPath) === JSON.stringify(declared) ? [] : ['other path parameters than in its path']),
    ...(parameters.every((one) => one.schema) ? [] : ['a parameter without a schema']),
    ...(Object.values(responses).every((one) => one.description) ? [] : ['an answer without a description']),
    ...(contents.flatMap((content) => Object.values(content ?? {})).every((one) => one.schema)
      ? []
      : ['a body without a schema']),
    ...(path.startsWith('/v1/') && !responses.default ? ['no refusal'] : []),
  ];
}

const OPERATIONS = [
  'delete /v1/api-keys/{id}',
  'delete /v1/opt-outs/{id}',
  'delete /v1/session',
  'get /health/live',
  'get /health/ready',
  'get /metrics',
  'get /v1/api-keys',
  'get /v1/api-keys/{id}',
  'get /v1/audit-entries',
  'get /v1/connections',
  'get /v1/connections/{id}',
  'get /v1/connections/{id}/queued-messages',
  'get /v1/console',
  'get /v1/conversations',
  'get /v1/conversations/starts/{id}',
  'get /v1/conversations/{id}',
  'get /v1/embedded-signups/{id}',
  'get /v1/events',
  'get /v1/mailings',
  'get /v1/mailings/{id}',
  'get /v1/mailings/{id}/recipients',
  'get /v1/messages',
  'get /v1/messages/{id}',
  'get /v1/meta-apps',
  'get /v1/meta-apps/{id}',
  'get /v1/operators',
  'get /v1/operators/{id}',
  'get /v1/opt-outs',
  'get /v1/opt-outs/{id}',
  'get /v1/planfix-accounts',
  'get /v1/planfix-accounts/{id}',
  'get /v1/planfix-accounts/{id}/choices',
  'get /v1/problems',
  'get /v1/problems/kinds',
  'get /v1/problems/{id}',
  'get /v1/session',
  'get /v1/sign-in-options',
  'get /v1/single-sign-on',
  'get /v1/single-sign-on/callback',
  'get /v1/status',
  'get /v1/stream',
  'get /v1/templates',
  'get /v1/templates/{id}',
  'get /webhooks/meta/{metaAppId}',
  'patch /v1/connections/{id}',
  'patch /v1/meta-apps/{id}',
  'patch /v1/operators/{id}',
  'patch /v1/planfix-accounts/{id}',
  'patch /v1/session',
  'post /v1/api-keys',
  'post /v1/connections',
  'post /v1/connections/{id}/cancel-disconnect',
  'post /v1/connections/{id}/check',
  'post /v1/connections/{id}/confirm-disconnect',
  'post /v1/connections/{id}/disconnect',
  'post /v1/connections/{id}/queued-messages/discard',
  'post /v1/connections/{id}/queued-messages/send',
  'post /v1/conversations',
  'post /v1/credential-checks',
  'post /v1/embedded-signups',
  'post /v1/embedded-signups/{id}/code',
  'post /v1/embedded-signups/{id}/finish',
  'post /v1/mailings',
  'post /v1/mailings/{id}/cancel',
  'post /v1/mailings/{id}/pause',
  'post /v1/mailings/{id}/resume',
  'post /v1/messages',
  'post /v1/meta-apps',
  'post /v1/operators',
  'post /v1/operators/{id}/sign-in-link',
  'post /v1/opt-outs',
  'post /v1/planfix-accounts',
  'post /v1/planfix-accounts/{id}/check',
  'post /v1/planfix-accounts/{id}/choices/refresh',
  'post /v1/planfix-accounts/{id}/hint-secret',
  'post /v1/problems/decide',
  'post /v1/problems/retry',
  'post /v1/problems/{id}/discard',
  'post /v1/problems/{id}/resend',
  'post /v1/problems/{id}/retry',
  'post /v1/problems/{id}/send',
  'post /v1/session',
  'post /v1/sign-in-links/look',
  'post /v1/sign-in-links/use',
  'post /v1/templates/sync',
  'post /webhooks/dialog360/{connectionId}',
  'post /webhooks/dialog360/{connectionId}/{secret}',
  'post /webhooks/meta/{metaAppId}',
  'post /webhooks/planfix/{planfixAccountId}',
  'post /webhooks/planfix/{planfixAccountId}/send',
  'put /v1/conversations/{id}/planfix-task',
];

describe('the OpenAPI document', () => {
  it('names every route', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual(OPERATIONS);
  });

  it('has no faults, which would be seen', () => {
    expect(faultsOf(document)).toEqual([]);
    const spoilt = structuredClone(document);
    delete spoilt.components.schemas.Message;
    delete spoilt.paths['/v1/messages/{id}']?.get?.parameters;
    delete spoilt.paths['/v1/events']?.get?.summary;
    expect(new Set(faultsOf(spoilt))).toEqual(
      new Set([
        'no schema #/components/schemas/Message',
        'get /v1/messages/{id}: other path parameters than in its path',
        'get /v1/events: no summary',
      ]),
    );
  });

  it('asks for a key wherever one is needed, and nowhere else', async () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const isOpen = operation.security?.length === 0;
        const id = '00000000-0000-7000-8000-000000000000';
        const { status, body } = await world.call(method.toUpperCase(), path.replace(/\{\w+\}/, id), { key: null });
        expect([path, body.type === 'urn:parley:problem:unauthenticated']).toEqual([path, !isOpen]);
        expect(status).not.toBe(500);
      }
    }
  });

  it('describes what is answered', async () => {
    const { body } = await world.call('POST', '/v1/planfix-accounts', { body: aNewAccount() });
    const schema = document.components.schemas.CreatedPlanfixAccount as { required: string[] };
    expect(Object.keys(body).sort()).toEqual(schema.required.toSorted());
  });

  it('says that writes take an Idempotency-Key', () => {
    const names = (path: string, method: string) =>
      document.paths[path]?.[method]?.parameters?.map((parameter) => parameter.name) ?? [];
    expect(names('/v1/connections', 'post')).toEqual(['idempotency-key']);
    expect(names('/v1/connections', 'get')).not.toContain('idempotency-key');
  });

  it('describes the form that a list of recipients is uploaded with', () => {
    const content = (path: string) => document.paths[path]?.post?.requestBody?.content ?? {};
    const { 'application/json': json, 'multipart/form-data': form } = content('/v1/mailings');
    expect(form?.schema).toMatchObject({
      properties: { mailing: json?.schema, recipients: { type: 'string', format: 'binary' } },
      required: ['mailing', 'recipients'],
    });
    // Control: other writes take JSON only.
    expect(Object.keys(content('/v1/messages'))).toEqual(['application/json']);
  });

  it('can be read as a page', async () => {
    const page = await world.call('GET', '/docs', { key: null });
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
    for (const [, address] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await fetch(new URL(String(address), `${world.url}/docs`));
      expect([address, asset.status]).toEqual([address, 200]);
    }
  });
});

describe('the health pages', () => {
  it('name the part that is not there, and live on without it', async () => {
    const ready = () => world.call('GET', '/health/ready', { key: null });
    expect(await ready()).toMatchObject({
      status: 200,
      body: { ready: true, postgres: true, migrations: true, temporal: true },
    });
    world.beyond.away = true;
    expect(await ready()).toMatchObject({
      status: 503,
      body: { ready: false, postgres: true, migrations: true, temporal: false },
    });
    expect(await world.call('GET', '/health/live', { key: null })).toMatchObject({ status: 200, body: { live: true } });
    world.beyond.away = false;
  });

  it('measure by route patterns, never by addresses', async () => {
    await world.call('GET', '/v1/messages/00000000-0000-7000-8000-000000000000');
    const { text } = await world.call('GET', '/metrics', { key: null });
    expect(text).toContain('route="/v1/messages/:id"');
    expect(text).not.toContain('00000000-0000');
  });
});
