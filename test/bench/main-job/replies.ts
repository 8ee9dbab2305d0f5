import type { TestSandbox } from '../../support/sandbox.ts';
import { type Line, showCounts, showMs } from '../table.ts';
import type { Company } from './companies.ts';
import { markedText, sendAtRate, untilArrived } from './load.ts';
import { type Call, countKinds, markOf, readPosition } from './observations.ts';

const PHASE = 'reply';
const isSend = (call: Call) => call.accepted && call.kind.endsWith('/messages');

type Dump = { tasks: { id: number; assigner: { id: string } | null }[] };

/** Agents comment and notify the customer; measured is the time from the comment to WhatsApp's acceptance. */
export async function measureReplies(
  sandbox: TestSandbox,
  companies: Company[],
  options: { count: number; rate: number },
): Promise<Line[]> {
  const chosen = companies.slice(0, options.count);
  const tasks = new Map<string, { task: number; contact: string }>();
  for (const { account } of chosen) {
    const [task] = (await sandbox.control<Dump>('GET', `planfix/${account}`)).tasks;
    if (task?.assigner) tasks.set(account, { task: task.id, contact: task.assigner.id });
  }
  const sinceSeq = await readPosition(sandbox);
  const sentAtMs: number[] = [];
  await sendAtRate(options.count, options.rate, async (index) => {
    const { account } = chosen[index % chosen.length] as Company;
    const place = tasks.get(account);
    sentAtMs[index] = Date.now();
    await sandbox.control('POST', `planfix/${account}/comments`, {
      task: place?.task,
      author: 'user:3',
      html: `<p>${markedText(PHASE, index)}</p>`,
      notify: [place?.contact],
    });
  });
  const calls = await untilArrived(sandbox, { name: PHASE, count: options.count, sinceSeq }, isSend);
  const took = calls.filter(isSend).flatMap((call) => {
    const index = markOf(call.text, PHASE);
    return index === undefined ? [] : [call.atMs - (sentAtMs[index] as number)];
  });
  const planfix = countKinds(calls.filter((call) => call.target === 'planfix'));
  return [
    { what: 'comment → message, gate included', value: showMs(took) },
    {
      what: 'replies that did not arrive',
      value: `${options.count - took.length}`,
      target: '0',
      met: took.length === options.count,
    },
    { what: 'Planfix calls meanwhile, per reply', value: showCounts(planfix, options.count) },
  ];
}
