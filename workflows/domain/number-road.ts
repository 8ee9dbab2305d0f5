/**
 * By which road a number is connected: as it is, after registering it, together with the phone app, or not at all.
 * Only what the network states counts: a fact that is not there is no reason to refuse a number. (onboarding: A.5, B.3)
 */
export type NumberState = {
  status?: string | undefined;
  platform?: string | undefined;
  codeVerification?: string | undefined;
  onBusinessApp?: boolean | undefined;
  /** Two-step verification is on, so that registering takes the PIN of that. */
  hasPin?: boolean | undefined;
};

export type NumberRefusal =
  | 'business-app-not-linked'
  | 'number-not-usable'
  | 'number-not-on-cloud-api'
  | 'number-not-verified'
  | 'pin-needed';

export type NumberRoad =
  | { kind: 'ready' }
  | { kind: 'register' }
  /** Never registered: it is, and only the phone app can end that. */
  | { kind: 'business-app' }
  | { kind: 'refused'; code: NumberRefusal };

const LOST_STATES: ReadonlySet<string | undefined> = new Set(['BANNED', 'DELETED', 'MIGRATED']);
/** Of a number that was added to an account and not registered yet, or deregistered. */
const UNREGISTERED_STATES: ReadonlySet<string | undefined> = new Set([
  undefined,
  'PENDING',
  'DISCONNECTED',
  'UNVERIFIED',
]);
const NO_PLATFORM = 'NOT_APPLICABLE';

/** `pinGiven`: whoever connects it has named a PIN, or we know the one that we set. */
export function chooseRoad(number: NumberState, pinGiven: boolean): NumberRoad {
  const { status, platform, codeVerification, onBusinessApp, hasPin } = number;
  if (onBusinessApp) {
    const isLinked = platform === undefined || platform === 'CLOUD_API';
    return isLinked ? { kind: 'business-app' } : refused('business-app-not-linked');
  }
  if (LOST_STATES.has(status)) return refused('number-not-usable');
  const isElsewhere = platform !== undefined && platform !== 'CLOUD_API' && platform !== NO_PLATFORM;
  if (isElsewhere) return refused('number-not-on-cloud-api');
  // Whatever else it is called, it is not for us to register; the checks say whether it can be used.
  if (!UNREGISTERED_STATES.has(status)) return { kind: 'ready' };
  if (status === undefined && platform !== NO_PLATFORM) return { kind: 'ready' };
  if (codeVerification !== undefined && codeVerification !== 'VERIFIED') return refused('number-not-verified');
  if (hasPin && !pinGiven) return refused('pin-needed');
  return { kind: 'register' };
}

const refused = (code: NumberRefusal): NumberRoad => ({ kind: 'refused', code });

/** So long before its end a token is said to end. */
export const TOKEN_WARNING_DAYS = 14;

/** Without these two nothing can be sent, or nothing can be set up. */
export const NEEDED_SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;
