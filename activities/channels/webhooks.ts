/** The webhook half of every provider: all of this folder that the api may import. */
import type { ProviderKind } from '../../workflows/domain/message.ts';
import type { ChannelWebhook } from './channel.ts';
import { dialog360Webhook } from './dialog360/webhook.ts';
import { whatsAppCloudWebhook } from './whatsapp-cloud/webhook.ts';

export const channelWebhooks = {
  'whatsapp-cloud': whatsAppCloudWebhook,
  dialog360: dialog360Webhook,
} satisfies Record<ProviderKind, ChannelWebhook>;
