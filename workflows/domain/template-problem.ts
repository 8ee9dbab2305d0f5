import type { Language } from './message.ts';

export type Sentence = readonly [message: string, remedy: string];

/** What is wrong with a template that is to be sent: where, what, and what to do about it. */
export type TemplateProblem = {
  /** As in the JSON of the API's callers. */
  path: string;
  message: string;
  remedy: string;
  /** The same for who fills in the form of a button or scenario. `field` is its name there. */
  form: { field: string } & Readonly<Record<Language, Sentence>>;
};

/** `form`: where the remedy for people differs from that for callers of the API. */
export function templateProblem(
  { path, field }: { path: string; field: string },
  { en, ru, form = en }: { en: Sentence; ru: Sentence; form?: Sentence | undefined },
): TemplateProblem {
  const [message, remedy] = en;
  return { path, message, remedy, form: { field, en: form, ru } };
}
