import type { TestSandbox } from '../../support/sandbox.ts';
import type { Line } from '../table.ts';
import type { Company } from './companies.ts';
import { sendAtRate } from './load.ts';
import type { Call } from './observations.ts';
import { arrivalLines, endToEndLine, type Phase } from './report.ts';

const SLOW_MS = 300;

/** Fast enough that all of them wait before the measured messages begin. */
const WRITING_RATE = 50;

/** From here on no call to this company's Planfix is answered, and so many new customers wait for a task there. */
export async function hangAccount(sandbox: TestSandbox, company: Company, customers: number): Promise<void> {
  const { account, phoneNumberId } = company;
  await sandbox.control('POST', 'faults', { target: 'planfix', kind: 'hang', account, times: 0 });
  const people = Array.from({ length: customers }, (_, index) => ({
    phone: `49152${String(index).padStart(8, '0')}`,
    name: `Waiting ${index}`,
  }));
  await sandbox.control('POST', 'graph/customers', { customers: people });
  await sendAtRate(customers, WRITING_RATE, (index) =>
    sandbox.control('POST', 'graph/messages', { phoneNumberId, from: people[index]?.phone, text: 'Hello?' }),
  );
}

/** When the slow ones were sent, so that a burst can be told from a lasting effect. */
function slowSeconds({ outcome, period }: Phase): string {
  const slow = outcome.journeys.filter((one) => one.totalMs - one.gateMs > SLOW_MS);
  const seconds = Map.groupBy(slow, (one) => Math.floor((one.sentAtMs - period.fromMs) / 1_000));
  return [...seconds].map(([second, ones]) => `${second}: ${ones.length}`).join(', ') || 'none';
}

/** How the other accounts fared before and during the hang. */
export function hangLines(company: Company, before: Phase, during: Phase): Line[] {
  const ofHung = during.calls.filter((call: Call) => call.target === 'planfix' && call.account === company.account);
  return [
    ...arrivalLines(during),
    endToEndLine('others before it hangs, beyond the gate', before),
    endToEndLine('others while it hangs, beyond the gate', during),
    { what: 'others above 300 ms, by second of the hang', value: slowSeconds(during) },
    {
      what: 'calls to the account that hangs, answered',
      value: `${ofHung.length}, ${ofHung.filter((call) => call.accepted).length}`,
    },
  ];
}
