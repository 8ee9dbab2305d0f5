import { call } from './client.ts';
import type { Customer } from './world.ts';

/** A connected number, as the product's API shows it. */
export type Connection = {
  id: string;
  phoneNumberId: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  state: string;
};

type ValueNeed = { placeholder: string; example?: string };

/** A template as the product knows it, with what a sender has to fill in. */
export type SendableTemplate = {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  needs: {
    format: 'positional' | 'named';
    header: ValueNeed[];
    headerMedia?: string;
    body: ValueNeed[];
    buttons: { label: string; required: boolean; example?: string }[];
  };
};

export const countNames = [
  'recipients',
  'waiting',
  'accepted',
  'delivered',
  'read',
  'answered',
  'failed',
  'unknown',
  'bad',
  'duplicate',
  'optedOut',
  'unsubscribed',
  'cancelled',
] as const;

export type CountName = (typeof countNames)[number];

export type Mailing = {
  id: string;
  connectionId: string;
  origin: string;
  name: string | null;
  state: string;
  reason: string | null;
  reasonDetail: string | null;
  template: { name: string; language: string } | null;
  text: string;
  counts: Partial<Record<CountName, number>> & { failedByReason?: Record<string, number> };
  badLines?: { line: number; path: string; message: string; remedy: string }[];
  createdAt: string;
};

export type Values = Record<string, string>;
export type Parameters = { body?: Values | string[]; header?: Values | string[]; buttons?: string[] };
export type Recipient = { to: string; name?: string; parameters?: Parameters };

export type NewMailing = {
  connectionId: string;
  name?: string;
  template?: { name: string; language: string; parameters?: Parameters };
  text?: string;
  rate?: number;
  skipBadLines?: boolean;
};

type List<Item> = { items: Item[] };

export const listConnections = async () => (await call<List<Connection>>('GET', 'parley/v1/connections')).items;

export const listSendable = async (connectionId: string) =>
  (await call<List<SendableTemplate>>('GET', `parley/v1/templates?${new URLSearchParams({ connectionId })}`)).items;

export const listMailings = async (connectionId: string) =>
  (await call<List<Mailing>>('GET', `parley/v1/mailings?${new URLSearchParams({ connectionId })}`)).items;

export const readMailing = (id: string) => call<Mailing>('GET', `parley/v1/mailings/${id}`);

/** The sandbox's clock is not quite the product's. */
const earlierMs = 5_000;

/** Everybody whose phone got those words from the number since the mailing was made. */
export async function listRecipients(of: {
  phoneNumberId: string;
  createdAt: string;
  said: { template: string } | { text: string };
}): Promise<Customer[]> {
  const sinceMs = String(Date.parse(of.createdAt) - earlierMs);
  const query = new URLSearchParams({ phoneNumberId: of.phoneNumberId, sinceMs, ...of.said });
  return (await call<List<Customer>>('GET', `graph/recipients?${query}`)).items;
}

/** To a list of recipients, or to the lines of a CSV file. */
export function createMailing(mailing: NewMailing, recipients: Recipient[] | string) {
  if (typeof recipients !== 'string') return call<Mailing>('POST', 'parley/v1/mailings', { ...mailing, recipients });
  const form = new FormData();
  form.set('mailing', JSON.stringify(mailing));
  form.set('recipients', new File([recipients], 'recipients.csv', { type: 'text/csv' }));
  return call<Mailing>('POST', 'parley/v1/mailings', form);
}

export const controlMailing = (id: string, what: 'pause' | 'resume' | 'cancel') =>
  call('POST', `parley/v1/mailings/${id}/${what}`);
