import { spawnSync } from 'node:child_process';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { NODE, ROOT } from './folders.ts';

export const API_TYPES_FILE = join(ROOT, 'web', 'api', 'schema.generated.ts');

const HEAD = '/** Types of the HTTP API, made from its OpenAPI document by `npm run generate-api-types`. */\n';

/** The console's types of the HTTP API, as the routes of this checkout have it. */
export async function makeApiTypes(): Promise<string> {
  const printed = spawnSync(NODE, [join(ROOT, 'api', 'print-openapi.ts')], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (printed.status !== 0) throw new Error(`the OpenAPI document cannot be made: ${printed.stderr}`);
  const { default: openapiTS, astToString } = await loadGenerator();
  const nodes = await openapiTS(JSON.parse(printed.stdout), { alphabetize: true, defaultNonNullable: false });
  return HEAD + astToString(nodes);
}

/** The generator writes by the compiler API of TypeScript 5, which TypeScript 7 does not have any more. */
async function loadGenerator(): Promise<typeof import('openapi-typescript')> {
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name === 'typescript' ? 'typescript-of-openapi' : name, context),
  });
  try {
    return await import('openapi-typescript');
  } finally {
    hooks.deregister();
  }
}
