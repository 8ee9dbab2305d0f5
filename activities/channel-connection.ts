import { type ConnectionAccess, readConnectionAccess } from '../db/account-access.ts';
import { touchTemplates } from '../db/channel-accounts.ts';
import { pauseConnection } from '../db/pauses.ts';
import { PAUSING_KINDS } from '../workflows/domain/failure-kinds.ts';
import type { ProviderKind } from '../workflows/domain/message.ts';
import type { ChannelClient } from './channels/channel.ts';
import { channelClients } from './channels/clients.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';

/** One connection as one attempt uses it. */
export type ChannelConnection = {
  access: ConnectionAccess;
  client: ChannelClient;
  /** Pauses the connection if the failure concerns all of it. True: it is paused. */
  pauseIfDown: (error: ChannelError) => Promise<boolean>;
};

export type OpenConnection = (connectionId: string) => Promise<ChannelConnection>;

export function createChannelConnections(dependencies: Dependencies): OpenConnection {
  const { db, secrets, send, files, waits, graph } = dependencies;
  return async (connectionId) => {
    const access = await readConnectionAccess(db, connectionId);
    if (!access) throw new Error('no such connection');
    const credentials = {
      apiUrl: graph.url,
      apiVersion: graph.version,
      numberId: access.phoneNumberId,
      accountId: access.wabaId,
      accessToken: secrets.open(access.accessToken),
      appId: access.appId,
    };
    const client = channelClients[access.provider as ProviderKind](
      credentials,
      { send, files },
      {
        sendDeadlineMs: waits.callDeadlineMs,
      },
    );
    return {
      access,
      client: { ...client, send: minding(client.send, () => readTemplatesAnew(dependencies, access)) },
      pauseIfDown: async (error) => {
        if (error.scope !== 'connection' || !PAUSING_KINDS.has(error.kind)) return false;
        const probeInMs = error.retryAfterMs ?? waits.probeFirstMs;
        await pauseConnection(db, connectionId, { reason: error.kind, detail: error.detail, probeInMs });
        return true;
      },
    };
  };
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
