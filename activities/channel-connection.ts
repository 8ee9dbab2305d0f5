import { type ConnectionAccess, readConnectionAccess } from '../db/account-access.ts';
import { pauseConnection } from '../db/pauses.ts';
import { PAUSING_KINDS } from '../workflows/domain/failure-kinds.ts';
import type { ProviderKind } from '../workflows/domain/message.ts';
import type { ChannelClient } from './channels/channel.ts';
import { channelClients } from './channels/clients.ts';
import type { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';

/** One connection as one attempt uses it. */
export type ChannelConnection = {
  access: ConnectionAccess;
  client: ChannelClient;
  /** Pauses the connection if the failure concerns all of it. True: it is paused. */
  pauseIfDown: (error: ChannelError) => Promise<boolean>;
};

export type OpenConnection = (connectionId: string) => Promise<ChannelConnection>;

export function createChannelConnections({ db, secrets, send, files, waits, graph }: Dependencies): OpenConnection {
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
      client,
      pauseIfDown: async (error) => {
        if (error.scope !== 'connection' || !PAUSING_KINDS.has(error.kind)) return false;
        const probeInMs = error.retryAfterMs ?? waits.probeFirstMs;
        await pauseConnection(db, connectionId, { reason: error.kind, detail: error.detail, probeInMs });
        return true;
      },
    };
  };
}
