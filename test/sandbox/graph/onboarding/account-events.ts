import type { GraphSandbox } from '../index.ts';
import type { Fields } from '../messages/types.ts';
import type { App, BusinessNumber, Waba } from '../model.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import { isOnPlatform } from './registration.ts';

export type TokenEnd = 'unshared' | 'invalid';

export type PartnerRemoval = {
  form: 'account' | 'partner';
  app: App;
  /** The one in the phone app, or the account's first. */
  number: BusinessNumber | undefined;
  reason: string;
  initiatedBy: string;
  withInfo: boolean;
  token: TokenEnd;
};

/** Subcodes of 190 (onboarding: token errors). */
const appRemoved = 458;
const noLongerValid = 467;

/**
 * The business ends the partnership: its owner on the phone, the phone by its silence, or an administrator in Meta's
 * settings (onboarding: disconnecting). What is told has to be told before it takes effect.
 */
export function partnerRemoved(waba: Waba, removal: PartnerRemoval): AccountUpdate {
  const { form, app, number, reason, initiatedBy, withInfo } = removal;
  if (form === 'partner') {
    const value = { event: 'PARTNER_REMOVED', waba_info: wabaInfo(waba, app) };
    return { field: 'account_update', value, partner: app };
  }
  const info = withInfo ? { disconnection_info: { reason, initiated_by: initiatedBy } } : {};
  const phone = number === undefined ? {} : { phone_number: number.digits };
  return { field: 'account_update', value: { event: 'PARTNER_REMOVED', ...phone, ...info } };
}

export function appUninstalled(waba: Waba, app: App): AccountUpdate {
  const value = { event: 'PARTNER_APP_UNINSTALLED', waba_info: wabaInfo(waba, app) };
  return { field: 'account_update', value, partner: app };
}

const wabaInfo = (waba: Waba, app: App): Fields => ({
  waba_id: waba.wabaId,
  owner_business_id: waba.businessId,
  partner_app_id: app.appId,
});

/** The app sees the account no more and hears nothing of it; its numbers in the phone app stay only there. */
export function endPartnership(world: GraphWorld, waba: Waba, app: App, end: TokenEnd | 'uninstalled'): void {
  for (const token of world.tokens.values()) {
    if (token.appId !== app.appId || !token.wabaIds.has(waba.wabaId)) continue;
    if (end === 'unshared') token.wabaIds.delete(waba.wabaId);
    else token.revokedAs = end === 'invalid' ? noLongerValid : appRemoved;
  }
  waba.subscriptions.delete(app.appId);
  waba.sharedWith.delete(app.appId);
  for (const number of waba.numbers) {
    if (!number.isOnBizApp || !isOnPlatform(number)) continue;
    Object.assign(number, {
      platformType: 'NOT_APPLICABLE',
      status: 'DISCONNECTED',
      isSuspended: false,
      override: undefined,
    });
  }
}

/** The phone was changed: everything is kept, and nothing passes until it is back. */
export function suspend(waba: Waba, isSuspended: boolean): void {
  for (const number of waba.numbers) if (number.isOnBizApp && isOnPlatform(number)) number.isSuspended = isSuspended;
}

/** Nobody sees it any more. It stays in the sandbox, where the page still shows its chats. */
export function deleteAccount({ world }: GraphSandbox, waba: Waba): void {
  for (const token of world.tokens.values()) token.wabaIds.delete(waba.wabaId);
  waba.subscriptions.clear();
  waba.sharedWith.clear();
  for (const number of waba.numbers) Object.assign(number, { platformType: 'NOT_APPLICABLE', status: 'DISCONNECTED' });
}
