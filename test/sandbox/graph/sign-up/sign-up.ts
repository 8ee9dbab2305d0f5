import { randomBytes, randomInt } from 'node:crypto';
import { GraphError } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { type Fields, missing } from '../messages/types.ts';
import type { App, BusinessNumber, Token, Waba } from '../model.ts';
import { isOnPlatform } from '../onboarding/registration.ts';
import { createSync } from '../onboarding/sync.ts';
import { usualScopes } from '../rest/tokens.ts';
import type { GraphWorld } from '../world.ts';

/** What Facebook Login for Business keeps of how its tokens are made. */
export type SignUpConfiguration = {
  configurationId: string;
  appId: string;
  /** 0: for ever. */
  tokenLifeMs: number;
  scopes: string[];
  /** Whether the first screen offers a number of the WhatsApp Business app whatever `extras` say. */
  offersBusinessApp: boolean;
};

/** Waits to be exchanged for a token. Times are of the sandbox's clock. */
export type SignUpCode = {
  code: string;
  appId: string;
  wabaId: string;
  expiresAtMs: number;
  isUsed: boolean;
  tokenLifeMs: number;
  scopes: string[];
};

const dayMs = 24 * 3_600_000;
/** Of the template that Meta offers (onboarding: code to token). */
const usualTokenLifeMs = 60 * dayMs;
export const usualCodeLifeMs = 30_000;

export const createConfiguration = (configurationId: string, appId: string): SignUpConfiguration => ({
  configurationId,
  appId,
  tokenLifeMs: usualTokenLifeMs,
  scopes: usualScopes,
  offersBusinessApp: false,
});

/** The object of the window message (onboarding: browser side). */
export type SignUpMessage = { type: 'WA_EMBEDDED_SIGNUP'; event: string; data: Fields; version?: number };

export type SignUpInput = {
  app: App;
  configuration: SignUpConfiguration;
  waba: Waba;
  /** Undefined: only the account is shared. */
  number: BusinessNumber | undefined;
  sharesHistory: boolean;
  codeLifeMs: number;
};

/**
 * The business finishes: its account is shared with the app, and a number of the WhatsApp Business app is linked to the
 * platform. @throws GraphError for a number that cannot be signed up
 */
export function finishSignUp(sandbox: GraphSandbox, input: SignUpInput): { code: string; message: SignUpMessage } {
  const { world, outbox } = sandbox;
  const { app, configuration, waba, number, codeLifeMs } = input;
  if (number?.isPersonal) throw new GraphError(100, { details: personalNumber });
  const nowMs = world.core.clock.now();
  const isFirst = !waba.sharedWith.has(app.appId);
  waba.sharedWith.add(app.appId);
  if (number?.isOnBizApp) linkToPlatform(number, app, input.sharesHistory, nowMs);
  const code = `AQ${randomBytes(48).toString('base64url')}`;
  const { tokenLifeMs, scopes } = configuration;
  const wabaId = waba.wabaId;
  const made = { code, appId: app.appId, wabaId, expiresAtMs: nowMs + codeLifeMs, isUsed: false, tokenLifeMs, scopes };
  world.signUpCodes.set(code, made);
  if (isFirst) {
    const value = { event: 'PARTNER_ADDED', waba_info: { waba_id: wabaId, owner_business_id: waba.businessId } };
    void outbox.tellAccount(waba, { field: 'account_update', value, partner: app });
  }
  world.core.bus.emit({ kind: 'graph.sign-up', wabaId });
  return { code, message: finishMessage(waba, number) };
}

export const personalNumber =
  'This number is used by WhatsApp Messenger. Use a number that is not, or move it to the WhatsApp Business app first.';

/** From now on messages of the phone are mirrored, and what it has can be asked for once. */
function linkToPlatform(number: BusinessNumber, app: App, sharesHistory: boolean, nowMs: number): void {
  number.appId = app.appId;
  number.sync.sharesHistory = sharesHistory;
  // Signing up once more changes nothing else: there is no second history.
  if (isOnPlatform(number)) return;
  const up = { platformType: 'CLOUD_API', status: 'CONNECTED', codeVerificationStatus: 'VERIFIED', isSuspended: false };
  Object.assign(number, { ...up, onboardedAtMs: nowMs });
  const { calls, told, isLost } = createSync();
  Object.assign(number.sync, { calls, told, isLost });
}

