import { createHmac } from 'node:crypto';
import type { Company } from '../main-job/companies.ts';

/** What webhooks usually weigh. */
const BODY_BYTES = 1_500;
const CUSTOMERS_PER_COMPANY = 100;

export type SignedBody = { body: string; signature: string };

let count = 0;

/** A webhook with one text that was never sent before, of one of the companies' customers, signed as Meta signs. */
export function nextBody(companies: readonly Company[], appSecret: string): SignedBody {
  count += 1;
  const { phoneNumberId } = companies[count % companies.length] as Company;
  const customer = Math.floor(count / companies.length) % CUSTOMERS_PER_COMPANY;
  const phone = `49152${String(customer).padStart(8, '0')}`;
  const message = { from: phone, id: `wamid.bench-${process.pid}-${count}`, timestamp: seconds(), type: 'text' };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '493000000000', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: `Customer ${customer}` }, wa_id: phone }],
    messages: [{ ...message, text: { body: '' } }],
  };
  const entry = { id: `2${phoneNumberId.slice(1)}`, changes: [{ field: 'messages', value }] };
  const empty = JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] });
  const body = empty.replace('"body":""', `"body":"${'x'.repeat(BODY_BYTES - empty.length)}"`);
  return { body, signature: `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}` };
}

const seconds = () => String(Math.floor(Date.now() / 1_000));
