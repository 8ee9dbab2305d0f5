import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';

type State = Schemas['Mailing']['state'];
const COLORS: Readonly<Record<State, string>> = {
  checking: 'blue',
  scheduled: 'blue',
  running: 'green',
  paused: 'orange',
  stopped: 'red',
  refused: 'red',
  cancelled: 'gray',
  done: 'gray',
};

export function MailingState({ state }: { state: State }) {
  const { t } = useTranslation('mailings');
  return (
    <Badge color={COLORS[state]} variant="light" tt="none">
      {t(`state_${state}`)}
    </Badge>
  );
}
