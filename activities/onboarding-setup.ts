import { randomInt } from 'node:crypto';
import { expectCanary, readCanary } from '../db/canary.ts';
import type { ConnectionUnderCheck } from '../db/checks.ts';
import { beginStep, readSteps, settleStep } from '../db/connection-steps.ts';
import { beginRegistration, forgetLastPin, readLastPin } from '../db/registrations.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { ChannelSetup } from './channels/channel.ts';
import { ChannelError, type SetupRefusal } from './channels/errors.ts';
import { checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { NotNow, sleep } from './not-now.ts';

/** A number that is being connected: what is known of it, and the calls that set it up. */
export type NumberSetup = { connectionId: string; row: ConnectionUnderCheck; setup: ChannelSetup };

/** How often the row is read while the network is expected to call; who is later than this keeps no slot. */
const CANARY_LOOK_MS = 200;
const CANARY_LOOKS = 4;

/**
 * Has messages of the account come to our address, and sees that the network has called it. Comes before whatever
 * makes it send something. Empty: the connection has no address that could be subscribed. Throws NotNow while the
 * network is still expected to call.
 */
export async function subscribeNumber(
  dependencies: Dependencies,
  { connectionId, row, setup }: NumberSetup,
): Promise<ConnectionCheck[]> {
  const { db, secrets, publicUrl } = dependencies;
  if (row.metaAppId === null || row.verifyToken === null) return [];
  const url = webhookUrl(publicUrl, row.metaAppId);
  const steps = await readSteps(db, connectionId);
  if (!steps.some(({ step, state }) => step === 'subscribe' && state === 'done')) {
    await beginStep(db, connectionId, 'subscribe');
    await expectCanary(db, connectionId);
    try {
      await setup.subscribeAt({ url, verifyToken: secrets.open(row.verifyToken) });
    } catch (error) {
      if (!(error instanceof ChannelError) || error.isPassing) throw error;
      return [await refusedSubscription(dependencies, connectionId, url, error)];
    }
    await settleStep(db, connectionId, 'subscribe', { state: 'done' });
  }
  const isSeen = await waitForCanary(dependencies, connectionId);
  await settleStep(db, connectionId, 'webhook', { state: isSeen ? 'done' : 'failed' });
  return [
    checkOf('subscription', true, 'subscribed'),
    isSeen ? checkOf('webhook', true, 'webhook-seen') : unreachable(url),
  ];
}

/** As above for a connection that is in use: nobody waits for the network's call. */
export async function resubscribe(
  { db, secrets, publicUrl }: Dependencies,
  { connectionId, row, setup }: NumberSetup,
): Promise<void> {
  if (row.metaAppId === null || row.verifyToken === null) return;
  await expectCanary(db, connectionId);
  await setup.subscribeAt({
    url: webhookUrl(publicUrl, row.metaAppId),
    verifyToken: secrets.open(row.verifyToken),
  });
}

export const webhookUrl = (publicUrl: string, metaAppId: string) => `${publicUrl}/webhooks/meta/${metaAppId}`;

/** The network calls the address before it answers: it refuses when nobody is there, or the token may not subscribe. */
async function refusedSubscription(
  { db }: Dependencies,
  connectionId: string,
  url: string,
  error: ChannelError,
): Promise<ConnectionCheck> {
  await settleStep(db, connectionId, 'subscribe', { state: 'failed', code: error.kind });
  const { isSeen } = await readCanary(db, connectionId);
  if (error.kind === 'credentials-rejected') return checkOf('subscription', false, 'permission-missing');
  return isSeen ? checkOf('subscription', false, 'not-subscribed') : unreachable(url);
}

const unreachable = (url: string): ConnectionCheck => checkOf('webhook', false, 'webhook-unreachable', { detail: url });

async function waitForCanary(dependencies: Dependencies, connectionId: string): Promise<boolean> {
  for (let look = 0; look < CANARY_LOOKS; look += 1) {
    if (look > 0) await sleep(CANARY_LOOK_MS);
    const { isSeen, isAwaited } = await lookForCanary(dependencies, connectionId);
    if (isSeen || !isAwaited) return isSeen;
  }
  throw new NotNow(CANARY_LOOK_MS, 'the network has not called yet');
}

async function lookForCanary({ db, waits }: Dependencies, connectionId: string) {
  const { isSeen, sentMsAgo = waits.canaryMs } = await readCanary(db, connectionId);
  return { isSeen, isAwaited: !isSeen && sentMsAgo < waits.canaryMs };
}

/** A draft was subscribed, and the network has not called yet: before it has, or is too late, nothing is to be done. */
export async function isAwaitingCanary(dependencies: Dependencies, connectionId: string): Promise<boolean> {
  const steps = await readSteps(dependencies.db, connectionId);
  if (!steps.some(({ step, state }) => step === 'subscribe' && state === 'done')) return false;
  return (await lookForCanary(dependencies, connectionId)).isAwaited;
}

/** Why the number was not registered, at the field where that can be mended. */
function describeRefusal(refusal: SetupRefusal | undefined): ConnectionCheck {
  switch (refusal) {
    case 'pin-wrong':
    case 'pin-locked':
    case 'pin-too-fast':
      return checkOf('pin', false, refusal);
    case 'number-not-verified':
    case 'number-just-deleted':
    case 'registrations-used-up':
      return checkOf('registration', false, refusal);
    default:
      return checkOf('registration', false, 'number-not-registrable');
  }
}

/** The PIN that a number would be registered with: what was given, else what we tried before. */
export async function knownPin(
  { db, secrets }: Dependencies,
  { provider, numberKey, pin }: ConnectionUnderCheck,
): Promise<string | undefined> {
  const sealed = pin ?? (await readLastPin(db, provider, numberKey));
  return sealed === undefined ? undefined : secrets.open(sealed);
}

/** One call at most, whatever happens meanwhile; a PIN that nobody gave is made up and kept. */
export async function registerNumber(
  dependencies: Dependencies,
  { connectionId, row, setup }: NumberSetup,
): Promise<ConnectionCheck> {
  const { db, secrets } = dependencies;
  const { provider, numberKey } = row;
  const pin = (await knownPin(dependencies, row)) ?? randomInt(1_000_000).toString().padStart(6, '0');
  const begun = await beginRegistration(db, { connectionId, provider, numberKey, pin: secrets.seal(pin) });
  if (begun === 'budget-used') return checkOf('registration', false, 'registrations-used-up');
  if (begun === 'called-before') return settleUnknown(dependencies, connectionId, setup);
  try {
    await setup.register(pin);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (error.kind === 'outcome-unknown') return settleUnknown(dependencies, connectionId, setup);
    await settleStep(db, connectionId, 'register', { state: 'failed', code: error.kind, told: error.told });
    const { setupRefusal } = error;
    // Any other refusal says nothing of the PIN, which may be the number's own, and which nobody else knows.
    if (setupRefusal === 'pin-wrong' || setupRefusal === 'pin-locked') await forgetLastPin(db, provider, numberKey);
    if (setupRefusal === undefined) {
      if (error.isPassing) throw error;
      if (error.kind === 'credentials-rejected') return checkOf('token', false, 'permission-missing');
    }
    return describeRefusal(setupRefusal);
  }
  await settleStep(db, connectionId, 'register', { state: 'done' });
  return checkOf('registration', true, 'registered');
}

/** Whether a registration came through whose answer was lost: the number tells. */
async function settleUnknown(
  { db }: Dependencies,
  connectionId: string,
  setup: ChannelSetup,
): Promise<ConnectionCheck> {
  const { status } = await setup.readNumber();
  const isRegistered = status === 'CONNECTED';
  const code = isRegistered ? 'registered' : 'registration-unknown';
  await settleStep(db, connectionId, 'register', { state: isRegistered ? 'done' : 'failed', code });
  return checkOf('registration', isRegistered, code);
}
