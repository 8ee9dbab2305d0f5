import { randomInt } from 'node:crypto';
import { expectCanary, readCanary } from '../db/canary.ts';
import type { ConnectionUnderCheck } from '../db/checks.ts';
import { beginStep, readSteps, settleStep } from '../db/connection-steps.ts';
import { beginRegistration, forgetLastPin, readLastPin } from '../db/registrations.ts';
import type { ConnectionCheck } from '../workflows/domain/settings.ts';
import type { ChannelSetup } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { checkOf } from './check-words.ts';
import type { Dependencies } from './dependencies.ts';
import { sleep } from './not-now.ts';

/** A number that is being connected: what is known of it, and the calls that set it up. */
export type NumberSetup = { connectionId: string; row: ConnectionUnderCheck; setup: ChannelSetup };

/** How often the row is read while the network is expected to call. */
const CANARY_LOOK_MS = 200;

/**
 * Has messages of the account come to our address, and waits until the network has called it. Comes before whatever
 * makes it send something. Empty: the connection has no address that could be subscribed.
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
      if (!(error instanceof ChannelError) || isPassing(error)) throw error;
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

const isPassing = ({ kind }: ChannelError) => kind === 'unavailable' || kind === 'rate-limited';

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

const unreachable = (url: string): ConnectionCheck => ({
  name: 'webhook',
  ok: false,
  message: `Meta cannot reach ${url}`,
  remedy:
    'PARLEY_PUBLIC_URL must be an https address that is reachable from the internet, with a valid certificate, and ' +
    'everything under /webhooks must be passed on to Parley',
});

async function waitForCanary({ db, waits }: Dependencies, connectionId: string): Promise<boolean> {
  for (;;) {
    const { isSeen, sentMsAgo = waits.canaryMs } = await readCanary(db, connectionId);
    if (isSeen) return true;
    if (sentMsAgo >= waits.canaryMs) return false;
    await sleep(CANARY_LOOK_MS);
  }
}

/** By the network's code of a refused registration: at which field it is, and our word for it. (onboarding: C.1) */
const REFUSALS: Readonly<Record<number, { name: 'pin' | 'registration'; code: string }>> = {
  133005: { name: 'pin', code: 'pin-wrong' },
  133008: { name: 'pin', code: 'pin-locked' },
  133009: { name: 'pin', code: 'pin-too-fast' },
  133006: { name: 'registration', code: 'number-not-verified' },
  133010: { name: 'registration', code: 'number-not-registrable' },
  133015: { name: 'registration', code: 'number-just-deleted' },
  133016: { name: 'registration', code: 'registrations-used-up' },
};

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
    await settleStep(db, connectionId, 'register', { state: 'failed', code: error.kind, detail: error.detail });
    if (error.kind === 'unavailable') throw error;
    await forgetLastPin(db, provider, numberKey);
    const { name, code } = REFUSALS[error.code ?? 0] ?? { name: 'registration', code: 'number-not-registrable' };
    return checkOf(name, false, code);
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
