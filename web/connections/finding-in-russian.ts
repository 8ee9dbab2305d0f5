import { inRussian, type ProblemDetail } from '../problems/problem-detail.ts';
import { checks } from '../texts/ru/checks.ts';
import type { FindingWords } from '../texts/ru/health.ts';

type Reason = ProblemDetail['findings'][number];
export type Finding = {
  code: string | null;
  detail?: string | null | undefined;
  because?: Reason | undefined;
  message: string;
  remedy?: string | null | undefined;
};
export type Words = Pick<Finding, 'message' | 'remedy'>;

const DETAIL = '{{detail}}';

/** What has no other words, or was stored before there were codes and details, stays as the API says it. */
export function findingInRussian(
  russian: FindingWords,
  { code, detail: english, because, message, remedy }: Finding,
): Words {
  if (code === null || !Object.hasOwn(russian, code)) return { message, remedy };
  const words = russian[code];
  const detail = because ? inRussian({ detail: english ?? null, findings: [because] }) : english;
  if (words === undefined || (words.message.includes(DETAIL) && !detail)) return { message, remedy };
  return { message: words.message.replace(DETAIL, () => detail ?? ''), remedy: words.remedy };
}

/** What a live check of an account, a connection or credentials found, in Russian; the API speaks English. */
export const checkInRussian = (finding: Finding): Words => findingInRussian(checks, finding);
