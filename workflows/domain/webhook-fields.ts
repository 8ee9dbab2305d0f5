/** Of what an app must hear so that a number works: fields that are ticked at the app, not at the number. (onboarding: A.2, B.3) */
const ALWAYS = ['messages', 'account_update'] as const;
/** What a number brings that is shared with the phone app. */
const SHARED = ['smb_message_echoes', 'smb_app_state_sync'] as const;
const HISTORY = 'history';

export type FieldUse = { onBusinessApp: boolean; wantsHistory: boolean };

/** The fields that are needed and not subscribed. */
export function missingFields(subscribed: readonly string[], { onBusinessApp, wantsHistory }: FieldUse): string[] {
  const shared = onBusinessApp ? [...SHARED, ...(wantsHistory ? [HISTORY] : [])] : [];
  return [...ALWAYS, ...shared].filter((field) => !subscribed.includes(field));
}
