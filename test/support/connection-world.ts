import { type Company, eventually, type Parley, type ParleyOptions } from './parley.ts';

/** A connection as the API shows it, as far as these tests look. */
export type ShownConnection = {
  id: string;
  state: string;
  pausedReason: string | null;
  health: {
    name: string;
    ok: boolean;
    isWarning: boolean;
    code: string;
    message: string;
    remedy: string | null;
    checkedAt: string;
  }[];
  steps: { step: string; state: string; code: string | null; detail: string | null }[];
  webhookSeenAt: string | null;
  openProblems: number;
  queued: number;
};

/** Self-checks follow each other within a second. */
export const SHORT_CHECKS: NonNullable<ParleyOptions['waits']> = {
  selfCheckMs: 600,
  deepCheckMs: 600,
  canaryMs: 400,
  statusLateMs: 2_000,
  suspendedMs: 1_500,
  banDoubtMs: 1_000,
  disconnectProbeMs: 1_000,
  disconnectReminderMs: 2_000,
};

type Place = { parley: Parley; company: Company };

export const connectionOf = ({ parley, company }: Place) =>
  parley.rest<ShownConnection>('GET', `/v1/connections/${company.connectionId}`);

/** The connection once it is in this state. */
export const connectionOnce = (place: Place, state: string) =>
  eventually(`the connection as ${state}`, async () => {
    const connection = await connectionOf(place);
    return connection.state === state ? connection : undefined;
  });

/** Once the check of this name has found this. */
export const healthOnce = (place: Place, name: string, code: string) =>
  eventually(`${name} as ${code}`, async () => {
    const entry = (await connectionOf(place)).health.find((found) => found.name === name);
    return entry?.code === code ? entry : undefined;
  });

export type ConnectionProblem = { id: string; kind: string; reason: string | null; detail: string | null };

export async function openProblemsOf({ parley, company }: Place): Promise<ConnectionProblem[]> {
  const path = `/v1/problems?connectionId=${company.connectionId}&limit=100`;
  return (await parley.rest<{ items: ConnectionProblem[] }>('GET', path)).items;
}

export const connectionProblemOnce = (place: Place, kind: string) =>
  eventually(`a problem of kind ${kind}`, async () =>
    (await openProblemsOf(place)).find((problem) => problem.kind === kind),
  );

export const noProblemOnce = (place: Place, kind: string) =>
  eventually(`no problem of kind ${kind}`, async () =>
    (await openProblemsOf(place)).every((problem) => problem.kind !== kind) ? true : undefined,
  );

/** The network tells of the account, and what follows from it holds. */
export const tellOfAccount = (
  { parley, company }: Place,
  event: string,
  more: Record<string, unknown> = {},
): Promise<unknown> =>
  parley.sandbox.control('POST', `graph/wabas/${company.wabaId}/events`, { event, wait: true, ...more });
