import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { App } from '../model.ts';
import { encodeBody, signBody } from '../webhooks/body.ts';
import { appOf, type Body, bodyOf, ControlError, optionalNumber, optionalText, requiredText } from './input.ts';

/** Webhooks as such: raw ones, right or wrong; the log of deliveries; statuses by hand. */
export function registerWebhookControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world, deliveries, statuses } = sandbox;
  server.post('/control/graph/webhooks', { bodyLimit: rawLimitBytes }, async (request) => {
    return { statuses: await sendRaw(sandbox, bodyOf(request.body)) };
  });

  server.get('/control/graph/deliveries', async (request) => {
    const { limit, state } = request.query as { limit?: string; state?: string };
    const items = deliveries.list(Number(limit ?? usualDeliveries));
    return { counts: deliveries.counts(), items: items.filter((item) => state === undefined || item.state === state) };
  });

  server.post('/control/graph/deliveries/retry', async () => {
    deliveries.retryNow();
    return deliveries.counts();
  });

  server.post('/control/graph/statuses', async (request) => {
    const body = bodyOf(request.body);
    const message = world.messages.get(requiredText(body, 'wamid'));
    if (message === undefined) throw new ControlError(404, 'no such message');
    const { errors } = body;
    const sent = await statuses.tell(message, {
      status: requiredText(body, 'status'),
      errors: typeof errors === 'number' || Array.isArray(errors) ? errors : undefined,
      withCallbackData: body.withCallbackData !== false,
      ...(body.atMs === undefined ? {} : { atMs: Number(body.atMs) }),
    });
    return { statuses: sent };
  });
}

const usualDeliveries = 100;
/** A body of 3 MB in JSON, its quotes escaped. */
const rawLimitBytes = 16 * 1024 * 1024;

/** Sends one body as it is, once or several times, and resolves to the statuses; 0 is no answer. */
async function sendRaw(sandbox: GraphSandbox, input: Body): Promise<number[]> {
  const { world, deliveries } = sandbox;
  const app = appOf(world, requiredText(input, 'appId'));
  const url = optionalText(input, 'url');
  if (url === undefined && !app.callbacks.some(({ verified }) => verified)) {
    throw new ControlError(409, 'the app has no verified callback URL');
  }
  if (input.body === undefined) throw new ControlError(400, 'body is required');
  const signed = encodeBody(input.body, world.settings.escapeSlashes);
  const raw = {
    app,
    body: input.mutate === 'flip-byte' ? flipByte(signed) : signed,
    signature: readSignature(input, app, signed),
    callbackIndex: optionalNumber(input, 'callbackIndex'),
    redeliver: input.redeliver === true,
  };
  const copies = optionalNumber(input, 'copies') ?? 1;
  const callback = url === undefined ? undefined : { url, verified: true };
  if (input.concurrently === true) {
    return Promise.all(Array.from({ length: copies }, () => deliveries.send(raw, callback)));
  }
  const statuses: number[] = [];
  for (let copy = 0; copy < copies; copy += 1) statuses.push(await deliveries.send(raw, callback));
  return statuses;
}

/** The right signature unless the call wants another secret, a literal, none, or a broken one. */
function readSignature(input: Body, app: App, signed: Buffer): string | null {
  if (input.signature === null) return null;
  if (typeof input.signature === 'string') return input.signature;
  const right = signBody(signed, optionalText(input, 'secret') ?? app.appSecret);
  switch (input.mutate) {
    case 'truncate-signature':
      return right.slice(0, -2);
    case 'non-hex':
      return `${right.slice(0, -1)}g`;
    case undefined:
    case 'flip-byte':
      return right;
    default:
      throw new ControlError(400, 'mutate must be flip-byte, truncate-signature or non-hex');
  }
}

/** Changes one letter or digit of a value, so that the body stays JSON and only the signature tells. */
function flipByte(body: Buffer): Buffer {
  const flipped = Buffer.from(body);
  const index = Math.max(
    0,
    flipped.findLastIndex((byte) => byte >= 0x30 && byte <= 0x38),
  );
  flipped[index] = (flipped[index] ?? 0) ^ 1;
  return flipped;
}
