import { GraphError } from '../errors.ts';
import type { ParameterFormat } from '../model.ts';
import { fillPlaceholders, placeholdersOf } from '../templates/placeholders.ts';
import { type Fields, isFields } from './types.ts';

export type Filling = {
  format: ParameterFormat;
  /** For names where positions are expected, or the other way round. */
  mixedCode: number;
};

/** A text with its placeholders filled: by order, or by name. @throws GraphError */
export function fillText(
  part: string,
  text: string,
  parameters: readonly Fields[],
  { format, mixedCode, longest }: Filling & { longest: number },
): string {
  const places = placeholdersOf(text);
  if (places.length !== parameters.length) throw wrongCount(part, parameters.length, places.length);
  const values = new Map<string, string>();
  for (const [index, parameter] of parameters.entries()) {
    const { parameter_name: name } = parameter;
    const place = format === 'NAMED' ? name : (name ?? String(index + 1));
    const isExpected = typeof place === 'string' && (format === 'NAMED') === (name !== undefined);
    if (!isExpected || !places.includes(place) || values.has(place)) {
      const details = `${part}: parameter name ${String(name ?? '(none)')} does not match the template's ${format} parameters`;
      throw new GraphError(mixedCode, { details });
    }
    values.set(place, textOfValue(part, parameter));
  }
  const filled = fillPlaceholders(text, values);
  if (filled.length <= longest) return filled;
  throw new GraphError(132005, {
    details: `${part}: Translated text too long, ${filled.length} of ${longest} characters`,
  });
}

/** What a person reads of a value. */
function textOfValue(part: string, parameter: Fields): string {
  const { type } = parameter;
  if (type === 'text') return readValue(part, 'text', parameter.text);
  const rich = type === 'currency' || type === 'date_time' ? parameter[type] : undefined;
  if (isFields(rich)) return readValue(part, 'fallback_value', rich.fallback_value);
  throw mismatch(part, 'TEXT', parameter);
}

/** @throws GraphError 131008 for nothing, 132018 for line breaks, tabs and long runs of spaces */
export function readValue(part: string, name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new GraphError(131008, { details: `${part}: parameter of type text is missing its ${name} value` });
  }
  if (/[\n\r\t]| {5}/.test(value)) {
    const details = `${part}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`;
    throw new GraphError(132018, { details });
  }
  return value;
}

export function mismatch(part: string, expected: string, parameter: Fields | undefined): GraphError {
  const got = parameter === undefined ? 'UNKNOWN' : String(parameter.type).toUpperCase();
  return new GraphError(132012, { details: `${part}: Format mismatch, expected ${expected}, received ${got}` });
}

export function wrongCount(part: string, given: number, expected: number): GraphError {
  const details = `${part}: number of localizable_params (${given}) does not match the expected number of params (${expected})`;
  return new GraphError(132000, { details });
}
