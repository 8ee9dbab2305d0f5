import type { HTTPMethods } from 'fastify';
import type { FaultRule } from '../../core/faults.ts';
import type { Part } from '../../core/multipart.ts';
import type { GraphSandbox } from '../index.ts';
import { acceptMessage } from '../messages/send.ts';
import type { Fields } from '../messages/types.ts';
import * as registration from '../onboarding/registration.ts';
import { requestSync } from '../onboarding/sync.ts';
import { exchangeCode } from '../sign-up/sign-up.ts';
import { deleteMedia, mediaFor, showMedia, uploadMedia } from './media.ts';
import * as objects from './objects.ts';
import * as templates from './templates.ts';
import { appFor, checkMayManage, checkMayMessage, inspectToken, numberFor, readToken, wabaFor } from './tokens.ts';

/** A call as it came, before its token was looked at. */
export type Call = {
  method: string;
  /** The object's id; empty for `debug_token`. */
  id: string;
  authorization: string | undefined;
  query: Fields;
  /** Parsed; an empty object when nothing was sent. @throws GraphError when it is no JSON object */
  body: () => Fields;
  /** Of a multipart body. @throws RangeError when it is none */
  parts: () => AsyncGenerator<Part>;
  /** What the log of requests shows as the body, where that is a stream. */
  note: (shown: Fields) => void;
  url: string;
  /** That was asked for, as a number. */
  version: number;
  fault: FaultRule | undefined;
};

export type Handle = (sandbox: GraphSandbox, call: Call) => Fields | Promise<Fields>;
type Route = { method: HTTPMethods; path: string; handle: Handle };

const versioned = '/graph/:version/:id';

const onboardingRoutes: Route[] = [
  {
    method: 'POST',
    path: `${versioned}/register`,
    handle: ({ world }, call) => registration.registerNumber(world, managedNumberOf(world, call), call.body()),
  },
  {
    method: 'POST',
    path: `${versioned}/deregister`,
    handle: ({ world }, call) => registration.deregisterNumber(world, managedNumberOf(world, call)),
  },
  {
    method: 'POST',
    path: `${versioned}/request_code`,
    handle: ({ world }, call) =>
      registration.requestCode(world, managedNumberOf(world, call), { ...call.query, ...call.body() }),
  },
  {
    method: 'POST',
    path: `${versioned}/verify_code`,
    handle: ({ world }, call) =>
      registration.verifyCode(world, managedNumberOf(world, call), { ...call.query, ...call.body() }),
  },
  {
    method: 'POST',
    path: `${versioned}/smb_app_data`,
    handle: (sandbox, call) =>
      requestSync(sandbox, managedNumberOf(sandbox.world, call), call.body(), new URL(call.url).origin),
  },
];

