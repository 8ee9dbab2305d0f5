import { Badge } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMomentWords } from '../layout/times.tsx';

type WindowStateProps = {
  closesAt: string | null;
  /** There is no heading that says what is open or closed. */
  isNamed?: boolean;
};

/** Whether the customer may be answered freely just now. */
export function WindowState({ closesAt, isNamed = false }: WindowStateProps) {
  const { t } = useTranslation('conversations');
  const words = useMomentWords();
  const isOpen = useIsAhead(closesAt);
  const state = isOpen && closesAt !== null ? t('windowOpen', { until: words(closesAt) }) : t('windowClosed');
  return (
    <Badge color={isOpen ? 'green' : 'gray'} variant="light" tt="none">
      {isNamed ? t('windowIs', { state }) : state}
    </Badge>
  );
}

/** A moment that passes while it is looked at has passed. */
function useIsAhead(at: string | null): boolean {
  const [, showAnew] = useState(0);
  const endsMs = at === null ? 0 : Date.parse(at);
  const leftMs = endsMs - Date.now();
  useEffect(() => {
    const waitMs = endsMs - Date.now();
    if (waitMs <= 0) return undefined;
    const timer = window.setTimeout(() => showAnew((count) => count + 1), waitMs);
    return () => window.clearTimeout(timer);
  }, [endsMs]);
  return leftMs > 0;
}
