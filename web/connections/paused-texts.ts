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
export const PAUSES_AT_DIALOG360 = {
  ...PAUSES,
  'credentials-rejected': 'pausedMeans_credentialsRejected_dialog360',
  unavailable: 'pausedMeans_unavailable_dialog360',
  'rate-limited': 'pausedMeans_rateLimited_dialog360',
} as const;
