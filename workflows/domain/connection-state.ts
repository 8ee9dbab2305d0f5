/**
 * What becomes of a connection when the network tells of its link, and what ending it takes. Pure: the rows follow in
 * `db/link-events.ts` and `db/disconnect.ts`. (onboarding: C)
 */

/**
 * `suspended` is a pause: the phone is being changed. `ended` is the end, by the owner or by inactivity; `restricted`
 * leaves some of what a number may do.
 */
export type LinkChange = 'suspended' | 'resumed' | 'ended' | 'restricted' | 'disabled' | 'reinstated';

/** Reasons of pauses that the network's word brought, beside the kinds of failures. */
export const LINK_PAUSES = ['suspended', 'disabled', 'owner-disconnected'] as const;
export type LinkPause = (typeof LINK_PAUSES)[number];

/**
 * Only the network's word ends these: the number can be read all the while, so a probe would prove nothing. Of a ban that
 * word may be a self-check's, which finds that the account may send again.
 */
export const UNPROBED_PAUSES: readonly LinkPause[] = ['suspended', 'disabled'];

export type LinkEffect =
  | { kind: 'none' }
  /** Nothing is sent any more; what comes is taken as ever. */
  | { kind: 'pause'; reason: LinkPause }
  | { kind: 'resume' }
  /** A problem for a person, of a connection that ends only once that is cancelled; nothing else changes. */
  | { kind: 'restrict' }
  /** The owner has done what a disconnection waits for. */
  | { kind: 'confirm-disconnect' }
  /** What a disconnection goes back to if it is cancelled; null: nothing is in the way. */
  | { kind: 'remember'; reason: LinkPause | null };

const NONE: LinkEffect = { kind: 'none' };

/**
 * The owner's end weighs more than a ban, and that more than a change of phones: of two pauses the heavier one stays.
 * `resumed` also takes an end back: the network itself says that the link is there.
 */
export function judgeLink(
  { state, pausedReason }: { state: string; pausedReason: string | null },
  change: LinkChange,
): LinkEffect {
  if (state === 'disconnecting') return judgeEnding(pausedReason, change);
  if (state !== 'connected' && state !== 'paused') return NONE;
  const weight = LINK_PAUSES.indexOf(pausedReason as LinkPause);
  const pauseAs = (reason: LinkPause): LinkEffect =>
    LINK_PAUSES.indexOf(reason) > weight ? { kind: 'pause', reason } : NONE;
  switch (change) {
    case 'suspended':
      return pauseAs('suspended');
    case 'disabled':
      return pauseAs('disabled');
    case 'ended':
      return pauseAs('owner-disconnected');
    case 'restricted':
      return { kind: 'restrict' };
    case 'resumed':
      return pausedReason === 'suspended' || pausedReason === 'owner-disconnected' ? { kind: 'resume' } : NONE;
    case 'reinstated':
      return pausedReason === 'disabled' ? { kind: 'resume' } : NONE;
  }
}

function judgeEnding(pausedReason: string | null, change: LinkChange): LinkEffect {
  if (change === 'ended') return { kind: 'confirm-disconnect' };
  const effect = judgeLink({ state: 'paused', pausedReason }, change);
  if (effect.kind === 'pause') return { kind: 'remember', reason: effect.reason };
  return effect.kind === 'resume' ? { kind: 'remember', reason: null } : effect;
}

/** Nobody works with it yet. A failed one is about to be removed, or to be again the connection that it was. */
export const DRAFT_STATES: readonly string[] = ['draft', 'checking', 'failed'];

/** What the owner does outside of Parley; any one of a connection's ends the link. */
export const OWNER_STEPS = [
  'disconnect-in-phone-app',
  'disconnect-in-business-settings',
  'disconnect-at-provider',
] as const;
export type OwnerStep = (typeof OWNER_STEPS)[number];

/** The steps of a disconnection, in their order; those of the owner stand between the first and the second. */
export const DISCONNECT_STEPS = ['stop-sends', ...OWNER_STEPS, 'remove-subscription', 'destroy-credentials'] as const;

/** Where exactly the owner finds it. */
export const OWNER_STEP_PATHS: Readonly<Record<OwnerStep, string>> = {
  'disconnect-in-phone-app':
    'On the phone, in the WhatsApp Business app: Settings → Account → WhatsApp Business Platform → Disconnect',
  'disconnect-in-business-settings':
    'At business.facebook.com: Settings → Accounts → WhatsApp accounts → this account → Partners → remove the partner. ' +
    'A Meta app of your own company is no partner: then say "not applicable"',
  'disconnect-at-provider':
    "In the provider's own console (360dialog: the Hub): generate a new API key, which ends the old one, or cancel the " +
    'subscription of the number',
};

/** The easiest way comes first. */
export function ownerStepsOf({
  onBusinessApp,
  setsUpNumbers,
}: {
  onBusinessApp: boolean;
  /** The provider lets Parley itself set numbers up: nobody stands between. */
  setsUpNumbers: boolean;
}): OwnerStep[] {
  const elsewhere: OwnerStep = setsUpNumbers ? 'disconnect-in-business-settings' : 'disconnect-at-provider';
  return onBusinessApp ? ['disconnect-in-phone-app', elsewhere] : [elsewhere];
}

/** `event`: the network said so; `token-refused`: it does not take the credentials any more. */
export const CONFIRMATIONS = ['event', 'token-refused', 'owner-said', 'not-applicable'] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

/** "Not applicable" is for an app of the company's own, which is no partner of anybody and shares no phone app. */
export const mayBeNotApplicable = (steps: readonly string[]): boolean =>
  steps.length === 1 && steps[0] === 'disconnect-in-business-settings';
