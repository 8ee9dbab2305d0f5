import { randomInt } from 'node:crypto';
import type { Company, Parley } from './parley.ts';

/** A number that 360dialog hosts, as `POST /control/dialog360/numbers` made it. */
export type HostedNumber = {
  phone: string;
  apiKey: string;
  phoneNumberId: string;
  wabaId: string;
  webhook: { url: string; headers: Record<string, string> } | null;
};

const somePhone = () => `+4930${Array.from({ length: 8 }, () => randomInt(10)).join('')}`;

/** A number with a key of its own; nobody is told of its messages yet. */
export const hostNumber = (
  { sandbox }: Pick<Parley, 'sandbox'>,
  more: Record<string, unknown> = {},
): Promise<HostedNumber> => sandbox.control('POST', 'dialog360/numbers', { phone: somePhone(), ...more });

/** As 360dialog has it now. */
export async function hostedNumber({ sandbox }: Pick<Parley, 'sandbox'>, phone: string): Promise<HostedNumber> {
  const { items } = await sandbox.control<{ items: HostedNumber[] }>('GET', 'dialog360/numbers');
  const found = items.find((item) => item.phone === phone);
  if (!found) throw new Error('360dialog has no such number');
  return found;
}

/** Connects a hosted number with the Planfix account of a company, whatever the answer is. */
export async function connectHosted(
  { api, world }: Parley,
  { planfixAccountId }: Pick<Company, 'planfixAccountId'>,
  { phone, apiKey }: Pick<HostedNumber, 'phone' | 'apiKey'>,
  settings: Record<string, unknown> = { taskTemplate: 10 },
): Promise<{ status: number; body: Record<string, unknown> & { id: string } }> {
  const response = await fetch(`${api.url}/v1/connections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'dialog360',
      planfixAccountId,
      phone,
      apiKey,
      configuredBy: 'user:2',
      settings,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> & { id: string } };
}

/** A company whose customers write to a number at 360dialog. */
export async function companyAtDialog360(parley: Parley, company: Company, hosted: HostedNumber): Promise<Company> {
  const { status, body } = await connectHosted(parley, company, hosted);
  if (status !== 201) throw new Error(`the number was not connected: ${JSON.stringify(body)}`);
  const { phoneNumberId, wabaId, apiKey: accessToken } = hosted;
  return { ...company, connectionId: body.id, phoneNumberId, wabaId, accessToken };
}
