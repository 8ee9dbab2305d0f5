import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ChannelEvent } from '../../activities/channels/channel.ts';
import { channelWebhooks } from '../../activities/channels/webhooks.ts';
import { noteCanary } from '../../db/canary.ts';
import { findWebhookConnections, type WebhookConnection } from '../../db/connections.ts';
import { readMetaAppSecrets } from '../../db/meta-apps.ts';
import { createBriefCache } from '../brief-cache.ts';
import type { ApiParts } from '../build-server.ts';
import { empty, leaveUnchecked, plainText } from '../plain-answers.ts';
import { rawBodyOf, withinMs } from '../raw-body.ts';
import { toEventInputs } from '../webhook-events.ts';
import { webhookReceiver } from '../webhook-receiver.ts';

/** A changed secret or state of a connection is known after this long at most. */
const REMEMBERED_MS = 2_000;
const LOOK_MS = 5_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const PROVIDER = 'whatsapp-cloud';
const webhook = channelWebhooks[PROVIDER];

const verificationSchema = {
  summary: 'Meta asks whether this address is ours; answered with the challenge',
  tags: ['Webhooks'],
  security: [],
  response: { 200: plainText('The challenge'), 403: empty('Another verify token'), 404: empty('No such Meta app') },
};
const deliverySchema = {
  summary: 'Meta tells of messages and statuses',
  description: 'Signed by `X-Hub-Signature-256` over the bytes as they come. Taken whole or not at all.',
  tags: ['Webhooks'],
  security: [],
  headers: z.object({ 'x-hub-signature-256': z.string().describe('sha256=<64 hexadecimal digits>') }),
  body: z.looseObject({ object: z.string(), entry: z.array(z.unknown()) }),
  response: {
    200: empty('Stored, every item of it'),
    401: empty('The signature is not that of the app'),
    404: empty('No such Meta app'),
    413: empty('Larger than anything that Meta sends'),
    503: empty('Nothing is stored; send it again'),
  },
};

type AppSecrets = { appSecret: string; verifyToken: string };
type AppParams = { Params: { metaAppId: string } };

/** `GET` and `POST /webhooks/meta/:metaAppId`. Answers have no body: what is wrong is told to nobody outside. */
export function metaWebhookRoutes(parts: ApiParts): (app: FastifyInstance) => Promise<void> {
  const findSecrets = createSecretsFinder(parts);
  const findConnections = createConnectionFinder(parts);
  const { answer, take, prepare } = webhookReceiver(parts, 'meta');

  async function receive(request: FastifyRequest<AppParams>, reply: FastifyReply): Promise<FastifyReply> {
    const { metaAppId } = request.params;
    const body = rawBodyOf(request);
    const secrets = await findSecrets(metaAppId);
    if (!secrets) return answer(reply, 404, 'unknown-receiver');
    if (!webhook.verify({ headers: request.headers, body }, [secrets.appSecret])) {
      return answer(reply, 401, 'bad-signature');
    }
    return take(reply, body, async () => {
      const events = webhook.parse(body);
      const connections = await findConnections(metaAppId, events);
      return toEventInputs(events, { sourceId: metaAppId, provider: PROVIDER, connections });
    });
  }

  async function verify(request: FastifyRequest<AppParams>, reply: FastifyReply): Promise<FastifyReply> {
    const secrets = await findSecrets(request.params.metaAppId);
    if (!secrets) return answer(reply, 404, 'unknown-receiver');
    const challenge = webhook.challenge(request.query as Record<string, unknown>, secrets.verifyToken);
    if (challenge === undefined) return answer(reply, 403, 'challenge-refused');
    // Whoever connects a number waits for it. The answer is due in any case: a row that is not written is no reason.
    await withinMs(LOOK_MS, noteCanary(parts.db, request.params.metaAppId)).catch((error: unknown) =>
      request.log.warn({ err: error }, 'a call of the network was not noted'),
    );
    return answer(reply, 200, 'challenge-answered', challenge);
  }

  return async (app) => {
    prepare(app);
    app.get<AppParams>('/:metaAppId', { schema: verificationSchema, exposeHeadRoute: false }, verify);
    app.post<AppParams>('/:metaAppId', { schema: deliverySchema, validatorCompiler: leaveUnchecked }, receive);
  };
}

function createSecretsFinder({ db, secrets }: ApiParts) {
  const remembered = createBriefCache<AppSecrets>(REMEMBERED_MS);
  return async (metaAppId: string): Promise<AppSecrets | undefined> => {
    const known = remembered.get(metaAppId);
    if (known) return known;
    const sealed = UUID.test(metaAppId) ? await withinMs(LOOK_MS, readMetaAppSecrets(db, metaAppId)) : undefined;
    if (!sealed) return undefined;
    const opened = { appSecret: secrets.open(sealed.appSecret), verifyToken: secrets.open(sealed.verifyToken) };
    remembered.set(metaAppId, opened);
    return opened;
  };
}

/** The connections of the numbers that these events name, by the provider's id of the number. */
function createConnectionFinder({ db }: ApiParts) {
  const remembered = createBriefCache<WebhookConnection>(REMEMBERED_MS);
  return async (metaAppId: string, events: readonly ChannelEvent[]): Promise<Map<string, WebhookConnection>> => {
    const found = new Map<string, WebhookConnection>();
    const missing: string[] = [];
    for (const number of new Set(events.flatMap((event) => event.connectionKey ?? []))) {
      const known = remembered.get(`${metaAppId}|${number}`);
      if (known) found.set(number, known);
      else missing.push(number);
    }
    for (const connection of await withinMs(LOOK_MS, findWebhookConnections(db, metaAppId, missing))) {
      found.set(connection.phoneNumberId, connection);
      // Only what will hardly change is remembered: a draft is connected a moment later.
      if (connection.state === 'connected') remembered.set(`${metaAppId}|${connection.phoneNumberId}`, connection);
    }
    return found;
  };
}
