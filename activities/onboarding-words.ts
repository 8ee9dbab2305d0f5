/** Sentence and remedy for what is found while a number is set up. (onboarding: A.5, A.9, B, C.1) */
type Words = { message: string; remedy?: string };

const NEW_NUMBER = 'connect a number that is not in the WhatsApp Business app instead, by the road for a new number';
const COUNTRY_LIST =
  'Meta\'s list is headed "Supported countries" on the page "Onboard WhatsApp Business app users" at ' +
  'developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users';
const TWO_STEP = 'WhatsApp Manager, Phone numbers, the number, Two-step verification';

export const ONBOARDING_WORDS = {
  // The token.
  'token-expired': {
    message: 'The access token has expired',
    remedy: 'Generate a new System User token, best one that never expires, and enter it here',
  },
  'token-expires-soon': {
    message: 'The access token expires within 14 days',
    remedy: 'Generate a System User token that never expires before that day, and enter it here',
  },
  'token-expires': { message: 'The access token has an end; Parley warns 14 days before' },
  'token-never-expires': { message: 'The access token never expires' },
  'token-of-another-app': {
    message: 'The access token belongs to another Meta app',
    remedy: 'Generate the token for the Meta app that was named here, or name the app of the token',
  },
  'token-of-this-app': { message: 'The access token belongs to this Meta app' },
  'app-secret-wrong': {
    message: 'Meta refuses the secret of the Meta app',
    remedy: 'Copy the app secret anew: developers.facebook.com, your app, App settings, Basic',
  },
  'token-not-inspected': {
    message: 'Meta does not tell what this token is good for',
    remedy: 'Name the Meta app, so that its secret can be used to ask',
  },
  'scopes-missing': {
    message: 'The access token lacks whatsapp_business_messaging or whatsapp_business_management',
    remedy: 'Generate it again with both permissions ticked',
  },
  'scopes-granted': { message: 'The access token has both permissions' },

  // The account and its number.
  'account-not-readable': {
    message: 'The token does not see this WhatsApp account',
    remedy: 'In Meta Business settings, assign the WhatsApp account to the System User, with full control',
  },
  'number-not-in-account': {
    message: 'The WhatsApp account has no number with this id; it may belong to another business portfolio',
    remedy: 'Choose a number of this account, or name the account that the number belongs to',
  },
  'number-not-on-cloud-api': {
    message: 'The number is used with something other than the Cloud API',
    remedy: 'End its use there; a personal WhatsApp number cannot be connected',
  },
  'number-not-usable': {
    message: 'Meta has blocked, moved or deleted this number',
    remedy: 'Look for the reason in WhatsApp Manager, or use another number',
  },
  'number-not-verified': {
    message:
      'The number is not verified, so it cannot be registered: it is new, or a personal number that the WhatsApp app ' +
      'still uses',
    remedy:
      'Verify it by SMS or call in WhatsApp Manager, Phone numbers. If it is in the WhatsApp app, delete that account ' +
      'there first (Settings, Account, Delete my account); a number of the WhatsApp Business app can be kept by ' +
      'connecting it as an existing account',
  },
  'business-app-not-linked': {
    message: 'The number is in the WhatsApp Business app and not linked with the platform',
    remedy:
      'Connect it as an existing account, with Embedded Signup. If WhatsApp says that it is not eligible or that the ' +
      `country is not supported: ${COUNTRY_LIST}; or ${NEW_NUMBER}`,
  },
  'business-app-linked': { message: 'The number is shared with the WhatsApp Business app' },
  'business-app-refused': {
    message:
      'WhatsApp did not link this number: it is not eligible for use with the WhatsApp Business app and the platform ' +
      'together, or its country is not supported',
    remedy: `${COUNTRY_LIST}. Use the newest WhatsApp Business app for a while and try again, or ${NEW_NUMBER}`,
  },
  'will-be-registered': { message: 'The number is verified; Parley registers it when it is connected' },
  'pin-needed': {
    message: 'The number has two-step verification, so its PIN is needed to register it',
    remedy: `Enter the six digits; they can be set anew in ${TWO_STEP}`,
  },
  'payment-missing': {
    message: 'The WhatsApp account has no valid payment method, so templates cannot be sent',
    remedy: 'Add a payment method in WhatsApp Manager, Billing',
  },
  'sending-limited': {
    message: 'WhatsApp reports a fault that limits sending',
    remedy: 'Look for the reason in WhatsApp Manager, Account overview',
  },

  // Registering.
  registered: { message: 'The number is registered' },
  'pin-wrong': {
    message: 'The PIN is not that of the number',
    remedy: `Enter the PIN of its two-step verification; it can be set anew in ${TWO_STEP}`,
  },
  'pin-locked': {
    message: 'Too many wrong PINs were tried for this number',
    remedy: `Wait until Meta allows it again, or set a new PIN in ${TWO_STEP}`,
  },
  'pin-too-fast': {
    message: 'The PIN was tried again too soon',
    remedy: 'Wait a minute, then connect the number again',
  },
  'number-not-registrable': {
    message: 'Meta does not register this number',
    remedy: 'Verify it in WhatsApp Manager, Phone numbers, then connect it again',
  },
  'number-just-deleted': {
    message: 'The number was deleted from WhatsApp a moment ago',
    remedy: 'Wait five minutes, then connect it again',
  },
  'registrations-used-up': {
    message: 'The number was registered and deregistered ten times within 72 hours, and Meta allows no more',
    remedy: 'Wait 72 hours; every further try would only make it longer',
  },
  'registration-unknown': {
    message: 'Meta did not answer whether the number is registered',
    remedy:
      'Look at its state in WhatsApp Manager in a few minutes; connect it again, with the same PIN if you gave one',
  },

  // Webhooks.
  'webhook-seen': { message: 'Meta reaches Parley' },
  'webhook-unreachable': {
    message: 'Meta cannot reach %',
    remedy:
      'PARLEY_PUBLIC_URL must be an https address that is reachable from the internet, with a valid certificate, and ' +
      'everything under /webhooks must be passed on to Parley',
  },
  'fields-missing': {
    message: 'The Meta app is not subscribed to all webhook fields that this number needs: % is missing',
    remedy:
      'Open the Meta app in the App Dashboard, WhatsApp, Configuration, Webhook fields, and subscribe what is missing; ' +
      'the callback address there is that of the Meta app as Parley shows it',
  },
  'fields-not-readable': {
    message: 'Meta does not tell which webhook fields the Meta app is subscribed to',
    remedy:
      'Look in the App Dashboard, WhatsApp, Configuration: messages and account_update are needed, and for a number that ' +
      'is shared with the phone app history, smb_app_state_sync and smb_message_echoes, too',
  },

  // What the phone app hands over once.
  'sync-too-late': {
    message:
      'More than 24 hours have passed since the number was linked, so its chats and contacts stay in the phone app',
    remedy:
      'To take them over after all: in the app Settings, Account, Business Platform, Disconnect; then connect it again ' +
      'and let Parley run',
  },
  'sync-refused': {
    message: 'WhatsApp refused to hand over the chats or contacts of the phone app',
    remedy: 'To try again: disconnect in the phone app (Settings, Account, Business Platform), then connect it again',
  },
} as const satisfies Record<string, Words>;
