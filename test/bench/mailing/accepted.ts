import type { TestSandbox } from '../../support/sandbox.ts';
import type { Company } from '../main-job/companies.ts';

/** What the network took and refused of one number. */
export type Accepted = {
  messages: number;
  recipients: number;
  /** Recipients who got more than one. */
  twice: number;
  /** By Meta's code. */
  refused: Record<string, number>;
  /** The most that were taken in any second. */
  highestPerSecond: number;
};

type Sent = { items: { to: string; status: string }[]; nextAfter: number | null };
type Traffic = { items: { accepted: number; refused: Record<string, number>; highestAcceptedPerSecond: number }[] };

export async function readAccepted(sandbox: TestSandbox, { phoneNumberId }: Company): Promise<Accepted> {
  const perRecipient = new Map<string, number>();
  let messages = 0;
  for (let after: number | null | undefined; after !== null; ) {
    const from = after === undefined ? '' : `&after=${after}`;
    const path: string = `graph/sent?phoneNumberId=${phoneNumberId}${from}&limit=20000`;
    const page: Sent = await sandbox.control<Sent>('GET', path);
    for (const { to } of page.items) perRecipient.set(to, (perRecipient.get(to) ?? 0) + 1);
    messages += page.items.length;
    after = page.nextAfter;
  }
  const traffic = await sandbox.control<Traffic>('GET', `graph/traffic?phoneNumberId=${phoneNumberId}`);
  const [number] = traffic.items;
  return {
    messages,
    recipients: perRecipient.size,
    twice: [...perRecipient.values()].filter((count) => count > 1).length,
    refused: number?.refused ?? {},
    highestPerSecond: number?.highestAcceptedPerSecond ?? 0,
  };
}
