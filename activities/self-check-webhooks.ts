import { readCanary } from '../db/canary.ts';
import { readConnectionUnderCheck } from '../db/checks.ts';
import {
  type Finding,
  isSameAddress,
  judgeAccountEvents,
  judgeSubscription,
  type WebhookAddresses,
} from '../workflows/domain/self-check.ts';
import type { ChannelClient, ChannelSetup, Standing } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';
import { sleep } from './not-now.ts';
import { resubscribe, webhookUrl } from './onboarding-setup.ts';
import type { HealthWork } from './self-check.ts';

/** An address that was called within this share of the time between two checks needs no trial. */
const FRESH_SHARE = 1 / 8;
/** The network calls before it answers; whoever is later than this is looked for again without keeping a slot. */
const CANARY_LOOK_MS = 100;
const CANARY_LOOKS = 10;

/** `mended`: a word for what Parley has put right itself; `recheckInMs`: a call of the network is awaited. */
type WebhookCheck = { found: Finding[]; more: { mended?: string; recheckInMs?: number } };
const NOTHING: WebhookCheck = { found: [], more: {} };

/**
 * Whether what happens to the number comes to Parley: the app is subscribed, the address is ours, and it can be called.
 * A subscription that is lost is made again, which nobody can mind; an address that somebody else has set is not taken
 * back, because two installations would take it from each other for ever.
 */
export async function checkWebhooks(work: HealthWork, { addresses }: Standing): Promise<WebhookCheck> {
  const { dependencies, facts, connection } = work;
  const { setup } = connection.client;
  if (!setup) return checkOwnAddress(connection.client);
  if (!addresses || facts.metaAppId === null) return NOTHING;
  const ours = webhookUrl(dependencies.publicUrl, facts.metaAppId);
  const accountEvents = judgeAccountEvents(addresses, ours);
  const isSubscribed = await readSubscribed(setup, addresses, ours);
  if (isSubscribed === 'not-allowed') return { found: [UNREADABLE, accountEvents], more: {} };
  const subscription = judgeSubscription(addresses, isSubscribed, ours);
  if (subscription.code === 'webhook-misdirected') return { found: [subscription, accountEvents], more: {} };
  const isLost = subscription.code === 'not-subscribed';
  const isFresh = (facts.addressSeenMsAgo ?? Number.MAX_VALUE) < dependencies.waits.selfCheckMs * FRESH_SHARE;
  if (isFresh && !isLost) return { found: [subscription, accountEvents, REACHED], more: {} };
  const trial = await tryAddress(work, setup);
  const isMended = isLost && trial.isTaken;
  const found = [isMended ? SUBSCRIBED_AGAIN : subscription, accountEvents, ...trial.found];
  return { found, more: { ...trial.more, ...(isMended ? { mended: 'subscribe-again' } : {}) } };
}

const REACHED: Finding = { name: 'webhook', code: 'webhook-reached' };
const UNREADABLE: Finding = { name: 'subscription', code: 'subscription-unreadable' };
const SUBSCRIBED_AGAIN: Finding = { name: 'subscription', code: 'subscribed-again' };

/** Of a provider that is told an address for each number: one that is gone is set again, another one is left alone. */
async function checkOwnAddress(client: ChannelClient): Promise<WebhookCheck> {
  const found = (await client.check()).checks.find(({ name }) => name === 'subscription');
  switch (found?.code) {
    case 'address-set':
      return { found: [{ name: 'subscription', code: 'subscribed' }], more: {} };
    case 'other-address':
      return { found: [{ name: 'subscription', code: 'webhook-misdirected' }], more: {} };
    case 'address-not-set':
      await client.subscribe();
      return { found: [SUBSCRIBED_AGAIN], more: { mended: 'subscribe-again' } };
    default:
      return NOTHING;
  }
}

/** An address of the account's own that is ours belongs to our subscription: it need not be asked for. */
async function readSubscribed(
  setup: ChannelSetup,
  { account }: WebhookAddresses,
  ours: string,
): Promise<boolean | 'not-allowed' | undefined> {
  if (account !== undefined && isSameAddress(account, ours)) return undefined;
  try {
    return (await setup.readSubscription()).isSubscribed;
  } catch (error) {
    if (!(error instanceof ChannelError) || error.kind !== 'credentials-rejected' || error.credentialsDead) throw error;
    // A right to send is none to look after the account: nothing else suffers from that.
    return 'not-allowed';
  }
}

type Trial = WebhookCheck & { isTaken: boolean };
const UNKNOWN: Trial = { ...NOTHING, isTaken: false };

/** Subscribes (again), which makes the network call the address at once. */
async function tryAddress({ dependencies, connectionId }: HealthWork, setup: ChannelSetup): Promise<Trial> {
  const { db, waits } = dependencies;
  const { isSeen, sentMsAgo = Number.MAX_VALUE } = await readCanary(db, connectionId);
  // The trial before this one, of which nothing has come.
  const isAwaited = !isSeen && sentMsAgo < 2 * waits.canaryMs;
  if (isAwaited && sentMsAgo >= waits.canaryMs) {
    return { ...UNKNOWN, found: [{ name: 'webhook', code: 'webhook-silent' }] };
  }
  const row = await readConnectionUnderCheck(db, connectionId);
  if (!row) return UNKNOWN;
  try {
    await resubscribe(dependencies, { connectionId, row, setup });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    // Not to be reached, or a token that may not do this, says nothing of the address.
    if (error.kind !== 'invalid-request') return UNKNOWN;
    return { ...UNKNOWN, found: [{ name: 'webhook', code: 'webhook-refused' }] };
  }
  const isCalled = await hasCalled(dependencies, connectionId);
  return isCalled
    ? { isTaken: true, found: [REACHED], more: {} }
    : { isTaken: true, found: [], more: { recheckInMs: waits.canaryMs } };
}

async function hasCalled({ db }: HealthWork['dependencies'], connectionId: string): Promise<boolean> {
  for (let look = 0; look < CANARY_LOOKS; look += 1) {
    if ((await readCanary(db, connectionId)).isSeen) return true;
    await sleep(CANARY_LOOK_MS);
  }
  return false;
}
