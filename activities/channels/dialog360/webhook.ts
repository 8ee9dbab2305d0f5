/**
 * The webhook half for 360dialog: Meta's envelope, which nobody has signed. That it comes from 360dialog is known by the
 * secret in its address, or by the same as a bearer token in a header of its own. (Providers: 360dialog)
 */
import type { ChannelWebhook, WebhookHeaders, WebhookRequest } from '../channel.ts';
import { readPhone } from '../whatsapp/contacts.ts';
import { type EnvelopeDialect, parseWhatsAppBody } from '../whatsapp/parse-envelope.ts';
import { readContactSync } from '../whatsapp/read-contact-sync.ts';
import { readHistory } from '../whatsapp/read-history.ts';
import { isSameSecret } from '../whatsapp/same-secret.ts';

function verify({ headers, addressSecret }: WebhookRequest, secrets: readonly string[]): boolean {
  const given = addressSecret ?? bearerOf(headers);
  if (given === undefined) return false;
  let matched = false;
  // No early end, so that the time does not tell which secret it was; an empty one would let anybody in.
  for (const secret of secrets.filter((candidate) => candidate !== ''))
    matched = isSameSecret(given, secret) || matched;
  return matched;
}

function bearerOf(headers: WebhookHeaders): string | undefined {
  const { authorization } = headers;
  return typeof authorization === 'string' ? /^Bearer (\S+)$/i.exec(authorization)?.[1] : undefined;
}

const DIALECT: EnvelopeDialect = {
  // Customers of 360dialog know their number, and never the id that it has at Meta.
  numberOf: ({ display_phone_number: shown, phone_number_id: id }) =>
    (typeof shown === 'string' ? readPhone(shown) : undefined) ?? id,
  unwrap,
};

/**
 * What goes to a partner's address comes as `{ id, event, data }`: history, contacts and news of the account. `data` is
 * the value of a change with the account's id in it; a whole envelope is taken as well.
 */
function unwrap(body: unknown): unknown {
  if (!isRecord(body) || 'entry' in body || typeof body.event !== 'string' || !isRecord(body.data)) return body;
  if (Array.isArray(body.data.entry)) return body.data;
  const { id, ...value } = body.data;
  const entry = { ...(id === undefined ? {} : { id }), changes: [{ field: body.event, value }] };
  return { object: 'whatsapp_business_account', entry: [entry] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const dialog360Webhook = {
  verify,
  parse: (body) => parseWhatsAppBody(body, DIALECT),
  readHistory,
  readContactSync,
} satisfies ChannelWebhook;
