/** The webhook half for Meta's Cloud API. (WhatsApp: GET verification, signature) */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChannelWebhook, WebhookRequest } from '../channel.ts';
import { parseWhatsAppBody } from '../whatsapp/parse-envelope.ts';
import { readContactSync } from '../whatsapp/read-contact-sync.ts';
import { readHistory } from '../whatsapp/read-history.ts';
import { isSameSecret } from '../whatsapp/same-secret.ts';

const SIGNATURE_HEADER = 'x-hub-signature-256';
const SIGNATURE_PATTERN = /^sha256=[0-9a-f]{64}$/;

/** One app's secret signs for all its callback addresses; any missing or malformed header is a refusal. */
function verify(request: WebhookRequest, secrets: readonly string[]): boolean {
  const header = request.headers[SIGNATURE_HEADER];
  if (typeof header !== 'string' || !SIGNATURE_PATTERN.test(header)) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  let matched = false;
  // No early end, so that the time does not tell which secret it was; an empty secret would let anybody sign.
  for (const secret of secrets.filter((candidate) => candidate !== '')) {
    const expected = createHmac('sha256', secret).update(request.body).digest();
    matched = timingSafeEqual(given, expected) || matched;
  }
  return matched;
}

/** The challenge must be returned as it is; it is not always a number. */
function challenge(query: Readonly<Record<string, unknown>>, verifyToken: string): string | undefined {
  const given = query['hub.verify_token'];
  const answer = query['hub.challenge'];
  if (query['hub.mode'] !== 'subscribe' || typeof given !== 'string' || typeof answer !== 'string') return undefined;
  return verifyToken !== '' && isSameSecret(given, verifyToken) ? answer : undefined;
}

export const whatsAppCloudWebhook = {
  verify,
  challenge,
  parse: (body) => parseWhatsAppBody(body),
  readHistory,
  readContactSync,
} satisfies ChannelWebhook;
