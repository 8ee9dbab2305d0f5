/** People know the address of their Planfix; the API's is that with `/rest/`. */
export function restAddressOf(typed: string): string {
  const text = typed.trim();
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const bare = address.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return /\/rest$/i.test(bare) ? `${bare}/` : `${bare}/rest/`;
}
