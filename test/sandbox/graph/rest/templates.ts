import { GraphError, noSuchObject } from '../errors.ts';
import type { GraphSandbox } from '../index.ts';
import { type Fields, invalid, missing } from '../messages/types.ts';
import type { ParameterFormat, Template, Token, Waba } from '../model.ts';
import { readComponents } from '../templates/components.ts';
import { approve, noteChange, setStatus } from '../templates/life.ts';
import { isNameBlocked, putTemplate, removeTemplate, templateKey } from '../templates/store.ts';
import { componentsUpdate, statusUpdate } from '../templates/updates.ts';
import type { GraphWorld } from '../world.ts';
import { pageOf, pickFields } from './fields.ts';
import { checkMayManage } from './tokens.ts';

export const categories = ['AUTHENTICATION', 'MARKETING', 'UTILITY'];
const editable = ['APPROVED', 'REJECTED', 'PAUSED'];
const longestName = 512;
const dayMs = 24 * 3_600_000;
const editsInThirtyDays = 10;
const duplicate = 2388024;
const beingDeleted = 2388023;

const usualFields = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'sub_category'];

export function showTemplate(template: Template, wanted: unknown): Fields {
  const { quality, correctCategory, previousCategory } = template;
  const all: Fields = {
    id: template.id,
    name: template.name,
    language: template.language,
    status: template.status,
    category: template.category,
    sub_category: undefined,
    parameter_format: template.parameterFormat,
    components: template.components,
    rejected_reason: template.rejectedReason,
    quality_score: { score: quality.score, date: Math.floor(quality.atMs / 1_000) },
    previous_category: previousCategory,
    correct_category: correctCategory,
    last_updated_time: new Date(template.changedAtMs).toISOString().replace(/\.\d+Z$/, '+0000'),
  };
  return pickFields(all, wanted, usualFields, 'WhatsAppMessageTemplate');
}

/** By cursor, filtered by whole values; case does not matter for states and categories (WhatsApp: templates). */
export function listTemplates(waba: Waba, query: Fields, url: string): Fields {
  const { status, category, name, language } = query;
  const wanted = [...waba.templates.values()].filter(
    (template) =>
      (status === undefined || template.status === String(status).toUpperCase()) &&
      (category === undefined || template.category === String(category).toUpperCase()) &&
      (name === undefined || template.name === name) &&
      (language === undefined || template.language === language),
  );
  return pageOf(wanted, query, url, (template) => showTemplate(template, query.fields));
}

/** It waits for approval, which a control call gives. @throws GraphError 100 */
export function createTemplate(world: GraphWorld, waba: Waba, body: Fields): Fields {
  const name = readName(body.name);
  const { language } = body;
  if (typeof language !== 'string' || language === '') throw missing('language');
  const category = readCategory(body.category);
  const parameterFormat = readFormat(body.parameter_format);
  const components = readComponents(body.components, { format: parameterFormat, needsExamples: true });
  if (waba.templates.has(templateKey(name, language))) {
    throw new GraphError(100, { subcode: duplicate, details: `There is already ${language} content for ${name}.` });
  }
  if (isNameBlocked(world, waba, name)) {
    throw new GraphError(100, {
      subcode: beingDeleted,
      details: `The template ${name} was deleted less than 30 days ago.`,
    });
  }
  const { id, status } = putTemplate(world, {
    ...{ waba, name, language, category, parameterFormat, components },
    status: 'PENDING',
  });
  return { id, status, category };
}

/** All components are replaced, and it has to be approved anew. @throws GraphError 100 */
export function editTemplate({ world, outbox }: GraphSandbox, template: Template, body: Fields): Fields {
  if (!editable.includes(template.status)) {
    throw new GraphError(100, { details: `A template that is ${template.status} cannot be edited.` });
  }
  const nowMs = world.core.clock.now();
  const wasApproved = template.status === 'APPROVED';
  const format = body.parameter_format === undefined ? template.parameterFormat : readFormat(body.parameter_format);
  const reading = { format, needsExamples: true };
  const components = body.components === undefined ? undefined : readComponents(body.components, reading);
  const category = body.category === undefined ? template.category : readCategory(body.category);
  if (wasApproved) noteEdit(template, nowMs);
  setStatus(world, template, 'PENDING');
  template.category = category;
  if (components !== undefined) {
    Object.assign(template, { components, parameterFormat: format });
    void outbox.tellAccount(template.waba, componentsUpdate(template));
  }
  noteChange(world, template);
  return { success: true };
}

/** An approved one can be edited once a day, and ten times in thirty. */
function noteEdit(template: Template, nowMs: number): void {
  const recent = template.editsAtMs.filter((atMs) => atMs > nowMs - 30 * dayMs);
  const isTooSoon = recent.some((atMs) => atMs > nowMs - dayMs);
  if (isTooSoon || recent.length >= editsInThirtyDays) {
    throw new GraphError(100, {
      details: 'An approved template can be edited once in 24 hours and 10 times in 30 days.',
    });
  }
  template.editsAtMs = [...recent, nowMs];
}

/** By name in all languages, or one by `hsm_id`. @throws GraphError 100 */
export function deleteTemplates({ world, outbox }: GraphSandbox, waba: Waba, query: Fields): Fields {
  const { name, hsm_id: id } = query;
  if (name === undefined && id === undefined) throw missing('name');
  const found = [...waba.templates.values()].filter(
    (template) => (name === undefined || template.name === name) && (id === undefined || template.id === id),
  );
  if (found.length === 0) throw new GraphError(100, { details: 'There is no such message template.' });
  for (const template of found) {
    removeTemplate(world, template);
    void outbox.tellAccount(waba, statusUpdate(template, 'DELETED'));
  }
  return { success: true };
}

/** Only pauses for pacing can be ended by the business. */
export function unpauseTemplate({ world, outbox }: GraphSandbox, template: Template): Fields {
  if (template.pause?.stage !== 'pacing') {
    return { success: false, reason: `The template is ${template.status} and not paused for pacing.` };
  }
  void outbox.tellAccount(template.waba, approve(world, template));
  return { success: true };
}

/** @throws GraphError 100/33 for what the token may not see, just as for what does not exist */
export function templateFor(world: GraphWorld, token: Token, method: string, id: string): Template {
  const template = world.templates.get(id);
  if (template === undefined || !token.wabaIds.has(template.waba.wabaId)) throw noSuchObject(method, id);
  checkMayManage(token);
  return template;
}

function readName(name: unknown): string {
  if (name === undefined || name === '') throw missing('name');
  if (typeof name === 'string' && name.length <= longestName && /^[a-z0-9_]+$/.test(name)) return name;
  throw invalid('name', `must be lower case letters, digits and underscores, at most ${longestName}`);
}

function readCategory(category: unknown): string {
  if (category === undefined) throw missing('category');
  const known = categories.find((one) => one === String(category).toUpperCase());
  if (known === undefined) throw invalid('category', `must be one of {${categories.join(', ')}}`);
  return known;
}

function readFormat(format: unknown): ParameterFormat {
  const known = format === undefined ? 'POSITIONAL' : String(format).toUpperCase();
  if (known === 'POSITIONAL' || known === 'NAMED') return known;
  throw invalid('parameter_format', 'must be one of {NAMED, POSITIONAL}');
}
