/** The client half of every provider: what activities connect with. */
import type { ProviderKind } from '../../workflows/domain/message.ts';
import type { ConnectChannel } from './channel.ts';
import { connectWhatsAppCloud } from './whatsapp-cloud/client.ts';
import { WHATSAPP_CLOUD_FILE_HOSTS } from './whatsapp-cloud/media.ts';

export const channelClients = {
  'whatsapp-cloud': connectWhatsAppCloud,
} satisfies Record<ProviderKind, ConnectChannel>;

/** Hosts on which providers keep files, beside those of their APIs. */
export const channelFileHosts: readonly string[] = [...WHATSAPP_CLOUD_FILE_HOSTS];
