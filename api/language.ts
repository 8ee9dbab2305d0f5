import { z } from 'zod';
import type { Language } from '../workflows/domain/message.ts';

const LANGUAGES = ['en', 'ru'] as const satisfies readonly Language[];

/** For routes whose answers hold sentences. */
export const languageQuery = {
  language: z.enum(LANGUAGES).optional().describe('Of the sentences; without it, the header Accept-Language says'),
};

type Asking = { query: { language?: Language | undefined }; headers: { 'accept-language'?: string | undefined } };

/** The language of the sentences in an answer; English unless another one is wanted more. */
export function languageOf({ query, headers }: Asking): Language {
  return query.language ?? preferred(headers['accept-language'] ?? '');
}

/** By RFC 9110: the first of the most wanted ones that there is. */
function preferred(header: string): Language {
  const wanted = header.split(',').flatMap((part) => {
    const [tag = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const language = LANGUAGES.find((one) => tag === one || tag.startsWith(`${one}-`));
    const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
    return language && weight > 0 ? [{ language, weight }] : [];
  });
  return wanted.sort((a, b) => b.weight - a.weight)[0]?.language ?? 'en';
}
