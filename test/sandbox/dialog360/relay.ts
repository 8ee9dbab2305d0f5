import type { FastifyInstance } from 'fastify';
import { isFields } from '../graph/messages/types.ts';
import { signBody } from '../graph/webhooks/body.ts';
import { type Dialog360Sandbox, type HostedNumber, hostingApp } from './model.ts';

type Change = { field: string; value: Record<string, unknown> };
type Entry = { id: string; changes: Change[] };

/** Where Meta's webhooks for 360dialog's app arrive; from here they go on to the addresses of its customers. */
export const relayPath = '/dialog360/meta-webhook';

/** Everything else concerns the account and goes to the partner. */
const numberFields = ['messages', 'smb_message_echoes', 'user_preferences'];
const patienceMs = 10_000;
const keptDeliveries = 1_000;
const bodyLimitBytes = 8 * 1024 * 1024;

export function registerRelay(server: FastifyInstance, sandbox: Dialog360Sandbox): void {
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: bodyLimitBytes },
    (_request, body, done) => done(null, body),
  );
  server.get(relayPath, async (request, reply) => {
    const query = request.query as Record<string, string>;
    if (query['hub.verify_token'] !== hostingApp.verifyToken) return reply.code(403).send();
    return reply.type('text/plain').send(query['hub.challenge']);
  });
  /** 200 only when every customer's server said so: Meta then goes on trying, for days. */
  server.post(relayPath, async (request, reply) => {
    const body = request.body as Buffer;
    if (request.headers['x-hub-signature-256'] !== signBody(body, hostingApp.appSecret)) return reply.code(401).send();
    const statuses = await passOn(sandbox, body);
    return reply.code(statuses.find((status) => status !== 200) ?? 200).send();
  });
}

async function passOn(sandbox: Dialog360Sandbox, body: Buffer): Promise<number[]> {
  const { object, entry } = JSON.parse(body.toString()) as { object: string; entry: Entry[] };
  const changes = entry.flatMap(({ id, changes }) => changes.map((change) => ({ id, change })));
  const hosts = changes.map(({ id, change }) => hostOf(sandbox, id, change));
  const [first] = hosts;
  // The very bytes, escapes and all, where they are one number's.
  const isWhole = hosts.every((host) => host === first) && changes.every(({ change }) => isOfNumber(change));
  if (first !== undefined && isWhole) return [await tellNumber(sandbox, first, body)];
  return Promise.all(
    changes.map(async ({ id, change }, index) => {
      const host = hosts[index];
      if (host === undefined) return 200;
      if (!isOfNumber(change)) return tellPartner(sandbox, host, change.field, { id, ...change.value });
      return tellNumber(sandbox, host, Buffer.from(JSON.stringify({ object, entry: [{ id, changes: [change] }] })));
    }),
  );
}

const isOfNumber = ({ field }: Change) => numberFields.includes(field);

/** By the number that the change names, else by the account. */
function hostOf({ hosted }: Dialog360Sandbox, wabaId: string, { value }: Change): HostedNumber | undefined {
  const { phone_number_id: id } = isFields(value.metadata) ? value.metadata : {};
  return [...hosted.values()].find(({ number }) =>
    id === undefined ? number.waba.wabaId === wabaId : number.phoneNumberId === id,
  );
}

function tellNumber(sandbox: Dialog360Sandbox, host: HostedNumber, body: Buffer): Promise<number> {
  return post(sandbox, host, 'number', body);
}

/** Wrapped in a form of 360dialog's own (providers: coexistence). */
export function tellPartner(
  sandbox: Dialog360Sandbox,
  host: HostedNumber,
  event: string,
  data: Record<string, unknown>,
): Promise<number> {
  const wrapped = { id: `${event}-${host.number.phoneNumberId}-${sandbox.graph.world.core.clock.now()}`, event, data };
  return post(sandbox, host, 'partner', Buffer.from(JSON.stringify(wrapped)));
}

/** The status of the answer, 0 for none; 200 where nobody wants to hear. */
async function post(
  sandbox: Dialog360Sandbox,
  host: HostedNumber,
  to: 'number' | 'partner',
  body: Buffer,
): Promise<number> {
  const target = to === 'number' ? host.webhook : host.partnerWebhook;
  if (target === undefined) return 200;
  const headers = { 'user-agent': '360dialog', ...target.headers };
  const { status } = await sandbox.poster.post(target.url, body, headers, patienceMs);
  const { deliveries } = sandbox;
  deliveries.push({ phone: host.number.digits, to, url: target.url, status, body: body.toString() });
  if (deliveries.length > keptDeliveries) deliveries.shift();
  return status === 0 ? 502 : status;
}
