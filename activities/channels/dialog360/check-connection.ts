/** Whether a connection can work: the key, the number that it stands for, and where its webhooks go. */
import { isSamePhone } from '../../../workflows/domain/phone.ts';
import type { ConnectionReport, NumberFacts } from '../channel.ts';
import type { CheckResult, Verdict } from '../findings.ts';
import { judge, judgeCredentials, judgeNumber, look } from '../whatsapp/findings.ts';

/** `canSend`: Meta's word for whether messages can be sent; `portfolioId`: the scope of business-scoped user ids. */
export type Health = { number: NumberFacts; canSend: string | undefined; portfolioId: string | undefined };

type Reads = { readHealth: () => Promise<Health>; readWebhook: () => Promise<string | undefined> };

const KEY_CODES = { accepted: 'key-accepted', rejected: 'key-rejected' } as const;

/** `webhookUrl`: undefined while there is no connection yet that webhooks could belong to. */
export async function checkConnection(
  { readHealth, readWebhook }: Reads,
  { numberId, webhookUrl }: { numberId: string; webhookUrl: string | undefined },
): Promise<ConnectionReport> {
  const [health, webhook] = await Promise.all([look(readHealth), look(readWebhook)]);
  const checks: CheckResult[] = [
    judgeCredentials([health, webhook], KEY_CODES),
    judge('number', health, judgeHealth),
    judge('number-in-account', health, ({ number }) => judgeOwner(number, numberId)),
    webhookUrl === undefined
      ? { name: 'subscription', outcome: 'skipped', code: 'no-address' }
      : judge('subscription', webhook, (url) => judgeAddress(url, webhookUrl)),
  ];
  if (!('value' in health)) return { checks };
  const { number, portfolioId } = health.value;
  return { checks, number, account: portfolioId === undefined ? {} : { portfolioId } };
}

function judgeHealth({ number, canSend }: Health): Verdict {
  const verdict = judgeNumber(number);
  const isBlocked = verdict.outcome === 'passed' && canSend === 'BLOCKED';
  return isBlocked ? { outcome: 'warning', code: 'sending-blocked' } : verdict;
}

/** A key stands for one number, and somebody may have taken the key of another one. */
function judgeOwner({ displayPhone }: NumberFacts, numberId: string): Verdict {
  const digits = displayPhone?.replace(/\D/g, '') ?? '';
  if (digits === '') return { outcome: 'skipped', code: 'number-not-told' };
  return isSamePhone(digits, numberId)
    ? { outcome: 'passed', code: 'number-of-key' }
    : { outcome: 'failed', code: 'key-of-other-number' };
}

function judgeAddress(url: string | undefined, ours: string): Verdict {
  if (url === ours) return { outcome: 'passed', code: 'address-set' };
  return { outcome: 'failed', code: url === undefined || url === '' ? 'address-not-set' : 'other-address' };
}
