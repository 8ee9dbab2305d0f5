import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMomentWords } from '../layout/times.tsx';

/** Whether the customer may be answered freely just now. */
export function WindowState({ closesAt }: { closesAt: string | null }) {
  const { t } = useTranslation('conversations');
  const words = useMomentWords();
  const isOpen = closesAt !== null && Date.parse(closesAt) > Date.now();
  return (
    <Badge color={isOpen ? 'green' : 'gray'} variant="light" tt="none">
      {isOpen ? t('windowOpen', { until: words(closesAt) }) : t('windowClosed')}
    </Badge>
  );
}
