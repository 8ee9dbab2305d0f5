/** The client half for 360dialog: Meta's Cloud API behind a key that stands for one number. (Providers: 360dialog) */
import { z } from 'zod';
import type { ChannelClient, ChannelCredentials, ClientOptions, FileHttp, Http, NumberFacts } from '../channel.ts';
import { ChannelError } from '../errors.ts';
import { NUMBER_FIELDS, numberFactsOf, numberFactsSchema, parseAnswer, textSchema } from '../whatsapp/answers.ts';
import { apiCaller, messageCalls } from '../whatsapp/api-calls.ts';
import { mediaCalls } from '../whatsapp/media-calls.ts';
import { checkConnection, type Health } from './check-connection.ts';
import { GATEWAY } from './errors.ts';
import { readTemplates } from './read-templates.ts';

const WEBHOOK_PATH = '/v1/configs/webhook';

const entitySchema = z.object({ entity_type: textSchema, id: textSchema });
const healthSchema = numberFactsSchema.extend({
  health_status: z
    .object({ can_send_message: textSchema, entities: z.array(entitySchema).catch([]) })
    .optional()
    .catch(undefined),
});
/** Empty where none is set. */
const webhookSchema = z.object({ url: textSchema.or(z.null()) });

export function connectDialog360(
  credentials: ChannelCredentials,
  { send, files }: { send: Http; files: FileHttp },
  options: ClientOptions = {},
): ChannelClient {
  const { apiUrl, accessToken, numberId, webhookUrl } = credentials;
  const api = { url: apiUrl, headers: { 'd360-api-key': accessToken }, dialect: GATEWAY };
  const call = apiCaller(api, send, options);
  const read = (path: string) => call({ method: 'GET', path, kind: 'read' });
  const media = mediaCalls(
    api,
    { uploadPath: '/media', addressOf: (given) => behindGateway(apiUrl, given) },
    files,
    call,
  );

  const readHealth = async (): Promise<Health> => {
    const { health_status: health, ...number } = parseAnswer(
      healthSchema,
      await read(`/health_status?fields=${NUMBER_FIELDS}`),
      'read',
    );
    const portfolioId = health?.entities.find((entity) => entity.entity_type === 'BUSINESS')?.id;
    return { number: numberFactsOf(number), canSend: health?.can_send_message, portfolioId };
  };
  const readWebhook = async () => parseAnswer(webhookSchema, await read(WEBHOOK_PATH), 'read').url ?? undefined;

  return {
    ...messageCalls(call, '/messages'),
    readMedia: (mediaId) => media.readMedia(mediaId).catch(refuseFileAlone),
    openMedia: (facts, signal) => media.openMedia(facts, signal).catch(refuseFileAlone),
    uploadMedia: (file, signal) => media.uploadMedia(file, signal).catch(refuseFileAlone),
    readNumber: async (): Promise<NumberFacts> => (await readHealth()).number,
    readTemplates: () => readTemplates(read),
    subscribe: async () => {
      if (webhookUrl === undefined) throw new Error('a connection without an address for its webhooks');
      await call({ method: 'POST', path: WEBHOOK_PATH, body: { url: webhookUrl }, kind: 'read' });
    },
    unsubscribe: async () => {
      if (webhookUrl === undefined || (await readWebhook()) !== webhookUrl) return 'not-ours';
      try {
        await call({ method: 'POST', path: WEBHOOK_PATH, body: { url: '' }, kind: 'read' });
      } catch (error) {
        // That an empty address takes it away is nowhere promised.
        if (error instanceof ChannelError && error.kind === 'invalid-request') return 'not-possible';
        throw error;
      }
      return (await readWebhook()) === webhookUrl ? 'not-possible' : 'removed';
    },
    check: () => checkConnection({ readHealth, readWebhook }, { numberId, webhookUrl }),
  };
}

/** Bytes lie on a host of Meta's which only the gateway may ask: the same path and query lead there through it. */
function behindGateway(apiUrl: string, given: string): string {
  const url = URL.parse(given);
  return url === null ? given : `${apiUrl}${url.pathname}${url.search}`;
}

/** Files have a limit of their own, and whoever failed twenty times is shut out for half an hour: messages go on. */
function refuseFileAlone(error: unknown): never {
  if (!(error instanceof ChannelError) || error.kind !== 'rate-limited') throw error;
  const { kind, code, retryAfterMs, told } = error;
  const known = { ...(code === undefined ? {} : { code }), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  throw new ChannelError({ kind, scope: 'message', ...told, ...known }, { cause: error });
}
