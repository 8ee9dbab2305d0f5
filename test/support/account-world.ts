import { type Company, type Customer, eventually, type Parley, planfixOf, writeAs } from './parley.ts';

/** A Planfix account as `GET /v1/planfix-accounts/:id` shows it. */
export type ShownAccount = {
  id: string;
  state: string;
  pausedReason: string | null;
  pausedAt: string | null;
  checks: { name: string; ok: boolean }[];
};

export const accountOf = (parley: Parley, company: Company) =>
  parley.rest<ShownAccount>('GET', `/v1/planfix-accounts/${company.planfixAccountId}`);

/** The account once it is in this state, and for this reason where one is given. */
export const accountOnce = (parley: Parley, company: Company, state: string, reason?: string, withinMs?: number) =>
  eventually(
    `the account as ${state} ${reason ?? ''}`,
    async () => {
      const account = await accountOf(parley, company);
      return account.state === state && (reason === undefined || account.pausedReason === reason) ? account : undefined;
    },
    withinMs,
  );

/** A fault of this company's Planfix; until it is removed unless `times` is given. */
export async function faultOfPlanfix(
  parley: Parley,
  company: Company,
  fault: Record<string, unknown>,
): Promise<{ id: string; remove: () => Promise<void> }> {
  const rule = { target: 'planfix', account: company.account, times: 0, ...fault };
  const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
  return { id, remove: () => parley.sandbox.control('DELETE', `faults/${id}`) };
}

/** One call of the product to this company's Planfix, as the sandbox saw it; status 0: it got no answer. */
export type PlanfixCall = { seq: number; atMs: number; method: string; path: string; status: number; fault?: string };

export async function planfixCalls(
  parley: Parley,
  company: Company,
  filter: Record<string, string> = {},
): Promise<PlanfixCall[]> {
  const query = new URLSearchParams({ target: 'planfix', account: company.account, limit: '20000', ...filter });
  return (await parley.sandbox.control<{ items: PlanfixCall[] }>('GET', `requests?${query}`)).items;
}

/** Waits until the product asked this company's Planfix how it is that many times more. */
export async function untilProbed(parley: Parley, company: Company, times: number): Promise<void> {
  const pings = async () => (await planfixCalls(parley, company, { path: '/ping' })).length;
  const before = await pings();
  await eventually(`${times} probes`, async () => (await pings()) >= before + times || undefined);
}

/**
 * Waits until a new account's first poll was answered: where further polls are far away, nothing but what the test does
 * calls this company's Planfix from then on.
 */
export const untilFirstPoll = (parley: Parley, company: Company) =>
  eventually('the first poll', async () => {
    const polls = await planfixCalls(parley, company, { method: 'POST', path: '/task/list' });
    return polls.some((call) => call.status === 200) || undefined;
  });

/** A webhook whose receiver answered: its HTTP status. */
export async function writeAndHear(
  parley: Parley,
  company: Company,
  customer: Customer,
  text: string,
): Promise<number> {
  const answer = (await writeAs(parley, company, customer, text, { wait: true })) as unknown as { statuses: number[] };
  return answer.statuses[0] as number;
}

/** What the company's employees can read: each task's description and comments, in their order, tasks by number. */
export async function textsIn(parley: Parley, company: Company): Promise<string[][]> {
  const { tasks } = await planfixOf(parley, company);
  return tasks.map((task) => [task.description, ...task.comments.map((comment) => comment.description)]);
}

/** The texts of all tasks, once there are that many texts. */
export const textsOnce = (parley: Parley, company: Company, count: number, withinMs?: number) =>
  eventually(
    `${count} texts in ${company.account}`,
    async () => {
      const texts = await textsIn(parley, company);
      return texts.flat().length >= count ? texts : undefined;
    },
    withinMs,
  );

export type InboundMessage = {
  id: string;
  conversationId: string;
  state: string;
  text: string;
  planfixTask: number | null;
  reason: string | null;
};

/** The company's inbound messages, oldest first. */
export async function inboundOf(parley: Parley, company: Company): Promise<InboundMessage[]> {
  const query = new URLSearchParams({ connectionId: company.connectionId, direction: 'inbound', limit: '100' });
  const { items } = await parley.rest<{ items: InboundMessage[] }>('GET', `/v1/messages?${query}`);
  return items.reverse();
}

/** Waits until nothing that customers wrote to this company is still on its way, and none was put aside. */
export const untilAllPosted = (parley: Parley, company: Company) =>
  eventually(`every message of ${company.account} as posted`, async () => {
    const messages = await inboundOf(parley, company);
    return messages.every((message) => message.state === 'posted') || undefined;
  });

/** Open problems of a kind that concern the whole account. */
export async function accountProblems(parley: Parley, company: Company, kind: string): Promise<{ reason: string }[]> {
  type Item = { planfixAccountId: string; reason: string };
  const { items } = await parley.rest<{ items: Item[] }>('GET', `/v1/problems?kind=${kind}&limit=100`);
  return items.filter((item) => item.planfixAccountId === company.planfixAccountId);
}

/** A task of a conversation as `GET /v1/conversations/:id` shows it. */
export type ShownTask = {
  planfixTask: number | null;
  isCurrent: boolean;
  isActive: boolean;
  isGone: boolean;
  previousPlanfixTask: number | null;
  assignees: string[] | null;
  assigneeReason: string | null;
  createdAt: string;
};
export type ShownConversation = { id: string; connectionId: string; planfixContact: number | null; tasks: ShownTask[] };

/** The conversation that a task of the company belongs to, with all its tasks, newest first. */
export async function conversationOf(
  parley: Parley,
  company: Company,
  planfixTask: number,
): Promise<ShownConversation> {
  const query = `connectionId=${company.connectionId}&planfixTask=${planfixTask}`;
  const { items } = await parley.rest<{ items: { id: string }[] }>('GET', `/v1/conversations?${query}`);
  return parley.rest('GET', `/v1/conversations/${items[0]?.id}`);
}
