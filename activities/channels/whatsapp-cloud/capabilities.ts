import { SERVICE_WINDOW_MS } from '../../../workflows/domain/service-window.ts';
import type { ChannelCapabilities } from '../channel.ts';
import { MAX_TEXT_LENGTH } from '../whatsapp/build-payload.ts';

export const whatsAppCloudCapabilities: ChannelCapabilities = {
  maxTextLength: MAX_TEXT_LENGTH,
  serviceWindowMs: SERVICE_WINDOW_MS,
  templates: true,
};
