/** What a self-check can find, in words; without customers' names, phones or texts. */

/** Kinds of problems that self-checks open and settle by themselves: one of a kind is open for a connection. */
export const HEALTH_PROBLEMS = [
  'number-unusable',
  'quality-low',
  'display-name-declined',
  'sending-limited',
  'limit-lowered',
  'subscription-lost',
  'webhook-misdirected',
  'account-events-missing',
  'fields-missing',
  'webhook-silent',
  'statuses-missing',
  'hint-never-seen',
  'token-expires',
  'clock-wrong',
] as const;
export type HealthProblem = (typeof HEALTH_PROBLEMS)[number];

export const HEALTH_CHECKS = [
  'number',
  'quality',
  'display-name',
  'sending',
  'limit',
  'subscription',
  'account-events',
  'fields',
  'webhook',
  'statuses',
  'token',
  'hint',
  'planfix',
  'clock',
] as const;
export type HealthCheckName = (typeof HEALTH_CHECKS)[number];

/** `problem`: what is opened while it is so; none where something else tells of it already. */
type Words = { message: string; remedy?: string; isWarning?: true; problem?: HealthProblem };

const MANAGER = 'WhatsApp Manager';
const SET_CLOCK = 'Let it keep time by NTP; windows, deadlines and read-backs are wrong until then';

/** `%` is where the detail of a finding goes. */
const BAD = {
  'number-not-connected': {
    message: 'WhatsApp says that the number is %',
    remedy: `Open the number in ${MANAGER} → Phone numbers; verify and register it again, or ask Meta for a review`,
    problem: 'number-unusable',
  },
  'number-not-on-platform': {
    message: 'The number is not on the Cloud API any more (%)',
    remedy: 'Connect the number again, or disconnect it here',
    problem: 'number-unusable',
  },
  'quality-low': {
    message: 'The quality rating of the number is low: customers block or report it',
    remedy: `Send less that nobody asked for; see ${MANAGER} → Phone numbers → Insights`,
    isWarning: true,
    problem: 'quality-low',
  },
  'display-name-declined': {
    message: 'WhatsApp does not accept the display name of the number (%)',
    remedy: `Choose another name in ${MANAGER} → Phone numbers → Profile; until then sends may be refused`,
    isWarning: true,
    problem: 'display-name-declined',
  },
  'sending-limited': {
    message: 'WhatsApp reports a fault that limits sending, or will (code %)',
    remedy: `See ${MANAGER} → Account overview for what is missing`,
    isWarning: true,
    problem: 'sending-limited',
  },
  'payment-missing': {
    message: 'The account has no valid payment method, so that templates are not delivered',
    remedy: `Add one in ${MANAGER} → Payment settings`,
    problem: 'sending-limited',
  },
  'limit-lowered': {
    message: 'WhatsApp lets the account write first to fewer people than before (now %)',
    remedy: `Large mailings will be cut off; see ${MANAGER} → Account overview, and improve the quality rating`,
    isWarning: true,
    problem: 'limit-lowered',
  },
  'subscribed-again': {
    message: 'The app was not subscribed to the WhatsApp account any more; Parley has subscribed it again',
    remedy: 'Messages that customers wrote meanwhile may be missing; find out who removed the subscription',
    isWarning: true,
    problem: 'subscription-lost',
  },
  'not-subscribed': {
    message: 'The app is not subscribed to the WhatsApp account, so that no message arrives',
    remedy: 'Parley goes on trying to subscribe it; give it a token with whatsapp_business_management if that fails',
    problem: 'subscription-lost',
  },
  'subscription-unreadable': {
    message: 'The access token may not look after the WhatsApp account: a lost subscription would go unnoticed',
    remedy: 'Give it a token with whatsapp_business_management',
    isWarning: true,
    problem: 'subscription-lost',
  },
  'webhook-misdirected': {
    message: 'WhatsApp sends what happens to this number to another address',
    remedy:
      'Remove the other address (callback override) at Meta, or ask whoever set it; then messages arrive here again',
    problem: 'webhook-misdirected',
  },
  'account-events-missing': {
    message: "The Meta app's own callback address is not Parley's: news of the account never arrives",
    remedy: 'Put the webhook address of the Meta app, as shown here, into App Dashboard → WhatsApp → Configuration',
    isWarning: true,
    problem: 'account-events-missing',
  },
  'fields-missing': {
    message: 'The Meta app is not subscribed to all webhook fields that this number needs: % is missing',
    remedy: 'Subscribe what is missing in the Meta app: App Dashboard → WhatsApp → Configuration → Webhook fields',
    problem: 'fields-missing',
  },
  'webhook-refused': {
    message: "WhatsApp could not reach Parley's webhook address",
    remedy: 'Check PARLEY_PUBLIC_URL, DNS, certificate and proxy: the address must answer from the internet',
    problem: 'webhook-silent',
  },
  'webhook-silent': {
    message: "WhatsApp was asked to call Parley's webhook address, and no call has arrived",
    remedy: 'Check PARLEY_PUBLIC_URL, DNS, certificate and proxy: the address must answer from the internet',
    problem: 'webhook-silent',
  },
  'statuses-missing': {
    message: 'WhatsApp took messages and has told nothing of them, nor of anything else of this number',
    remedy: 'Check that the Meta app is subscribed to the field "messages", and that its webhooks are not paused',
    problem: 'statuses-missing',
  },
  'token-refused': {
    message: 'WhatsApp refuses the access token',
    remedy: 'Enter a new token; messages wait and go on by themselves',
  },
  'token-expired': {
    message: 'The access token has expired (%)',
    remedy: 'Enter a new token; messages wait and go on by themselves',
    problem: 'token-expires',
  },
  'token-expires': {
    message: 'The access token expires on %',
    remedy: 'Enter a new token before that, better one that never expires',
    isWarning: true,
    problem: 'token-expires',
  },
  'hint-never-seen': {
    message: 'No scenario of this Planfix account has ever called Parley, so that answers leave up to a minute late',
    remedy: 'Create the scenario that calls the hint address of the account, with its secret; see the documentation',
    isWarning: true,
    problem: 'hint-never-seen',
  },
  'planfix-paused': {
    message: 'Planfix does not take anything just now (%)',
    remedy: 'If its token is refused, enter a new one; otherwise Parley goes on when Planfix answers again',
  },
  'server-clock': {
    message: "The clock of Parley's server is wrong by % minutes",
    remedy: SET_CLOCK,
    problem: 'clock-wrong',
  },
  'database-clock': {
    message: "The clock of the database's server differs from Parley's by % minutes",
    remedy: SET_CLOCK,
    problem: 'clock-wrong',
  },
  'planfix-clock': {
    message: "Planfix's clock differs from Parley's by % minutes",
    remedy: 'Compare both with a clock that is right; a proxy in between may answer with an old time',
    isWarning: true,
    problem: 'clock-wrong',
  },
  'network-clock': {
    message: "WhatsApp's clock differs from Parley's by % minutes",
    remedy: 'Compare both with a clock that is right; a proxy in between may answer with an old time',
    isWarning: true,
    problem: 'clock-wrong',
  },
} as const satisfies Record<string, Words>;
export type BadCode = keyof typeof BAD;

