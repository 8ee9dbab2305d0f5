import { type Content, type ListedMessage, listAll, type Person } from './chat-world.ts';
import { aChunk, BUSINESS, type ToldMessage } from './history-bodies.ts';
import { type Company, eventually, type Parley } from './parley.ts';

export type ListedHistory = ListedMessage & { isHistory: boolean };

/** Webhooks of the business's own app, as the network sends them; they were answered when this resolves. */
export async function tell(
  parley: Parley,
  { appId, wabaId, phoneNumberId }: Company,
  value: object,
  field = 'history',
): Promise<void> {
  const metadata = { display_phone_number: BUSINESS, phone_number_id: phoneNumberId };
  const changes = [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }];
  const body = { object: 'whatsapp_business_account', entry: [{ id: wabaId, changes }] };
  const { statuses } = await parley.sandbox.control<{ statuses: number[] }>('POST', 'graph/webhooks', { appId, body });
  if (statuses.some((status) => status !== 200)) throw new Error(`the webhook was answered ${statuses}`);
}

export const messagesOf = (parley: Parley, { connectionId }: Company) =>
  listAll<ListedHistory>(parley, '/v1/messages', { connectionId });

/** What was imported, once it is so many messages; newest first. */
export const importedOnce = (parley: Parley, company: Company, count: number) =>
  eventually(`${count} imported messages`, async () => {
    const imported = (await messagesOf(parley, company)).filter(({ isHistory }) => isHistory);
    return imported.length >= count ? imported : undefined;
  });

/** A chat of this person with the business, oldest first, of before it was connected. */
export const chatOfBefore = ({ phone, name }: Person, texts: readonly string[], minutesAgo = 600): ToldMessage[] =>
  texts.map((text, index) => ({
    id: `wamid.${name}.${index}`,
    phone,
    by: index % 2 === 0 ? ('customer' as const) : ('business' as const),
    text,
    minutesAgo: minutesAgo - index,
  }));

/** Tells it, and waits until it is there. */
export async function takeOver({ parley, company }: Person, messages: readonly ToldMessage[]): Promise<void> {
  const before = (await messagesOf(parley, company)).filter(({ isHistory }) => isHistory).length;
  await tell(parley, company, aChunk(messages));
  await importedOnce(parley, company, before + messages.length);
}

/** A chat that stands in the phone, of which the number tells when it is asked: `smb_app_data`. */
export async function tellByPhone({ parley, company }: Person, threads: readonly Content[]): Promise<void> {
  const { phoneNumberId, accessToken } = company;
  await parley.sandbox.control('PUT', `graph/numbers/${phoneNumberId}/history`, { threads });
  const response = await fetch(`${parley.sandbox.url}/graph/v26.0/${phoneNumberId}/smb_app_data`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messaging_product: 'whatsapp', sync_type: 'history' }),
  });
  if (!response.ok) throw new Error(`smb_app_data answered ${response.status}: ${await response.text()}`);
}
