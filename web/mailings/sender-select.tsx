import { Alert, Anchor, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schemas } from '../api/client.ts';
import { useReasonWords } from '../connections/words.ts';
import { labelOf, MOST_SHOWN, useAllConnections } from '../layout/connection-select.tsx';
import { Loaded } from '../layout/page.tsx';

type Connection = Schemas['Connection'];
type SenderSelectProps = { value: string; onChange: (connectionId: string) => void };

/** The number that sends. One that is paused sends later, unless its link is gone. */
export function SenderSelect(props: SenderSelectProps) {
  const { t } = useTranslation('mailings');
  return (
    <Loaded query={useAllConnections()}>
      {(connections) => {
        const senders = connections.filter(({ state }) => state === 'connected' || state === 'paused');
        if (senders.length > 0) return <Senders {...props} senders={senders} />;
        return (
          <Alert color="orange" variant="light" title={t('noSender')}>
            <Anchor component={Link} to="/connections" size="sm">
              {t('toConnections')}
            </Anchor>
          </Alert>
        );
      }}
    </Loaded>
  );
}

const isGone = ({ pausedReason }: Connection) => pausedReason === 'owner-disconnected';

function Senders({ senders, value, onChange }: SenderSelectProps & { senders: Connection[] }) {
  const { t } = useTranslation('mailings');
  const reasonWords = useReasonWords();
  const reasonOf = ({ pausedReason, provider }: Connection) =>
    pausedReason === null ? undefined : reasonWords(pausedReason, provider);
  const chosen = senders.find(({ id }) => id === value);
  const reason = chosen && reasonOf(chosen);
  return (
    <Select
      label={t('connection')}
      description={reason === undefined ? undefined : t('senderPaused', { reason })}
      placeholder={t('senderHint')}
      searchable
      limit={MOST_SHOWN}
      nothingFoundMessage={t('noSuchSender')}
      allowDeselect={false}
      value={value === '' ? null : value}
      onChange={(id) => onChange(id ?? '')}
      data={senders.map((sender) => ({
        value: sender.id,
        label: [labelOf(sender), reasonOf(sender)].filter((part) => part !== undefined).join(' — '),
        disabled: isGone(sender),
      }))}
    />
  );
}
