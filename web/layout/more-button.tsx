import { Center } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { BusyButton } from './busy-button.tsx';
import { Failure } from './page.tsx';

type MoreButtonProps = {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
  label?: string;
};

/** The next page of a list, while there is one. */
export function MoreButton({ label, ...query }: MoreButtonProps) {
  const { t } = useTranslation();
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error, fetchNextPage } = query;
  if (!hasNextPage) return null;
  const next = () => void fetchNextPage();
  if (isFetchNextPageError && !isFetchingNextPage) return <Failure error={error} onRetry={next} />;
  return (
    <Center>
      <BusyButton variant="default" loading={isFetchingNextPage} onClick={next}>
        {label ?? t('loadMore')}
      </BusyButton>
    </Center>
  );
}
