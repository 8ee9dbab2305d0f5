import { readFileSync } from 'node:fs';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PROVIDERS } from '../../workflows/domain/providers.ts';
import type { ApiParts } from '../build-server.ts';
import { metaOriginsOf } from '../content-security.ts';
import { refusal } from '../shapes.ts';

/** Where the console finds what is not Parley's. */
export type ConsoleSettings = {
  graphVersion: string;
  metaSdkUrl: string;
  /** Null: nobody has told. */
  temporalUiUrl: string | null;
};

const consoleSchema = z
  .object({
    version: z.string(),
    publicUrl: z.string(),
    graphVersion: z.string(),
    metaSdkUrl: z.string(),
    metaSignupOrigins: z.array(z.string()).describe('Only messages of these origins are of Embedded Signup'),
    temporalUiUrl: z.string().nullable(),
    temporalNamespace: z.string(),
    providers: z.array(
      z.object({
        kind: z.string(),
        network: z.string(),
        hasServiceWindow: z.boolean(),
        hasTemplates: z.boolean(),
        hasReactions: z.boolean(),
        hasBusinessApp: z.boolean(),
        webhookAuthenticity: z.enum(['app-signature', 'secret-in-address']),
        setsUpNumbers: z.boolean(),
        maxTextLength: z.int(),
        maxCaptionLength: z.int(),
      }),
    ),
  })
  .meta({ id: 'Console' });

export function consoleRoutes({ publicUrl, signals, console: settings }: ApiParts): FastifyPluginAsyncZod {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const answer = {
    version,
    publicUrl,
    ...settings,
    temporalNamespace: signals.namespace,
    metaSignupOrigins: metaOriginsOf(settings.metaSdkUrl),
    providers: Object.entries(PROVIDERS).map(([kind, traits]) => ({ kind, ...traits })),
  };
  return async (app) => {
    app.get('', {
      config: { scope: 'any' },
      schema: {
        summary: 'What the console must know of this installation',
        tags: ['Console'],
        response: { 200: consoleSchema, ...refusal },
      },
      handler: async () => answer,
    });
  };
}
