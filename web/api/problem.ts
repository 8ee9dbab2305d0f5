import i18next from 'i18next';
import { checkInRussian } from '../connections/finding-in-russian.ts';
import { refusalInRussian } from './refusal-words.ts';
import type { components } from './schema.generated.ts';

/** A refusal (RFC 9457), as every route answers it. */
export type ApiProblem = Omit<components['schemas']['Problem'], 'type'>;
type ApiError = NonNullable<ApiProblem['errors']>[number];

/** What a failed call says, in the reader's language; undefined: the network failed, and nothing was said. */
export function problemOf(error: unknown): ApiProblem | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('title' in error)) return undefined;
  const problem = error as ApiProblem;
  return i18next.language === 'ru' ? problemInRussian(problem) : problem;
}

/** A sentence of the API that came with something else than a refusal. */
export const inReadersLanguage = (english: string): string =>
  i18next.language === 'ru' ? refusalInRussian(english) : english;

function problemInRussian({ title, detail, errors, ...problem }: ApiProblem): ApiProblem {
  return {
    ...problem,
    title: refusalInRussian(title),
    ...(detail === undefined ? {} : { detail: refusalInRussian(detail) }),
    ...(errors === undefined ? {} : { errors: errors.map(errorInRussian) }),
  };
}

function errorInRussian(error: ApiError): ApiError {
  const { message, remedy } = checkInRussian({ ...error, code: error.code ?? null });
  return { ...error, message: refusalInRussian(message), remedy: refusalInRussian(remedy ?? error.remedy) };
}

/** Where a line of a file of recipients is wrong; undefined: it is no such place. */
export function lineOf(path: string): { line: string; column: string } | undefined {
  const [, line, column] = /^line (\d+): (.+)$/.exec(path) ?? [];
  return line === undefined || column === undefined ? undefined : { line, column };
}

/** What the refusal says of each field that it names: all that is wrong with it, then what to do. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const found = Map.groupBy(problemOf(error)?.errors ?? [], ({ path }) => path);
  return Object.fromEntries(
    [...found].map(([path, errors]) => {
      const sentences = [...errors.map(({ message }) => message), ...errors.map(({ remedy }) => remedy)];
      return [path, [...new Set(sentences)].join('. ')];
    }),
  );
}
