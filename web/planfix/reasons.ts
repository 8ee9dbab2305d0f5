import { useTranslation } from 'react-i18next';

const REASONS = {
  'credentials-rejected': 'reason_credentialsRejected',
  unavailable: 'reason_unavailable',
  'rate-limited': 'reason_rateLimited',
} as const;
const isKnown = (reason: string): reason is keyof typeof REASONS => Object.hasOwn(REASONS, reason);

/** Why Planfix takes nothing; a reason that has no words yet is shown as it is. */
export function usePlanfixReason(): (reason: string) => string {
  const { t } = useTranslation('planfix');
  return (reason) => (isKnown(reason) ? t(REASONS[reason]) : reason);
}
