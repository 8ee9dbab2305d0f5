/** Messages to customers that have not left, as somebody decides about them while a number is disconnected. */
import { inDatabase } from './connection-rows.ts';
import { connectionOf } from './connection-world.ts';
import { aCustomer, type Company, type Customer, eventually, type Parley, writeAs } from './parley.ts';

/** The conversation of somebody who has just written. */
export async function aConversation(parley: Parley, company: Company, customer = aCustomer()): Promise<string> {
  await writeAs(parley, company, customer, 'Hello?');
  return eventually('the conversation', async () => {
    const path = `/v1/conversations?search=${customer.phone}`;
    return (await parley.rest<{ items: { id: string }[] }>('GET', path)).items[0]?.id;
  });
}

/** Messages to customers who wrote, sent through the API; resolves when all of them wait. */
export async function queueMessages(parley: Parley, company: Company, count: number): Promise<Customer[]> {
  const customers = Array.from({ length: count }, (_, index) => aCustomer(`Customer ${index}`));
  for (const [index, customer] of customers.entries()) {
    const conversationId = await aConversation(parley, company, customer);
    await parley.rest('POST', '/v1/messages', { conversationId, text: `Answer ${index}` });
  }
  await eventually('queued messages', async () =>
    (await connectionOf({ parley, company })).queued === count ? true : undefined,
  );
  return customers;
}

/** As many as somebody has who was away for long: rows like those that the API makes. */
export const queueRows = (parley: Parley, conversationId: string, count: number) =>
  inDatabase(parley, (client) =>
    client.query(
      `insert into message (id, planfix_account_id, connection_id, conversation_id, direction, kind, state, text, origin)
       select gen_random_uuid(), c.planfix_account_id, c.connection_id, c.id, 'outbound', 'text', 'ready', 'Reply', 'api'
         from conversation c cross join generate_series(1, $2::int) where c.id = $1`,
      [conversationId, count],
    ),
  );

/** What somebody else decides at the same time. */
export async function discardFor(parley: Parley, { connectionId }: Company, customerName: string): Promise<number> {
  const path = `/v1/connections/${connectionId}/queued-messages`;
  const { items } = await parley.rest<{ items: { id: string; customerName: string }[] }>('GET', path);
  const ids = items.filter((item) => item.customerName === customerName).map(({ id }) => id);
  return (await parley.rest<{ decided: number }>('POST', `${path}/discard`, { ids })).decided;
}
