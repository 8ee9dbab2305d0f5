import type { FastifyInstance } from 'fastify';
import { createBucket } from '../buckets.ts';
import type { GraphSandbox } from '../index.ts';
import type { App, BusinessNumber, Callback, Waba } from '../model.ts';
import { countryOf, digitsOf } from '../phone.ts';
import { usualScopes } from '../rest/tokens.ts';
import { changeSettings } from '../settings.ts';
import { createTraffic } from '../traffic.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import {
  appOf,
  type Body,
  bodyOf,
  ControlError,
  numberOf,
  optionalNumber,
  optionalText,
  requiredText,
} from './input.ts';
import { tellUnlessQuiet } from './telling.ts';

/** What an administrator does at Meta: apps, numbers, tokens; and the emulator's settings. */
export function registerBusinessControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/apps', async (request) => putApp(sandbox, bodyOf(request.body)));

  server.get('/control/graph/apps', async () => ({ apps: [...world.apps.values()].map(showApp) }));

  server.post('/control/graph/numbers', async (request, reply) => {
    const body = bodyOf(request.body);
    const inputs = Array.isArray(body.numbers) ? body.numbers.map(bodyOf) : [body];
    const numbers = inputs.map((input) => putNumber(world, input));
    world.core.bus.emit({ kind: 'graph.numbers', count: numbers.length });
    return reply.code(201).send({ numbers: numbers.map(({ phoneNumberId }) => phoneNumberId) });
  });

  /** A number falls from grace, is renamed, or goes to another state. */
  server.post('/control/graph/numbers/:phoneNumberId', async (request) => {
    const number = numberOf(world, (request.params as Body).phoneNumberId);
    const body = bodyOf(request.body);
    const before = { ...number };
    changeNumber(number, body);
    const told = await tellUnlessQuiet(sandbox, number.waba, qualityUpdate(before, number), body);
    return { ...showNumber(number), ...told };
  });

  server.post('/control/graph/wabas/:wabaId', async (request) => {
    const waba = world.wabas.get(String((request.params as Body).wabaId));
    if (waba === undefined) throw new ControlError(404, 'no such account');
    return changeWaba(waba, bodyOf(request.body));
  });

  server.post('/control/graph/tokens', async (request) => putToken(world, bodyOf(request.body)));

  server.put('/control/graph/settings', async (request) => {
    changeSettings(world.settings, bodyOf(request.body));
    world.core.bus.emit({ kind: 'graph.settings' });
    return world.settings;
  });

  server.get('/control/graph/settings', async () => world.settings);
}

/** Creates or changes an app; every address that is set is verified at once, as Meta does. */
export async function putApp(sandbox: GraphSandbox, body: Body): Promise<unknown> {
  const { world, deliveries } = sandbox;
  const appId = requiredText(body, 'appId');
  const appSecret = requiredText(body, 'appSecret');
  const verifyToken = optionalText(body, 'verifyToken');
  const callbacks = readUrls(body).map((url): Callback => ({ url, verified: false }));
  const statuses = await Promise.all(callbacks.map((callback) => deliveries.verify(callback, verifyToken)));
  const app: App = { appId, appSecret, verifyToken, callbacks, nextCallback: 0 };
  world.apps.set(appId, app);
  world.core.bus.emit({ kind: 'graph.app', appId });
  return {
    ...showApp(app),
    verification: callbacks.map(({ url, verified }, index) => ({ url, verified, status: statuses[index] })),
  };
}

function readUrls(body: Body): string[] {
  const urls = Array.isArray(body.callbackUrls) ? body.callbackUrls.map(String) : [];
  const single = optionalText(body, 'callbackUrl');
  const all = single === undefined ? urls : [single, ...urls];
  for (const url of all) if (!URL.canParse(url)) throw new ControlError(400, 'callbackUrl must be a URL');
  return all;
}

const showApp = (app: App) => ({
  appId: app.appId,
  callbackUrls: app.callbacks.map(({ url }) => url),
  verified: app.callbacks.length > 0 && app.callbacks.every(({ verified }) => verified),
});

/** Creates a number, with its account, and makes the token good for it; repeated, it changes both. */
export function putNumber(world: GraphWorld, body: Body): BusinessNumber {
  const phoneNumberId = requiredText(body, 'phoneNumberId');
  const displayPhoneNumber = requiredText(body, 'displayPhoneNumber');
  const appId = requiredText(body, 'appId');
  const waba = putWaba(world, requiredText(body, 'wabaId'), body);
  const digits = digitsOf(displayPhoneNumber);
  if (digits === '') throw new ControlError(400, 'displayPhoneNumber has no digits');
  const known = world.numbers.get(phoneNumberId);
  if (known !== undefined && known.waba !== waba) throw new ControlError(409, 'the number is in another account');
  const number = known ?? newNumber(world, waba, phoneNumberId, appId);
  Object.assign(number, { appId, displayPhoneNumber, digits, callingCode: countryOf(digits).callingCode });
  changeNumber(number, body);
  if (body.subscribed !== false) waba.subscriptions.set(appId, waba.subscriptions.get(appId));
  const accessToken = optionalText(body, 'accessToken');
  if (accessToken !== undefined) putToken(world, { accessToken, appId, wabaIds: [waba.wabaId] });
  return number;
}

