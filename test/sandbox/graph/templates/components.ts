import { type Fields, fieldsOf, invalid, isFields, missing } from '../messages/types.ts';
import type { ParameterFormat, Template, TemplateComponent } from '../model.ts';
import { readButtons } from './buttons.ts';
import { missesNamed, missesPositional } from './examples.ts';
import { placeholdersFit, placeholdersOf } from './placeholders.ts';

export const longestBody = 1_024;
export const longestHeader = 60;
const longestFooter = 60;

/** What the parts of a template are read by. */
export type Reading = { format: ParameterFormat; needsExamples: boolean };

type Component<Type extends TemplateComponent['type']> = Extract<TemplateComponent, { type: Type }>;

/** The parts of a template by what they are. */
export type Parts = {
  header: Component<'HEADER'> | undefined;
  body: string;
  footer: string | undefined;
  buttons: Component<'BUTTONS'>['buttons'];
};

export function partsOf({ components }: Template): Parts {
  const parts: Parts = { header: undefined, body: '', footer: undefined, buttons: [] };
  for (const component of components) {
    if (component.type === 'HEADER') parts.header = component;
    else if (component.type === 'BODY') parts.body = component.text;
    else if (component.type === 'FOOTER') parts.footer = component.text;
    else parts.buttons = component.buttons;
  }
  return parts;
}

/** The parts as the creation of a template gives them, within Meta's limits (WhatsApp: templates). @throws GraphError 100 */
export function readComponents(given: unknown, reading: Reading): TemplateComponent[] {
  if (!Array.isArray(given) || given.length === 0) throw missing('components');
  const components = given.map((one, index) => readComponent(one, `components[${index}]`, reading));
  const types = components.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) throw invalid('components', `has more than one ${twice}`);
  if (!types.includes('BODY')) throw invalid('components', 'must have a component of type BODY');
  return components;
}

function readComponent(given: unknown, path: string, reading: Reading): TemplateComponent {
  const component = fieldsOf(path, given);
  const type = String(component.type).toUpperCase();
  switch (type) {
    case 'HEADER':
      return readHeader(component, path, reading);
    case 'BODY':
      return readBody(component, path, reading);
    case 'FOOTER':
      return readFooter(component, path);
    case 'BUTTONS':
      return { type, buttons: readButtons(component.buttons, `${path}['buttons']`, reading) };
    default:
      throw invalid(`${path}['type']`, 'must be one of {HEADER, BODY, FOOTER, BUTTONS}');
  }
}

const mediaFormats = ['IMAGE', 'VIDEO', 'DOCUMENT'];

function readHeader(component: Fields, path: string, { format, needsExamples }: Reading): TemplateComponent {
  const kind = String(component.format).toUpperCase();
  const example = isFields(component.example) ? component.example : {};
  const kept = component.example === undefined ? {} : { example: component.example };
  if (kind === 'LOCATION') return { type: 'HEADER', format: kind };
  if (mediaFormats.includes(kind)) {
    const handles = example.header_handle;
    if (needsExamples && !(Array.isArray(handles) && handles.length > 0)) {
      throw missing(`${path}['example']['header_handle']`);
    }
    return { type: 'HEADER', format: kind, ...kept };
  }
  if (kind !== 'TEXT') {
    throw invalid(`${path}['format']`, `must be one of {TEXT, ${mediaFormats.join(', ')}, LOCATION}`);
  }
  const text = readText(component, path, longestHeader);
  const places = placeholdersOf(text);
  if (places.length > 1) throw invalid(`${path}['text']`, 'can have one placeholder only');
  checkPlaceholders(text, path, format);
  if (needsExamples && places.length > 0) {
    if (format === 'POSITIONAL' && missesPositional(example.header_text, 1)) {
      throw missing(`${path}['example']['header_text']`);
    }
    if (format === 'NAMED' && missesNamed(example.header_text_named_params, places)) {
      throw missing(`${path}['example']['header_text_named_params']`);
    }
  }
  return { type: 'HEADER', format: kind, text, ...kept };
}

function readBody(component: Fields, path: string, { format, needsExamples }: Reading): TemplateComponent {
  const text = readText(component, path, longestBody);
  checkPlaceholders(text, path, format);
  const places = placeholdersOf(text);
  const example = isFields(component.example) ? component.example : {};
  if (needsExamples && places.length > 0) {
    const [first] = Array.isArray(example.body_text) ? example.body_text : [];
    if (format === 'POSITIONAL' && missesPositional(first, places.length)) {
      throw missing(`${path}['example']['body_text']`);
    }
    if (format === 'NAMED' && missesNamed(example.body_text_named_params, places)) {
      throw missing(`${path}['example']['body_text_named_params']`);
    }
  }
  return { type: 'BODY', text, ...(component.example === undefined ? {} : { example: component.example }) };
}

function readFooter(component: Fields, path: string): TemplateComponent {
  const text = readText(component, path, longestFooter);
  if (placeholdersOf(text).length > 0) throw invalid(`${path}['text']`, 'cannot have placeholders');
  return { type: 'FOOTER', text };
}

function readText(component: Fields, path: string, longest: number): string {
  const { text } = component;
  if (typeof text !== 'string' || text === '') throw missing(`${path}['text']`);
  if (text.length > longest) throw invalid(`${path}['text']`, `must be at most ${longest} characters long`);
  return text;
}

function checkPlaceholders(text: string, path: string, format: ParameterFormat): void {
  if (placeholdersFit(text, format)) return;
  const rule = format === 'NAMED' ? 'names in lower case' : 'numbers from 1 without a gap';
  throw invalid(`${path}['text']`, `must have ${rule} as placeholders`);
}
