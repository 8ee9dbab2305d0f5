import { GraphError } from '../errors.ts';
import type { BusinessNumber, FilledTemplate, Template } from '../model.ts';
import { type Parts, partsOf } from '../templates/components.ts';
import { templateKey } from '../templates/store.ts';
import type { GraphWorld } from '../world.ts';
import { fillButtons } from './template-buttons.ts';
import { fillHeader } from './template-header.ts';
import { type Filling, fillText } from './template-values.ts';
import { type Fields, fieldsOf, invalid, missing, type ReadPart } from './types.ts';

/** From then on mixed names and positions have a code of their own (WhatsApp: templates in a send). */
const mixedCodeVersion = 23;
const longestBody = 1_024;

/** A template of the number's account, filled with the values that were given for it. @throws GraphError */
export function readTemplate(part: Fields, world: GraphWorld, number: BusinessNumber, version: number): ReadPart {
  const template = findTemplate(part, number);
  const parts = partsOf(template);
  const given = readComponents(part.components ?? []);
  const filling: Filling = {
    format: template.parameterFormat,
    mixedCode: version >= mixedCodeVersion ? 132018 : 132012,
  };
  const { media, failure, ...header } = fillHeader(parts.header, parametersOf(given, 'header'), filling, world, number);
  const body = fillText('body', parts.body, parametersOf(given, 'body'), { ...filling, longest: longestBody });
  const filled: FilledTemplate = {
    name: template.name,
    language: template.language,
    category: template.category,
    header: header.shown,
    body,
    footer: parts.footer,
    buttons: fillButtons(parts.buttons, given.filter(isOf('button'))),
  };
  return {
    text: textOf(parts, filled),
    category: template.category.toLowerCase(),
    template: filled,
    media,
    failure,
  };
}

function findTemplate(part: Fields, { waba }: BusinessNumber): Template {
  if (typeof part.name !== 'string') throw missing(`template['name']`);
  const { code } = fieldsOf(`template['language']`, part.language);
  if (typeof code !== 'string') throw missing(`template['language']['code']`);
  const template = waba.templates.get(templateKey(part.name, code));
  if (template?.status === 'PAUSED') throw new GraphError(132015);
  if (template?.status === 'DISABLED') throw new GraphError(132016);
  if (template?.status === 'APPROVED') return template;
  throw new GraphError(132001, { details: `template name (${part.name}) does not exist in ${code}` });
}

const componentTypes = ['header', 'body', 'button'];

function readComponents(given: unknown): Fields[] {
  if (!Array.isArray(given)) throw invalid(`template['components']`, 'must be an array');
  return given.map((one, index) => {
    const path = `template['components'][${index}]`;
    const component = fieldsOf(path, one);
    const type = String(component.type).toLowerCase();
    if (!componentTypes.includes(type)) throw invalid(`${path}['type']`, 'must be one of {HEADER, BODY, BUTTON}');
    const { parameters = [] } = component;
    if (!Array.isArray(parameters)) throw invalid(`${path}['parameters']`, 'must be an array');
    const read = parameters.map((parameter, at) => fieldsOf(`${path}['parameters'][${at}]`, parameter));
    return { ...component, type, parameters: read };
  });
}

const isOf =
  (type: string) =>
  (component: Fields): boolean =>
    component.type === type;

/** Of header and body there can be one each. */
function parametersOf(components: readonly Fields[], type: string): Fields[] {
  const [component, another] = components.filter(isOf(type));
  if (another !== undefined) throw invalid(`template['components']`, `has more than one ${type}`);
  return (component?.parameters ?? []) as Fields[];
}

/** What a list of chats would show. */
function textOf({ header }: Parts, { header: filled, body }: FilledTemplate): string {
  if (header === undefined) return body;
  return `${filled?.text ?? `[${header.format.toLowerCase()}]`}\n${body}`;
}
