/** The client half of every provider: what activities connect with. */
import type { ProviderKind } from '../../workflows/domain/message.ts';
import type { ConnectChannel } from './channel.ts';
import { connectWhatsAppCloud } from './whatsapp-cloud/client.ts';

export const channelClients = {
  'whatsapp-cloud': connectWhatsAppCloud,
} satisfies Record<ProviderKind, ConnectChannel>;
