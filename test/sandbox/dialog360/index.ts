import type { FastifyPluginAsync } from 'fastify';
import { registerDialog360Control } from './control.ts';
import { registerGateway } from './gateway.ts';
import type { Dialog360Sandbox } from './model.ts';
import { registerRelay } from './relay.ts';

export { createDialog360, type Dialog360Sandbox, dialog360State, resetDialog360 } from './model.ts';

/** 360dialog's API below `/dialog360` and its control below `/control/dialog360`. */
export function dialog360Sandbox(sandbox: Dialog360Sandbox): FastifyPluginAsync {
  return async (server) => {
    server.addHook('onClose', () => sandbox.poster.close());
    await server.register(async (relay) => {
      relay.removeAllContentTypeParsers();
      registerRelay(relay, sandbox);
    });
    await server.register(async (gateway) => registerGateway(gateway, sandbox));
    await server.register(async (control) => registerDialog360Control(control, sandbox));
  };
}
