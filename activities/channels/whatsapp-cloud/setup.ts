/**
 * Setting a number up at Meta: what a token is good for, which numbers there are, registering, subscribing, and what a
 * number that is shared with the phone app is asked once. (onboarding: A.4, A.5, A.8, A.9, B.3)
 */
import { z } from 'zod';
import type {
  ChannelCredentials,
  ChannelSetup,
  ClientOptions,
  HealthFault,
  Http,
  HttpResponse,
  ListedNumber,
  TokenFacts,
} from '../channel.ts';
import { ChannelError } from '../errors.ts';
import { unreadableSuccess } from '../whatsapp/answer-errors.ts';
import {
  idSchema,
  NUMBER_FIELDS,
  numberFactsOf,
  numberFactsSchema,
  parseAnswer,
  successSchema,
  textSchema,
} from '../whatsapp/answers.ts';
import { apiCaller, type CallApi } from '../whatsapp/api-calls.ts';
import { naming, REGISTER_REFUSALS, SYNC_REFUSALS, TOKEN_REFUSALS } from './setup-refusals.ts';
import { appFieldsOf, STANDING_FIELDS, standingOf, subscriptionOf } from './standing.ts';

const SETUP_FIELDS = `id,${NUMBER_FIELDS},code_verification_status,is_pin_enabled`;
/** Beyond this many pages something is wrong with the paging. */
const MAX_PAGES = 20;
/** Of the accounts that a token may reach, so many are named. */
const MAX_ACCOUNTS = 20;
/** The permission that reaches accounts; others may be narrower. */
const MANAGEMENT = 'whatsapp_business_management';

const tokenSchema = z.object({
  data: z.object({
    app_id: idSchema.optional().catch(undefined),
    is_valid: z.boolean(),
    /** Seconds; 0: never. */
    expires_at: z.number().optional().catch(undefined),
    scopes: z.array(z.string()).optional().catch(undefined),
    granular_scopes: z
      .array(z.object({ scope: z.string(), target_ids: z.array(idSchema).optional().catch(undefined) }))
      .optional()
      .catch(undefined),
  }),
});

const setupNumberSchema = numberFactsSchema.extend({
  id: idSchema,
  code_verification_status: textSchema,
  is_pin_enabled: z.boolean().optional().catch(undefined),
});

