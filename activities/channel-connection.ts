import { type ConnectionAccess, readConnectionAccess } from '../db/account-access.ts';
import { touchTemplates } from '../db/channel-accounts.ts';
import { pauseConnection } from '../db/pauses.ts';
import { isPausing, isTooFast } from '../workflows/domain/failure-kinds.ts';
import type { ProviderKind } from '../workflows/domain/message.ts';
import { tell } from '../workflows/domain/problem-findings.ts';
import { traitsOf } from '../workflows/domain/providers.ts';
import { listenToClock } from './answer-clock.ts';
import type { ChannelClient, ChannelCredentials, ConnectChannel } from './channels/channel.ts';
import { channelClients } from './channels/clients.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';

/** One connection as one attempt uses it. */
export type ChannelConnection = {
  access: ConnectionAccess;
  client: ChannelClient;
  /** Pauses the connection if the failure concerns all of it. True: it is paused. */
  pauseIfDown: (error: ChannelError) => Promise<boolean>;
  /** Pauses it because of this failure, whatever that concerns. */
  pause: (error: ChannelError) => Promise<void>;
  /** By how much the network's clock is ahead of ours, as its last answer to this client told. */
  clockAheadMs: () => number | undefined;
};

export type OpenConnection = (connectionId: string) => Promise<ChannelConnection>;

export function createChannelConnections(dependencies: Dependencies): OpenConnection {
  const { db, send, files, waits } = dependencies;
  return async (connectionId) => {
    const access = await readConnectionAccess(db, connectionId);
    if (!access) throw new Error('no such connection');
    const connect: ConnectChannel = channelClients[access.provider as ProviderKind];
    const credentials = credentialsOf(dependencies, access);
    const clock = listenToClock(send);
    const client = credentials
      ? connect(credentials, { send: clock.send, files }, { sendDeadlineMs: waits.callDeadlineMs })
      : withoutCredentials();
    const pause = async (error: ChannelError) => {
      // A number that is too fast can be read all the while: a probe ends that pause, so it comes late.
      const probeInMs = isTooFast(error) ? waits.probeLongestMs : (error.retryAfterMs ?? waits.probeFirstMs);
      await pauseConnection(db, connectionId, { reason: error.kind, ...error.told, probeInMs });
    };
    return {
      access,
      pause,
      clockAheadMs: clock.aheadMs,
      client: { ...client, send: minding(client.send, () => readTemplatesAnew(dependencies, access)) },
      pauseIfDown: async (error) => {
        if (!isPausing(error)) return false;
        await pause(error);
        return true;
      },
    };
  };
}

/** Undefined: they were destroyed. */
function credentialsOf(dependencies: Dependencies, access: ConnectionAccess): ChannelCredentials | undefined {
  const { secrets, channels } = dependencies;
  const { accessToken, appId, appSecret, phoneNumberId: numberId, wabaId: accountId } = access;
  if (accessToken === null) return undefined;
  const { url: apiUrl, version } = channels[access.provider as ProviderKind];
  const webhookUrl = webhookUrlOf(dependencies, access);
  return {
    apiUrl,
    ...(version === undefined ? {} : { apiVersion: version }),
    numberId,
    accountId,
    accessToken: secrets.open(accessToken),
    ...(appId === null ? {} : { appId }),
    ...(appSecret === null ? {} : { appSecret: secrets.open(appSecret) }),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
  };
}

/** Whatever is asked of it is refused, as the network would refuse it. */
function withoutCredentials(): ChannelClient {
  const told = tell(['network-no-credentials']);
  const failure = { kind: 'credentials-rejected', scope: 'connection', credentialsDead: true, ...told } as const;
  const refuse = () => Promise.reject(new ChannelError(failure));
  return {
    send: refuse,
    markRead: refuse,
    readMedia: refuse,
    openMedia: refuse,
    uploadMedia: refuse,
    readNumber: refuse,
    readTemplates: refuse,
    subscribe: refuse,
    check: refuse,
  };
}

/** The address that is this connection's own. */
function webhookUrlOf(
  { secrets, publicUrl }: Dependencies,
  { id, provider, webhookSecret }: ConnectionAccess,
): string | undefined {
  if (traitsOf(provider).webhookAuthenticity !== 'secret-in-address' || webhookSecret === null) return undefined;
  return `${publicUrl}/webhooks/${provider}/${id}/${secrets.open(webhookSecret)}`;
}

type Send = ChannelClient['send'];

/** As `send`; the first refusal of a template that was checked before tells that it is not what it was. */
function minding(send: Send, onOtherTemplate: () => Promise<void>): Send {
  let isTold = false;
  return async (message) => {
    try {
      return await send(message);
    } catch (error) {
      if (error instanceof ChannelError && error.touches === 'templates' && !isTold) {
        isTold = true;
        await onOtherTemplate();
      }
      throw error;
    }
  };
}

/** Whatever becomes of it, the refusal stays what it is. */
async function readTemplatesAnew({ db, lookAt, log }: Dependencies, access: ConnectionAccess): Promise<void> {
  try {
    await lookAt(await touchTemplates(db, [{ provider: access.provider, accountKey: access.wabaId }]));
  } catch (error) {
    log.warn({ connectionId: access.id, failure: (error as Error).name }, 'a change of templates was not noted');
  }
}
