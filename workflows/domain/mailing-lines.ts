/** The lines of a mailing: what is common, what is a recipient's own, and what is wrong with one. */
import type { TemplateParameters } from './message-content.ts';
import type { GivenParameters } from './template-check.ts';

/** One thing that is wrong with a line: where, what, and what to do about it. */
export type LineProblem = { path: string; message: string; remedy: string };

/** A recipient's own values by name or, counted from "1", by position; so lists and columns of a file are one form. */
export type LineParameters = { [Part in 'body' | 'header' | 'buttons']?: Readonly<Record<string, string>> | undefined };

/** A mailing takes so many recipients at most. */
export const MOST_RECIPIENTS = 1_000_000;

/** As callers write them → by name or position; undefined: there are none. */
export function toLineParameters({ body, header, buttons }: GivenParameters): LineParameters | undefined {
  const parts = { body: byKey(body), header: byKey(header), buttons: byKey(buttons) };
  const given = Object.entries(parts).filter(([, values]) => values !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function byKey(values: TemplateParameters | undefined): Readonly<Record<string, string>> | undefined {
  if (values === undefined) return undefined;
  const entries: [string, string][] = Array.isArray(values)
    ? values.map((value: string, index) => [String(index + 1), value])
    : Object.entries(values);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A recipient's own values over the common ones, as the check of a template takes them. */
export function mergeParameters(common: LineParameters, own: LineParameters): GivenParameters {
  const merged = (part: keyof LineParameters) =>
    common[part] || own[part] ? { ...common[part], ...own[part] } : undefined;
  const buttons = merged('buttons');
  return { body: merged('body'), header: merged('header'), buttons: buttons && toList(buttons) };
}

/** What is left out between two that are given is empty, and refused as such. */
function toList(values: Readonly<Record<string, string>>): string[] {
  const last = Math.max(...Object.keys(values).map(Number));
  return Array.from({ length: last }, (_, index) => values[String(index + 1)] ?? '');
}

/** Where a caller finds it: by its column in a file, by its place in the JSON otherwise. */
export function linePath(path: string, line: number, isUpload: boolean): string {
  if (!isUpload) return `recipients.${line - 1}.${path}`;
  const [part, key, ...rest] = path.replace(/^parameters\./, '').split('.');
  const column = part === 'buttons' ? 'button' : part;
  if (key === undefined) return column ?? path;
  return [column, /^\d+$/.test(key) ? String(Number(key) + 1) : key, ...rest].join('.');
}

export const DUPLICATE: LineProblem = {
  path: 'to',
  message: 'An earlier line names this recipient already',
  remedy: 'Nothing is to be done: the first line counts',
};
export const OPTED_OUT: LineProblem = {
  path: 'to',
  message: 'This recipient wants no marketing',
  remedy: 'Nothing is to be done: they are left out',
};
