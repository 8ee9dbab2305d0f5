import type { BusinessNumber } from '../model.ts';
import { isOnPlatform } from '../onboarding/registration.ts';
import type { GraphWorld } from '../world.ts';

/** Where a number stands, in one word. */
function kindOf(number: BusinessNumber): string {
  if (number.isPersonal) return 'personal';
  if (number.isOnBizApp) return isOnPlatform(number) ? 'linked' : 'business-app';
  if (isOnPlatform(number)) return 'registered';
  return number.codeVerificationStatus === 'VERIFIED' ? 'unregistered' : 'unverified';
}

/** Everything of a number that tests and the page look at. */
export function showNumber(world: GraphWorld, number: BusinessNumber) {
  const { waba, registration, sync } = number;
  const tokens = [...world.tokens.values()].filter((token) => token.wabaIds.has(waba.wabaId));
  return {
    phoneNumberId: number.phoneNumberId,
    wabaId: waba.wabaId,
    wabaName: waba.name,
    businessId: waba.businessId,
    businessName: waba.businessName,
    appId: number.appId,
    displayPhoneNumber: number.displayPhoneNumber,
    verifiedName: number.verifiedName,
    kind: kindOf(number),
    status: number.status,
    qualityRating: number.qualityRating,
    nameStatus: number.nameStatus,
    newName: number.newName ?? null,
    platformType: number.platformType,
    codeVerificationStatus: number.codeVerificationStatus,
    messagingLimit: number.messagingLimit,
    payment: number.hasPayment,
    isOnBizApp: number.isOnBizApp,
    isSuspended: number.isSuspended,
    muted: number.isMuted,
    onboardedAtMs: number.onboardedAtMs,
    pin: registration.pin ?? null,
    verificationCode: registration.code ?? null,
    registerCalls: registration.callsMs.length,
    registerBlockedUntilMs: registration.blockedUntilMs,
    overrideUrl: number.override?.url ?? null,
    subscribedApps: [...waba.subscriptions].map(([appId, callback]) => ({ appId, overrideUrl: callback?.url ?? null })),
    partners: [...new Set([...waba.sharedWith, ...tokens.map(({ appId }) => appId)])],
    tokens: tokens.map(({ accessToken }) => accessToken),
    syncs: Object.fromEntries(sync.calls),
    history: { ...sync.told, isLost: sync.isLost, declined: sync.declined },
  };
}
