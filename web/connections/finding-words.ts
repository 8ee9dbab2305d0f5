import { useTranslation } from 'react-i18next';
import { findings } from '../texts/ru/findings.ts';

type Finding = { code: string; message: string; remedy?: string | null | undefined };

/** A finding of the API in the reader's language; what has no words here yet stays as the API says it. */
export function useFindingWords(): (finding: Finding) => { message: string; remedy: string | null | undefined } {
  const { i18n } = useTranslation();
  return ({ code, message, remedy }) => {
    const words = i18n.language === 'ru' && Object.hasOwn(findings, code) ? findings[code] : undefined;
    return words === undefined ? { message, remedy } : { message: words.message, remedy: words.remedy ?? remedy };
  };
}
