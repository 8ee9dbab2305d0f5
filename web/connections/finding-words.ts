import { useTranslation } from 'react-i18next';
import { checks } from '../texts/ru/checks.ts';
import { type FindingWords, health } from '../texts/ru/health.ts';
import { type Finding, findingInRussian, type Words } from './finding-in-russian.ts';

/** A finding of the API in the reader's language. */
function useWords(russian: FindingWords): (finding: Finding) => Words {
  const { i18n } = useTranslation();
  return (finding) => (i18n.language === 'ru' ? findingInRussian(russian, finding) : finding);
}

/** Of the live checks of accounts, connections and credentials. */
export const useFindingWords = () => useWords(checks);

/** Of the self-check. */
export const useHealthWords = () => useWords(health);
