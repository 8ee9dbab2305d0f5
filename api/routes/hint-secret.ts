import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { replaceHintSecret } from '../../db/planfix-accounts.ts';
import type { ApiParts } from '../build-server.ts';
import { notFound } from '../problem-details.ts';
import { idParamsSchema, refusal, type ZodApp } from '../shapes.ts';

const HINT_SECRET_BYTES = 32;

export const makeHintSecret = () => randomBytes(HINT_SECRET_BYTES).toString('base64url');

export const hintSecretSchema = z.string().describe('For the header X-Parley-Secret; shown only here');

/** For a secret that was lost, or that somebody saw. */
export function addHintSecret(app: ZodApp, { db, secrets }: ApiParts): void {
  app.post('/:id/hint-secret', {
    config: { scope: 'write:planfix-accounts' },
    schema: {
      summary: 'Make a new secret for hints; within seconds the old one is refused',
      description: 'Until the scenario in Planfix has the new one, comments are found by the poll, within a minute.',
      tags: ['Planfix accounts'],
      params: idParamsSchema,
      response: { 200: z.object({ hintSecret: hintSecretSchema }).meta({ id: 'HintSecret' }), ...refusal },
    },
    handler: async ({ params, caller }) => {
      const hintSecret = makeHintSecret();
      const sealed = secrets.seal(hintSecret);
      const replaced = await replaceHintSecret(db, params.id, { hintSecret: sealed, ...caller });
      if (!replaced) throw notFound('Planfix account');
      return { hintSecret };
    },
  });
}