const numberPageSchema = z.object({
  data: z.array(setupNumberSchema),
  paging: z
    .object({ next: textSchema, cursors: z.object({ after: textSchema }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const healthSchema = z.object({
  health_status: z
    .object({
      entities: z.array(
        z.object({
          entity_type: z.string(),
          can_send_message: textSchema,
          errors: z
            .array(z.object({ error_code: z.number(), error_description: textSchema }))
            .optional()
            .catch(undefined),
        }),
      ),
    })
    .optional()
    .catch(undefined),
});

const accountSchema = z.object({ id: idSchema, name: textSchema });
const syncAnswerSchema = z.object({ request_id: textSchema });

const SYNC_TYPES = { contacts: 'smb_app_state_sync', history: 'history' } as const;

/** `call` proves itself with the connection's token. */
export function setupCalls(
  credentials: ChannelCredentials,
  call: CallApi,
  { send, options }: { send: Http; options: ClientOptions },
): ChannelSetup {
  const { numberId, accountId } = credentials;
  const read = (path: string) => call({ method: 'GET', path, kind: 'read' });
  const succeed = async (request: Promise<HttpResponse>, kind: 'read' | 'send') => {
    parseAnswer(successSchema, await request, kind);
  };
  return {
    readToken: async () => {
      const path = `/debug_token?input_token=${encodeURIComponent(credentials.accessToken)}`;
      const asApp = callAsApp(credentials, call, { send, options });
      const response = await asApp({ method: 'GET', path, kind: 'read' }).catch(naming(TOKEN_REFUSALS));
      return tokenFactsOf(parseAnswer(tokenSchema, response, 'read').data);
    },
    readAccounts: (accountIds) => readAccounts(read, accountIds.slice(0, MAX_ACCOUNTS)),
    listNumbers: () => listNumbers(read, accountId),
    readNumber: async () => {
      const response = await read(`/${numberId}?fields=${SETUP_FIELDS},health_status`);
      const health = parseAnswer(healthSchema, response, 'read').health_status;
      return { ...toListed(parseAnswer(setupNumberSchema, response, 'read')), faults: faultsOf(health) };
    },
    readStanding: async () => {
      const response = await read(`/${numberId}?fields=id,${NUMBER_FIELDS},${STANDING_FIELDS}`);
      const facts = numberFactsOf(parseAnswer(numberFactsSchema, response, 'read'));
      const health = parseAnswer(healthSchema, response, 'read').health_status;
      if (!health) return { ...facts, ...standingOf(response) };
      const account = health.entities.find((entity) => entity.entity_type === 'WABA')?.can_send_message;
      const sending = { faults: faultsOf(health), ...(account === undefined ? {} : { accountSending: account }) };
      return { ...facts, ...standingOf(response), ...sending };
    },
    readSubscription: async () => subscriptionOf(await read(`/${accountId}/subscribed_apps`), credentials.appId),
    readAppFields: async () => {
      const { appId, appSecret } = credentials;
      if (appId === undefined || appSecret === undefined) return undefined;
      const path = `/${encodeURIComponent(appId)}/subscriptions`;
      return appFieldsOf(await callAsApp(credentials, call, { send, options })({ method: 'GET', path, kind: 'read' }));
    },
    register: (pin) => {
      const body = { messaging_product: 'whatsapp', pin };
      const registering = call({ method: 'POST', path: `/${numberId}/register`, body, kind: 'send' });
      return succeed(registering, 'send').catch(naming(REGISTER_REFUSALS));
    },
    subscribeAt: ({ url, verifyToken }) => {
      const body = { override_callback_uri: url, verify_token: verifyToken };
      return succeed(call({ method: 'POST', path: `/${accountId}/subscribed_apps`, body, kind: 'read' }), 'read');
    },
    unsubscribe: () => succeed(call({ method: 'DELETE', path: `/${accountId}/subscribed_apps`, kind: 'read' }), 'read'),
    requestSync: async (kind) => {
      const body = { messaging_product: 'whatsapp', sync_type: SYNC_TYPES[kind] };
      const asking = call({ method: 'POST', path: `/${numberId}/smb_app_data`, body, kind: 'send' });
      const response = await asking.catch(naming(SYNC_REFUSALS));
      const { request_id: requestId } = parseAnswer(syncAnswerSchema, response, 'send');
      return requestId === undefined ? {} : { requestId };
    },
  };
}

/** Without the app's secret the token speaks for itself, which Meta allows to some tokens only. */
function callAsApp(
  { apiUrl, apiVersion, appId, appSecret }: ChannelCredentials,
  call: CallApi,
  { send, options }: { send: Http; options: ClientOptions },
): CallApi {
  if (appId === undefined || appSecret === undefined) return call;
  const headers = { authorization: `Bearer ${appId}|${appSecret}` };
  return apiCaller({ url: `${apiUrl}/${apiVersion}`, headers }, send, options);
}

function tokenFactsOf(data: z.infer<typeof tokenSchema>['data']): TokenFacts {
  const granted = data.granular_scopes ?? [];
  const reaching = granted.filter((entry) => entry.scope === MANAGEMENT);
  return {
    isValid: data.is_valid,
    scopes: data.scopes ?? granted.map((entry) => entry.scope),
    accountIds: [...new Set(reaching.flatMap((entry) => entry.target_ids ?? []))],
    ...(reaching.some((entry) => entry.target_ids === undefined) ? { isUnbounded: true } : {}),
    ...(data.app_id === undefined ? {} : { appId: data.app_id }),
    ...(data.expires_at ? { expiresAtMs: data.expires_at * 1_000 } : {}),
  };
}

type Read = (path: string) => Promise<HttpResponse>;

async function readAccounts(read: Read, accountIds: readonly string[]) {
  const found = await Promise.all(
    accountIds.map(async (id) => {
      try {
        return [parseAnswer(accountSchema, await read(`/${encodeURIComponent(id)}?fields=id,name`), 'read')];
      } catch (error) {
        // The list of a token's accounts holds those that were taken away from it again.
        if (error instanceof ChannelError && error.kind !== 'unavailable' && error.kind !== 'rate-limited') return [];
        throw error;
      }
    }),
  );
  return found.flat().map(({ id, name }) => ({ id, ...(name === undefined ? {} : { name }) }));
}

async function listNumbers(read: Read, accountId: string): Promise<ListedNumber[]> {
  const path = `/${accountId}/phone_numbers?fields=${SETUP_FIELDS}&limit=100`;
  const numbers: ListedNumber[] = [];
  let after = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, paging } = parseAnswer(numberPageSchema, await read(path + after), 'read');
    numbers.push(...data.map(toListed));
    const cursor = paging?.next === undefined ? undefined : paging.cursors?.after;
    if (cursor === undefined) return numbers;
    after = `&after=${encodeURIComponent(cursor)}`;
  }
  throw unreadableSuccess('read');
}

function toListed(number: z.infer<typeof setupNumberSchema>): ListedNumber {
  const { id, code_verification_status: codeVerification, is_pin_enabled: hasPin } = number;
  return {
    id,
    ...numberFactsOf(number),
    ...(codeVerification === undefined ? {} : { codeVerification }),
    ...(hasPin === undefined ? {} : { hasPin }),
  };
}

/** Codes for what only a payment method mends. (onboarding: C.4) */
const PAYMENT_CODES: ReadonlySet<number> = new Set([131042, 141006]);

/** Each code once, under the first thing it is said of. */
function faultsOf(health: z.infer<typeof healthSchema>['health_status']): HealthFault[] {
  const faults = new Map<number, HealthFault>();
  for (const { entity_type: about, can_send_message: state, errors = [] } of health?.entities ?? []) {
    for (const { error_code: code, error_description: description = '' } of errors) {
      const isPending = state === 'PENDING' || /\bpending\b/i.test(description);
      if (!faults.has(code)) faults.set(code, { about, code, isPending, isPayment: PAYMENT_CODES.has(code) });
    }
  }
  return [...faults.values()];
}
