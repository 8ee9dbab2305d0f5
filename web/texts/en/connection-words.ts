/** In which state a number is and why, by which road it came, and what the network says of it. */
export const connectionWords = {
  state_draft: 'Being checked',
  state_checking: 'Being connected',
  state_connected: 'Connected',
  state_paused: 'Paused',
  state_failed: 'Not connected',
  state_disconnecting: 'Being disconnected',
  state_disconnected: 'Disconnected',
  reason_credentialsRejected: 'WhatsApp refuses the access token',
  reason_credentialsRejected_dialog360: '360dialog refuses the API key',
  reason_unavailable: 'WhatsApp does not answer',
  reason_unavailable_dialog360: '360dialog does not answer',
  reason_rateLimited: 'WhatsApp asks to go slower',
  reason_rateLimited_dialog360: '360dialog asks to go slower',
  reason_disabled: 'WhatsApp has disabled the account',
  reason_ownerDisconnected: 'The owner has disconnected the number at WhatsApp',
  reason_suspended: 'The owner is changing the phone, or has just registered the app again',
  pausedMeans_credentialsRejected:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves once WhatsApp takes the credentials again: enter new ones here.',
  pausedMeans_credentialsRejected_dialog360:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves once 360dialog takes the API key again: enter a new one here.',
  pausedMeans_unavailable:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves as soon as WhatsApp answers again.',
  pausedMeans_unavailable_dialog360:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves as soon as 360dialog answers again.',
  pausedMeans_rateLimited:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves as soon as WhatsApp allows it.',
  pausedMeans_rateLimited_dialog360:
    'Nothing is sent to customers just now; what they write is still taken. Answers wait, and go out by themselves as soon as 360dialog allows it.',
  pausedMeans_suspended:
    'Nothing is sent to customers, and what they write meanwhile is on the phone only. Answers wait, and go out by themselves when WhatsApp says that the phone is back, usually within minutes.',
  pausedMeans_disabled:
    'Nothing is sent to customers. Answers wait, and go out by themselves if WhatsApp lifts the ban: ask for a review in Meta Business Support.',
  pausedMeans_ownerDisconnected:
    'Nothing is sent to customers, and what they write does not arrive here any more. Answers wait; they go out once the number is connected again, the same way as the first time. If the number is disconnected instead, they are given up, and their tasks say so.',
  road_cloud: 'WhatsApp Cloud API',
  road_businessApp: 'Shared with the WhatsApp Business app',
  road_dialog360: '360dialog',
  quality_green: 'High',
  quality_yellow: 'Medium',
  quality_red: 'Low',
  quality_unknown: 'Not rated',
  network_APPROVED: 'approved',
  network_AVAILABLE_WITHOUT_REVIEW: 'usable without a review',
  network_DECLINED: 'declined',
  network_EXPIRED: 'expired',
  network_PENDING_REVIEW: 'being reviewed',
  network_NONE: 'none',
  network_TIER_50: '50',
  network_TIER_250: '250',
  network_TIER_1K: '1,000',
  network_TIER_2K: '2,000',
  network_TIER_10K: '10,000',
  network_TIER_100K: '100,000',
  network_TIER_UNLIMITED: 'without a limit',
  network_STANDARD: 'standard',
  network_HIGH: 'high',
  network_CONNECTED: 'connected',
  network_PENDING: 'pending',
  network_CLOUD_API: 'Cloud API',
  network_NOT_APPLICABLE: 'not on the platform',
};
