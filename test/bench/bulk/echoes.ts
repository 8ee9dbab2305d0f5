import { createHmac } from 'node:crypto';
import type { Company, Connected } from '../main-job/companies.ts';

/** What a colleague sends to everybody from the phone app. */
export const BULK_TEXT = 'Dear customers, from Monday on we are open until eight in the evening. See you soon!';

const AT_ONCE = 4;

/** The n-th recipient, on the phone and as Meta names them. */
const recipient = (index: number) => ({
  phone: `49160${String(index).padStart(8, '0')}`,
  userId: `DE.bench${String(index).padStart(10, '0')}`,
});

export type Delivery = { tookMs: number; status: number };

/**
 * Sends `count` identical echoes of that number, `perBody` in each signed webhook, from four senders; each recipient is
 * somebody who was never seen before.
 */
export async function sendEchoes(
  { webhookUrl, appSecret }: Connected,
  company: Company,
  { count, perBody }: { count: number; perBody: number },
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  let next = 0;
  const sendNext = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += perBody;
      const body = bodyOf(company, from, Math.min(count, next));
      const signature = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
      const startedAt = performance.now();
      const response = await fetch(webhookUrl, { method: 'POST', headers, body });
      await response.text();
      deliveries.push({ tookMs: performance.now() - startedAt, status: response.status });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  return deliveries;
}

function bodyOf({ phoneNumberId }: Company, from: number, to: number): string {
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: `4930${phoneNumberId.slice(-8)}`, phone_number_id: phoneNumberId },
    contacts: indexes.map((index) => {
      const { phone, userId } = recipient(index);
      return { profile: { name: `Customer ${index}` }, wa_id: phone, user_id: userId };
    }),
    message_echoes: indexes.map((index) => {
      const { phone, userId } = recipient(index);
      return {
        from: `4930${phoneNumberId.slice(-8)}`,
        to: phone,
        to_user_id: userId,
        // As long as Meta's own.
        id: `wamid.${Buffer.from(`bench-${process.pid}-${String(index).padStart(20, '0')}`).toString('base64')}`,
        timestamp,
        type: 'text',
        text: { body: BULK_TEXT },
      };
    }),
  };
  const entry = { id: `2${phoneNumberId.slice(1)}`, changes: [{ field: 'smb_message_echoes', value }] };
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] });
}
