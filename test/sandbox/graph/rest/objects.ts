import { GraphError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { type Fields, invalid, isFields } from '../messages/types.ts';
import type { App, BusinessNumber, Callback, Token, Waba } from '../model.ts';
import { changePin } from '../onboarding/registration.ts';
import { healthOf } from '../onboarding/standing.ts';
import type { Deliveries } from '../webhooks/deliveries.ts';
import type { GraphWorld } from '../world.ts';
import { pageOf, pickFields } from './fields.ts';

const usualNumberFields = [
  ...['verified_name', 'code_verification_status', 'display_phone_number', 'quality_rating', 'platform_type'],
  ...['throughput', 'webhook_configuration', 'last_onboarded_time'],
];
const usualWabaFields = ['name', 'currency', 'timezone_id', 'message_template_namespace'];

/** The object of a business number (onboarding: reading a number's health). */
export function showNumber(world: GraphWorld, number: BusinessNumber, wanted: unknown): Fields {
  const { waba } = number;
  const appCallback = world.apps.get(number.appId)?.callbacks[0]?.url;
  const accountCallback = waba.subscriptions.get(number.appId)?.url;
  const all: Fields = {
    id: number.phoneNumberId,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    quality_rating: number.qualityRating,
    code_verification_status: number.codeVerificationStatus,
    status: number.status,
    platform_type: number.platformType,
    throughput: { level: number.throughputLevel },
    name_status: number.nameStatus,
    new_display_name: number.newName?.name,
    new_name_status: number.newName?.status ?? 'NONE',
    account_mode: number.accountMode,
    is_on_biz_app: number.isOnBizApp,
    is_official_business_account: false,
    is_pin_enabled: number.registration.pin !== undefined,
    last_onboarded_time: new Date(number.onboardedAtMs).toISOString().replace(/\.\d+Z$/, '+0000'),
    whatsapp_business_manager_messaging_limit: number.messagingLimit,
    webhook_configuration: {
      ...(number.override === undefined ? {} : { phone_number: number.override.url }),
      ...(accountCallback === undefined ? {} : { whatsapp_business_account: accountCallback }),
      ...(appCallback === undefined ? {} : { application: appCallback }),
    },
    health_status: healthOf(world, number),
  };
  return pickFields(all, wanted, usualNumberFields, 'WhatsAppBusinessPhoneNumber');
}

export function showWaba(waba: Waba, wanted: unknown): Fields {
  const business = { id: waba.businessId, name: waba.businessName };
  const all: Fields = {
    id: waba.wabaId,
    name: waba.name,
    currency: 'USD',
    timezone_id: '1',
    country: 'US',
    message_template_namespace: `ns_${waba.wabaId}`,
    account_review_status: waba.reviewStatus,
    business_verification_status: 'verified',
    ownership_type: 'CLIENT_OWNED',
    status: 'ACTIVE',
    owner_business_info: business,
    on_behalf_of_business_info: { ...business, status: 'APPROVED', type: 'SELF' },
    health_status: {
      can_send_message: waba.isBanned ? 'BLOCKED' : 'AVAILABLE',
      entities: [{ entity_type: 'WABA', id: waba.wabaId, can_send_message: waba.isBanned ? 'BLOCKED' : 'AVAILABLE' }],
    },
  };
  return pickFields(all, wanted, usualWabaFields, 'WhatsAppBusinessAccount');
}

/** Newest first, by cursor. */
export function listNumbers(world: GraphWorld, waba: Waba, query: Fields, url: string): Fields {
  const newestFirst = waba.numbers.toSorted((a, b) => b.onboardedAtMs - a.onboardedAtMs);
  return pageOf(newestFirst, query, url, (number) => showNumber(world, number, query.fields));
}

export function listSubscribedApps(waba: Waba): Fields {
  return {
    data: [...waba.subscriptions].map(([id, callback]) => ({
      whatsapp_business_api_data: { id, link: `https://www.facebook.com/games/?app_id=${id}`, name: `App ${id}` },
      ...(callback === undefined ? {} : { override_callback_uri: callback.url }),
    })),
  };
}

/** Subscribes the token's app; an address given with it is verified at once, an empty body removes it. @throws GraphError */
/** What an app hears of that chose no fields. */
const allFields = [
  ...['messages', 'message_template_status_update', 'message_template_quality_update'],
  ...['message_template_components_update', 'template_category_update', 'account_update', 'account_alerts'],
  ...['account_review_update', 'business_capability_update', 'phone_number_quality_update'],
  ...['phone_number_name_update', 'security', 'user_preferences'],
  ...['history', 'smb_app_state_sync', 'smb_message_echoes'],
];

/** `GET /{app}/subscriptions`: which webhooks are sent to the app at all, and where those that nothing overrides. */
export function listAppSubscriptions({ callbacks, fields = allFields }: App): Fields {
  return {
    data: [
      {
        object: 'whatsapp_business_account',
        callback_url: callbacks[0]?.url ?? '',
        active: true,
        fields: fields.map((name) => ({ name, version: 'v26.0' })),
      },
    ],
  };
}

export async function subscribeApp(deliveries: Deliveries, token: Token, waba: Waba, body: Fields): Promise<Fields> {
  const override = await readOverride(deliveries, body);
  waba.subscriptions.set(token.appId, override);
  return { success: true };
}

export function unsubscribeApp(token: Token, waba: Waba): Fields {
  waba.subscriptions.delete(token.appId);
  return { success: true };
}

/** `POST /{phone}`: the callback override, the PIN, or another name. @throws GraphError */
export async function updateNumber(
  { deliveries, outbox }: GraphSandbox,
  number: BusinessNumber,
  input: Fields,
): Promise<Fields> {
  const { webhook_configuration: configuration, pin, new_display_name: name } = input;
  if (pin !== undefined) void outbox.tellAccount(number.waba, changePin(number, pin));
  else if (typeof name === 'string' && name !== '') number.newName = { name, status: 'PENDING_REVIEW' };
  else if (isFields(configuration)) number.override = await readOverride(deliveries, configuration);
  else {
    throw new GraphError(100, {
      message: '(#100) The sandbox knows only the parameters webhook_configuration, pin and new_display_name here.',
    });
  }
  return { success: true };
}

const longestUri = 200;

async function readOverride(deliveries: Deliveries, body: Fields): Promise<Callback | undefined> {
  const { override_callback_uri: uri, verify_token: verifyToken } = body;
  if (uri === undefined || uri === '') return undefined;
  if (typeof uri !== 'string' || uri.length > longestUri || !URL.canParse(uri)) {
    throw invalid('override_callback_uri', `must be a URL of at most ${longestUri} characters`);
  }
  if (typeof verifyToken !== 'string') throw invalid('verify_token', 'must be a string');
  const callback = { url: uri, verified: false };
  const status = await deliveries.verify(callback, verifyToken);
  if (callback.verified) return callback;
  const message = `(#2200) Callback verification failed with the following errors: HTTP Status Code = ${status}`;
  throw new GraphError(2200, { message });
}
