import { randomBytes, randomInt } from 'node:crypto';
import { type Company, connectCompany, eventually, type Parley } from './parley.ts';

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

/** A number at Meta that Parley does not know yet, and its app, which it does. */
export type NewNumber = {
  appId: string;
  appSecret: string;
  metaAppId: string;
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  displayPhoneNumber: string;
};

/** `more` as in `POST /control/graph/numbers`: which kind of number, for instance. */
export async function aNumber(
  parley: Parley,
  more: Record<string, unknown> = {},
  app?: Pick<NewNumber, 'appId' | 'appSecret' | 'metaAppId'>,
): Promise<NewNumber> {
  const { appId, appSecret, metaAppId } = app ?? (await anApp(parley));
  const number = {
    phoneNumberId: `1${digits(14)}`,
    wabaId: `2${digits(14)}`,
    accessToken: `token-${digits(12)}`,
    displayPhoneNumber: `+49 30 ${digits(7)}`,
  };
  await parley.sandbox.control('POST', 'graph/numbers', { ...number, appId, ...more });
  return { ...number, appId, appSecret, metaAppId, ...(more as Partial<typeof number>) };
}

export async function anApp({ sandbox, rest }: Parley): Promise<Pick<NewNumber, 'appId' | 'appSecret' | 'metaAppId'>> {
  const app = { appId: `3${digits(14)}`, appSecret: randomBytes(16).toString('hex'), verifyToken: digits(12) };
  await sandbox.control('POST', 'graph/apps', app);
  const { id, webhookUrl } = await rest<{ id: string; webhookUrl: string }>('POST', '/v1/meta-apps', app);
  await sandbox.control('POST', 'graph/apps', { ...app, callbackUrl: webhookUrl });
  return { appId: app.appId, appSecret: app.appSecret, metaAppId: id };
}

export type Answer<Body> = { status: number; body: Body };
export type Refusal = { detail?: string; errors?: { path: string; message: string; remedy: string }[] };

/** A call with the bootstrap key, whatever the answer is. */
export async function call<Body>(
  { world }: Parley,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<Answer<Body>> {
  const response = await fetch(`http://127.0.0.1:${world.apiPort}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

export type Shown = {
  id: string;
  state: string;
  onBusinessApp: boolean;
  metaAppId: string | null;
  tokenExpiresAt: string | null;
  disconnectedAt: string | null;
  facts: Record<string, string>;
  checks: { name: string; ok: boolean; message: string }[];
  steps: { step: string; state: string; code: string | null; deadlineAt: string | null; calledAt: string | null }[];
};

/** Connects a number with a company's Planfix account; `more` goes into the request as it is. */
export function connect(
  parley: Parley,
  { planfixAccountId }: Pick<Company, 'planfixAccountId'>,
  { metaAppId, phoneNumberId, wabaId, accessToken }: NewNumber,
  more: Record<string, unknown> = {},
): Promise<Answer<Shown & Refusal>> {
  return call(parley, 'POST', '/v1/connections', {
    provider: 'whatsapp-cloud',
    planfixAccountId,
    metaAppId,
    phoneNumberId,
    wabaId,
    accessToken,
    configuredBy: 'user:2',
    settings: { taskTemplate: 10 },
    ...more,
  });
}

/** A company whose Planfix account further numbers are connected with. */
export const aCompany = (parley: Parley): Promise<Company> => connectCompany(parley);

/** Calls of the product to the sandbox's Graph whose path holds this. */
export async function graphCalls(parley: Parley, path: string, method = 'POST'): Promise<{ status: number }[]> {
  const query = new URLSearchParams({ target: 'graph', path, method, limit: '20000' });
  return (await parley.sandbox.control<{ items: { status: number }[] }>('GET', `requests?${query}`)).items;
}

/** A fault that strikes one call of this number. */
export async function strikeOnce(
  parley: Parley,
  { phoneNumberId }: Pick<NewNumber, 'phoneNumberId'>,
  path: string,
  fault: Record<string, unknown>,
): Promise<{ untilStruck: () => Promise<unknown>; remove: () => Promise<unknown> }> {
  const rule = { target: 'graph', method: 'POST', path, phoneNumberId, times: 1, ...fault };
  const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
  return {
    untilStruck: () =>
      eventually(`the fault of ${path}`, async () => {
        const { items } = await parley.sandbox.control<{ items: { id: string }[] }>('GET', 'faults');
        return items.some((item) => item.id === id) ? undefined : true;
      }),
    remove: () => parley.sandbox.control('DELETE', `faults/${id}`),
  };
}

export const pathsOf = ({ body }: Answer<Refusal>) => body.errors?.map((error) => error.path);
export const stepsOf = ({ steps }: Shown) => Object.fromEntries(steps.map(({ step, state }) => [step, state]));

/** What a number says of itself in the sandbox. */
export type SandboxNumber = {
  status: string;
  platformType: string;
  pin: string | null;
  registerCalls: number;
  subscribedApps: { appId: string; overrideUrl: string | null }[];
  syncs: Record<string, unknown>;
};
export const numberAt = (parley: Parley, { phoneNumberId }: Pick<NewNumber, 'phoneNumberId'>) =>
  parley.sandbox.control<SandboxNumber>('GET', `graph/numbers/${phoneNumberId}`);
