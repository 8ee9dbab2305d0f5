import { useTranslation } from 'react-i18next';
import type { Connection } from './state-badge.tsx';

/** What a number is called: as WhatsApp writes it, else by its id, which is all that is known before the first check. */
export function useNumberName(): (connection: Connection) => string {
  const { t } = useTranslation('connections');
  return ({ displayPhoneNumber, provider, phoneNumberId }) => {
    if (displayPhoneNumber !== null) return displayPhoneNumber;
    return provider === 'dialog360' ? `+${phoneNumberId}` : t('unnamed');
  };
}

/** By which road the number is connected. */
export function useRoadName(): (connection: Connection) => string {
  const { t } = useTranslation('connections');
  return ({ provider, onBusinessApp }) => {
    if (provider === 'dialog360') return t('road_dialog360');
    return t(onBusinessApp ? 'road_businessApp' : 'road_cloud');
  };
}

const REASONS = {
  'credentials-rejected': 'reason_credentialsRejected',
  unavailable: 'reason_unavailable',
  'rate-limited': 'reason_rateLimited',
  suspended: 'reason_suspended',
  disabled: 'reason_disabled',
  'owner-disconnected': 'reason_ownerDisconnected',
} as const;

const REASONS_AT_DIALOG360 = {
  ...REASONS,
  'credentials-rejected': 'reason_credentialsRejected_dialog360',
  unavailable: 'reason_unavailable_dialog360',
  'rate-limited': 'reason_rateLimited_dialog360',
} as const;

const isReason = (reason: string): reason is keyof typeof REASONS => Object.hasOwn(REASONS, reason);

/** Why a connection of this provider is paused; a reason that has no words yet is shown as it is. */
export function useReasonWords(): (reason: string, provider: Connection['provider']) => string {
  const { t } = useTranslation('connections');
  return (reason, provider) =>
    isReason(reason) ? t((provider === 'dialog360' ? REASONS_AT_DIALOG360 : REASONS)[reason]) : reason;
}

const QUALITIES = { GREEN: 'quality_green', YELLOW: 'quality_yellow', RED: 'quality_red' } as const;

/** The network's rating in words. */
export function useQualityWords(): (quality: string | null | undefined) => string {
  const { t } = useTranslation('connections');
  return (quality) =>
    t(quality && quality in QUALITIES ? QUALITIES[quality as keyof typeof QUALITIES] : 'quality_unknown');
}

/** What the network says of a number, by its own word; all others are shown as they are. */
const NETWORK_WORDS = [
  'APPROVED',
  'AVAILABLE_WITHOUT_REVIEW',
  'DECLINED',
  'EXPIRED',
  'PENDING_REVIEW',
  'NONE',
  'TIER_50',
  'TIER_250',
  'TIER_1K',
  'TIER_2K',
  'TIER_10K',
  'TIER_100K',
  'TIER_UNLIMITED',
  'STANDARD',
  'HIGH',
  'CONNECTED',
  'PENDING',
  'CLOUD_API',
  'NOT_APPLICABLE',
] as const;

export function useNetworkWords(): (word: string | undefined) => string | undefined {
  const { t } = useTranslation('connections');
  return (word) => {
    const known = NETWORK_WORDS.find((one) => one === word);
    return known === undefined ? word : t(`network_${known}`);
  };
}
