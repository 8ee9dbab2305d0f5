/** The client half of every provider: what activities connect with. */
import type { ProviderKind } from '../../workflows/domain/message.ts';
import type { ChannelAddress, ConnectChannel } from './channel.ts';
import { connectDialog360 } from './dialog360/client.ts';
import { connectWhatsAppCloud, WHATSAPP_CLOUD_FILE_HOSTS } from './whatsapp-cloud/client.ts';
import { exchangeCode } from './whatsapp-cloud/signup.ts';

export const channelClients = {
  'whatsapp-cloud': connectWhatsAppCloud,
  dialog360: connectDialog360,
} satisfies Record<ProviderKind, ConnectChannel>;

/** The only provider whose numbers can be signed up in its own pop-up, and how the code of that becomes a token. */
export const signupClient = { provider: 'whatsapp-cloud', exchangeCode } as const;

/** Where each provider's API is. */
export type ChannelAddresses = Readonly<Record<ProviderKind, ChannelAddress>>;

/** Hosts on which providers keep files, beside those of their APIs. */
export const channelFileHosts: readonly string[] = [...WHATSAPP_CLOUD_FILE_HOSTS];