function newNumber(world: GraphWorld, waba: Waba, phoneNumberId: string, appId: string): BusinessNumber {
  if (world.wabas.has(phoneNumberId)) throw new ControlError(409, 'an account has that id');
  const number: BusinessNumber = {
    phoneNumberId,
    waba,
    displayPhoneNumber: '',
    digits: '',
    callingCode: '',
    verifiedName: 'Acme',
    appId,
    status: 'CONNECTED',
    qualityRating: 'GREEN',
    nameStatus: 'APPROVED',
    platformType: 'CLOUD_API',
    codeVerificationStatus: 'VERIFIED',
    accountMode: 'LIVE',
    throughputLevel: 'STANDARD',
    isOnBizApp: false,
    onboardedAtMs: world.core.clock.now(),
    override: undefined,
    bucket: createBucket(),
    traffic: createTraffic(),
    chats: new Map(),
  };
  world.numbers.set(phoneNumberId, number);
  waba.numbers.push(number);
  return number;
}

/** The texts of a number that a control call may set, as the Graph API states them. */
const changeable = [
  ...(['verifiedName', 'status', 'qualityRating', 'nameStatus', 'platformType'] as const),
  ...(['codeVerificationStatus', 'accountMode', 'throughputLevel'] as const),
];

function changeNumber(number: BusinessNumber, body: Body): void {
  for (const name of changeable) {
    const value = optionalText(body, name);
    if (value !== undefined) number[name] = value;
  }
  if (typeof body.isOnBizApp === 'boolean') number.isOnBizApp = body.isOnBizApp;
}

const ratings = ['RED', 'YELLOW', 'GREEN'];

/** The webhook knows falling, rising, and more throughput, not the rating itself (onboarding: account fields). */
function qualityUpdate(before: BusinessNumber, number: BusinessNumber): AccountUpdate | undefined {
  const change = ratings.indexOf(number.qualityRating) - ratings.indexOf(before.qualityRating);
  const isFaster = number.throughputLevel === 'HIGH' && before.throughputLevel !== 'HIGH';
  const quality = change < 0 ? 'FLAGGED' : 'UNFLAGGED';
  if (change === 0 && !isFaster) return undefined;
  return {
    field: 'phone_number_quality_update',
    value: {
      display_phone_number: number.digits,
      event: change === 0 ? 'THROUGHPUT_UPGRADE' : quality,
      current_limit: 'TIER_2K',
      max_daily_conversations_per_business: 'TIER_2K',
    },
  };
}

/** Without a portfolio of its own, an account is its own portfolio: its BSUIDs mean nothing to others. */
function putWaba(world: GraphWorld, wabaId: string, body: Body): Waba {
  const known = world.wabas.get(wabaId);
  if (known !== undefined) return known;
  if (world.numbers.has(wabaId)) throw new ControlError(409, 'a number has that id');
  const waba: Waba = {
    wabaId,
    name: optionalText(body, 'wabaName') ?? optionalText(body, 'verifiedName') ?? 'Acme',
    businessId: optionalText(body, 'businessId') ?? `9${wabaId}`,
    businessName: optionalText(body, 'businessName') ?? 'Acme Holding',
    reviewStatus: 'APPROVED',
    numbers: [],
    subscriptions: new Map(),
    templates: new Map(),
    deletedNames: new Map(),
  };
  world.wabas.set(wabaId, waba);
  return waba;
}

/** `subscribedApps` replaces the list of apps that hear of the account. */
function changeWaba(waba: Waba, body: Body): unknown {
  waba.reviewStatus = optionalText(body, 'reviewStatus') ?? waba.reviewStatus;
  waba.name = optionalText(body, 'name') ?? waba.name;
  if (Array.isArray(body.subscribedApps)) {
    const wanted = body.subscribedApps.map(String);
    waba.subscriptions = new Map(wanted.map((appId) => [appId, waba.subscriptions.get(appId)]));
  }
  const { wabaId, name, reviewStatus, businessId } = waba;
  return { wabaId, name, reviewStatus, businessId, subscribedApps: [...waba.subscriptions.keys()] };
}

/** Creates a token or changes it: `revoked`, `expiresAtMs` (0: never), `scopes`, further `wabaIds`. */
function putToken(world: GraphWorld, body: Body): unknown {
  const accessToken = requiredText(body, 'accessToken');
  const known = world.tokens.get(accessToken);
  const token = known ?? {
    accessToken,
    appId: appOf(world, requiredText(body, 'appId')).appId,
    wabaIds: new Set<string>(),
    scopes: usualScopes,
    issuedAtMs: world.core.clock.now(),
    expiresAtMs: 0,
    revoked: false,
  };
  token.expiresAtMs = optionalNumber(body, 'expiresAtMs') ?? token.expiresAtMs;
  if (typeof body.revoked === 'boolean') token.revoked = body.revoked;
  if (Array.isArray(body.scopes)) token.scopes = body.scopes.map(String);
  if (Array.isArray(body.wabaIds)) for (const id of body.wabaIds) token.wabaIds.add(String(id));
  world.tokens.set(accessToken, token);
  return { appId: token.appId, wabaIds: [...token.wabaIds], expiresAtMs: token.expiresAtMs, revoked: token.revoked };
}

export const showNumber = (number: BusinessNumber) => ({
  phoneNumberId: number.phoneNumberId,
  wabaId: number.waba.wabaId,
  businessId: number.waba.businessId,
  appId: number.appId,
  displayPhoneNumber: number.displayPhoneNumber,
  verifiedName: number.verifiedName,
  status: number.status,
  qualityRating: number.qualityRating,
});
