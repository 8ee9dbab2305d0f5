import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { fetchApi, type Schemas } from '../api/client.ts';
import { readAll } from './use-pages.ts';

type Connection = Schemas['Connection'];
export type ConnectionChoice = { value: string; label: string };

/** As many as are shown at once; typing finds the others. */
export const MOST_SHOWN = 100;

/** Every connection. The key is that of the list, so that it is read again with it. */
export const useAllConnections = () =>
  useQuery({
    queryKey: ['get', '/v1/connections', 'all'],
    queryFn: () => readAll((query) => fetchApi.GET('/v1/connections', { params: { query } })),
  });

/** What a connection is called where one is chosen. */
export const labelOf = ({ displayPhoneNumber, verifiedName, phoneNumberId }: Connection): string =>
  [displayPhoneNumber ?? phoneNumberId, verifiedName].filter((part) => part !== null).join(' · ');

/** Connections by their number and name, for choosing one. */
export function useConnectionChoices(): ConnectionChoice[] {
  const { data = [] } = useAllConnections();
  return data.map((connection) => ({ value: connection.id, label: labelOf(connection) }));
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
      limit={MOST_SHOWN}
      allowDeselect={false}
      value={value}
      onChange={(chosen) => onChange(chosen ?? '')}
      data={[...every, ...choices]}
    />
  );
}
