import type { Role } from '../../db/operators.ts';
import type { ApiAnswer, ApiWorld } from './api-world.ts';

export const PASSWORD = 'correct horse battery';

let people = 0;
/** An e-mail address that nobody else has. */
export const anEmail = () => `person-${process.pid}-${++people}@acme.example`;

export type BrowserCall = { body?: unknown; headers?: Record<string, string>; withoutToken?: boolean };

/** What a browser does: it keeps cookies, says where its page is from, and its page sends the token that it was given. */
export type TestBrowser = {
  call(method: string, path: string, call?: BrowserCall): Promise<ApiAnswer>;
  /** As `call`, and stays where a redirection leads from. */
  visit(path: string): Promise<{ status: number; location: string; setCookies: string[] }>;
  signIn(email: string, password?: string): Promise<ApiAnswer>;
  cookies: Map<string, string>;
  /** What the page has learned from the session. */
  csrfToken: string;
};

export function openBrowser(world: ApiWorld): TestBrowser {
  const cookies = new Map<string, string>();
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const keep = (headers: Headers) => {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  };
  const browser: TestBrowser = {
    cookies,
    csrfToken: '',
    call: async (method, path, { body, headers, withoutToken = false } = {}) => {
      const answer = await world.call(method, path, {
        key: null,
        body,
        headers: {
          ...(cookies.size === 0 ? {} : { cookie: cookieHeader() }),
          ...(withoutToken || browser.csrfToken === '' ? {} : { 'x-csrf-token': browser.csrfToken }),
          'sec-fetch-site': 'same-origin',
          ...(method === 'GET' ? {} : { origin: world.publicUrl }),
          ...headers,
        },
      });
      keep(answer.headers);
      if (typeof answer.body.csrfToken === 'string') browser.csrfToken = answer.body.csrfToken;
      return answer;
    },
    visit: async (path) => {
      const response = await fetch(new URL(path, world.url), {
        redirect: 'manual',
        headers: cookies.size === 0 ? {} : { cookie: cookieHeader() },
      });
      keep(response.headers);
      await response.arrayBuffer();
      const setCookies = response.headers.getSetCookie();
      return { status: response.status, location: response.headers.get('location') ?? '', setCookies };
    },
    signIn: (email, password = PASSWORD) => browser.call('POST', '/v1/session', { body: { email, password } }),
  };
  return browser;
}

export type TestOperator = { id: string; email: string; secret: string };

/** An operator who has not chosen a password yet; `secret` is that of their invitation. */
export async function invite(world: ApiWorld, role: Role, name = 'Jane Roe'): Promise<TestOperator> {
  const email = anEmail();
  const { status, text, body } = await world.call('POST', '/v1/operators', { body: { name, email, role } });
  if (status !== 201) throw new Error(`the operator was refused: ${text}`);
  return { id: String(body.id), email, secret: secretOf(body.address) };
}

export const secretOf = (address: unknown) => String(address).split('#')[1] ?? '';

export const redeemLink = (browser: TestBrowser, secret: string, more: Record<string, unknown> = {}) =>
  browser.call('POST', '/v1/sign-in-links/use', { body: { secret, password: PASSWORD, ...more } });

/** A browser in which an operator of this role is signed in. */
export async function signInAs(world: ApiWorld, role: Role): Promise<{ browser: TestBrowser; operator: TestOperator }> {
  const operator = await invite(world, role);
  const browser = openBrowser(world);
  const answer = await redeemLink(browser, operator.secret);
  if (answer.status !== 200) throw new Error(`the invitation was refused: ${answer.text}`);
  return { browser, operator };
}
