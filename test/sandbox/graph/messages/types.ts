import { GraphError } from '../errors.ts';
import type { BusinessNumber, FilledTemplate, Media } from '../model.ts';
import type { GraphWorld } from '../world.ts';

export type Fields = Record<string, unknown>;

/** Why an accepted message will not reach the customer. */
export type Failure = { code: number; details?: string | undefined };

/** What is known of a part that the network takes. */
export type ReadPart = {
  /** What a person sees. */
  text: string;
  media?: Media | undefined;
  failure?: Failure | undefined;
  /** As `pricing` states it. */
  category?: string;
  template?: FilledTemplate | undefined;
};

/** `version` is the one that the call asked for, as a number. */
export type PartReader = (part: unknown, world: GraphWorld, number: BusinessNumber, version: number) => ReadPart;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws GraphError */
export function fieldsOf(name: string, value: unknown): Fields {
  if (!isFields(value)) throw invalid(name, 'must be a JSON object');
  return value;
}

/** @throws GraphError for what is given and no text, or longer than that */
export function optionalText(part: Fields, type: string, name: string, longest?: number): string | undefined {
  const value = part[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(`${type}['${name}']`, 'must be a string');
  if (longest !== undefined && value.length > longest) {
    throw invalid(`${type}['${name}']`, `must be at most ${longest} characters long`);
  }
  return value;
}

export const missing = (name: string): GraphError =>
  new GraphError(100, { message: `(#100) The parameter ${name} is required.` });

export const invalid = (name: string, rule: string): GraphError =>
  new GraphError(100, { message: `(#100) Param ${name} ${rule}.` });
