import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

/** One customer of a network provider has at least that many addresses. */
const IPV6_SUBNET = 64;

/** By what those are counted of whom nothing else is known. */
export const addressOf = ({ ip }: FastifyRequest): string => normalizeIP(ip, IPV6_SUBNET);

/** What a route that is open to whoever comes says of itself: calls are counted by the address that they come from. */
export const openRoute = (perMinute: number) =>
  ({
    scope: 'open',
    keepsNothing: true,
    rateLimit: {
      max: perMinute,
      timeWindow: '1 minute',
      keyGenerator: addressOf,
    },
  }) as const;
