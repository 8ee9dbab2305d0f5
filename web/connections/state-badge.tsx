import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';

export type Connection = Schemas['Connection'];

const COLORS: Readonly<Record<Connection['state'], string>> = {
  draft: 'gray',
  checking: 'blue',
  connected: 'green',
  paused: 'orange',
  failed: 'red',
  disconnecting: 'orange',
  disconnected: 'gray',
};

/** The colours of the border are too pale for words. */
export const READABLE = { label: { color: 'var(--mantine-color-text)' } };

/** In words; the colour only helps. */
export function StateBadge({ state }: { state: Connection['state'] }) {
  const { t } = useTranslation('connections');
  return (
    <Badge variant="outline" color={COLORS[state]} tt="none" styles={READABLE} style={{ flexShrink: 0 }}>
      {t(`state_${state}`)}
    </Badge>
  );
}
