import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema.generated.ts';
import { PAUSES, PAUSES_AT_DIALOG360 } from './paused-texts.ts';

const isKnown = (reason: string | null): reason is keyof typeof PAUSES => reason !== null && reason in PAUSES;
type Shown = Pick<components['schemas']['Connection'], 'state' | 'pausedReason' | 'provider'>;

/** The link is gone at the network; connected again, the number goes on as what it was. */
export const isEndedByOwner = ({ state, pausedReason }: Omit<Shown, 'provider'>): boolean =>
  state === 'paused' && pausedReason === 'owner-disconnected';

/** What the state means for messages in both directions. */
export function useStateMeaning(): (connection: Shown) => string {
  const { t } = useTranslation('connections');
  return ({ state, pausedReason, provider }) => {
    if (state !== 'paused' || !isKnown(pausedReason)) return t(`stateMeans_${state}`);
    return t((provider === 'dialog360' ? PAUSES_AT_DIALOG360 : PAUSES)[pausedReason]);
  };
}
