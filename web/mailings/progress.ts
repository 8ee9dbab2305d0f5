import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';

type Counts = Schemas['ListedMailing']['counts'];

/** How far a mailing is: of those who are to get it, who did. Lines that were set aside belong to neither. */
export function progressOf({ accepted, failed, unknown, waiting, cancelled }: Counts) {
  return { sent: accepted, failed, unknown, total: accepted + failed + unknown + waiting + cancelled };
}

/** The same in words; what failed is never called sent. */
export function useProgressWords() {
  const { t } = useTranslation('mailings');
  return (counts: Counts) => {
    const { sent, failed, unknown, total } = progressOf(counts);
    return [
      t('progress', { sent, total }),
      ...(failed > 0 ? [t('progressFailed', { failed })] : []),
      ...(unknown > 0 ? [t('progressUnknown', { unknown })] : []),
    ].join(', ');
  };
}
