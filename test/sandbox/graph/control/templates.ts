import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { ParameterFormat, PauseStage, Template, TemplateComponent, Waba } from '../model.ts';
import { partsOf, readComponents } from '../templates/components.ts';
import * as life from '../templates/life.ts';
import { formatOf } from '../templates/placeholders.ts';
import { putTemplate, removeTemplate } from '../templates/store.ts';
import * as updates from '../templates/updates.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import { type Body, bodyOf, ControlError, numberOf, optionalText, requiredText } from './input.ts';
import { tellUnlessQuiet } from './telling.ts';

/** Templates as Meta has them, and what Meta does with them. */
export function registerTemplateControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  /** Puts one there in any state; without news of it unless it is wanted. */
  server.post('/control/graph/templates', async (request, reply) => {
    const body = bodyOf(request.body);
    const template = putTemplate(world, readTemplate(world, body));
    template.quality.score = optionalText(body, 'quality') ?? template.quality.score;
    const update = updates.statusUpdate(template, template.status);
    const told = await tellUnlessQuiet(sandbox, template.waba, update, { ...body, tell: body.tell === true });
    return reply.code(201).send({ ...showTemplate(template), ...told });
  });

  server.get('/control/graph/templates', async (request) => ({
    items: [...wabaOf(world, bodyOf(request.query)).templates.values()].map(showTemplate),
  }));

  server.post('/control/graph/templates/:id/:action', async (request) => {
    const { id, action } = request.params as { id: string; action: string };
    const body = bodyOf(request.body);
    const template = world.templates.get(id);
    const act = actions[action];
    if (template === undefined) throw new ControlError(404, `no template ${id}`);
    if (act === undefined) throw new ControlError(404, `the actions are ${Object.keys(actions).join(', ')}`);
    const told = await tellUnlessQuiet(sandbox, template.waba, act(sandbox, template, body), body);
    return { ...showTemplate(template), ...told };
  });
}

type Action = (sandbox: GraphSandbox, template: Template, body: Body) => AccountUpdate;

const stages = ['first', 'second', 'pacing'];
const isStage = (value: string): value is PauseStage => stages.includes(value);

const actions: Record<string, Action> = {
  approve: ({ world }, template) => life.approve(world, template),
  reject: ({ world }, template, body) => {
    const { reason, recommendation } = {
      reason: 'INVALID_FORMAT',
      recommendation: 'Change the text.',
      ...textsOf(body),
    };
    return life.reject(world, template, reason, recommendation);
  },
  pause: ({ world, outbox }, template, body) => {
    const stage = optionalText(body, 'stage');
    if (stage !== undefined && !isStage(stage)) throw new ControlError(400, `stage must be ${stages.join(', ')}`);
    return life.pause(world, template, stage, (update) => {
      if (body.tell !== false) void outbox.tellAccount(template.waba, update);
    });
  },
  disable: ({ world }, template) => life.disable(world, template),
  flag: (_sandbox, template) => updates.statusUpdate(template, 'FLAGGED'),
  status: ({ world }, template, body) => {
    const status = requiredText(body, 'status');
    life.setStatus(world, template, status);
    return updates.statusUpdate(template, status, { reason: optionalText(body, 'reason') ?? 'NONE' });
  },
  category: ({ world }, template, body) => {
    const category = requiredText(body, 'category');
    if (body.impending === true) {
      template.correctCategory = category;
      return updates.categoryUpdate(template, { correct: category });
    }
    const previous = template.category;
    Object.assign(template, { category, previousCategory: previous, correctCategory: undefined });
    life.noteChange(world, template);
    return updates.categoryUpdate(template, { previous });
  },
  quality: ({ world }, template, body) => {
    const previous = template.quality.score;
    template.quality = { score: requiredText(body, 'score'), atMs: world.core.clock.now() };
    life.noteChange(world, template);
    return updates.qualityUpdate(template, previous);
  },
  components: ({ world }, template, body) => {
    Object.assign(template, readWords(body));
    life.noteChange(world, template);
    return updates.componentsUpdate(template);
  },
  delete: ({ world }, template) => {
    removeTemplate(world, template);
    return updates.statusUpdate(template, 'DELETED');
  },
};

const textsOf = (body: Body): { reason?: string; recommendation?: string } =>
  Object.fromEntries(
    ['reason', 'recommendation'].flatMap((name) => {
      const text = optionalText(body, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );

function wabaOf(world: GraphWorld, body: Body): Waba {
  if (body.wabaId === undefined) return numberOf(world, body.phoneNumberId).waba;
  const waba = world.wabas.get(String(body.wabaId));
  if (waba === undefined) throw new ControlError(404, 'no such account');
  return waba;
}

function readTemplate(world: GraphWorld, body: Body) {
  return {
    waba: wabaOf(world, body),
    id: optionalText(body, 'id'),
    name: requiredText(body, 'name'),
    language: requiredText(body, 'language'),
    category: optionalText(body, 'category') ?? 'UTILITY',
    status: optionalText(body, 'status') ?? 'APPROVED',
    ...readWords(body),
  };
}

/** Meta's components, or their short forms: `header`, `body`, `footer`, `buttons`. No examples are asked for. */
function readWords(body: Body): { parameterFormat: ParameterFormat; components: TemplateComponent[] } {
  const given = Array.isArray(body.components) ? body.components : componentsOf(body);
  const texts = given.map((component) => String(bodyOf(component).text ?? ''));
  const format = optionalText(body, 'parameterFormat') ?? formatOf(texts);
  if (format !== 'NAMED' && format !== 'POSITIONAL') {
    throw new ControlError(400, 'parameterFormat must be NAMED or POSITIONAL');
  }
  return { parameterFormat: format, components: readComponents(given, { format, needsExamples: false }) };
}

function componentsOf(body: Body): Body[] {
  const { header, footer, buttons } = body;
  const asHeader = typeof header === 'string' ? { format: 'TEXT', text: header } : header;
  return [
    ...(header === undefined ? [] : [{ type: 'HEADER', ...bodyOf(asHeader) }]),
    { type: 'BODY', text: requiredText(body, 'body') },
    ...(footer === undefined ? [] : [{ type: 'FOOTER', text: footer }]),
    ...(buttons === undefined ? [] : [{ type: 'BUTTONS', buttons }]),
  ];
}

function showTemplate(template: Template) {
  const { waba, parameterFormat, quality, pause, rejectedReason } = template;
  const { id, name, language, category, status, components } = template;
  return {
    ...{ id, wabaId: waba.wabaId, name, language, category, status, parameterFormat },
    ...partsOf(template),
    ...{ components, rejectedReason, quality: quality.score, pausedUntilMs: pause?.untilMs },
  };
}
