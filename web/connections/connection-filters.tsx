import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { useAddress, useSearchField } from '../layout/use-address.ts';
import type { Connection } from './state-badge.tsx';

const STATES: readonly Connection['state'][] = [
  'connected',
  'paused',
  'checking',
  'disconnecting',
  'disconnected',
  'draft',
  'failed',
];

export type Filters = { state?: Connection['state']; planfixAccountId?: string; search?: string };

/** They stand in the address, so that a reload and a link keep them. */
export function filtersIn(params: URLSearchParams): Filters {
  const state = STATES.find((known) => known === params.get('state'));
  const planfixAccountId = params.get('planfixAccountId') ?? '';
  const search = params.get('search') ?? '';
  return {
    ...(state === undefined ? {} : { state }),
    ...(planfixAccountId === '' ? {} : { planfixAccountId }),
    ...(search === '' ? {} : { search }),
  };
}

export function ConnectionFilters({ accounts }: { accounts: Schemas['PlanfixAccount'][] }) {
  const { t } = useTranslation('connections');
  const [params, put] = useAddress();
  const { field } = useSearchField();
  return (
    <Group align="flex-end" gap="sm">
      <TextInput label={t('searchLabel')} {...field} style={{ flex: '1 1 220px' }} />
      <NativeSelect
        label={t('stateLabel')}
        value={params.get('state') ?? ''}
        onChange={(event) => put('state', event.currentTarget.value)}
        data={[{ value: '', label: t('anyState') }, ...STATES.map((value) => ({ value, label: t(`state_${value}`) }))]}
      />
      {accounts.length > 1 && (
        <NativeSelect
          label={t('accountLabel')}
          value={params.get('planfixAccountId') ?? ''}
          onChange={(event) => put('planfixAccountId', event.currentTarget.value)}
          data={[
            { value: '', label: t('anyAccount') },
            ...accounts.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </Group>
  );
}
