import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { NODE, ROOT } from '../../dev/folders.ts';
import { openBrowser } from './browser.ts';
import { eventually, type Parley } from './parley.ts';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const LINK = /\/sign-in#([\w-]+)/;

/** In a process of its own: the bundler is not made for jest's module loader. */
export function buildConsole(): void {
  const built = spawnSync(NODE, [join(ROOT, 'dev/build-page.ts'), 'web'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the console does not build: ${built.stderr}`);
}

export type Operator = { name: string; email: string; password: string };

/** The console of one running Parley in a real browser. */
export type ConsoleWorld = {
  url: string;
  browser: Browser;
  admin: Operator;
  /** A page of a browser of its own, signed in as the administrator. */
  open(options?: Parameters<Browser['newContext']>[0]): Promise<Page>;
  close(): Promise<void>;
};

/** How the link is used that makes the first administrator. */
type Redeem = (url: string, secret: string, admin: Operator, browser: Browser) => Promise<void>;

/** Builds the console and makes its first administrator by the link that the api printed. */
export async function openConsole(parley: Parley, redeem: Redeem = redeemLink): Promise<ConsoleWorld> {
  buildConsole();
  const url = `http://127.0.0.1:${parley.world.apiPort}`;
  const admin = { name: 'Ada Admin', email: 'ada@example.com', password: randomBytes(12).toString('base64url') };
  // What the api printed is read only while nothing else is done, such as building.
  const secret = await eventually('the first link', async () => linkIn(parley));
  const browser = await openBrowser();
  await redeem(url, secret, admin, browser);
  return {
    url,
    browser,
    admin,
    open: async (options = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
      await signIn(context, url, admin);
      return context.newPage();
    },
    close: () => browser.close(),
  };
}

/** The secret of the link for the first administrator, as the api prints it when it starts. */
export function firstLinkOf(parley: Parley): string {
  const secret = linkIn(parley);
  if (secret === undefined) throw new Error('the api printed no link for the first administrator');
  return secret;
}

function linkIn({ api }: Parley): string | undefined {
  const line = api.lines().find((text) => LINK.test(text));
  return LINK.exec(line ?? '')?.[1];
}

async function redeemLink(url: string, secret: string, operator: Partial<Operator>): Promise<void> {
  const response = await fetch(`${url}/v1/sign-in-links/use`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ secret, ...operator }),
  });
  if (!response.ok) throw new Error(`the first link answered ${response.status}: ${await response.text()}`);
}

/** Somebody else who may sign in. */
export async function addOperator(
  parley: Parley,
  { url }: Pick<ConsoleWorld, 'url'>,
  role: 'admin' | 'agent' | 'viewer',
): Promise<Operator & { id: string }> {
  const suffix = randomBytes(4).toString('hex');
  const operator = {
    name: `Olga ${role} ${suffix}`,
    email: `${role}-${suffix}@example.com`,
    password: randomBytes(12).toString('base64url'),
  };
  const made = await parley.rest<{ id: string; address: string }>('POST', '/v1/operators', {
    name: operator.name,
    email: operator.email,
    role,
  });
  const { name, password } = operator;
  await redeemLink(url, LINK.exec(made.address)?.[1] ?? '', { name, password });
  return { ...operator, id: made.id };
}

/** The context's cookie is that of a new session. */
export async function signIn(context: BrowserContext, url: string, { email, password }: Operator): Promise<void> {
  const response = await context.request.post(`${url}/v1/session`, {
    data: { email, password },
    headers: { origin: url },
  });
  if (!response.ok()) throw new Error(`the sign-in answered ${response.status()}: ${await response.text()}`);
}

type Finding = { id: string; impact: string | null; nodes: { html: string }[] };

/** Words that are just appearing have the contrast of neither state. What moves for ever is not waited for. */
const UNTIL_STILL = `(async () => {
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = () => document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await frames();
  while (moving().length > 0) {
    await Promise.allSettled(moving().map(({ finished }) => finished));
    await frames();
  }
})()`;

/** Serious and critical findings of axe on what the page shows now, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(UNTIL_STILL);
  await page.evaluate(AXE);
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Finding[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Whether nothing on the page is wider than a phone. */
export async function fits(page: Page): Promise<boolean> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 375, height: 812 });
  await page.evaluate(UNTIL_STILL);
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  if (before !== null) await page.setViewportSize(before);
  return width <= 375;
}
