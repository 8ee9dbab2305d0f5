import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from '../layout/page.tsx';
import { ApiKeys } from './api-keys.tsx';
import { Operators } from './operators.tsx';

/** Who and what may use Parley. */
export function PeoplePage() {
  const { t } = useTranslation();
  const { t: say } = useTranslation('people');
  return (
    <Page title={t('people')} description={say('description')}>
      <Stack gap="xl">
        <Operators />
        <ApiKeys />
      </Stack>
    </Page>
  );
}
