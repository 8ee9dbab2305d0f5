import type { FastifyHelmetOptions } from '@fastify/helmet';

/** The SDK comes from one host of Meta's, its windows and messages from others. */
const META_ORIGINS = ['https://www.facebook.com', 'https://web.facebook.com', 'https://business.facebook.com'];
const META_HOST = /(?:^|\.)facebook\.(?:com|net)$/;

/** Where messages of Embedded Signup come from: Meta's pages, or whatever stands in for Meta. */
export function metaOriginsOf(metaSdkUrl: string): string[] {
  const { origin, hostname } = new URL(metaSdkUrl);
  return META_HOST.test(hostname) ? META_ORIGINS : [origin];
}

/** What pages of ours may load: their own files, and the SDK by which a number is signed up at Meta. */
export function securityHeaders(metaSdkUrl: string): FastifyHelmetOptions {
  const sdk = new URL(metaSdkUrl).origin;
  const meta = metaOriginsOf(metaSdkUrl);
  return {
    contentSecurityPolicy: {
      directives: {
        'script-src': ["'self'", sdk],
        // Mantine writes styles into elements.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:', ...meta],
        'connect-src': ["'self'", sdk, ...meta, ...(meta === META_ORIGINS ? ['https://graph.facebook.com'] : [])],
        'frame-src': ["'self'", sdk, ...meta],
        'frame-ancestors': ["'none'"],
        // TLS ends before this process, which cannot know whether there is any.
        'upgrade-insecure-requests': null,
      },
    },
    // The window of Embedded Signup answers to the page that has opened it.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    // Without one, browsers name no origin with some writes of our own pages.
    referrerPolicy: { policy: 'same-origin' },
  };
}
