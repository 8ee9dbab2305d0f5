import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { NODE, ROOT } from '../../dev/folders.ts';
import { openBrowser } from './browser.ts';
import { eventually, PATIENCE_MS, type Parley, type ParleyOptions, startParley } from './parley.ts';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const LINK = /\/sign-in#([\w-]+)/;

export type Operator = { name: string; email: string; password: string };

/** The console of a Parley of its own in a real browser; addresses that pages go to are relative to it. */
export type ConsoleWorld<Connected> = {
  parley: Parley;
  url: string;
  /** What `connect` connected. */
  company: Connected;
  admin: Operator;
  /** A page of a browser of its own, signed in as the administrator. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** The session of the page's browser is a new one from now on, of this person. */
  signIn(page: Page, operator: Operator): Promise<void>;
  /** The same, with nobody signed in. */
  openAsStranger(): Promise<Page>;
  closePages(): Promise<void>;
  stop(): Promise<void>;
};

type ConsoleOptions<Connected> = {
  waits?: ParleyOptions['waits'];
  connect?: (parley: Parley) => Promise<Connected>;
  /** How the link is used that makes the first administrator, with a page that nobody is signed in to. */
  redeem?: (page: Page, secret: string, admin: Operator) => Promise<void>;
};

/** Here nothing is lost that only they would find; once a second, they would cost a sixth of a processor. */
const SELDOM = { sweepIntervalMs: 5_000, pollScheduleMs: 5_000 };

/** Starts Parley with the console, makes its first administrator, and connects a company where one is asked for. */
export async function startConsole<Connected = undefined>(
  options: ConsoleOptions<Connected> = {},
): Promise<ConsoleWorld<Connected>> {
  buildConsole();
  const parley = await startParley({ waits: { ...SELDOM, ...options.waits } });
  let browser: Browser | undefined;
  const stop = async () => {
    await browser?.close();
    await parley.stop();
  };
  try {
    browser = await openBrowser();
    const company = (await options.connect?.(parley)) as Connected;
    const world = { ...pagesOf(browser, `http://127.0.0.1:${parley.world.apiPort}`), parley, company, stop };
    await makeAdmin(world, options.redeem);
    return world;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In a process of its own: the bundler is not made for jest's module loader. */
function buildConsole(): void {
  const built = spawnSync(NODE, [join(ROOT, 'dev/build-page.ts'), 'web'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the console does not build: ${built.stderr}`);
}

function pagesOf(browser: Browser, url: string) {
  const admin = { name: 'Ada Admin', email: 'ada@example.com', password: randomBytes(12).toString('base64url') };
  const openContext = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ baseURL: url, locale: 'en-GB', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return {
    url,
    admin,
    open: async (options?: BrowserContextOptions) => {
      const context = await openContext(options);
      await signIn(context, url, admin);
      return context.newPage();
    },
    signIn: (page: Page, operator: Operator) => signIn(page.context(), url, operator),
    openAsStranger: async () => (await openContext()).newPage(),
    closePages: async () => void (await Promise.all(browser.contexts().map((context) => context.close()))),
  };
}

/** By the link that the api prints when it starts. */
async function makeAdmin(
  { parley, url, admin, openAsStranger }: Omit<ConsoleWorld<unknown>, 'stop'>,
  redeem: ConsoleOptions<unknown>['redeem'],
): Promise<void> {
  const secret = await eventually('the first link', async () => parley.api.lines().map(secretIn).find(Boolean));
  if (redeem === undefined) return redeemLink(url, secret, admin);
  const page = await openAsStranger();
  await redeem(page, secret, admin);
  await page.context().close();
}

const secretIn = (text: string) => LINK.exec(text)?.[1];

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
  { parley, url }: Pick<ConsoleWorld<unknown>, 'parley' | 'url'>,
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
  await redeemLink(url, secretIn(made.address) ?? '', { name, password });
  return { ...operator, id: made.id };
}

async function signIn(context: BrowserContext, url: string, { email, password }: Operator): Promise<void> {
  const response = await context.request.post(`${url}/v1/session`, {
    data: { email, password },
    headers: { origin: url },
  });
  if (!response.ok()) throw new Error(`the sign-in answered ${response.status()}: ${await response.text()}`);
}

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

/** Waits until the page is there and nothing of it is being read any more. */
export async function isLoaded(page: Page, wait = 'Loading'): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await untilNone(page.getByRole('status', { name: wait }));
}

/** Waits until nothing is found, however much it was. */
export const untilNone = (locator: Locator) => untilCount(locator, 0);
/** Waits until exactly so many are found. */
export const untilCount = (locator: Locator, count: number): Promise<true> =>
  eventually(`${count} of ${locator}`, async () => ((await locator.count()) === count ? true : undefined));

/** Waits until the keyboard is there. */
export const isFocused = (wanted: Locator) => wanted.and(wanted.page().locator(':focus')).waitFor();

/** Opens a list and chooses the first option of that name. Native choices have options, too, which are in no open list. */
export async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('listbox', { name: label }).getByRole('option', { name: option }).first().click();
}

const openOwnMenu = (page: Page) => page.getByRole('button', { name: /^Your account/ }).click();

export async function signOut(page: Page): Promise<void> {
  await openOwnMenu(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

export async function speakRussian(page: Page): Promise<void> {
  await openOwnMenu(page);
  await page.getByText('Русский').click();
}

/** Requests of the page to such addresses wait from now on; `isAsked` resolves with the first. */
export async function holdRequests(page: Page, pattern: string) {
  const { promise: isAsked, resolve: tell } = Promise.withResolvers<void>();
  const { promise: mayGoOn, resolve: release } = Promise.withResolvers<void>();
  await page.route(pattern, async (route) => {
    tell();
    await mayGoOn;
    await route.continue();
  });
  return { isAsked, release };
}

/** A name that would do harm where somebody took it for HTML. */
export const HARMFUL = '<img src=x onerror="document.title=1">';

/** Whether it has done that. */
export const isHarmed = async (page: Page): Promise<boolean> =>
  (await page.locator('img[src="x"]').count()) > 0 || (await page.title()) === '1';

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
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  const violations = await page.evaluate<Finding[]>(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
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
