import { noSuchObject } from '../graph/errors.ts';
import { mediaHostPath, mediaUrl } from '../graph/media/media.ts';
import type { Fields } from '../graph/messages/types.ts';
import type { Media } from '../graph/model.ts';
import { showMedia } from '../graph/rest/media.ts';
import { GatewayError, gatewayMessages } from './errors.ts';
import type { Dialog360Sandbox, HostedNumber } from './model.ts';

/** The host in the addresses that Meta gives out: it answers nobody here who does not come through the gateway. */
const metaMediaOrigin = 'https://lookaside.fbsbx.com';
export const attachmentsPath = '/whatsapp_business/attachments/';

const hourMs = 3_600_000;
const mostFailures = 20;
const blockedForMs = 30 * 60_000;

/** @throws GatewayError 429 while the number is shut out */
export function checkMediaBlock({ graph }: Dialog360Sandbox, host: HostedNumber): void {
  if (host.mediaBlockedUntilMs > graph.world.core.clock.now()) throw new GatewayError(429, gatewayMessages[429] ?? '');
}

/** Twenty failures within an hour shut the number out for half an hour (providers: 360dialog). */
export function noteMediaFailure({ graph }: Dialog360Sandbox, host: HostedNumber): void {
  const nowMs = graph.world.core.clock.now();
  host.failedMediaAtMs = [...host.failedMediaAtMs.filter((atMs) => atMs > nowMs - hourMs), nowMs];
  if (host.failedMediaAtMs.length < mostFailures) return;
  host.failedMediaAtMs = [];
  host.mediaBlockedUntilMs = nowMs + blockedForMs;
}

/** `GET /{media}`. @throws GraphError 100/33 for what is gone or another number's */
export function describeMedia({ graph }: Dialog360Sandbox, media: Media | undefined, id: string): Fields {
  if (media === undefined) throw noSuchObject('GET', id);
  const url = mediaUrl(graph.world, media, metaMediaOrigin).replace(mediaHostPath, attachmentsPath);
  return { ...showMedia(graph.world, media, metaMediaOrigin), url };
}
