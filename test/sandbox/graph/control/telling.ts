import type { GraphSandbox } from '../index.ts';
import type { Waba } from '../model.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { Body } from './input.ts';

/** Tells it to the account's apps unless the call says `tell: false`; with `wait`, how they answered. */
export async function tellUnlessQuiet(
  { outbox }: GraphSandbox,
  waba: Waba,
  update: AccountUpdate | undefined,
  body: Body,
): Promise<{ statuses?: number[] }> {
  if (update === undefined || body.tell === false) return {};
  const sent = outbox.tellAccount(waba, update);
  return body.wait === true ? { statuses: await sent } : {};
}
