/** The client half for Meta's Cloud API: one HTTP request per function, except `check`. */
import type {
  AccountFacts,
  ChannelClient,
  ChannelCredentials,
  ClientOptions,
  FileHttp,
  Http,
  HttpRequest,
  HttpResponse,
  NumberFacts,
  OutgoingMessage,
  SendReceipt,
  SubscribedApp,
} from '../channel.ts';
import { ChannelError } from '../errors.ts';
import { buildPayload } from '../whatsapp/build-payload.ts';
import { findFault } from '../whatsapp/find-fault.ts';
import { checkConnection } from './check-connection.ts';
import { type CallKind, errorFromResponse, errorFromTransport, unreadableSuccess } from './errors.ts';
import { mediaCalls } from './media.ts';
import { readTemplates } from './read-templates.ts';
import {
  accountSchema,
  numberFactsOf,
  numberListSchema,
  numberSchema,
  parseAnswer,
  sendAnswerSchema,
  subscribedAppsSchema,
  successSchema,
} from './schema.ts';

/** The most that a call which must not happen twice may take. */
const SEND_DEADLINE_MS = 8_000;
const READ_DEADLINE_MS = 8_000;

const NUMBER_FIELDS =
  'id,display_phone_number,verified_name,quality_rating,status,platform_type,throughput,name_status,account_mode,is_on_biz_app';
const ACCOUNT_FIELDS = 'id,name,account_review_status,owner_business_info';

/** A business may own more numbers than one page; beyond this many pages something is wrong with the paging. */
const MAX_NUMBER_PAGES = 20;

type Call = { method: HttpRequest['method']; path: string; body?: unknown; kind: CallKind; notAfterMs?: number };

export function connectWhatsAppCloud(
  credentials: ChannelCredentials,
  { send, files }: { send: Http; files: FileHttp },
  options: ClientOptions = {},
): ChannelClient {
  const { numberId, accountId } = credentials;
  const call = (request: Call) => callGraph(credentials, send, options, request);
  const read = (path: string) => call({ method: 'GET', path, kind: 'read' });

  const reads = {
    readNumber: async (): Promise<NumberFacts> =>
      numberFactsOf(parseAnswer(numberSchema, await read(`/${numberId}?fields=${NUMBER_FIELDS}`), 'read')),
    readAccount: async (): Promise<AccountFacts> => readAccount(await read(`/${accountId}?fields=${ACCOUNT_FIELDS}`)),
    ownsNumber: () => findNumber(read, accountId, numberId),
    readTemplates: () => readTemplates(read, accountId),
    readSubscribedApps: async () => readSubscribedApps(await read(`/${accountId}/subscribed_apps`)),
  };
  return {
    ...reads,
    ...mediaCalls(credentials, files, (path) => call({ method: 'GET', path, kind: 'item' })),
    send: (message) => sendMessage(call, numberId, message),
    markRead: async (channelMessageId) => {
      const body = { messaging_product: 'whatsapp', status: 'read', message_id: channelMessageId };
      const response = await call({ method: 'POST', path: `/${numberId}/messages`, body, kind: 'item' });
      parseAnswer(successSchema, response, 'item');
    },
    subscribe: async () => {
      const response = await call({ method: 'POST', path: `/${accountId}/subscribed_apps`, kind: 'read' });
      parseAnswer(successSchema, response, 'read');
    },
    check: () => checkConnection(reads, credentials.appId),
  };
}

async function callGraph(
  credentials: ChannelCredentials,
  send: Http,
  options: ClientOptions,
  { method, path, body, kind, notAfterMs }: Call,
): Promise<HttpResponse> {
  const request: HttpRequest = {
    method,
    url: `${credentials.apiUrl}/${credentials.apiVersion}${path}`,
    headers: {
      authorization: `Bearer ${credentials.accessToken}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    deadlineMs:
      kind === 'send' ? (options.sendDeadlineMs ?? SEND_DEADLINE_MS) : (options.readDeadlineMs ?? READ_DEADLINE_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(notAfterMs === undefined ? {} : { notAfterMs }),
  };
  let response: HttpResponse;
  try {
    response = await send(request);
  } catch (error) {
    throw errorFromTransport(kind, error);
  }
  if (response.status < 200 || response.status > 299) throw errorFromResponse(kind, response);
  return response;
}

async function sendMessage(
  call: (request: Call) => Promise<HttpResponse>,
  numberId: string,
  message: OutgoingMessage,
): Promise<SendReceipt> {
  const fault = findFault(message);
  if (fault !== undefined) throw new ChannelError({ kind: 'invalid-request', scope: 'message', detail: fault });
  const response = await call({
    method: 'POST',
    path: `/${numberId}/messages`,
    body: buildPayload(message),
    kind: 'send',
    ...(message.notAfterMs === undefined ? {} : { notAfterMs: message.notAfterMs }),
  });
  return readReceipt(response);
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

function readAccount(response: HttpResponse): AccountFacts {
  const account = parseAnswer(accountSchema, response, 'read');
  return {
    ...(account.name === undefined ? {} : { name: account.name }),
    ...(account.account_review_status === undefined ? {} : { reviewStatus: account.account_review_status }),
    ...(account.owner_business_info?.id === undefined ? {} : { portfolioId: account.owner_business_info.id }),
    ...(account.owner_business_info?.name === undefined ? {} : { portfolioName: account.owner_business_info.name }),
  };
}

async function findNumber(
  read: (path: string) => Promise<HttpResponse>,
  accountId: string,
  numberId: string,
): Promise<boolean> {
  const path = `/${accountId}/phone_numbers?fields=id&limit=100`;
  let after = '';
  for (let page = 0; page < MAX_NUMBER_PAGES; page += 1) {
    const { data, paging } = parseAnswer(numberListSchema, await read(path + after), 'read');
    if (data.some((number) => number.id === numberId)) return true;
    const cursor = paging?.next === undefined ? undefined : paging.cursors?.after;
    if (cursor === undefined) return false;
    after = `&after=${encodeURIComponent(cursor)}`;
  }
  throw unreadableSuccess('read');
}

function readSubscribedApps(response: HttpResponse): SubscribedApp[] {
  return parseAnswer(subscribedAppsSchema, response, 'read').data.map((app) => ({
    appId: app.whatsapp_business_api_data.id,
    ...(app.override_callback_uri === undefined ? {} : { overrideUrl: app.override_callback_uri }),
  }));
}
