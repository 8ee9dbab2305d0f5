/** The client half of every provider: what activities connect with. */
import type { ProviderKind } from '../../workflows/domain/message.ts';
import type { ChannelCapabilities, ConnectChannel } from './channel.ts';
import { whatsAppCloudCapabilities } from './whatsapp-cloud/capabilities.ts';
import { connectWhatsAppCloud } from './whatsapp-cloud/client.ts';

export const channelClients = {
  'whatsapp-cloud': connectWhatsAppCloud,
} satisfies Record<ProviderKind, ConnectChannel>;

export const channelCapabilities = {
  'whatsapp-cloud': whatsAppCloudCapabilities,
} satisfies Record<ProviderKind, ChannelCapabilities>;
