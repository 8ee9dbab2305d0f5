import { randomInt } from 'node:crypto';
import { type Company, type CompanyOptions, connectCompany, eventually, type Parley } from './parley.ts';

/** A mailing as the API shows it, as far as tests look. */
export type ShownMailing = {
  id: string;
  state: string;
  origin: string;
  reason: string | null;
  reasonDetail: string | null;
  lines: number;
  counts: Record<string, number> & { failedByReason: Record<string, number> };
  badLines: { line: number; path: string; message: string; remedy: string }[];
  finishedAt: string | null;
};

export type Answered<T> = {
  status: number;
  body: T & { detail?: string; errors?: { path: string; message: string; remedy: string }[] };
  headers: Headers;
};

type Call = { body?: unknown; form?: FormData; key?: string };

/** A call to the API of a real process, whatever its answer is. */
export async function ask<T = ShownMailing>(
  parley: Parley,
  method: string,
  path: string,
  { body, form, key }: Call = {},
): Promise<Answered<T>> {
  const response = await fetch(`${parley.api.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${parley.world.adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(form ? { body: form } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answered<T>['body'], headers: response.headers };
}

export const OFFER = {
  name: 'offer',
  language: 'en',
  category: 'MARKETING',
  body: 'Hello {{1}}, all shoes are at half price',
};
export const NOTICE = { name: 'notice', language: 'en', category: 'UTILITY', body: 'We are closed on Monday' };

/** A company whose templates are an offer (marketing, with a name to fill in) and a notice (the same for all). */
export async function connectMailer(parley: Parley, options: CompanyOptions = {}): Promise<Company> {
  const company = await connectCompany(parley, { templates: [OFFER, NOTICE], ...options });
  await eventually('the templates', async () => {
    const { items } = await parley.rest<{ items: unknown[] }>(
      'GET',
      `/v1/templates?connectionId=${company.connectionId}`,
    );
    return items.length >= 2 || undefined;
  });
  return company;
}

/** Of the numbers that were made up last. */
let series = randomInt(10_000, 90_000);

/** So many phones that nobody else has. */
export function phones(count: number): string[] {
  series += 1;
  return Array.from({ length: count }, (_, index) => `+49151${series}${String(index).padStart(4, '0')}`);
}

/** `POST /v1/mailings` of the notice to these, unless more says otherwise. */
export const mail = (
  parley: Parley,
  company: Company,
  to: readonly string[],
  more: Record<string, unknown> = {},
  key?: string,
) =>
  ask(parley, 'POST', '/v1/mailings', {
    body: {
      connectionId: company.connectionId,
      template: { name: 'notice', language: 'en' },
      recipients: to.map((phone) => ({ to: phone })),
      ...more,
    },
    ...(key === undefined ? {} : { key }),
  });

export const mailingOf = async (parley: Parley, id: string): Promise<ShownMailing> =>
  parley.rest<ShownMailing>('GET', `/v1/mailings/${id}`);

/** The mailing, once it is as the test wants it. */
export const mailingOnce = (
  parley: Parley,
  id: string,
  what: string,
  isIt: (mailing: ShownMailing) => boolean,
  withinMs?: number,
): Promise<ShownMailing> => {
  let last: ShownMailing | undefined;
  return eventually(
    `the mailing ${what}`,
    async () => {
      last = await mailingOf(parley, id);
      return isIt(last) ? last : undefined;
    },
    withinMs,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it was ${JSON.stringify(last)}`);
  });
};

export type SentItem = {
  seq: number;
  wamid: string;
  to: string;
  callbackData: string;
  type: string;
  status: string;
  atMs: number;
};

/** What the network has accepted from this number, oldest first. */
export const sentBy = async (parley: Parley, { phoneNumberId }: Company): Promise<SentItem[]> =>
  (await parley.sandbox.control<{ items: SentItem[] }>('GET', `graph/sent?phoneNumberId=${phoneNumberId}&limit=20000`))
    .items;

/** Those who got a message more than once. */
export function twice(sent: readonly SentItem[]): string[] {
  const seen = new Set<string>();
  return sent.filter(({ to }) => seen.size === seen.add(to).size).map(({ to }) => to);
}
