import { useTranslation } from 'react-i18next';
import { inRussian, type ProblemDetail } from '../problems/problem-detail.ts';
import { checks } from '../texts/ru/checks.ts';
import { type FindingWords, health } from '../texts/ru/health.ts';

type Reason = ProblemDetail['findings'][number];
type Finding = {
  code: string | null;
  detail?: string | null | undefined;
  because?: Reason | undefined;
  message: string;
  remedy?: string | null | undefined;
};
type Words = Pick<Finding, 'message' | 'remedy'>;

const DETAIL = '{{detail}}';

/**
 * A finding of the API in the reader's language. The API speaks English; what has no other words, or was stored before
 * there were codes and details, stays as the API says it.
 */
function useWords(russian: FindingWords): (finding: Finding) => Words {
  const { i18n } = useTranslation();
  return ({ code, detail: english, because, message, remedy }) => {
    if (i18n.language !== 'ru' || code === null || !Object.hasOwn(russian, code)) return { message, remedy };
    const words = russian[code];
    const detail = because ? inRussian({ detail: english ?? null, findings: [because] }) : english;
    if (words === undefined || (words.message.includes(DETAIL) && !detail)) return { message, remedy };
    return { message: words.message.replace(DETAIL, () => detail ?? ''), remedy: words.remedy };
  };
}

/** Of the live checks of accounts, connections and credentials. */
export const useFindingWords = () => useWords(checks);

/** Of the self-check. */
export const useHealthWords = () => useWords(health);
