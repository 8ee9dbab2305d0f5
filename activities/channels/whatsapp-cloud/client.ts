/** The client half for Meta's Cloud API: one HTTP request per function, except `check`. */
import type {
  AccountFacts,
  ChannelClient,
  ChannelCredentials,
  ClientOptions,
  FileHttp,
  Http,
  HttpResponse,
  NumberFacts,
} from '../channel.ts';
import { unreadableSuccess } from '../whatsapp/answer-errors.ts';
import { NUMBER_FIELDS, numberFactsOf, parseAnswer, successSchema } from '../whatsapp/answers.ts';
import { apiCaller, messageCalls } from '../whatsapp/api-calls.ts';
import { mediaCalls } from '../whatsapp/media-calls.ts';
import { type CloudReads, checkConnection, type SubscribedApp } from './check-connection.ts';
import { readTemplates } from './read-templates.ts';
import { accountSchema, numberListSchema, numberSchema, subscribedAppsSchema } from './schema.ts';
import { setupCalls } from './setup.ts';

/** Where Meta keeps the bytes; the host of the API itself is always allowed, and others when the operator names them. */
export const WHATSAPP_CLOUD_FILE_HOSTS = ['lookaside.fbsbx.com'] as const;

const ACCOUNT_FIELDS = 'id,name,account_review_status,owner_business_info';

/** A business may own more numbers than one page; beyond this many pages something is wrong with the paging. */
const MAX_NUMBER_PAGES = 20;

export function connectWhatsAppCloud(
  credentials: ChannelCredentials,
  { send, files }: { send: Http; files: FileHttp },
  options: ClientOptions = {},
): ChannelClient & CloudReads {
  const { apiUrl, apiVersion, accessToken, numberId, accountId } = credentials;
  const url = apiVersion === undefined ? apiUrl : `${apiUrl}/${apiVersion}`;
  const api = { url, headers: { authorization: `Bearer ${accessToken}` } };
  const call = apiCaller(api, send, options);
  const read = (path: string) => call({ method: 'GET', path, kind: 'read' });

  const reads = {
    readNumber: async (): Promise<NumberFacts> =>
      numberFactsOf(parseAnswer(numberSchema, await read(`/${numberId}?fields=id,${NUMBER_FIELDS}`), 'read')),
    readAccount: async (): Promise<AccountFacts> => readAccount(await read(`/${accountId}?fields=${ACCOUNT_FIELDS}`)),
    ownsNumber: () => findNumber(read, accountId, numberId),
    readTemplates: () => readTemplates(read, accountId),
    readSubscribedApps: async () => readSubscribedApps(await read(`/${accountId}/subscribed_apps`)),
  };
  return {
    ...reads,
    ...mediaCalls(api, { uploadPath: `/${numberId}/media` }, files, call),
    ...messageCalls(call, `/${numberId}/messages`),
    subscribe: async () => {
      const response = await call({ method: 'POST', path: `/${accountId}/subscribed_apps`, kind: 'read' });
      parseAnswer(successSchema, response, 'read');
    },
    check: () => checkConnection(reads, credentials.appId),
    setup: setupCalls(credentials, call, { send, options }),
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
