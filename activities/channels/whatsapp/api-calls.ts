/** Calls of an API that speaks Meta's Cloud API: the address in front of the path and the proof differ, the rest does not. */
import type { ClientOptions, Http, HttpRequest, HttpResponse, OutgoingMessage, SendReceipt } from '../channel.ts';
import { ChannelError } from '../errors.ts';
import { type CallKind, type ErrorDialect, errorFromResponse, errorFromTransport } from './answer-errors.ts';
import { parseAnswer, sendAnswerSchema, successSchema } from './answers.ts';
import { buildPayload } from './build-payload.ts';
import { findFault } from './find-fault.ts';

/** The most that a call which must not happen twice may take. */
const SEND_DEADLINE_MS = 8_000;
const READ_DEADLINE_MS = 8_000;

export type ApiCall = {
  method: HttpRequest['method'];
  path: string;
  body?: unknown;
  kind: CallKind;
  notAfterMs?: number;
};

/** One API as one connection uses it. `url` has the version, where there is one, and no slash at its end. */
export type Api = { url: string; headers: Record<string, string>; dialect?: ErrorDialect };

/** One request; throws ChannelError for whatever is no success. */
export type CallApi = (call: ApiCall) => Promise<HttpResponse>;

export function apiCaller({ url, headers, dialect }: Api, send: Http, options: ClientOptions): CallApi {
  const { sendDeadlineMs = SEND_DEADLINE_MS, readDeadlineMs = READ_DEADLINE_MS } = options;
  return async ({ method, path, body, kind, notAfterMs }) => {
    const hasBody = body !== undefined;
    const request: HttpRequest = {
      method,
      url: `${url}${path}`,
      headers: {
        ...headers,
        accept: 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      deadlineMs: kind === 'send' ? sendDeadlineMs : readDeadlineMs,
      ...(hasBody ? { body: JSON.stringify(body) } : {}),
      ...(notAfterMs === undefined ? {} : { notAfterMs }),
    };
    const response = await send(request).catch((error: unknown) => {
      throw errorFromTransport(kind, error);
    });
    if (response.status < 200 || response.status > 299) throw errorFromResponse(kind, response, dialect);
    return response;
  };
}

/** `path`: where messages of the number are posted. */
export function messageCalls(call: CallApi, path: string) {
  return {
    send: async (message: OutgoingMessage): Promise<SendReceipt> => {
      const fault = findFault(message);
      if (fault !== undefined) throw new ChannelError({ kind: 'invalid-request', scope: 'message', detail: fault });
      const { notAfterMs } = message;
      const deadline = notAfterMs === undefined ? {} : { notAfterMs };
      return readReceipt(await call({ method: 'POST', path, body: buildPayload(message), kind: 'send', ...deadline }));
    },
    markRead: async (channelMessageId: string): Promise<void> => {
      const body = { messaging_product: 'whatsapp', status: 'read', message_id: channelMessageId };
      parseAnswer(successSchema, await call({ method: 'POST', path, body, kind: 'item' }), 'item');
    },
  };
}

function readReceipt(response: HttpResponse): SendReceipt {
  const { messages, contacts } = parseAnswer(sendAnswerSchema, response, 'send');
  const contact = contacts?.[0];
  return {
    channelMessageId: messages[0].id,
    ...(contact?.wa_id === undefined ? {} : { toPhone: contact.wa_id }),
    ...(contact?.user_id === undefined ? {} : { toBsuid: contact.user_id }),
  };
}
