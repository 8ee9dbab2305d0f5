import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { App, Callback, Waba } from '../model.ts';
import { usualScopes } from '../rest/tokens.ts';
import { changeSettings } from '../settings.ts';
import type { GraphWorld } from '../world.ts';
import { appOf, type Body, bodyOf, ControlError, optionalNumber, optionalText, requiredText, wabaOf } from './input.ts';

/** What an administrator does at Meta: apps, accounts, tokens; and the emulator's settings. */
export function registerBusinessControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/apps', async (request) => putApp(sandbox, bodyOf(request.body)));

  server.get('/control/graph/apps', async () => ({ apps: [...world.apps.values()].map(showApp) }));

  server.post('/control/graph/apps/:appId', async (request) => {
    const app = appOf(world, (request.params as Body).appId);
    return changeApp(sandbox, app, bodyOf(request.body));
  });

  server.post('/control/graph/wabas/:wabaId', async (request) => {
    const waba = changeWaba(wabaOf(world, (request.params as Body).wabaId), bodyOf(request.body));
    world.core.bus.emit({ kind: 'graph.waba' });
    return waba;
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
  const app = {
    ...(world.apps.get(appId) ?? createApp(appId, appSecret)),
    ...{ appSecret, verifyToken, callbacks, nextCallback: 0 },
  };
  app.businessId = optionalText(body, 'businessId') ?? app.businessId;
  world.apps.set(appId, app);
  world.core.bus.emit({ kind: 'graph.app', appId });
  return {
    ...showApp(app),
    verification: callbacks.map(({ url, verified }, index) => ({ url, verified, status: statuses[index] })),
  };
}

/** An app that hears of everything, and has no address yet. */
export const createApp = (appId: string, appSecret: string, verifyToken?: string): App => ({
  appId,
  appSecret,
  verifyToken,
  callbacks: [],
  nextCallback: 0,
  businessId: `8${appId}`,
  fields: undefined,
  isMuted: false,
});

/** Another address, asked unless `verify` is false; silence; only some fields (null: all again). */
async function changeApp({ world, deliveries }: GraphSandbox, app: App, body: Body): Promise<unknown> {
  const url = optionalText(body, 'callbackUrl');
  if (url !== undefined) {
    const [callback] = readUrls({ callbackUrl: url }).map((one): Callback => ({ url: one, verified: true }));
    if (callback !== undefined && body.verify !== false) await deliveries.verify(callback, app.verifyToken);
    app.callbacks = callback === undefined ? [] : [callback];
  }
  if (typeof body.muted === 'boolean') app.isMuted = body.muted;
  if (body.fields === null) app.fields = undefined;
  if (Array.isArray(body.fields)) app.fields = body.fields.map(String);
  world.core.bus.emit({ kind: 'graph.app', appId: app.appId });
  return showApp(app);
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
  businessId: app.businessId,
  fields: app.fields ?? null,
  muted: app.isMuted,
  verified: app.callbacks.length > 0 && app.callbacks.every(({ verified }) => verified),
});

/** Without a portfolio of its own, an account is its own portfolio: its BSUIDs mean nothing to others. */
export function putWaba(world: GraphWorld, wabaId: string, body: Body): Waba {
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
    sharedWith: new Set(),
    isBanned: false,
    restrictions: [],
    templates: new Map(),
    deletedNames: new Map(),
  };
  world.wabas.set(wabaId, waba);
  return waba;
}

/** `subscribedApps` replaces the list of apps that hear of the account, `overrideUrl` their address, unasked. */
function changeWaba(waba: Waba, body: Body): unknown {
  waba.reviewStatus = optionalText(body, 'reviewStatus') ?? waba.reviewStatus;
  waba.name = optionalText(body, 'name') ?? waba.name;
  if (Array.isArray(body.subscribedApps)) {
    const wanted = body.subscribedApps.map(String);
    waba.subscriptions = new Map(wanted.map((appId) => [appId, waba.subscriptions.get(appId)]));
  }
  const override = readOverrideUrl(body);
  if (override !== undefined) {
    for (const appId of waba.subscriptions.keys()) waba.subscriptions.set(appId, override ?? undefined);
  }
  const { wabaId, name, reviewStatus, businessId } = waba;
  return { wabaId, name, reviewStatus, businessId, subscribedApps: [...waba.subscriptions.keys()] };
}

/** Set by somebody else, whose address answered them; null removes it, undefined: no change. */
export function readOverrideUrl({ overrideUrl }: Body): Callback | null | undefined {
  if (overrideUrl === undefined || overrideUrl === null) return overrideUrl;
  if (typeof overrideUrl !== 'string' || !URL.canParse(overrideUrl)) {
    throw new ControlError(400, 'overrideUrl must be a URL');
  }
  return { url: overrideUrl, verified: true };
}

/** Creates a token or changes it: how it ended, when it ends (0: never), its rights, further `wabaIds`. */
export function putToken(world: GraphWorld, body: Body): unknown {
  const accessToken = requiredText(body, 'accessToken');
  const nowMs = world.core.clock.now();
  const token = world.tokens.get(accessToken) ?? {
    accessToken,
    appId: appOf(world, requiredText(body, 'appId')).appId,
    wabaIds: new Set<string>(),
    scopes: usualScopes,
    issuedAtMs: nowMs,
    expiresAtMs: 0,
    revokedAs: undefined,
  };
  const days = optionalNumber(body, 'expiresInDays');
  const inMs = optionalNumber(body, 'expiresInMs') ?? (days === undefined ? undefined : days * dayMs);
  token.expiresAtMs = optionalNumber(body, 'expiresAtMs') ?? (inMs === undefined ? token.expiresAtMs : nowMs + inMs);
  const { revoked } = body;
  if (typeof revoked === 'boolean') token.revokedAs = revoked ? noLongerValid : undefined;
  else if (revoked !== undefined) token.revokedAs = optionalNumber(body, 'revoked');
  if (Array.isArray(body.scopes)) token.scopes = body.scopes.map(String);
  if (Array.isArray(body.wabaIds)) for (const id of body.wabaIds) token.wabaIds.add(String(id));
  world.tokens.set(accessToken, token);
  const { appId, wabaIds, scopes, expiresAtMs, revokedAs } = token;
  return { appId, wabaIds: [...wabaIds], scopes, expiresAtMs, revoked: revokedAs !== undefined };
}

const dayMs = 24 * 3_600_000;
const noLongerValid = 467;
