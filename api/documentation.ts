import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes a form as well: its JSON as one part, a file as the other. */
    form?: { json: string; file: string; fileType: string };
  }
}

const DESCRIPTION = `Programs send \`Authorization: Bearer <key>\`; the console uses the
cookie of a session, and \`X-CSRF-Token\` with it. Every write takes an \`Idempotency-Key\`: the same request
with the same key is done once and answered alike for 24 hours. Refusals are \`application/problem+json\` and name each
wrong field with its remedy. Lists are pages: pass \`nextCursor\` on as \`cursor\`.`;

const IDEMPOTENCY_HEADER = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Any word of your own: the same request with the same key is done once',
    },
  },
};

/** Every write of the API takes the header, which is read by a hook and therefore stands in no route's schema. */
const transform: typeof jsonSchemaTransform = (document) => {
  const { schema, url } = jsonSchemaTransform(document);
  const { method, config } = document.route;
  const isWrite = url.startsWith('/v1/') && method !== 'GET' && method !== 'HEAD';
  return {
    schema: {
      ...schema,
      ...(isWrite && config?.keepsNothing !== true ? { headers: IDEMPOTENCY_HEADER } : {}),
      ...(config?.form && schema ? { body: bodyOrForm(schema.body, config.form) } : {}),
    },
    url,
  };
};

type Form = NonNullable<FastifyContextConfig['form']>;

/** A part that is an object is JSON. */
const bodyOrForm = (json: unknown, form: Form) => ({
  content: {
    'application/json': { schema: json },
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: {
          [form.json]: json,
          [form.file]: { type: 'string', format: 'binary', contentMediaType: form.fileType },
        },
        required: [form.json, form.file],
        additionalProperties: false,
      },
    },
  },
});

const ANSWERS: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Made',
  202: 'The outcome is not known in time; read it in a moment',
  204: 'Done',
};

/** Says what answers mean, and leaves out schemas that only the generator had a use for. */
const transformObject: typeof jsonSchemaTransformObject = (input) => {
  const document = jsonSchemaTransformObject(input) as OpenApiDocument;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (answer.description === 'Default Response') answer.description = ANSWERS[status] ?? 'Done';
    }
  }
  const { schemas } = document.components;
  let unused: string[];
  do {
    const text = JSON.stringify(document);
    unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    for (const name of unused) delete schemas[name];
  } while (unused.length > 0);
  return document as ReturnType<typeof jsonSchemaTransformObject>;
};

type OpenApiDocument = {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
  components: { schemas: Record<string, unknown> };
};

/** The OpenAPI document at `/openapi.json`, made from the schemas of the routes, and a page to read it at `/docs`. */
export async function documentRoutes(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Parley', version: '1', description: DESCRIPTION },
      servers: [{ url: publicUrl }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'parley_session' },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform,
    transformObject,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: (policy) => policy.replace('upgrade-insecure-requests;', ''),
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