/** Of a number in the WhatsApp Business app, only the account is promised. */
function finishMessage(waba: Waba, number: BusinessNumber | undefined): SignUpMessage {
  const type = 'WA_EMBEDDED_SIGNUP';
  const { wabaId: waba_id, businessId: business_id } = waba;
  if (number?.isOnBizApp) {
    return { type, event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', version: 3, data: { waba_id } };
  }
  const others = { ad_account_ids: [], page_ids: [], dataset_ids: [], catalog_ids: [], instagram_account_ids: [] };
  if (number === undefined) return { type, event: 'FINISH_ONLY_WABA', data: { waba_id, business_id, ...others } };
  const { phoneNumberId: phone_number_id } = number;
  return { type, event: 'FINISH', data: { phone_number_id, waba_id, business_id, ...others, waba_ids: [waba_id] } };
}

export type Leaving = { outcome: 'cancel' | 'error'; currentStep?: string; errorMessage?: string; errorCode?: string };

/** Left, or gone wrong; whoever reports an error leaves, too. */
export function leaveMessage(
  world: GraphWorld,
  { outcome, currentStep, errorMessage, errorCode }: Leaving,
): SignUpMessage {
  const isError = outcome === 'error' || errorMessage !== undefined;
  const data: Fields = isError
    ? {
        error_message: errorMessage ?? 'Something went wrong. Please try again.',
        error_code: errorCode ?? '524126',
        session_id: randomBytes(8).toString('hex'),
        timestamp: String(Math.floor(world.core.clock.now() / 1_000)),
      }
    : { current_step: currentStep ?? 'PHONE_NUMBER_SETUP' };
  return { type: 'WA_EMBEDDED_SIGNUP', event: outcome === 'error' ? 'ERROR' : 'CANCEL', data };
}

const lateCode = 36007;
const foreignCode = 36008;
const usedCode = 36009;

/** `GET /oauth/access_token`: a code becomes a token, once and in time. @throws GraphError 1, 100, 101 */
export function exchangeCode(world: GraphWorld, query: Fields): Fields {
  const { client_id: appId, client_secret: secret, code: given } = query;
  for (const [name, value] of Object.entries({ client_id: appId, client_secret: secret, code: given })) {
    if (typeof value !== 'string' || value === '') throw missing(name);
  }
  const app = world.apps.get(String(appId));
  if (app === undefined) throw new GraphError(101);
  if (app.appSecret !== secret) throw new GraphError(1, { message: 'Error validating client secret.' });
  const code = world.signUpCodes.get(String(given));
  if (code?.appId !== app.appId) throw refusedCode('Invalid verification code format.', foreignCode);
  if (code.isUsed) throw refusedCode('This authorization code has been used.', usedCode);
  const nowMs = world.core.clock.now();
  if (nowMs >= code.expiresAtMs) throw refusedCode('This authorization code has expired.', lateCode);
  code.isUsed = true;
  const token = makeToken(world, app, code, nowMs);
  const expiry = code.tokenLifeMs === 0 ? {} : { expires_in: Math.floor(code.tokenLifeMs / 1_000) };
  return { access_token: token.accessToken, token_type: 'bearer', ...expiry };
}

const refusedCode = (message: string, subcode: number): GraphError => new GraphError(100, { message, subcode });

/** It sees every account that this business ever shared with the app. */
function makeToken(world: GraphWorld, app: App, code: SignUpCode, nowMs: number): Token {
  const businessId = world.wabas.get(code.wabaId)?.businessId;
  const shared = [...world.wabas.values()].filter(
    (waba) => waba.businessId === businessId && waba.sharedWith.has(app.appId),
  );
  const token: Token = {
    accessToken: `EAA${randomInt(1e9)}${randomBytes(60).toString('base64url')}`,
    appId: app.appId,
    wabaIds: new Set(shared.map(({ wabaId }) => wabaId)),
    scopes: code.scopes,
    issuedAtMs: nowMs,
    expiresAtMs: code.tokenLifeMs === 0 ? 0 : nowMs + code.tokenLifeMs,
    revokedAs: undefined,
  };
  world.tokens.set(token.accessToken, token);
  return token;
}
