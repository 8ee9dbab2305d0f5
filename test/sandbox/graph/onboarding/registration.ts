import { randomInt } from 'node:crypto';
import { GraphError } from '../errors.ts';
import { type Fields, invalid, missing } from '../messages/types.ts';
import type { BusinessNumber } from '../model.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';

/** What a number has of the way onto the platform. All times are of the sandbox's clock. */
export type Registration = {
  /** The six digits of two-step verification; none before the first registration. */
  pin: string | undefined;
  wrongPins: number;
  lastWrongAtMs: number | undefined;
  pinLockedUntilMs: number;
  /** When it was registered and deregistered, whatever came of it. */
  callsMs: number[];
  blockedUntilMs: number;
  /** It was just deleted elsewhere. */
  deletedUntilMs: number;
  /** The code that was sent to the phone. */
  code: string | undefined;
};

export const createRegistration = (): Registration => ({
  pin: undefined,
  wrongPins: 0,
  lastWrongAtMs: undefined,
  pinLockedUntilMs: 0,
  callsMs: [],
  blockedUntilMs: 0,
  deletedUntilMs: 0,
  code: undefined,
});

const budgetMs = 72 * 3_600_000;
const budgetCalls = 10;

export const isOnPlatform = (number: BusinessNumber): boolean => number.platformType === 'CLOUD_API';

/**
 * `POST /{phone}/register`: for a number that is verified and in no app; sets the PIN, or asks for it (onboarding: server
 * sequence for a new number). @throws GraphError 100, 133005 to 133016
 */
export function registerNumber(world: GraphWorld, number: BusinessNumber, body: Fields): Fields {
  checkProduct(body);
  const pin = readPin(body.pin);
  const nowMs = world.core.clock.now();
  const { registration } = number;
  spendCall(registration, nowMs);
  refuseOnApp(number);
  if (number.codeVerificationStatus !== 'VERIFIED') throw new GraphError(133006);
  if (registration.deletedUntilMs > nowMs) throw new GraphError(133015);
  checkPin(world, registration, pin, nowMs);
  registration.pin = pin;
  if (!isOnPlatform(number)) number.onboardedAtMs = nowMs;
  Object.assign(number, { platformType: 'CLOUD_API', status: 'CONNECTED' });
  noteChange(world, number);
  return { success: true };
}

/** `POST /{phone}/deregister`: the number stays with its account. @throws GraphError 100, 133010, 133016 */
export function deregisterNumber(world: GraphWorld, number: BusinessNumber): Fields {
  spendCall(number.registration, world.core.clock.now());
  refuseOnApp(number);
  if (!isOnPlatform(number)) throw new GraphError(133010);
  Object.assign(number, { platformType: 'NOT_APPLICABLE', status: 'DISCONNECTED' });
  noteChange(world, number);
  return { success: true };
}

/** Both kinds of call share a budget; beyond it, nothing helps for three days. */
function spendCall(registration: Registration, nowMs: number): void {
  if (registration.blockedUntilMs > nowMs) throw new GraphError(133016);
  registration.callsMs = registration.callsMs.filter((atMs) => atMs > nowMs - budgetMs);
  if (registration.callsMs.length >= budgetCalls) {
    registration.blockedUntilMs = nowMs + budgetMs;
    throw new GraphError(133016);
  }
  registration.callsMs.push(nowMs);
}

function refuseOnApp({ isOnBizApp }: BusinessNumber): void {
  if (!isOnBizApp) return;
  throw new GraphError(100, {
    details: 'This phone number is in use with the WhatsApp Business app; only the app can connect or disconnect it.',
  });
}

function checkPin({ settings }: GraphWorld, registration: Registration, pin: string, nowMs: number): void {
  if (registration.pin === undefined) return;
  if (registration.pinLockedUntilMs > nowMs) throw new GraphError(133008);
  const { lastWrongAtMs } = registration;
  if (lastWrongAtMs !== undefined && nowMs - lastWrongAtMs < settings.pinGapMs) throw new GraphError(133009);
  if (registration.pin === pin) {
    Object.assign(registration, { wrongPins: 0, lastWrongAtMs: undefined });
    return;
  }
  registration.wrongPins += 1;
  registration.lastWrongAtMs = nowMs;
  if (registration.wrongPins < settings.pinGuesses) throw new GraphError(133005);
  Object.assign(registration, { wrongPins: 0, lastWrongAtMs: undefined, pinLockedUntilMs: nowMs + settings.pinLockMs });
  throw new GraphError(133008);
}

/** `POST /{phone}` `{ pin }`: another PIN. The webhook says that it is another one, not which. @throws GraphError 100 */
export function changePin(number: BusinessNumber, given: unknown): AccountUpdate {
  number.registration.pin = readPin(given);
  return { field: 'security', value: { display_phone_number: number.digits, event: 'PIN_CHANGED' } };
}

/** The code goes to the phone, where the control API reads it. @throws GraphError 136024 */
export function requestCode(world: GraphWorld, number: BusinessNumber, input: Fields): Fields {
  const { code_method: method, language } = input;
  if (method !== 'SMS' && method !== 'VOICE') throw invalid('code_method', 'must be one of {SMS, VOICE}');
  if (typeof language !== 'string' || language === '') throw missing('language');
  if (number.isPersonal) {
    throw new GraphError(136024, {
      details: 'This phone number is already in use on WhatsApp; delete it there first.',
    });
  }
  if (number.codeVerificationStatus === 'VERIFIED') {
    throw new GraphError(136024, { details: 'This phone number is already verified.' });
  }
  number.registration.code = String(randomInt(1e6)).padStart(6, '0');
  noteChange(world, number);
  return { success: true };
}

/** @throws GraphError 136025 for another code, or when none was asked for */
export function verifyCode(world: GraphWorld, number: BusinessNumber, input: Fields): Fields {
  const { registration } = number;
  if (input.code === undefined) throw missing('code');
  if (registration.code === undefined || String(input.code) !== registration.code) throw new GraphError(136025);
  registration.code = undefined;
  number.codeVerificationStatus = 'VERIFIED';
  noteChange(world, number);
  return { success: true };
}

export function checkProduct({ messaging_product: product }: Fields): void {
  if (product === undefined) throw missing('messaging_product');
  if (product !== 'whatsapp') throw invalid('messaging_product', 'must be one of {WHATSAPP}');
}

function readPin(pin: unknown): string {
  if (pin === undefined) throw missing('pin');
  const text = String(pin);
  if (/^\d{6}$/.test(text)) return text;
  throw invalid('pin', 'must be a 6-digit number');
}

/** The page shows the number as it is now. */
function noteChange(world: GraphWorld, { phoneNumberId }: BusinessNumber): void {
  world.core.bus.emit({ kind: 'graph.number', phoneNumberId });
}
