import { randomInt } from 'node:crypto';
import type { ParameterFormat, Template, TemplateComponent, Waba } from '../model.ts';
import type { GraphWorld } from '../world.ts';

const dayMs = 24 * 3_600_000;
/** The name of an approved template that was deleted is not free for so long (WhatsApp: templates). */
const deletedNameMs = 30 * dayMs;

export const templateKey = (name: string, language: string): string => `${name} ${language}`;

export type NewTemplate = {
  waba: Waba;
  id?: string | undefined;
  name: string;
  language: string;
  category: string;
  status: string;
  parameterFormat: ParameterFormat;
  components: TemplateComponent[];
};

/** Replaces one of the same name and language, whose id stays. */
export function putTemplate(world: GraphWorld, input: NewTemplate): Template {
  const { waba, name, language } = input;
  const key = templateKey(name, language);
  const nowMs = world.core.clock.now();
  const template: Template = {
    ...input,
    id: waba.templates.get(key)?.id ?? input.id ?? freeId(world),
    previousCategory: undefined,
    correctCategory: undefined,
    rejectedReason: 'NONE',
    quality: { score: 'UNKNOWN', atMs: nowMs },
    pauses: 0,
    pause: undefined,
    changedAtMs: nowMs,
    editsAtMs: [],
  };
  waba.templates.set(key, template);
  world.templates.set(template.id, template);
  world.core.bus.emit({ kind: 'graph.template', name });
  return template;
}

export function removeTemplate(world: GraphWorld, template: Template): void {
  const { waba, name, language, id } = template;
  waba.templates.delete(templateKey(name, language));
  world.templates.delete(id);
  if (template.status === 'APPROVED') waba.deletedNames.set(name, world.core.clock.now() + deletedNameMs);
  world.core.bus.emit({ kind: 'graph.template', name });
}

export const isNameBlocked = (world: GraphWorld, waba: Waba, name: string): boolean =>
  (waba.deletedNames.get(name) ?? 0) > world.core.clock.now();

/** Sixteen digits: as a number in a webhook it is still exact. */
function freeId(world: GraphWorld): string {
  for (;;) {
    const id = String(1_000_000_000_000_000 + randomInt(2 ** 48 - 1));
    if (!world.templates.has(id)) return id;
  }
}
