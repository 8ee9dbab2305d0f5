/** Only Meta's own pages are believed; "evilfacebook.com" ends alike, and so does not count. */
export function isMetaOrigin(origin: string, others: readonly string[]): boolean {
  if (others.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, port } = new URL(origin);
  return protocol === 'https:' && port === '' && (hostname === 'facebook.com' || hostname.endsWith('.facebook.com'));
}
