import type { FastifyPluginAsync } from 'fastify';
import type { SandboxCore } from '../core/index.ts';
import { registerAccountEventControl } from './control/account-events.ts';
import { createApp, registerBusinessControl } from './control/business.ts';
import { showChat } from './control/chat.ts';
import { registerCustomerControl, showCustomer } from './control/customers.ts';
import { registerHistoryControl } from './control/history.ts';
import { ControlError } from './control/input.ts';
import { registerMediaControl } from './control/media.ts';
import { registerMessageControl } from './control/messages.ts';
import { putNumber, registerNumberControl } from './control/numbers.ts';
import { showNumber } from './control/show-number.ts';
import { registerSignUpControl } from './control/sign-ups.ts';
import { registerTemplateControl } from './control/templates.ts';
import { registerTrafficControl } from './control/traffic.ts';
import { registerWebhookControl } from './control/webhooks.ts';
import { GraphError } from './errors.ts';
import { createMediaFiles, type MediaFiles } from './media/files.ts';
import { registerRest } from './rest/plugin.ts';
import { registerSignUpPage } from './sign-up/page.ts';
import { createStatusTeller, type StatusTeller } from './statuses.ts';
import { createDeliveries, type Deliveries } from './webhooks/deliveries.ts';
import { createOutbox, type Outbox } from './webhooks/outbox.ts';
import { addCustomer, clearWorld, createWorld, findCustomer, type GraphWorld } from './world.ts';

/** Meta's network: its world, and what goes out of it. */
export type GraphSandbox = {
  world: GraphWorld;
  mediaFiles: MediaFiles;
  deliveries: Deliveries;
  outbox: Outbox;
  statuses: StatusTeller;
};

const shownNumbers = 100;
const shownCustomers = 300;
const shownMessages = 200;

export function createGraph(core: SandboxCore): GraphSandbox {
  const world = createWorld(core);
  const deliveries = createDeliveries(world);
  const outbox = createOutbox(world, deliveries);
  const mediaFiles = createMediaFiles();
  return { world, mediaFiles, deliveries, outbox, statuses: createStatusTeller(world, outbox) };
}

/** The Graph API below `/graph` and its control below `/control/graph`. */
export function graphSandbox(sandbox: GraphSandbox): FastifyPluginAsync {
  return async (server) => {
    server.addHook('onClose', async () => {
      stop(sandbox);
      await sandbox.deliveries.close();
      sandbox.mediaFiles.clear();
    });
    await server.register(async (rest) => registerRest(rest, sandbox));
    await server.register(async (control) => {
      control.setErrorHandler((error, _request, reply) => {
        if (error instanceof ControlError) return reply.code(error.status).send({ error: error.message });
        if (error instanceof GraphError) return reply.code(400).send({ error: error.details ?? error.message });
        if (error instanceof RangeError) return reply.code(400).send({ error: error.message });
        throw error;
      });
      registerBusinessControl(control, sandbox);
      registerNumberControl(control, sandbox);
      registerHistoryControl(control, sandbox);
      registerAccountEventControl(control, sandbox);
      registerSignUpControl(control, sandbox);
      registerSignUpPage(control, sandbox);
      registerCustomerControl(control, sandbox);
      registerMessageControl(control, sandbox);
      await registerMediaControl(control, sandbox);
      registerTemplateControl(control, sandbox);
      registerTrafficControl(control, sandbox);
      registerWebhookControl(control, sandbox);
    });
  };
}

/** What the page shows: the first numbers, the newest customers and their chats, and whose phone is in the hand. */
export function graphState({ world, deliveries }: GraphSandbox, inHand?: string): unknown {
  const numbers = [...world.numbers.values()].slice(0, shownNumbers);
  const newest = [...world.customers.values()].slice(-shownCustomers);
  const held = inHand === undefined ? undefined : findCustomer(world, inHand);
  const customers = held === undefined || newest.includes(held) ? newest : [held, ...newest];
  return {
    numbers: numbers.map((number) => showNumber(world, number)),
    customers: customers.map((customer) => {
      const { phone, ...shown } = showCustomer(customer);
      return customer.username === undefined ? { ...shown, phone } : shown;
    }),
    chats: numbers.flatMap((number) =>
      customers.flatMap((customer) => {
        const chat = number.chats.get(customer);
        return chat === undefined ? [] : [showChat(chat, shownMessages)];
      }),
    ),
    settings: world.settings,
    deliveries: deliveries.counts(),
    messages: world.messages.size,
  };
}

/** Forgets everything, whatever is still on its way included. */
export function resetGraph(sandbox: GraphSandbox): void {
  stop(sandbox);
  sandbox.deliveries.clear();
  clearWorld(sandbox.world);
  sandbox.mediaFiles.clear();
}

function stop({ statuses, outbox }: GraphSandbox): void {
  statuses.clear();
  outbox.clear();
}

/** What `POST /control/seed` tells of the demo's number; the same at every start, because Parley stores it. */
export const demoNumber = {
  appId: '2025100100000001',
  appSecret: 'demo-app-secret-of-the-sandbox',
  verifyToken: 'demo-verify-token',
  phoneNumberId: '106540352240001',
  wabaId: '102290129340001',
  accessToken: 'demo-access-token-of-the-sandbox',
};

/** With fixed ids: Parley remembers them from one start to the next. */
const demoPeople = [
  { name: 'Emily Clarke', phone: '447700900101', userId: 'GB.13491208655302741901' },
  { name: 'Иван Петров', phone: '79000000102', userId: 'RU.13491208655302741902' },
  { name: 'Lena Vogel', phone: '491713920003', username: 'lena.vogel', userId: 'DE.13491208655302741903' },
];

/** The demo's app, number and customers, unless they are there already. */
export function seedGraph({ world }: GraphSandbox): void {
  const { appId, appSecret, verifyToken, ...number } = demoNumber;
  if (!world.apps.has(appId)) world.apps.set(appId, createApp(appId, appSecret, verifyToken));
  if (world.numbers.has(number.phoneNumberId)) return;
  const names = { verifiedName: 'Northwind Bikes', wabaName: 'Northwind', businessName: 'Northwind Holding' };
  putNumber(world, {
    ...number,
    ...names,
    appId,
    displayPhoneNumber: '+44 7700 900100',
    businessId: '9100000000000001',
    // So that edits, deletions and echoes can be tried.
    isOnBizApp: true,
  });
  for (const person of demoPeople) if (findCustomer(world, person.phone) === undefined) addCustomer(world, person);
}
