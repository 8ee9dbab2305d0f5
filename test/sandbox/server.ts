import Fastify, { type FastifyInstance } from 'fastify';
import { registerControl } from './control.ts';
import { createCore, type SandboxCore } from './core/index.ts';
import { createDialog360, type Dialog360Sandbox, dialog360Sandbox } from './dialog360/index.ts';
import { createGraph, type GraphSandbox, graphSandbox } from './graph/index.ts';
import { registerPage } from './page.ts';
import { createParleyProxy } from './parley-proxy.ts';
import { planfixSandbox } from './planfix/index.ts';

export type Sandbox = { server: FastifyInstance; core: SandboxCore; graph: GraphSandbox; dialog360: Dialog360Sandbox };

const bodyLimitBytes = 16 * 1024 * 1024;

/** Both emulators, their control API and the page, not yet listening. */
export async function createSandbox(): Promise<Sandbox> {
  const core = createCore();
  const graph = createGraph(core);
  const dialog360 = createDialog360(graph);
  // A hanging call would otherwise keep the sandbox from ending.
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: 512 },
  });
  acceptEmptyJson(server);
  await server.register(graphSandbox(graph));
  await server.register(dialog360Sandbox(dialog360));
  await server.register(planfixSandbox(core));
  const parley = createParleyProxy();
  await server.register(async (control) => registerControl(control, { core, graph, dialog360, parley }));
  await registerPage(server);
  return { server, core, graph, dialog360 };
}

/** A control call without a body may still say that it is JSON. */
function acceptEmptyJson(server: FastifyInstance): void {
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body.toString().trim() === '') return done(null, {});
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error('the body is no JSON'), { statusCode: 400 }));
    }
  });
}
