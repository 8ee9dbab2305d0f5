/** Which hosts may be called at all, whatever calls them: an address that somebody sent must not lead inside. */
import { lookup as resolveHost } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The code of the error with which a connection to an address fails that is not allowed. */
export const HOST_NOT_ALLOWED = 'EHOSTNOTALLOWED';

export type HostPolicy = {
  allows: (url: URL) => boolean;
  /** Whether the operator named this very host. */
  isNamed: (url: URL) => boolean;
  lookup: LookupFunction;
};

/** Loopback, private, link-local, shared, reserved, multicast. IPv4 rules also match addresses mapped into IPv6. */
const NOT_PUBLIC = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  NOT_PUBLIC.addSubnet(network, prefix, 'ipv6');
}

function isPublicAddress(address: string): boolean {
  return !NOT_PUBLIC.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Hosts that were named may be private or plain http; all others must be https and public. The address is judged where
 * it is resolved, so that a name cannot change between the check and the connection.
 */
export function hostPolicy(allowedHosts: readonly string[]): HostPolicy {
  const named = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const namedHostnames = new Set([...named].map((host) => URL.parse(`http://${host}`)?.hostname ?? host));

  const isNamed = (url: URL) => named.has(url.host) || named.has(url.hostname);

  const allows = (url: URL) => {
    if (url.username !== '' || url.password !== '') return false;
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
    if (isNamed(url)) return true;
    if (url.protocol === 'http:' || namedHostnames.has(url.hostname)) return false;
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    return isIP(literal) === 0 || isPublicAddress(literal);
  };

  const lookup: LookupFunction = (hostname, options, callback) => {
    resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = addresses;
      const refused = !namedHostnames.has(hostname) && !addresses.every(({ address }) => isPublicAddress(address));
      if (first === undefined || refused) {
        return callback(Object.assign(new Error('address not allowed'), { code: HOST_NOT_ALLOWED }), '', 0);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
  return { allows, isNamed, lookup };
}
