import { GraphError } from '../errors.ts';
import type { FilledButton, TemplateButton } from '../model.ts';
import { longestCode } from '../templates/buttons.ts';
import { fillPlaceholders, placeholdersOf } from '../templates/placeholders.ts';
import { mismatch, readValue, wrongCount } from './template-values.ts';
import type { Fields } from './types.ts';

const longestUrl = 2_000;

/** Kinds of buttons that can have a component in a send, by the name they have there. */
const subTypes: Record<string, string> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  COPY_CODE: 'copy_code',
  FLOW: 'flow',
  CATALOG: 'catalog',
  MPM: 'mpm',
  VOICE_CALL: 'voice_call',
};

/** The buttons with their values; each component names its button by `index`, as text or number. @throws GraphError */
export function fillButtons(buttons: readonly TemplateButton[], components: readonly Fields[]): FilledButton[] {
  const byIndex = new Map<number, Fields>();
  for (const component of components) {
    const index = Number(component.index);
    const button = buttons[index];
    if (component.index === undefined || button === undefined || byIndex.has(index)) {
      throw new GraphError(131009, {
        details: `buttons: index ${String(component.index)} is no button of the template`,
      });
    }
    const subType = String(component.sub_type).toLowerCase();
    if (subType !== subTypes[button.type]) throw mismatch('buttons', button.type, { type: subType });
    byIndex.set(index, component);
  }
  return buttons.map((button, index) => fillButton(button, index, parametersOf(byIndex.get(index))));
}

const parametersOf = (component: Fields | undefined): Fields[] => (component?.parameters ?? []) as Fields[];

function fillButton(button: TemplateButton, index: number, parameters: readonly Fields[]): FilledButton {
  const { type, text, url, phone_number: phoneNumber } = button;
  const shown = {
    type,
    text,
    ...(url === undefined ? {} : { url }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
  };
  if (type === 'URL') return { ...shown, url: fillUrl(String(url), index, parameters) };
  if (type === 'COPY_CODE') return { ...shown, code: readCode(index, onlyOne(index, type, parameters)) };
  if (type !== 'QUICK_REPLY' || parameters.length === 0) return shown;
  return { ...shown, payload: readPayload(onlyOne(index, type, parameters)) };
}

function fillUrl(url: string, index: number, parameters: readonly Fields[]): string {
  if (placeholdersOf(url).length === 0) {
    if (parameters.length > 0) throw wrongCount('buttons', parameters.length, 0);
    return url;
  }
  const parameter = onlyOne(index, 'URL', parameters);
  if (parameter.type !== 'text') throw mismatch('buttons', 'TEXT', parameter);
  const filled = fillPlaceholders(url, new Map([['1', readValue('buttons', 'text', parameter.text)]]));
  if (filled.length <= longestUrl) return filled;
  throw new GraphError(132005, {
    details: `buttons: Translated text too long, ${filled.length} of ${longestUrl} characters`,
  });
}

function readCode(index: number, parameter: Fields): string {
  const { type, coupon_code: code } = parameter;
  if (type !== 'coupon_code') throw mismatch('buttons', 'COUPON_CODE', parameter);
  const value = readValue('buttons', 'coupon_code', code);
  if (value.length <= longestCode) return value;
  const details = `buttons: the coupon code of button ${index} has more than ${longestCode} characters`;
  throw new GraphError(131009, { details });
}

function readPayload(parameter: Fields): string {
  const { type, payload } = parameter;
  if (type !== 'payload') throw mismatch('buttons', 'PAYLOAD', parameter);
  if (typeof payload === 'string' && payload !== '') return payload;
  throw new GraphError(131008, { details: 'buttons: parameter of type payload is missing its payload value' });
}

/** A value that the button cannot do without. */
function onlyOne(index: number, type: string, parameters: readonly Fields[]): Fields {
  const [parameter, another] = parameters;
  if (parameter === undefined) {
    throw new GraphError(131008, { details: `buttons: Button at index ${index} of type ${type} requires a parameter` });
  }
  if (another !== undefined) throw wrongCount('buttons', parameters.length, 1);
  return parameter;
}
