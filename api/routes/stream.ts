import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ADMIN_TOPICS, isTopic, TOPIC_WORDS } from '../../db/topics.ts';
import { hasScope, refuseBoundKey } from '../authentication.ts';
import type { ApiParts } from '../build-server.ts';
import { Problem } from '../problem-details.ts';
import { refusal } from '../shapes.ts';
import { createTopicWatch } from '../topic-watch.ts';

const MOST_TOPICS = 50;

const topicsSchema = z
  .string()
  .max(5_000)
  .transform((text) => new Set(text.split(',')))
  .refine((topics) => topics.size <= MOST_TOPICS, `must be at most ${MOST_TOPICS} topics`)
  .refine((topics) => [...topics].every(isTopic), `must be topics with commas between: ${TOPIC_WORDS.join(', ')}`)
  .describe(`Topics with commas between: ${TOPIC_WORDS.join(', ')}`);

const eventStream = {
  description: 'Server-sent events `changed`, each with the topic of which something is to be read again',
  content: { 'text/event-stream': { schema: z.string() } },
};

export function streamRoutes({ db, log, waits }: ApiParts): FastifyPluginAsyncZod {
  return async (app) => {
    const watch = createTopicWatch({ db, log, times: waits });
    app.addHook('preClose', async () => watch.close());
    app.get('', {
      config: { scope: 'read' },
      exposeHeadRoute: false,
      schema: {
        summary: 'Hear of changes while a page is open',
        tags: ['Console'],
        querystring: z.strictObject({ topics: topicsSchema }),
        response: { 200: eventStream, ...refusal },
      },
      handler: async (request, reply) => {
        const { caller, query } = request;
        // Whether something changes is known of the whole installation only.
        refuseBoundKey(caller);
        if ([...query.topics].some((topic) => ADMIN_TOPICS.has(topic)) && !hasScope(caller, 'admin')) {
          throw new Problem('forbidden', `Only administrators hear of: ${[...ADMIN_TOPICS].join(', ')}`);
        }
        const stream = await watch.listen(caller, query.topics);
        if (!stream) throw new Problem('rate-limited', 'Too many streams are open at once; close some pages');
        return (
          reply
            .type('text/event-stream')
            .header('cache-control', 'no-cache, no-transform')
            .header('x-accel-buffering', 'no')
            // The schema is for the OpenAPI document: what is streamed goes through no serializer.
            .send(stream as unknown as string)
        );
      },
    });
  };
}
