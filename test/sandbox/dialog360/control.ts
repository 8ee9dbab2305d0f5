import { randomBytes, randomInt } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { putApp } from '../graph/control/business.ts';
import { type Body, bodyOf, ControlError, optionalText, requiredText } from '../graph/control/input.ts';
import { putNumber } from '../graph/control/numbers.ts';
import { GatewayError, gatewayBody, gatewayMessages } from './errors.ts';
import { type Dialog360Sandbox, findHosted, type HostedNumber, hostingApp, type WebhookTarget } from './model.ts';
import { relayPath, tellPartner } from './relay.ts';

const root = '/control/dialog360';

/** What a customer of 360dialog does in its Hub, and what goes wrong there. */
export function registerDialog360Control(server: FastifyInstance, sandbox: Dialog360Sandbox): void {
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof ControlError) return reply.code(error.status).send({ error: error.message });
    if (error instanceof RangeError || error instanceof GatewayError)
      return reply.code(400).send({ error: error.message });
    throw error;
  });

  server.post(`${root}/numbers`, async (request, reply) => {
    await ensureApp(sandbox, request);
    return reply.code(201).send(show(addHosted(sandbox, bodyOf(request.body))));
  });

  server.get(`${root}/numbers`, async () => ({ items: [...sandbox.hosted.values()].map(show) }));

  server.post(`${root}/numbers/:phone`, async (request) => {
    const host = hostedOf(sandbox, request);
    changeHosted(sandbox, host, bodyOf(request.body));
    return show(host);
  });

  server.post(`${root}/numbers/:phone/partner-events`, async (request) => {
    const body = bodyOf(request.body);
    const host = hostedOf(sandbox, request);
    const data = { id: host.number.waba.wabaId, ...bodyOf(body.data) };
    return { status: await tellPartner(sandbox, host, requiredText(body, 'event'), data) };
  });

  server.post(`${root}/numbers/:phone/faults`, async (request, reply) => {
    const { phoneNumberId } = hostedOf(sandbox, request).number;
    const { status: wanted = 503, ...rule } = bodyOf(request.body);
    const status = Number(wanted);
    const body = gatewayBody(status, gatewayMessages[status] ?? 'Error');
    const { faults } = sandbox.graph.world.core;
    const { id } = faults.add({ ...rule, target: 'graph', kind: 'status', phoneNumberId, status, body });
    return reply.code(201).send({ id });
  });

  server.get(`${root}/deliveries`, async () => ({ items: sandbox.deliveries.toReversed() }));
}

/** 360dialog's own app at Meta, whose webhooks come back here. */
async function ensureApp({ graph }: Dialog360Sandbox, request: FastifyRequest): Promise<void> {
  const callbackUrl = `${request.protocol}://${request.host}${relayPath}`;
  const known = graph.world.apps.get(hostingApp.appId);
  if (known?.callbacks.some(({ url, verified }) => verified && url === callbackUrl)) return;
  await putApp(graph, { ...hostingApp, callbackUrl });
}

function addHosted(sandbox: Dialog360Sandbox, body: Body): HostedNumber {
  const { hosted, graph } = sandbox;
  const displayPhoneNumber = requiredText(body, 'phone');
  const known = findHosted(sandbox, displayPhoneNumber);
  if (known !== undefined) throw new ControlError(409, 'the number is hosted already');
  const apiKey = optionalText(body, 'apiKey') ?? randomBytes(16).toString('hex');
  if (hosted.has(apiKey)) throw new ControlError(409, 'the key is that of another number');
  const number = putNumber(graph.world, {
    ...body,
    displayPhoneNumber,
    phoneNumberId: optionalText(body, 'phoneNumberId') ?? someId('36'),
    wabaId: optionalText(body, 'wabaId') ?? someId('37'),
    appId: hostingApp.appId,
  });
  const host: HostedNumber = {
    apiKey,
    number,
    webhook: undefined,
    partnerWebhook: undefined,
    failedMediaAtMs: [],
    mediaBlockedUntilMs: 0,
  };
  hosted.set(apiKey, host);
  changeHosted(sandbox, host, { ...body, apiKey });
  graph.world.core.bus.emit({ kind: 'graph.numbers', count: 1 });
  return host;
}

const someId = (start: string) => start + Array.from({ length: 13 }, () => randomInt(10)).join('');

/** A new key makes the old one worthless. */
function changeHosted({ hosted }: Dialog360Sandbox, host: HostedNumber, body: Body): void {
  const apiKey = optionalText(body, 'apiKey') ?? host.apiKey;
  if (apiKey !== host.apiKey) {
    hosted.delete(host.apiKey);
    host.apiKey = apiKey;
    hosted.set(apiKey, host);
  }
  if ('webhook' in body) host.webhook = readTarget(body.webhook);
  if ('partnerWebhook' in body) host.partnerWebhook = readTarget(body.partnerWebhook);
}

function readTarget(value: unknown): WebhookTarget | undefined {
  if (value === null) return undefined;
  const target = bodyOf(value);
  const url = requiredText(target, 'url');
  if (!URL.canParse(url)) throw new ControlError(400, 'url must be a URL');
  const headers = Object.entries(bodyOf(target.headers)).map(([name, text]) => [name.toLowerCase(), String(text)]);
  return { url, headers: Object.fromEntries(headers) };
}

function hostedOf(sandbox: Dialog360Sandbox, request: FastifyRequest): HostedNumber {
  const host = findHosted(sandbox, (request.params as { phone: string }).phone);
  if (host === undefined) throw new ControlError(404, 'no such number');
  return host;
}

const show = ({ apiKey, number, webhook, partnerWebhook, failedMediaAtMs, mediaBlockedUntilMs }: HostedNumber) => ({
  phone: `+${number.digits}`,
  apiKey,
  phoneNumberId: number.phoneNumberId,
  wabaId: number.waba.wabaId,
  webhook: webhook ?? null,
  partnerWebhook: partnerWebhook ?? null,
  failedMedia: failedMediaAtMs.length,
  mediaBlockedUntilMs,
});
