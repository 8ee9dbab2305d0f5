/** What whoever sends a template has to fill in, told before they try. */

import { buttonLines, takingButtons } from './template-buttons.ts';
import type { GivenParameters } from './template-check.ts';
import type { TemplateDefinition } from './template-definition.ts';
import { fillPlaceholders, placeholdersOf } from './template-placeholders.ts';

/** `placeholder`: a name, or a position counted from "1". */
export type ValueNeed = { placeholder: string; example?: string | undefined };
export type ButtonNeed = {
  /** Counts all buttons of the template from 0. */
  index: number;
  type: 'url' | 'copy-code' | 'quick-reply';
  label: string;
  /** A quick reply goes without one. */
  required: boolean;
  example?: string | undefined;
};
export type TemplateNeeds = {
  format: 'positional' | 'named';
  header: readonly ValueNeed[];
  /** The header is a file, given as `{ link, name? }`. */
  headerMedia?: 'image' | 'video' | 'document' | undefined;
  body: readonly ValueNeed[];
  buttons: readonly ButtonNeed[];
};

/** What a caller has to fill in, by name or position, with the examples of whoever made the template. */
export function templateNeeds({ parameterFormat: format, components }: TemplateDefinition): TemplateNeeds {
  const { header, body, buttons } = components;
  const needs = (text: string, exampleOf: (placeholder: string) => string | undefined): ValueNeed[] =>
    placeholdersOf(text, format).map((placeholder) => {
      const example = exampleOf(placeholder);
      return { placeholder, ...(example === undefined ? {} : { example }) };
    });
  const isFile = header !== undefined && header.format !== 'text' && header.format !== 'other';
  return {
    format,
    header: header?.format === 'text' ? needs(header.text, () => header.example) : [],
    ...(isFile ? { headerMedia: header.format } : {}),
    body: needs(body.text, (placeholder) => body.example?.[placeholder]),
    buttons: takingButtons(buttons).map(({ index, type, text: label, required, example }) => ({
      index,
      type,
      label,
      required,
      ...(example === undefined ? {} : { example }),
    })),
  };
}

/** The fields that have to be filled in where a button or scenario sends the template, as its form names them. */
export function formFields(definition: TemplateDefinition): string[] {
  const { header, headerMedia, body, buttons } = templateNeeds(definition);
  return [
    ...header.map(({ placeholder }) => `header.${placeholder}`),
    ...(headerMedia === undefined ? [] : ['header.link']),
    ...body.map(({ placeholder }) => `body.${placeholder}`),
    ...buttons.filter(({ required }) => required).map((_, at) => `button.${at + 1}`),
  ];
}

const exampleOf = ({ placeholder, example }: ValueNeed): string => oneLine(example) || `value of ${placeholder}`;
const oneLine = (text = ''): string => text.replace(/\s+/gu, ' ').trim();

const FILES = { image: 'picture.jpg', video: 'video.mp4', document: 'document.pdf' } as const;

/** Parameters that `checkTemplate` takes, as an example of how to write them; undefined where there are none to write. */
export function exampleParameters(definition: TemplateDefinition): GivenParameters | undefined {
  const { format, header, headerMedia, body, buttons } = templateNeeds(definition);
  const write = (needs: readonly ValueNeed[]) =>
    format === 'named'
      ? Object.fromEntries(needs.map((need) => [need.placeholder, exampleOf(need)]))
      : needs.map(exampleOf);
  const required = buttons.filter((button) => button.required);
  const parameters: GivenParameters = {
    ...(body.length === 0 ? {} : { body: write(body) }),
    ...(header.length === 0 ? {} : { header: write(header) }),
    ...(headerMedia === undefined ? {} : { header: { link: `https://example.com/${FILES[headerMedia]}` } }),
    ...(required.length === 0 ? {} : { buttons: required.map(exampleOfButton) }),
  };
  return Object.keys(parameters).length === 0 ? undefined : parameters;
}

/** Meta gives the whole address as the example of a suffix. */
function exampleOfButton({ type, example = '' }: ButtonNeed): string {
  if (type === 'copy-code') return example.trim().slice(0, 15) || 'CODE';
  return example.replace(/\s/gu, '').split('/').at(-1) || 'example';
}

/** The template as it reads with its examples filled in; a placeholder without an example stays as it is. */
export function examplePreview(definition: TemplateDefinition): string {
  const { header, body, footer, buttons } = definition.components;
  const needs = templateNeeds(definition);
  const fill = (text: string, values: readonly ValueNeed[]) =>
    fillPlaceholders(
      text,
      new Map(values.flatMap(({ placeholder, example }) => (example === undefined ? [] : [[placeholder, example]]))),
    );
  const values = needs.buttons.flatMap((button) =>
    button.required && button.example !== undefined
      ? [{ index: button.index, type: button.type, value: exampleOfButton(button) }]
      : [],
  );
  const lines = [
    header?.format === 'text' ? fill(header.text, needs.header) : undefined,
    fill(body.text, needs.body),
    footer,
    ...buttonLines(buttons, values),
  ];
  return lines.filter(Boolean).join('\n');
}
