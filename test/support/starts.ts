import { type Company, type Customer, eventually, type Parley, type PlanfixTask, planfixOf } from './parley.ts';

export const TEMPLATE = { name: 'appointment', language: 'en', body: 'We expect you at {{1}} on {{2}}' };
export const APPOINTMENT = { name: 'appointment', language: 'en', parameters: { body: ['five', 'Monday'] } };
export const APPOINTMENT_TEXT = 'We expect you at five on Monday';

/** Approves the template in the company's business account, and waits until Parley has read it. */
export async function approveTemplate(
  parley: Parley,
  company: Company,
  template: { name: string; language: string; body: string; category?: string } = TEMPLATE,
): Promise<void> {
  const { connectionId, wabaId } = company;
  await parley.sandbox.control('POST', 'graph/templates', { wabaId, category: 'UTILITY', ...template });
  await eventually('the template as approved', async () => {
    await parley.rest('POST', '/v1/templates/sync', { connectionId });
    const query = new URLSearchParams({ connectionId, name: template.name, status: 'approved' });
    const { items } = await parley.rest<{ items: unknown[] }>('GET', `/v1/templates?${query}`);
    return items.length > 0 || undefined;
  });
}

/** Somebody who was written to answers: their sandbox knows them already. */
export const answerAs = ({ sandbox }: Parley, company: Company, customer: Customer, text: string) =>
  sandbox.control('POST', 'graph/messages', { phoneNumberId: company.phoneNumberId, from: customer.phone, text });

export type StartAnswer = {
  status: number;
  location: string | null;
  body: {
    id: string | null;
    startId: string;
    state: string;
    message: { id: string; state: string; hold: string | null; reason: string | null } | null;
    planfixTask: number | null;
    errors?: { path: string; message: string; remedy: string }[];
  };
};

/** `POST /v1/conversations` with the bootstrap key. @throws where the api does not answer */
export async function startConversation(
  parley: Parley,
  body: Record<string, unknown>,
  key?: string,
): Promise<StartAnswer> {
  const response = await fetch(`${parley.api.url}/v1/conversations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${parley.world.adminKey}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  const location = response.headers.get('location');
  return { status: response.status, location, body: (await response.json()) as StartAnswer['body'] };
}

/**
 * The same for a caller with more patience than the api, which a busy machine asks for: what became of it, once the
 * message is sent or refused and stands on a task.
 */
export async function startPatiently(
  parley: Parley,
  body: Record<string, unknown>,
  key?: string,
): Promise<StartAnswer> {
  const answer = await startConversation(parley, body, key);
  if (answer.status !== 202 || answer.body.message?.hold === 'held') return answer;
  return eventually('what became of the start', async () => {
    const shown = await parley.rest<StartAnswer['body']>('GET', `/v1/conversations/starts/${answer.body.startId}`);
    const isOver = shown.planfixTask !== null && !['ready', 'sending'].includes(shown.message?.state ?? 'ready');
    return isOver ? { status: 201, location: `/v1/conversations/${shown.id}`, body: shown } : undefined;
  });
}

/** The only task of the company that shows this text, once there is one. */
export const taskShowing = (parley: Parley, company: Company, text: string): Promise<PlanfixTask> =>
  eventually(`a task with "${text}"`, async () => (await tasksShowing(parley, company, text))[0]);

export async function tasksShowing(parley: Parley, company: Company, text: string): Promise<PlanfixTask[]> {
  const { tasks } = await planfixOf(parley, company);
  return tasks.filter(
    ({ description, comments }) =>
      description.includes(text) || comments.some((comment) => comment.description.includes(text)),
  );
}
