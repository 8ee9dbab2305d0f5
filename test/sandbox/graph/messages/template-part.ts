import { GraphError } from '../errors.ts';
import type { BusinessNumber, Template } from '../model.ts';
import { type Fields, fieldsOf, invalid, isFields, missing, type ReadPart } from './types.ts';

export const templateKey = (name: string, language: string): string => `${name} ${language}`;

/** A template of the number's account, its values counted against its placeholders. @throws GraphError */
export function readTemplate(part: Fields, { waba }: BusinessNumber): ReadPart {
  if (typeof part.name !== 'string') throw missing(`template['name']`);
  const { code } = fieldsOf(`template['language']`, part.language);
  if (typeof code !== 'string') throw missing(`template['language']['code']`);
  const template = waba.templates.get(templateKey(part.name, code));
  if (template === undefined || !['APPROVED', 'PAUSED', 'DISABLED'].includes(template.status)) {
    throw new GraphError(132001, { details: `template name (${part.name}) does not exist in ${code}` });
  }
  if (template.status === 'PAUSED') throw new GraphError(132015);
  if (template.status === 'DISABLED') throw new GraphError(132016);
  const components = part.components ?? [];
  if (!Array.isArray(components)) throw invalid(`template['components']`, 'must be an array');
  const given = components.map((component) => fieldsOf(`template['components']`, component));
  const header = headerText(template, parametersOf(given, 'header'));
  const body = fill('body', template.body, parametersOf(given, 'body'));
  return {
    text: header === '' ? body : `${header}\n${body}`,
    category: template.category.toLowerCase(),
  };
}

function parametersOf(components: readonly Fields[], type: string): Fields[] {
  const component = components.find((one) => String(one.type).toLowerCase() === type);
  return Array.isArray(component?.parameters) ? component.parameters.filter(isFields) : [];
}

function headerText({ header }: Template, parameters: Fields[]): string {
  if (header?.format === 'TEXT') return fill('header', header.text, parameters);
  const format = header?.format.toLowerCase();
  const [first] = parameters;
  if (format === undefined) {
    if (parameters.length > 0) throw wrongCount('header', parameters.length, 0);
    return '';
  }
  if (first?.type === format) return `[${format}]`;
  const got = first === undefined ? 'UNKNOWN' : String(first.type).toUpperCase();
  const details = `header: Format mismatch, expected ${header?.format}, received ${got}`;
  throw new GraphError(132012, { details });
}

/** `{{1}}` are filled by order, `{{name}}` by name. */
function fill(part: string, text: string, parameters: readonly Fields[]): string {
  const places = [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, place]) => String(place)))];
  if (places.length !== parameters.length) throw wrongCount(part, parameters.length, places.length);
  const isNamed = places.some((place) => !/^\d+$/.test(place));
  const values = new Map(
    parameters.map((parameter, index) => [
      isNamed ? String(parameter.parameter_name) : String(index + 1),
      typeof parameter.text === 'string' ? parameter.text : `[${String(parameter.type)}]`,
    ]),
  );
  const unfilled = places.find((place) => !values.has(place));
  if (unfilled !== undefined) throw new GraphError(132012, { details: `${part}: parameter ${unfilled} is missing` });
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, place: string) => values.get(place) ?? '');
}

function wrongCount(part: string, given: number, expected: number): GraphError {
  const details = `${part}: number of localizable_params (${given}) does not match the expected number of params (${expected})`;
  return new GraphError(132000, { details });
}