const GOOD = {
  connected: 'The number is connected',
  'quality-good': 'The quality rating of the number is good',
  'name-accepted': 'The display name is accepted',
  'sending-available': 'WhatsApp lets the number send',
  'limit-kept': 'WhatsApp lets the account write first to as many people as before',
  subscribed: 'The app is subscribed, and webhooks come to Parley',
  'account-events-arrive': "The Meta app's own callback address is Parley's",
  'fields-subscribed': 'The Meta app is subscribed to all webhook fields that are needed',
  'webhook-reached': "WhatsApp reaches Parley's webhook address",
  'statuses-arrive': 'WhatsApp tells what becomes of messages',
  'token-good': 'WhatsApp accepts the access token',
  'hint-seen': 'The scenario in Planfix calls Parley',
  'planfix-answers': 'Planfix answers',
  'clocks-agree': 'All clocks agree',
} as const;
export type GoodCode = keyof typeof GOOD;

export type HealthCode = BadCode | GoodCode;
export const HEALTH_CODES = [...Object.keys(BAD), ...Object.keys(GOOD)] as HealthCode[];

/** A finding in words. */
export function wordsOf(code: HealthCode, detail = ''): Words {
  const words: Words = code in BAD ? BAD[code as BadCode] : { message: GOOD[code as GoodCode] };
  return { ...words, message: words.message.replace('%', () => detail) };
}

export const isBad = (code: HealthCode): boolean => code in BAD;
