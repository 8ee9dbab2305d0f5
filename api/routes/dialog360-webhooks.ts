import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ChannelEvent } from '../../activities/channels/channel.ts';
import { channelWebhooks } from '../../activities/channels/webhooks.ts';
import { type AddressedConnection, findAddressedConnection, type WebhookConnection } from '../../db/connections.ts';
import { isSamePhone } from '../../workflows/domain/phone.ts';
import { addressList } from '../address-list.ts';
import { createBriefCache } from '../brief-cache.ts';
import type { ApiParts } from '../build-server.ts';
import { empty, leaveUnchecked } from '../plain-answers.ts';
import { rawBodyOf, withinMs } from '../raw-body.ts';
import { toEventInputs } from '../webhook-events.ts';
import { webhookReceiver } from '../webhook-receiver.ts';

const PROVIDER = 'dialog360';
const webhook = channelWebhooks[PROVIDER];

/** A changed secret or state of a connection is known after this long at most. */
const REMEMBERED_MS = 2_000;
const LOOK_MS = 5_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const documented = (proof: string) => ({
  summary: '360dialog tells of messages and statuses',
  description: `Proven by ${proof}. Taken whole or not at all.`,
  tags: ['Webhooks'],
  security: [],
  body: z.looseObject({}).describe("Meta's envelope, or a partner's `{ id, event, data }`"),
  response: {
    200: empty('Stored, every item of it'),
    404: empty(
      'No such connection, another secret, or an address that is not allowed: which of them is told to nobody',
    ),
    413: empty('Larger than anything that Meta sends'),
    503: empty('Nothing is stored; send it again'),
  },
});
const addressSchema = documented('the secret in the address');
const headerSchema = {
  ...documented('the secret in a header that was set in the Hub'),
  headers: z.object({ authorization: z.string().describe('Bearer <the secret>') }),
};

type Request = FastifyRequest<{ Params: { connectionId: string; secret?: string } }>;
/** A connection with its secret in the open. */
type Receiving = { connection: AddressedConnection; secret: string | undefined; allows: (address: string) => boolean };

/** `POST /webhooks/dialog360/:connectionId/:secret`, and without the secret where a header has it. */
export function dialog360WebhookRoutes(parts: ApiParts): (app: FastifyInstance) => Promise<void> {
  const find = createFinder(parts);
  const { answer, take, prepare } = webhookReceiver(parts, PROVIDER);

  async function receive(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const { connectionId, secret } = request.params;
    const body = rawBodyOf(request);
    const receiving = await find(connectionId);
    const secrets = receiving?.secret === undefined ? [] : [receiving.secret];
    const isAuthentic = webhook.verify({ headers: request.headers, body, addressSecret: secret }, secrets);
    if (!receiving || !isAuthentic || !receiving.allows(request.ip)) return answer(reply, 404, 'unknown-receiver');
    return take(reply, body, async () => {
      const { connection } = receiving;
      const events = webhook.parse(body);
      const connections = ownNumbers(events, connection);
      // Under the account, since a draft's own id would make its first messages repeats once it is connected.
      const sourceId = connection.planfixAccountId;
      return toEventInputs(events, { sourceId, provider: PROVIDER, connections, owner: connection });
    });
  }

  return async (app) => {
    prepare(app);
    const validatorCompiler = leaveUnchecked;
    app.post('/:connectionId/:secret', { schema: addressSchema, validatorCompiler }, receive);
    app.post('/:connectionId', { schema: headerSchema, validatorCompiler }, receive);
  };
}

/** Of the numbers that a body names, the spellings of the connection's own: its secret speaks for no other. */
function ownNumbers(
  events: readonly ChannelEvent[],
  connection: WebhookConnection,
): ReadonlyMap<string, WebhookConnection> {
  const named = events.flatMap((event) => event.connectionKey ?? []);
  const own = named.filter((number) => isSamePhone(number, connection.phoneNumberId));
  return new Map(own.map((number) => [number, connection]));
}

function createFinder({ db, secrets }: ApiParts) {
  const remembered = createBriefCache<Receiving>(REMEMBERED_MS);
  return async (id: string): Promise<Receiving | undefined> => {
    const known = remembered.get(id);
    if (known) return known;
    const connection = UUID.test(id) ? await withinMs(LOOK_MS, findAddressedConnection(db, PROVIDER, id)) : undefined;
    if (!connection) return undefined;
    const { webhookSecret, allowedAddresses } = connection;
    const receiving: Receiving = {
      connection,
      secret: webhookSecret === null ? undefined : secrets.open(webhookSecret),
      allows: allowedAddresses === null ? () => true : addressList(allowedAddresses),
    };
    // Only what will hardly change is remembered: a draft is connected a moment later.
    if (connection.state === 'connected') remembered.set(id, receiving);
    return receiving;
  };
}
