import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import { templateKey } from '../messages/template-part.ts';
import { isFields } from '../messages/types.ts';
import type { Template, Waba } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { type Body, bodyOf, ControlError, numberOf, optionalText, requiredText } from './input.ts';

/** Templates as Meta has approved them. */
export function registerTemplateControl(server: FastifyInstance, { world }: GraphSandbox): void {
  server.post('/control/graph/templates', async (request, reply) => {
    const body = bodyOf(request.body);
    const template = readTemplate(body);
    wabaOf(world, body).templates.set(templateKey(template.name, template.language), template);
    world.core.bus.emit({ kind: 'graph.template', name: template.name });
    return reply.code(201).send(template);
  });

  server.get('/control/graph/templates', async (request) => ({
    items: [...wabaOf(world, bodyOf(request.query)).templates.values()],
  }));
}

function wabaOf(world: GraphWorld, body: Body): Waba {
  if (body.wabaId === undefined) return numberOf(world, body.phoneNumberId).waba;
  const waba = world.wabas.get(String(body.wabaId));
  if (waba === undefined) throw new ControlError(404, 'no such account');
  return waba;
}

function readTemplate(body: Body): Template {
  return {
    name: requiredText(body, 'name'),
    language: requiredText(body, 'language'),
    category: optionalText(body, 'category') ?? 'UTILITY',
    status: optionalText(body, 'status') ?? 'APPROVED',
    header: readHeader(body.header),
    body: requiredText(body, 'body'),
  };
}

function readHeader(header: unknown): Template['header'] {
  if (header === undefined) return undefined;
  if (typeof header === 'string') return { format: 'TEXT', text: header };
  const format = isFields(header) ? header.format : undefined;
  if (format === 'IMAGE' || format === 'VIDEO' || format === 'DOCUMENT') return { format };
  throw new ControlError(400, 'header must be text or { format: IMAGE, VIDEO or DOCUMENT }');
}
