/** Which addresses a call may come from: single ones and ranges (CIDR), of both families. */
import { BlockList, isIP } from 'node:net';

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

type Range = { address: string; prefix: number };

function readRange(text: string): Range | undefined {
  const [address = '', prefixText, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || address.includes('%')) return undefined;
  const longest = version === 6 ? 128 : 32;
  if (prefixText === undefined) return { address, prefix: longest };
  const prefix = /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Number.NaN;
  return prefix <= longest ? { address, prefix } : undefined;
}

/** "203.0.113.7", "203.0.113.0/24", "2001:db8::/32". */
export function isAddressRange(text: string): boolean {
  return readRange(text) !== undefined;
}

/**
 * Whether an address is one of these; what is no address or range lets nobody in. IPv4 rules hold for addresses that are
 * mapped into IPv6 as well.
 */
export function addressList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const range = readRange(entry);
    if (range) list.addSubnet(range.address, range.prefix, familyOf(range.address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}
