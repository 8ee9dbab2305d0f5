import { useTranslation } from 'react-i18next';
import type { components } from '../api/schema.generated.ts';

/** What becomes of the messages depends on why a connection is paused: a sentence for each reason that there is. */
export const PAUSES = {
  'credentials-rejected': 'pausedMeans_credentialsRejected',
  unavailable: 'pausedMeans_unavailable',
  'rate-limited': 'pausedMeans_rateLimited',
  suspended: 'pausedMeans_suspended',
  disabled: 'pausedMeans_disabled',
  'owner-disconnected': 'pausedMeans_ownerDisconnected',
} as const;

/** There it is 360dialog that refuses, and a key. */
const PAUSES_AT_DIALOG360 = {
  ...PAUSES,
  'credentials-rejected': 'pausedMeans_credentialsRejected_dialog360',
  unavailable: 'pausedMeans_unavailable_dialog360',
  'rate-limited': 'pausedMeans_rateLimited_dialog360',
} as const;

const isKnown = (reason: string | null): reason is keyof typeof PAUSES => reason !== null && reason in PAUSES;
type Shown = Pick<components['schemas']['Connection'], 'state' | 'pausedReason' | 'provider'>;

/** What the state means for messages in both directions. */
export function useStateMeaning(): (connection: Shown) => string {
  const { t } = useTranslation('connections');
  return ({ state, pausedReason, provider }) => {
    if (state !== 'paused' || !isKnown(pausedReason)) return t(`stateMeans_${state}`);
    return t((provider === 'dialog360' ? PAUSES_AT_DIALOG360 : PAUSES)[pausedReason]);
  };
}
