import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { api } from '../api/client.ts';

export type ConnectionChoice = { value: string; label: string };

/** Connections by their number and name, for choosing one. */
export function useConnectionChoices(): ConnectionChoice[] {
  const { data } = api.useQuery('get', '/v1/connections', { params: { query: { limit: 100 } } });
  return (data?.items ?? []).map(({ id, displayPhoneNumber, verifiedName, phoneNumberId }) => ({
    value: id,
    label: [displayPhoneNumber ?? phoneNumberId, verifiedName].filter((part) => part !== null).join(' · '),
  }));
}

/** The connection that a page is narrowed to. The address keeps it, so that other pages can lead here. */
export function useChosenConnection(): [connectionId: string, choose: (connectionId: string) => void] {
  const [params, setParams] = useSearchParams();
  const choose = (connectionId: string) =>
    setParams(
      (known) => {
        const next = new URLSearchParams(known);
        if (connectionId === '') next.delete('connectionId');
        else next.set('connectionId', connectionId);
        return next;
      },
      { replace: true },
    );
  return [params.get('connectionId') ?? '', choose];
}

type ConnectionSelectProps = {
  /** Empty: every one. */
  value: string;
  onChange: (connectionId: string) => void;
  /** Absent: one has to be chosen. */
  everyLabel?: string;
};

export function ConnectionSelect({ value, onChange, everyLabel }: ConnectionSelectProps) {
  const { t } = useTranslation('templates');
  const choices = useConnectionChoices();
  const every = everyLabel === undefined ? [] : [{ value: '', label: everyLabel }];
  return (
    <Select
      label={t('connection')}
      w={320}
      searchable
      allowDeselect={false}
      value={value}
      onChange={(chosen) => onChange(chosen ?? '')}
      data={[...every, ...choices]}
    />
  );
}
