import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { FindingCode } from './channels/findings.ts';
import { ONBOARDING_WORDS } from './onboarding-words.ts';
import { PLANFIX_WORDS } from './planfix-words.ts';

/** `%` is where the detail of a check goes. */
export type Words = { message: string; remedy?: string };

/** Sentence and remedy for each finding of the channel's live checks. */
const FINDINGS = {
  'token-accepted': { message: 'WhatsApp accepts the access token' },
  'token-rejected': {
    message: 'WhatsApp refuses the access token',
    remedy: 'Generate a new System User token with whatsapp_business_messaging and whatsapp_business_management',
  },
  'key-accepted': { message: 'The API key is accepted' },
  'key-rejected': {
    message: 'The API key is refused',
    remedy: 'Generate a new API key for this number in the 360dialog Hub, and copy the whole of it',
  },
  'key-of-other-number': {
    message: 'The API key belongs to another number',
    remedy: 'Take the key from the page of this number in the 360dialog Hub',
  },
  'number-of-key': { message: 'The API key belongs to this number' },
  'address-set': { message: 'Messages of the number come to Parley' },
  'address-not-set': {
    message: 'The number has no webhook address, so no message would arrive',
    remedy:
      'Parley sets it itself, and 360dialog takes only an https address without a port and without an underscore: ' +
      'check PARLEY_PUBLIC_URL, then check the connection again',
  },
  'other-address': {
    message: 'Messages of the number go to another address',
    remedy: 'Check that nothing else sets the webhook address of this number, then check the connection again',
  },
  'sending-blocked': {
    message: 'WhatsApp does not let this number send at the moment',
    remedy: 'Look for the reason in WhatsApp Manager: payment, quality or a restriction',
  },
  'permission-missing': {
    message: 'The access token lacks a permission',
    remedy: 'Assign the WhatsApp account to the System User and grant whatsapp_business_management',
  },
  'not-readable': {
    message: 'WhatsApp does not show this to the token',
    remedy:
      'Check the id in Meta Business settings; a number of another business portfolio has to be shared with the ' +
      'portfolio of the token, or be connected with a token of its own portfolio',
  },
  'account-rejected': { message: 'Meta rejected the WhatsApp account', remedy: 'Appeal in Meta Business settings' },
  'account-in-review': { message: 'Meta still reviews the WhatsApp account' },
  readable: { message: 'The WhatsApp account can be read' },
  owned: { message: 'The number belongs to the WhatsApp account' },
  'not-in-account': {
    message: 'The number does not belong to this WhatsApp account',
    remedy: 'Take phoneNumberId and wabaId from the same page of the Meta app',
  },
  subscribed: { message: 'The Meta app is subscribed to the WhatsApp account' },
  'not-subscribed': {
    message: 'No app is subscribed to the WhatsApp account, so no message would arrive',
    remedy: 'Grant whatsapp_business_management to the token, so that Parley can subscribe the app',
  },
  'other-app-only': {
    message: 'Only another app is subscribed to the WhatsApp account',
    remedy: 'Use a token of the Meta app that was named here',
  },
  'number-not-connected': {
    message: 'The number is not connected',
    remedy: 'Verify and register it in WhatsApp Manager',
  },
  'display-name-declined': {
    message: 'Meta declined the display name of the number',
    remedy: 'Choose another display name in WhatsApp Manager, Phone numbers',
  },
  'quality-low': {
    message: 'The quality rating of the number is low',
    remedy: 'Write to fewer people who did not ask for it: Meta lowers the limits of such numbers, or blocks them',
  },
  connected: { message: 'The number is connected' },
  'network-unreachable': {
    message: 'WhatsApp cannot be asked: %',
    remedy: 'Try again in a minute; check the address of its API (META_GRAPH_URL) if it stays so',
  },
} as const satisfies Record<string, Words>;

/** All that live checks can find, by its code; the console has words of its own for each. */
export const CHECK_WORDS = {
  ...FINDINGS,
  ...ONBOARDING_WORDS,
  ...PLANFIX_WORDS,
} satisfies Record<FindingCode, Words>;
export type CheckCode = keyof typeof CHECK_WORDS;

/** What a finding says; a code without words stands for itself. */
export function wordsOf(code: string, detail = ''): Words {
  const words: Words = Object.hasOwn(CHECK_WORDS, code) ? CHECK_WORDS[code as CheckCode] : { message: code };
  return { ...words, message: words.message.replace('%', () => detail) };
}

/**
 * A finding as a check of an account or a connection, at the field that `name` stands for. `choices`: what could be
 * named instead, said with the remedy.
 */
export function checkOf(
  name: string,
  ok: boolean,
  code: CheckCode,
  {
    detail,
    because,
    about,
    choices,
  }: Pick<ConnectionCheck, 'detail' | 'because' | 'about'> & { choices?: string } = {},
): ConnectionCheck {
  const { message, remedy } = wordsOf(code, detail);
  return {
    name,
    ok,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(because === undefined ? {} : { because }),
    message,
    ...(remedy === undefined ? {} : { remedy: choices === undefined ? remedy : `${remedy}; ${choices}` }),
    ...(about === undefined ? {} : { about }),
  };
}
