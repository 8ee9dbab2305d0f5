/** How the emulated network behaves where Meta leaves room, or where a test wants it otherwise. */
export type GraphSettings = {
  /** Version of the webhooks' contents; up to v23.0 statuses carry `conversation`. */
  payloadVersion: string;
  /** Also writes `/` as `\/` in webhook bodies, as an old Graph page says. */
  escapeSlashes: boolean;

  /** Real time from acceptance to `sent`; `delivered` and `read` follow at two and three times that. */
  statusDelayMs: number;
  /** Share by which each of those waits varies, 0 to 1. Above 0.33 neighbours can overtake each other. */
  statusJitter: number;
  statusOrder: 'normal' | 'reversed' | 'random';
  /** Further copies of each status. */
  statusCopies: number;
  autoDelivered: boolean;
  autoRead: boolean;

  /** Updates of one number that are gathered into one POST, at most 1000. */
  batchSize: number;
  /** Real time that a POST waits for further updates when `batchSize` is above 1. */
  batchWaitMs: number;
  /** Real time that a receiver has for its answer. */
  webhookTimeoutMs: number;
  /** POSTs to one receiver at a time; the others wait. */
  webhookConnections: number;
  /** Gap before the second attempt, on the sandbox's clock. */
  redeliveryFirstMs: number;
  /** By how much each further gap grows. */
  redeliveryFactor: number;
  redeliveryMaxMs: number;
  /** Time after the first attempt when a delivery is given up, on the sandbox's clock. */
  redeliveryForMs: number;

  /** How long a customer's message keeps free-form replies allowed, on the sandbox's clock. */
  windowMs: number;
  /** How a free-form message outside the window fails: after the 200, or instead of it. */
  windowRefusal: 'async' | 'sync';
  /** Whether a reply costs 131056 beyond one message per `pairIntervalMs` with a reserve of `pairBurst`. */
  pairLimit: boolean;
  pairIntervalMs: number;
  pairBurst: number;
  /** Whether a send costs 130429 beyond `numberPerSecond`, both directions counted. */
  numberLimit: boolean;
  numberPerSecond: number;
  /** For a number whose throughput level is HIGH. */
  numberPerSecondHigh: number;
  /** For a number that is in the phone app, too. */
  numberPerSecondOnApp: number;

  /** How many marketing templates a customer gets in 24 hours of the sandbox's clock before 131049; 0: no end. */
  marketingCap: number;
  /** How a marketing template fails for a customer who stopped them: 131050 instead of the 200, or after it. */
  marketingStopRefusal: 'sync' | 'async';

  /** What the limit of 4096 counts; Meta does not say. */
  textLimitUnit: 'utf16' | 'code-point';
  /** Without "+", a number is taken as local to the business, or as international. */
  missingPlus: 'prepend' | 'accept';
  /** A number nobody has: a new customer, or 131026 after the 200. */
  unknownRecipient: 'create' | 'undeliverable';

  /** Whether sizes are limited, in both directions; a bench lifts them. */
  mediaLimits: boolean;
  /** When a file whose bytes are not of its declared type fails with 131053: after the send, at the upload, never. */
  mediaTypeCheck: 'async' | 'sync' | 'off';
  /** Types that Meta's list of documents does not have. */
  otherDocumentTypes: 'accept' | 'refuse';
  /** How long the address of a file is good, on the sandbox's clock. */
  mediaUrlMs: number;
  /** Whether webhooks about media hold that address. */
  mediaUrlInWebhook: boolean;

  /** Wrong PINs before 133008, how long it lasts, and the gap after a wrong one before 133009; on the sandbox's clock. */
  pinGuesses: number;
  pinLockMs: number;
  pinGapMs: number;
  /** In which order the pop-up of Embedded Signup tells its two halves, or which of them it tells at all. */
  signUpOrder: 'message-first' | 'code-first' | 'message-only' | 'code-only';
  /** Real time between the two. */
  signUpGapMs: number;
  /** How far the header `Date` of Graph's answers is ahead of real time. */
  dateSkewMs: number;
};

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;

export const defaultSettings: GraphSettings = {
  payloadVersion: 'v26.0',
  escapeSlashes: false,
  statusDelayMs: 200,
  statusJitter: 0.5,
  statusOrder: 'normal',
  statusCopies: 0,
  autoDelivered: true,
  autoRead: false,
  batchSize: 1,
  batchWaitMs: 50,
  webhookTimeoutMs: 10 * secondMs,
  webhookConnections: 64,
  redeliveryFirstMs: secondMs,
  redeliveryFactor: 2,
  redeliveryMaxMs: hourMs,
  redeliveryForMs: 7 * 24 * hourMs,
  windowMs: 24 * hourMs,
  windowRefusal: 'async',
  pairLimit: true,
  pairIntervalMs: 6 * secondMs,
  pairBurst: 45,
  numberLimit: true,
  numberPerSecond: 80,
  numberPerSecondHigh: 1_000,
  numberPerSecondOnApp: 20,
  marketingCap: 0,
  marketingStopRefusal: 'sync',
  textLimitUnit: 'utf16',
  missingPlus: 'prepend',
  unknownRecipient: 'create',
  mediaLimits: true,
  mediaTypeCheck: 'async',
  otherDocumentTypes: 'accept',
  mediaUrlMs: 300 * secondMs,
  mediaUrlInWebhook: true,
  pinGuesses: 5,
  pinLockMs: hourMs,
  pinGapMs: 0,
  signUpOrder: 'message-first',
  signUpGapMs: 0,
  dateSkewMs: 0,
};

const choices: Partial<Record<keyof GraphSettings, readonly string[]>> = {
  statusOrder: ['normal', 'reversed', 'random'],
  windowRefusal: ['async', 'sync'],
  marketingStopRefusal: ['async', 'sync'],
  textLimitUnit: ['utf16', 'code-point'],
  missingPlus: ['prepend', 'accept'],
  unknownRecipient: ['create', 'undeliverable'],
  mediaTypeCheck: ['async', 'sync', 'off'],
  otherDocumentTypes: ['accept', 'refuse'],
  signUpOrder: ['message-first', 'code-first', 'message-only', 'code-only'],
};

/** @throws RangeError for an unknown name or a value of the wrong type, before anything is changed */
export function changeSettings(settings: GraphSettings, change: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(change)) {
    if (!isSettingName(name)) throw new RangeError(`unknown setting ${name}`);
    const allowed = choices[name];
    if (typeof value !== typeof defaultSettings[name]) throw new RangeError(`${name} has the wrong type`);
    const isTooLow = typeof value === 'number' && !(value >= 0) && name !== 'dateSkewMs';
    if (isTooLow) throw new RangeError(`${name} must be at least 0`);
    if (allowed !== undefined && !allowed.includes(String(value))) {
      throw new RangeError(`${name} must be one of ${allowed.join(', ')}`);
    }
  }
  if (typeof change.payloadVersion === 'string' && !/^v\d+\.\d+$/.test(change.payloadVersion)) {
    throw new RangeError('payloadVersion must look like v26.0');
  }
  Object.assign(settings, change);
}

function isSettingName(name: string): name is keyof GraphSettings {
  return Object.hasOwn(defaultSettings, name);
}
