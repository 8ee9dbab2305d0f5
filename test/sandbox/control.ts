import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SandboxCore } from './core/index.ts';
import { demoHostedNumber, demoNumbersToConnect, demoSignUp, seedNumbersToConnect } from './demo-numbers.ts';
import { type Dialog360Sandbox, dialog360State, resetDialog360 } from './dialog360/index.ts';
import { demoNumber, type GraphSandbox, graphState, resetGraph, seedGraph } from './graph/index.ts';
import type { ParleyProxy } from './parley-proxy.ts';
import { planfixState, resetPlanfix } from './planfix/index.ts';

type Body = Record<string, unknown>;
type Parts = { core: SandboxCore; graph: GraphSandbox; dialog360: Dialog360Sandbox; parley: ParleyProxy };

/** Control of the sandbox as a whole: state, events, clock, faults, requests, the way to the product. */
export async function registerControl(
  server: FastifyInstance,
  { core, graph, dialog360, parley }: Parts,
): Promise<void> {
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof RangeError) return reply.code(400).send({ error: error.message });
    throw error;
  });
  server.get('/control/health', async () => ({ status: 'ready' }));

  server.get('/control/state', async (request) => ({
    clock: showClock(core),
    faults: core.faults.list(),
    graph: graphState(graph, (request.query as { customer?: string }).customer),
    dialog360: dialog360State(dialog360),
    planfix: planfixState(),
    parley: parley.address() ?? null,
    requests: core.requests.count(),
  }));

  server.get('/control/events', (_request, reply) => streamEvents(core, reply));

  server.get('/control/requests', async (request) => {
    const { sinceSeq, limit, ...filter } = request.query as Record<string, string>;
    const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
    return { items: core.requests.find({ ...filter, sinceSeq: number(sinceSeq), limit: number(limit) }) };
  });

  server.delete('/control/requests', async () => {
    core.requests.clear();
    return {};
  });

  server.delete('/control', async () => {
    core.faults.clear();
    resetGraph(graph);
    resetDialog360(dialog360);
    resetPlanfix();
    parley.forget();
    core.clock.reset();
    core.requests.clear();
    core.bus.emit({ kind: 'reset' });
    return {};
  });

  server.post('/control/seed', async (request) => seed(server, graph, request.host));
  registerClock(server, core);
  registerFaults(server, core);
  await parley.register(server, core);
}

const showClock = ({ clock }: SandboxCore) => ({
  nowMs: clock.now(),
  skewMs: clock.skewMs(),
  frozen: clock.isFrozen(),
});

function registerClock(server: FastifyInstance, core: SandboxCore): void {
  const { clock } = core;
  server.get('/control/clock', async () => showClock(core));

  server.post('/control/clock', async (request) => {
    const { advanceMs, setMs, skew, freeze } = (request.body ?? {}) as Body;
    for (const [name, value] of Object.entries({ advanceMs, setMs, skew })) {
      if (value !== undefined && !Number.isFinite(value)) throw new RangeError(`${name} must be a number`);
    }
    if (freeze === true) clock.freeze();
    if (freeze === false) clock.unfreeze();
    if (setMs !== undefined) clock.set(Number(setMs));
    if (skew !== undefined) clock.set(Date.now() + Number(skew));
    if (advanceMs !== undefined) clock.advance(Number(advanceMs));
    core.bus.emit({ kind: 'clock' });
    return showClock(core);
  });
}

function registerFaults(server: FastifyInstance, core: SandboxCore): void {
  server.get('/control/faults', async () => ({ items: core.faults.list() }));

  server.post('/control/faults', async (request, reply) => {
    const rule = core.faults.add((request.body ?? {}) as Body);
    core.bus.emit({ kind: 'fault.added', id: rule.id });
    return reply.code(201).send({ id: rule.id });
  });

  server.delete('/control/faults', async () => {
    core.faults.clear();
    core.bus.emit({ kind: 'fault.removed' });
    return {};
  });

  server.delete('/control/faults/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    if (!core.faults.remove(id)) return reply.code(404).send({ error: `no fault ${id}` });
    core.bus.emit({ kind: 'fault.removed', id });
    return {};
  });
}

const keepAliveMs = 15_000;

/** Server-sent events. A reader that does not keep up misses some: they only say that something changed. */
function streamEvents(core: SandboxCore, reply: FastifyReply): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  raw.write(': connected\n\n');
  const stop = core.bus.subscribe((event) => {
    if (!raw.writableNeedDrain) raw.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  const timer = setInterval(() => raw.write(': still here\n\n'), keepAliveMs);
  raw.once('close', () => {
    stop();
    clearInterval(timer);
  });
}

/** Approved for the demo's number: values by position, one by name and a quick reply, and a document on top. */
const demoTemplates = [
  {
    name: 'order_ready',
    language: 'en',
    category: 'UTILITY',
    body: 'Hello {{1}}! Your order {{2}} is ready. Come by whenever it suits you.',
    footer: 'Northwind Bikes',
  },
  {
    name: 'spring_offer',
    language: 'en',
    category: 'MARKETING',
    parameterFormat: 'NAMED',
    body: 'Hi {{first_name}}, spring is here: 20 % off every city bike until Sunday.',
    footer: 'Reply STOP to hear no more of this',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Tell me more' },
      { type: 'QUICK_REPLY', text: 'No, thank you' },
    ],
  },
  {
    name: 'invoice',
    language: 'en',
    category: 'UTILITY',
    header: { format: 'DOCUMENT' },
    body: 'Here is the invoice for your order {{1}}. Thank you!',
  },
];

const demoAccount = { account: 'demo', token: 'demo-planfix-token-of-the-sandbox' };

/** The made-up company of `npm start`; what exists already stays as it is. */
async function seed(server: FastifyInstance, graph: GraphSandbox, host: string): Promise<unknown> {
  seedGraph(graph);
  await seedTemplates(server);
  await seedNumbersToConnect(server, host);
  const known = await server.inject({ method: 'GET', url: `/control/planfix/${demoAccount.account}` });
  if (known.statusCode === 404) {
    const created = await server.inject({ method: 'POST', url: '/control/planfix/accounts', payload: demoAccount });
    if (created.statusCode >= 300) throw new Error(`the demo account was not created: ${created.body}`);
  }
  // Else the product, which reaches the account here, takes links to its comments for somebody else's.
  const settings = { webHost: host };
  await server.inject({ method: 'PUT', url: `/control/planfix/${demoAccount.account}/settings`, payload: settings });
  const fields = { taskTemplate: 10, contactTemplate: 20, correlationField: 30 };
  const { configurationId } = demoSignUp;
  return {
    planfix: { ...demoAccount, ...fields },
    graph: { ...demoNumber, positionalTemplates: ['order_ready'], configurationId, toConnect: demoNumbersToConnect },
    dialog360: { phone: demoHostedNumber.phone, apiKey: demoHostedNumber.apiKey },
  };
}

/** What was changed at Meta since stays changed. */
async function seedTemplates(server: FastifyInstance): Promise<void> {
  const { wabaId } = demoNumber;
  const known = await server.inject({ method: 'GET', url: `/control/graph/templates?wabaId=${wabaId}` });
  const names = known.json<{ items: { name: string }[] }>().items.map(({ name }) => name);
  for (const template of demoTemplates.filter(({ name }) => !names.includes(name))) {
    // Told to a product that is connected already; at the first start there is nobody yet.
    const payload = { wabaId, ...template, tell: true };
    const created = await server.inject({ method: 'POST', url: '/control/graph/templates', payload });
    if (created.statusCode >= 300) throw new Error(`the template was not created: ${created.body}`);
  }
}
