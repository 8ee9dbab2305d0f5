import type { HTTPMethods } from 'fastify';
import type { FaultRule } from '../core/faults.ts';
import type { Part } from '../core/multipart.ts';
import { findMedia } from '../graph/media/media.ts';
import { acceptMessage } from '../graph/messages/send.ts';
import type { Fields } from '../graph/messages/types.ts';
import type { Template } from '../graph/model.ts';
import { uploadMedia } from '../graph/rest/media.ts';
import { showNumber } from '../graph/rest/objects.ts';
import { GatewayError } from './errors.ts';
import { checkMediaBlock, describeMedia, noteMediaFailure } from './media.ts';
import type { Dialog360Sandbox, HostedNumber } from './model.ts';

/** A call as it came. */
export type GatewayCall = {
  query: Fields;
  params: Record<string, string>;
  /** @throws GatewayError when it is no JSON object */
  body: () => Fields;
  /** Of a multipart body. @throws RangeError when it is none */
  parts: () => AsyncGenerator<Part>;
  /** What the log of requests shows as the body, where that is a stream. */
  note: (shown: Fields) => void;
  fault: FaultRule | undefined;
  version: number;
};

export type GatewayHandle = (
  sandbox: Dialog360Sandbox,
  host: HostedNumber,
  call: GatewayCall,
) => Fields | Promise<Fields>;
type Route = { method: HTTPMethods; path: string; handle: GatewayHandle };

export const gatewayRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/messages',
    handle: ({ graph }, { number }, call) => acceptMessage(graph.world, graph.statuses, number, call.body(), call),
  },
  {
    method: 'POST',
    path: '/media',
    handle: ({ graph }, { number }, call) =>
      uploadMedia(graph.world, graph.mediaFiles, number, call.parts(), call.note),
  },
  { method: 'GET', path: '/v1/configs/templates', handle: listTemplates },
  {
    method: 'GET',
    path: '/v1/configs/webhook',
    handle: (_sandbox, { webhook }) => webhook ?? { url: null, headers: {} },
  },
  { method: 'POST', path: '/v1/configs/webhook', handle: setWebhook },
  {
    method: 'GET',
    path: '/health_status',
    handle: ({ graph }, { number }, { query }) => {
      const wanted = ['health_status', ...(query.fields === undefined ? [] : [String(query.fields)])].join(',');
      return showNumber(graph.world, number, wanted);
    },
  },
  { method: 'GET', path: '/:id', handle: readMedia },
];

function readMedia(sandbox: Dialog360Sandbox, host: HostedNumber, { params }: GatewayCall): Fields {
  const { id = '' } = params;
  checkMediaBlock(sandbox, host);
  try {
    return describeMedia(sandbox, findMedia(sandbox.graph.world, id, host.number), id);
  } catch (error) {
    noteMediaFailure(sandbox, host);
    throw error;
  }
}

const usualLimit = 1_000;

/** In lower case and by offset, as the gateway's own list is. */
function listTemplates(_sandbox: Dialog360Sandbox, { number }: HostedNumber, { query }: GatewayCall): Fields {
  const limit = Math.min(Number(query.limit ?? usualLimit), usualLimit);
  const offset = Number(query.offset ?? 0);
  const all = [...number.waba.templates.values()];
  const page = all.slice(offset, offset + limit);
  return { count: page.length, filters: {}, limit, offset, total: all.length, waba_templates: page.map(showTemplate) };
}

const showTemplate = (template: Template): Fields => ({
  id: template.id,
  name: template.name,
  namespace: `ns_${template.waba.wabaId}`,
  language: template.language,
  status: template.status.toLowerCase(),
  category: template.category,
  components: template.components,
  rejected_reason: template.rejectedReason,
  quality_score: { score: template.quality.score },
});

/** 360dialog takes no address with an underscore in its host; a port is taken here, where nothing has another name. */
function setWebhook(sandbox: Dialog360Sandbox, host: HostedNumber, call: GatewayCall): Fields {
  const { url, headers = {} } = call.body();
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  if (parsed === null || parsed.hostname.includes('_')) throw new GatewayError(400, 'Invalid webhook URL');
  if (typeof headers !== 'object' || headers === null) throw new GatewayError(400, 'Invalid webhook headers');
  const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  host.webhook = { url: parsed.href, headers: Object.fromEntries(texts) };
  sandbox.graph.world.core.bus.emit({ kind: 'graph.webhook-set', phoneNumberId: host.number.phoneNumberId });
  return { ...host.webhook };
}