/** All calls that are answered, below `/graph`. */
export const routes: Route[] = [
  {
    method: 'POST',
    path: `${versioned}/messages`,
    handle: ({ world, statuses }, call) => {
      const number = messagingNumberOf(world, call);
      return acceptMessage(world, statuses, number, call.body(), call);
    },
  },
  {
    method: 'POST',
    path: `${versioned}/media`,
    handle: ({ world, mediaFiles }, call) => {
      const number = messagingNumberOf(world, call);
      return uploadMedia(world, mediaFiles, number, call.parts(), call.note);
    },
  },
  { method: 'GET', path: versioned, handle: readObject },
  {
    method: 'DELETE',
    path: versioned,
    handle: ({ world }, call) => deleteMedia(mediaFor(world, tokenOf(world, call), call.method, call.id, call.query)),
  },
  {
    method: 'POST',
    path: versioned,
    handle: (sandbox, call) => {
      const { world } = sandbox;
      const token = tokenOf(world, call);
      if (world.templates.has(call.id)) {
        return templates.editTemplate(sandbox, templates.templateFor(world, token, call.method, call.id), call.body());
      }
      checkMayManage(token);
      const number = numberFor(world, token, call.method, call.id);
      return objects.updateNumber(sandbox, number, { ...call.query, ...call.body() });
    },
  },
  {
    method: 'GET',
    path: `${versioned}/message_templates`,
    handle: ({ world }, call) => templates.listTemplates(managedWabaOf(world, call), call.query, call.url),
  },
  {
    method: 'POST',
    path: `${versioned}/message_templates`,
    handle: ({ world }, call) => templates.createTemplate(world, managedWabaOf(world, call), call.body()),
  },
  {
    method: 'DELETE',
    path: `${versioned}/message_templates`,
    handle: (sandbox, call) => templates.deleteTemplates(sandbox, managedWabaOf(sandbox.world, call), call.query),
  },
  {
    method: 'POST',
    path: `${versioned}/unpause`,
    handle: (sandbox, call) => {
      const { world } = sandbox;
      const template = templates.templateFor(world, tokenOf(world, call), call.method, call.id);
      return templates.unpauseTemplate(sandbox, template);
    },
  },
  {
    method: 'GET',
    path: `${versioned}/phone_numbers`,
    handle: ({ world }, call) => objects.listNumbers(world, managedWabaOf(world, call), call.query, call.url),
  },
  {
    method: 'GET',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world }, call) => objects.listSubscribedApps(managedWabaOf(world, call)),
  },
  {
    method: 'GET',
    path: `${versioned}/subscriptions`,
    handle: ({ world }, call) => objects.listAppSubscriptions(appFor(world, call.authorization, call.query, call.id)),
  },
  {
    method: 'POST',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world, deliveries }, call) =>
      objects.subscribeApp(deliveries, tokenOf(world, call), managedWabaOf(world, call), call.body()),
  },
  {
    method: 'DELETE',
    path: `${versioned}/subscribed_apps`,
    handle: ({ world }, call) => objects.unsubscribeApp(tokenOf(world, call), managedWabaOf(world, call)),
  },
  ...onboardingRoutes,
  { method: 'GET', path: '/graph/debug_token', handle: readTokenFacts },
  { method: 'GET', path: '/graph/:version/debug_token', handle: readTokenFacts },
  { method: 'GET', path: '/graph/oauth/access_token', handle: exchange },
  { method: 'GET', path: '/graph/:version/oauth/access_token', handle: exchange },
];

type World = GraphSandbox['world'];

const tokenOf = (world: World, call: Call) => readToken(world, call.authorization, call.query);
const wabaOf = (world: World, call: Call) => wabaFor(world, tokenOf(world, call), call.method, call.id);

function managedWabaOf(world: World, call: Call) {
  checkMayManage(tokenOf(world, call));
  return wabaOf(world, call);
}

function managedNumberOf(world: World, call: Call) {
  const token = tokenOf(world, call);
  checkMayManage(token);
  return numberFor(world, token, call.method, call.id);
}

function messagingNumberOf(world: World, call: Call) {
  const token = tokenOf(world, call);
  checkMayMessage(token);
  return numberFor(world, token, call.method, call.id);
}

function exchange({ world }: GraphSandbox, call: Call): Fields {
  return exchangeCode(world, call.query);
}

function readTokenFacts({ world }: GraphSandbox, call: Call): Fields {
  return inspectToken(world, call.authorization, call.query);
}

/** Numbers, accounts, media and templates share one room of ids. */
function readObject({ world }: GraphSandbox, call: Call): Fields {
  const token = tokenOf(world, call);
  if (world.wabas.has(call.id)) return objects.showWaba(wabaFor(world, token, call.method, call.id), call.query.fields);
  if (world.media.has(call.id)) {
    const media = mediaFor(world, token, call.method, call.id, call.query);
    return showMedia(world, media, new URL(call.url).origin);
  }
  if (world.templates.has(call.id)) {
    return templates.showTemplate(templates.templateFor(world, token, call.method, call.id), call.query.fields);
  }
  return objects.showNumber(world, numberFor(world, token, call.method, call.id), call.query.fields);
}
